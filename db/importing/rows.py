"""The lines of a report in the database: written by the check, agreed on by their hash, looked at again."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, models
from db.importing.checking import Checked
from db.importing.comparing import Found, Scope, compare
from db.importing.drafts import TAKEN, SchoolDraft, from_json, to_json
from db.models import ImportBatch, ImportKind, ImportRow, RecordKind, RowOutcome

_AT_A_TIME = 1000
_FEW_CHANGES = 2000
"""More of them, and every row is looked at again."""


async def write(session: AsyncSession, batch_id: int, checked: Sequence[Checked]) -> None:
    """Add lines to a report."""
    await session.execute(insert(ImportRow), [_row(batch_id, one) for one in checked])


def _row(batch_id: int, checked: Checked) -> dict[str, object]:
    entry, found, draft = checked.entry, checked.found, checked.entry.draft
    key = "" if draft is None else draft.key
    return {
        "batch_id": batch_id,
        "sheet": entry.sheet,
        "row": entry.row,
        "outcome": found.outcome,
        "why": found.why,
        "detail": found.detail,
        "notes": json.dumps(entry.notes, ensure_ascii=False) if entry.notes else "",
        "shown": entry.shown,
        "draft": to_json(draft),
        "key": key,
        "verified_at": None if draft is None else draft.verified_at,
        "expires_at": None if draft is None else draft.expires_at,
        "target": found.target,
        "target_version": found.version,
    }


async def content_hash(session: AsyncSession, batch_id: int) -> str:
    """What would be taken in, as one number that two persons can agree on."""
    digest = hashlib.sha256()
    statement = select(
        ImportRow.id,
        ImportRow.outcome,
        ImportRow.draft,
        ImportRow.key,
        ImportRow.verified_at,
        ImportRow.expires_at,
        ImportRow.target,
        ImportRow.target_version,
    ).where(ImportRow.batch_id == batch_id, ImportRow.outcome.in_(TAKEN))
    last = 0
    while some := (
        await session.execute(statement.where(ImportRow.id > last).order_by(ImportRow.id).limit(_AT_A_TIME))
    ).all():
        last = some[-1].id
        for row in some:
            digest.update("\n".join(map(str, row[1:])).encode())
    return digest.hexdigest()


def scope_hash(scope: Scope) -> str:
    """The area of an office, to see that it is the same."""
    facts = [scope.communes, scope.levels, scope.owner_kinds]
    written = [sorted(some) if some is not None else None for some in facts]
    return hashlib.sha256(audit.canonical({"scope": [written, scope.organisation_id]}).encode()).hexdigest()


async def still_hold(session: AsyncSession, batch: ImportBatch, scope: Scope, now: datetime) -> bool:
    """Whether the record says of every row to be taken in what it said at the check.

    Only rows that a change since then may concern are compared anew.
    """
    if scope_hash(scope) != batch.scope_hash:
        return False
    concerned = await _concerned(session, batch)
    if concerned is None:
        return True
    last = 0
    while True:
        rows = (
            await session.scalars(
                select(ImportRow)
                .where(
                    ImportRow.batch_id == batch.id,
                    ImportRow.id > last,
                    ImportRow.outcome.in_(TAKEN),
                    concerned,
                )
                .order_by(ImportRow.id)
                .limit(_AT_A_TIME)
            )
        ).all()
        if not rows:
            return True
        last = rows[-1].id
        found = await compare(session, [from_json(batch.kind, row.draft) for row in rows], scope, now)
        if any(not _same(one, row) for one, row in zip(found, rows, strict=True)):
            return False


def _same(found: Found, row: ImportRow) -> bool:
    return (found.outcome, found.target, found.version) == (row.outcome, row.target, row.target_version)


async def _concerned(session: AsyncSession, batch: ImportBatch) -> ColumnElement[bool] | None:
    """Which rows the changes since the check may concern; None when there were none."""
    change, protected = models.Change, models.ProtectedIdentifier
    since = [
        (kind, key)
        for kind, key in await session.execute(
            select(change.kind, change.key)
            .where(change.version > batch.registry_version)
            .limit(_FEW_CHANGES + 1)
        )
    ]
    assert batch.begun_at is not None  # noqa: S101  # a checked one began
    keys = set(await session.scalars(select(protected.key).where(protected.updated_at >= batch.begun_at)))
    if not since and not keys:
        return None
    if len(since) > _FEW_CHANGES:
        return ImportRow.id > 0
    of = {kind: {key for one, key in since if one is kind} for kind in RecordKind}
    contacts = {int(key) for key in of[RecordKind.CONTACT]}
    schools = {int(key) for key in of[RecordKind.SCHOOL]}
    keys |= of[RecordKind.INDICATOR]
    keys |= set(await session.scalars(select(models.Contact.key).where(models.Contact.id.in_(contacts))))
    if batch.kind is ImportKind.SCHOOLS:
        keys |= {
            SchoolDraft.key_of(level, name, commune)
            for level, name, commune in await session.execute(
                select(models.School.level_key, models.School.name_key, models.School.commune_code).where(
                    models.School.id.in_(schools)
                )
            )
        }
    owners = schools | {int(key) for key in of[RecordKind.ORGANISATION]}
    new = ImportRow.outcome == RowOutcome.NEW
    return or_(
        ImportRow.key.in_(keys),
        and_(new, ImportRow.target.in_(owners)),
        and_(ImportRow.outcome == RowOutcome.CHANGED, ImportRow.target.in_(contacts | schools)),
        and_(
            new,
            ImportRow.target.is_(None),
            ImportRow.draft != "" if of[RecordKind.ORGANISATION] else ImportRow.id < 0,
        ),
    )
