"""The rule of the two-person engine for imports: one brings a file, another takes it in, as it was shown."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, notices
from db.approval_rules import Case, Prepared, ProposalKind, RecordNotFound, Rule
from db.contact_rules import same_or_province
from db.importing import rows, staging
from db.importing.applying import Applying, apply
from db.importing.drafts import TAKEN
from db.importing.scopes import kinds_for, scope_of
from db.models import ImportBatch, ImportKind, ImportStatus, OfficeKind
from db.rights import Permission


class ImportStale(ValueError):
    """The record has changed since the check, or the check was made anew: look again, then propose again."""


class NothingToTakeIn(ValueError):
    """Every row is there already, in conflict, or cannot be read."""


async def _batch(session: AsyncSession, case: Case) -> ImportBatch:
    """The import of a payload, while it is the proposer's office's.

    Raises:
        RecordNotFound: there is none.
        ImportStale: it is not what was shown.
    """
    batch = await session.scalar(
        select(ImportBatch)
        .where(
            ImportBatch.public_id == case.payload["import"],
            ImportBatch.office_id == case.proposer.office_id,
        )
        .execution_options(populate_existing=True)
    )
    if batch is None or batch.kind not in kinds_for(case.proposer):
        raise RecordNotFound(case.payload["import"])
    if batch.status is not ImportStatus.READY or batch.content_hash != case.payload["content"]:
        raise ImportStale(batch.public_id)
    return batch


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    batch = await _batch(session, case)
    counted = await staging.counts(session, batch.id)
    if not any(counted[outcome] for outcome in TAKEN):
        raise NothingToTakeIn(batch.public_id)
    return Prepared(f"import:{batch.public_id}")


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    """Somebody of the same office, or of the police of the province that the proposer's office lies in."""
    return same_or_province(approver.office, case.proposer.office)


async def _may_still_propose(session: AsyncSession, proposer: models.Membership, case: Case) -> bool:
    batch = await session.scalar(select(ImportBatch).where(ImportBatch.public_id == case.payload["import"]))
    return batch is not None and batch.kind in kinds_for(proposer)


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    """Take in every row that was shown as new or changed, if the record says of each what it said then.

    Raises:
        ImportStale: it does not.
    """
    batch = await _batch(session, case)
    if await rows.content_hash(session, batch.id) != batch.content_hash:
        raise ImportStale(batch.public_id)
    if not await rows.still_hold(session, batch, await scope_of(session, case.proposer), now):
        raise ImportStale(batch.public_id)
    taken = await apply(session, batch, Applying(case.approved_by, now))
    await staging.erase(session, batch.id, rows=False)
    batch.status = ImportStatus.ACTIVE
    batch.version += 1
    batch.updated_at = now
    await session.flush()
    await _tell(session, case, batch, now)
    return f"{batch.kind}:{taken}"


async def _tell(session: AsyncSession, case: Case, batch: ImportBatch, now: datetime) -> None:
    """Tell the proposer's office, and each school whose numbers came."""
    offices = {case.proposer.office_id}
    if batch.kind is ImportKind.CONTACTS:
        # Every school that has an office: a school without staff has nobody to tell.
        offices.update(
            await session.scalars(
                select(models.Office.id)
                .join(models.Contact, models.Contact.school_id == models.Office.school_id)
                .where(
                    models.Office.active,
                    models.Office.kind == OfficeKind.SCHOOL,
                    models.Contact.updated_at == now,
                    models.Contact.status == models.RecordState.ACTIVE,
                )
            )
        )
    await notices.tell(session, offices, topic="import.active", subject=f"import:{batch.public_id}", now=now)


RULES: Final = {
    ProposalKind.ACTIVATE_IMPORT: Rule(
        propose=frozenset({Permission.STAGE_SCHOOL_IMPORT, Permission.STAGE_IMPORT}),
        approve=frozenset({Permission.ACTIVATE_IMPORT}),
        required=frozenset({"import", "content", "summary"}),
        optional=frozenset(),
        prepare=_prepare,
        may_approve=_may_approve,
        may_still_propose=_may_still_propose,
        apply=_apply,
    ),
}
