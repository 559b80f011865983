"""An import from the upload to the moment before two persons decide: state, questions, giving it up."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, identity, models, rights
from db.importing.files import MOST_BYTES, FileRefused
from db.importing.reading import Given
from db.importing.scopes import kinds_for
from db.models import ImportBatch, ImportFile, ImportKind, ImportRow, ImportStatus, ProposalStatus
from db.rights import Actor, NotAllowed

OPEN: Final = (ImportStatus.CHECKING, ImportStatus.READY)
REPORT_KEPT: Final = timedelta(days=90)
"""The rows of an import that was taken in, for questions about it."""
UNDECIDED_KEPT: Final = timedelta(days=30)
LONGEST_NAME: Final = 120


class ImportNotFound(LookupError):
    """There is no such import, or it is another office's."""


class ImportChanged(ValueError):
    """It is not in the state any more in which that could be done."""


class ImportProposed(ValueError):
    """It waits for the second person: take the proposal back first."""


async def stage(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: ImportKind,
    file_name: str,
    content: bytes,
    given: Given,
    now: datetime,
) -> tuple[ImportBatch, bool]:
    """Keep a file to be checked. The same file with the same statements is the import that is open already.

    Returns:
        The import, and whether it is new.

    Raises:
        FileRefused: the file is empty or too large.
        NotAllowed, NotEligible: see `db.rights`.
    """
    await changes.one_at_a_time(session)
    membership = await rights.standing(session, actor.membership_id)
    if kind not in kinds_for(membership):
        raise NotAllowed(kind)
    if not content:
        raise FileRefused("empty")
    if len(content) > MOST_BYTES:
        raise FileRefused("too_large")
    written = to_json(given)
    digest = hashlib.sha256(f"{kind}\n{written}\n".encode() + content).hexdigest()
    known = await session.scalar(
        select(ImportBatch).where(
            ImportBatch.digest == digest,
            ImportBatch.office_id == membership.office_id,
            ImportBatch.status.in_(OPEN),
        )
    )
    if known is not None:
        return known, False
    batch = ImportBatch(
        public_id=identity.new_public_id(),
        kind=kind,
        status=ImportStatus.CHECKING,
        file_name=_plain_name(file_name),
        digest=digest,
        given=written,
        staff_id=membership.staff_id,
        membership_id=membership.id,
        office_id=membership.office_id,
        is_example=membership.office.is_example,
        created_at=now,
        updated_at=now,
    )
    session.add(batch)
    await session.flush()
    await session.execute(insert(ImportFile).values(batch_id=batch.id, content=content))
    await audit.record(
        session,
        actor=actor,
        action="import.stage",
        subject=f"import:{batch.public_id}",
        facts={"kind": kind.value, "bytes": str(len(content)), "digest": digest[:16]},
        now=now,
    )
    return batch, True


async def check_again(
    session: AsyncSession, *, actor: Actor, public_id: str, restores_zeros: bool | None = None, now: datetime
) -> None:
    """Check the file anew: the record has changed, or the question about the lost zeros is answered.

    Raises:
        ImportChanged, ImportNotFound, ImportProposed: see there.
        NotEligible: see `db.rights`.
    """
    batch = await _own(session, actor, public_id, (ImportStatus.READY,))
    facts = {"kind": batch.kind.value}
    if restores_zeros is not None:
        batch.given = to_json(replace(from_json(batch.given), restores_zeros=restores_zeros))
        facts["restores_zeros"] = "yes" if restores_zeros else "no"
    await session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.status = ImportStatus.CHECKING
    batch.version += 1
    batch.cursor = batch.attempts = 0
    batch.total = batch.checked_at = None
    batch.content_hash = ""
    batch.updated_at = now
    await audit.record(
        session, actor=actor, action="import.check", subject=f"import:{public_id}", facts=facts, now=now
    )


async def discard(session: AsyncSession, *, actor: Actor, public_id: str, now: datetime) -> None:
    """Give an import up. Its file and its rows are erased.

    Raises:
        ImportChanged, ImportNotFound, ImportProposed: see there.
        NotEligible: see `db.rights`.
    """
    batch = await _own(session, actor, public_id, (*OPEN, ImportStatus.REFUSED))
    await erase(session, batch.id, rows=True)
    batch.status = ImportStatus.DISCARDED
    batch.version += 1
    batch.updated_at = now
    await audit.record(session, actor=actor, action="import.discard", subject=f"import:{public_id}", now=now)


async def erase(session: AsyncSession, batch_id: int, *, rows: bool) -> None:
    """Erase the file, and the rows of the report too."""
    await session.execute(delete(ImportFile).where(ImportFile.batch_id == batch_id))
    if rows:
        await session.execute(delete(ImportRow).where(ImportRow.batch_id == batch_id))


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Erase what nobody decided on for 30 days, and the rows of what was taken in after 90."""
    old = await session.scalars(
        select(ImportBatch.id).where(
            ImportBatch.status.in_((*OPEN, ImportStatus.REFUSED)),
            ImportBatch.updated_at < now - UNDECIDED_KEPT,
        )
    )
    for batch_id in old.all():
        await erase(session, batch_id, rows=True)
        await session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id)
            .values(status=ImportStatus.DISCARDED, version=ImportBatch.version + 1, updated_at=now)
        )
    done = select(ImportBatch.id).where(
        ImportBatch.status == ImportStatus.ACTIVE, ImportBatch.updated_at < now - REPORT_KEPT
    )
    await session.execute(delete(ImportRow).where(ImportRow.batch_id.in_(done)))


async def proposal_of(session: AsyncSession, public_id: str) -> models.Proposal | None:
    """The newest proposal to take this import in, whatever became of it."""
    return await session.scalar(
        select(models.Proposal)
        .where(
            models.Proposal.subject == f"import:{public_id}", models.Proposal.status != ProposalStatus.DRAFT
        )
        .order_by(models.Proposal.id.desc())
        .limit(1)
    )


async def counts(session: AsyncSession, batch_id: int) -> dict[models.RowOutcome, int]:
    """How many lines of the report have which outcome."""
    rows = await session.execute(
        select(ImportRow.outcome, func.count().label("number"))
        .where(ImportRow.batch_id == batch_id)
        .group_by(ImportRow.outcome)
    )
    found = {row.outcome: row.number for row in rows}
    return {outcome: found.get(outcome, 0) for outcome in models.RowOutcome}


_GIVEN: Final = TypeAdapter(Given)


def to_json(given: Given) -> str:
    """What the bringer says, as text."""
    return _GIVEN.dump_json(given).decode()


def from_json(written: str) -> Given:
    """What `to_json` wrote."""
    return _GIVEN.validate_json(written)


def _plain_name(name: str) -> str:
    """The file's own name without folders and control characters; it is shown, never opened."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME] or "?"


async def _own(
    session: AsyncSession, actor: Actor, public_id: str, states: tuple[ImportStatus, ...]
) -> ImportBatch:
    await changes.one_at_a_time(session)
    membership = await rights.standing(session, actor.membership_id)
    batch = await session.scalar(
        select(ImportBatch)
        .where(ImportBatch.public_id == public_id, ImportBatch.office_id == membership.office_id)
        .execution_options(populate_existing=True)
    )
    if batch is None or batch.kind not in kinds_for(membership):
        raise ImportNotFound(public_id)
    if batch.status not in states:
        raise ImportChanged(public_id)
    proposal = await proposal_of(session, public_id)
    if proposal is not None and proposal.status in (ProposalStatus.PROPOSED, ProposalStatus.APPROVED):
        raise ImportProposed(public_id)
    return batch
