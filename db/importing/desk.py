"""Imports as the desk sees them: its own, and those of its province that wait for a second person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, models, rights
from db.approval_rules import ProposalKind
from db.desk_lists import Page
from db.importing import staging
from db.importing.drafts import TAKEN
from db.importing.staging import ImportNotFound
from db.models import ImportBatch, ImportRow, ImportStatus, OfficeKind, RowOutcome
from db.rights import Actor, Permission

PAGE: Final = 50
LATEST: Final = 50


async def imports_of(session: AsyncSession, actor: Actor) -> tuple[tuple[ImportBatch, str], ...]:
    """The latest imports that are this actor's business, newest first, each with the name of its office."""
    rows = await session.execute(
        select(ImportBatch, models.Office.name)
        .join(models.Office, models.Office.id == ImportBatch.office_id)
        .where(await _visible(session, actor), ImportBatch.status != ImportStatus.DISCARDED)
        .order_by(ImportBatch.id.desc())
        .limit(LATEST)
    )
    return tuple((batch, office) for batch, office in rows)


async def import_for(session: AsyncSession, actor: Actor, public_id: str) -> ImportBatch:
    """One of them, given up or not.

    Raises:
        ImportNotFound: see there.
    """
    batch = await session.scalar(
        select(ImportBatch)
        .join(models.Office, models.Office.id == ImportBatch.office_id)
        .where(await _visible(session, actor), ImportBatch.public_id == public_id)
    )
    if batch is None:
        raise ImportNotFound(public_id)
    return batch


async def lines(
    session: AsyncSession,
    batch_id: int,
    *,
    outcomes: Sequence[RowOutcome] = (),
    after: int = 0,
    most: int = PAGE,
) -> Page[ImportRow]:
    """Lines of the report in the order of the file."""
    statement = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.id > after)
    if outcomes:
        statement = statement.where(ImportRow.outcome.in_(outcomes))
    rows = (await session.scalars(statement.order_by(ImportRow.id).limit(most + 1))).all()
    return Page(tuple(rows[:most]), len(rows) > most)


async def propose(
    session: AsyncSession, *, actor: Actor, public_id: str, reason: str, now: datetime
) -> models.Proposal:
    """Propose to take an import in, as the report shows it now.

    Raises:
        ImportNotFound: see there.
        ImportStale, NothingToTakeIn: see `db.importing.rules`.
        ValueError, LookupError, PermissionError: what `approvals.propose` raises.
    """
    batch = await import_for(session, actor, public_id)
    counted = await staging.counts(session, batch.id)
    new, changed = (counted[outcome] for outcome in TAKEN)
    return await approvals.propose(
        session,
        actor=actor,
        kind=ProposalKind.ACTIVATE_IMPORT,
        payload={
            "import": public_id,
            # Before the check is done there is nothing to agree on; the rule then refuses.
            "content": batch.content_hash or "-",
            "summary": f"{batch.file_name}: {new} mới, {changed} thay đổi",
        },
        reason=reason,
        now=now,
    )


async def _visible(session: AsyncSession, actor: Actor) -> ColumnElement[bool]:
    own = ImportBatch.office_id == actor.office_id
    if not actor.may(Permission.ACTIVATE_IMPORT) or actor.office_kind is not OfficeKind.PROVINCE_POLICE:
        return own
    office = (await rights.standing(session, actor.membership_id)).office
    return or_(
        own, (models.Office.province == office.province) & (models.Office.is_example == office.is_example)
    )
