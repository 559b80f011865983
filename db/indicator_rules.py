"""Rules of the two-person engine for what police list: identifiers, and the protected list."""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import corrections, indicator_desk, indicators, models, protection
from db.approval_rules import (
    Case,
    Prepared,
    ProposalKind,
    RecordNotFound,
    Rule,
    choice_in,
    date_in,
    number_in,
)
from db.models import IndicatorState
from db.recordable import require_recordable
from db.rights import Permission
from db.script_rules import may_approve
from scamcheck import knowledge
from scamcheck.knowledge import IdentifierKind


def _identifier(case: Case) -> tuple[IdentifierKind, str]:
    kind, key = choice_in(case.payload, "kind", IdentifierKind), case.payload["key"]
    require_recordable(kind, key, for_demo=case.is_example)
    return kind, key


async def _indicator(session: AsyncSession, case: Case) -> models.Indicator:
    row = await session.get(models.Indicator, number_in(case.payload, "indicator"), populate_existing=True)
    if row is None or row.is_example != case.is_example:
        raise RecordNotFound(case.payload["indicator"])
    return row


# Confirm


async def _prepare_confirm(session: AsyncSession, case: Case, now: datetime) -> Prepared:
    kind, key = _identifier(case)
    date_in(case.payload, "verified_at")
    listed = await indicators.listed_indicator(session, kind, key)
    if (
        listed is not None
        and listed.status is IndicatorState.CONFIRMED
        and knowledge.active(listed.expires_at, now)
    ):
        raise indicators.AlreadyConfirmed(key)
    await indicators.require_unprotected(session, kind, key, override=_overrides(case))
    return Prepared(f"{kind.value}:{key}")


def _overrides(case: Case) -> bool:
    return bool(case.payload.get("override", "").strip())


async def _apply_confirm(session: AsyncSession, case: Case, now: datetime) -> str:
    kind, key = _identifier(case)
    row = await indicators.confirm_indicator(
        session,
        kind=kind,
        key=key,
        confirmed_by=case.proposer.office.name,
        source=case.payload["source"],
        document=case.document,
        verified_at=date_in(case.payload, "verified_at"),
        approved_by=case.approved_by,
        is_example=case.is_example,
        override=_overrides(case),
        now=now,
    )
    await corrections.note_change(session, kind=kind, key=key, listed=True, now=now)
    await _close_reports(session, kind, key)
    return f"indicator:{row.id}"


async def _close_reports(session: AsyncSession, kind: IdentifierKind, key: str) -> None:
    await session.execute(
        update(models.Report)
        .where(
            models.Report.id.in_(
                select(models.ReportIdentifier.report_id).where(
                    models.ReportIdentifier.kind == kind, models.ReportIdentifier.key == key
                )
            ),
            models.Report.status.in_((models.ReportStatus.RECEIVED, models.ReportStatus.IN_REVIEW)),
        )
        .values(status=models.ReportStatus.CONFIRMED, version=models.Report.version + 1)
    )


# Withdraw and restore


async def _prepare_withdraw(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    row = await _indicator(session, case)
    listed = (IndicatorState.CONFIRMED, IndicatorState.SUSPENDED, IndicatorState.TEMPORARY_WARNING)
    if row.status not in listed or row.version != number_in(case.payload, "version"):
        raise indicators.IndicatorNotListed(row.id)
    return Prepared(f"indicator:{row.id}")


async def _apply_withdraw(session: AsyncSession, case: Case, now: datetime) -> str:
    row = await _indicator(session, case)
    await indicators.withdraw_indicator(
        session, row.id, version=number_in(case.payload, "version"), reason=case.reason, now=now
    )
    await corrections.note_change(session, kind=row.kind, key=row.key, listed=False, now=now)
    return case.subject


async def _prepare_restore(session: AsyncSession, case: Case, now: datetime) -> Prepared:
    row = await _indicator(session, case)
    left = (IndicatorState.SUSPENDED, IndicatorState.WITHDRAWN, IndicatorState.EXPIRED)
    ready = row.status in left or indicator_desk.is_due_for_review(row, now)
    if not ready or row.version != number_in(case.payload, "version"):
        raise indicators.IndicatorNotListed(row.id)
    return Prepared(f"indicator:{row.id}")


async def _apply_restore(session: AsyncSession, case: Case, now: datetime) -> str:
    row = await _indicator(session, case)
    version = number_in(case.payload, "version")
    if row.status is IndicatorState.SUSPENDED:
        await indicators.resume_indicator(session, row.id, version=version, reason=case.reason, now=now)
        return f"indicator:{row.id}"  # nobody was told of the suspension
    if row.status is IndicatorState.CONFIRMED:
        await indicators.renew_indicator(
            session, row.id, version=version, approved_by=case.approved_by, now=now
        )
        return f"indicator:{row.id}"  # it was listed all the time
    if row.version == version and row.status in (IndicatorState.WITHDRAWN, IndicatorState.EXPIRED):
        again = await indicators.confirm_indicator(
            session,
            kind=row.kind,
            key=row.key,
            confirmed_by=row.confirmed_by,
            source=row.source,
            document=case.document or row.document,
            verified_at=now.date(),
            approved_by=case.approved_by,
            is_example=row.is_example,
            now=now,
        )
        await corrections.note_change(session, kind=row.kind, key=row.key, listed=True, now=now)
        return f"indicator:{again.id}"
    raise indicators.IndicatorNotListed(row.id)


# The protected list


async def _prepare_protect(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    kind, key = _identifier(case)
    if await protection.is_protected(session, kind, key):
        raise protection.AlreadyProtected(key)
    return Prepared(f"{kind.value}:{key}")


async def _apply_protect(session: AsyncSession, case: Case, now: datetime) -> str:
    kind, key = _identifier(case)
    row = await protection.protect(
        session,
        kind=kind,
        key=key,
        owner=case.payload["owner"],
        source=case.payload["source"],
        approved_by=case.approved_by,
        is_example=case.is_example,
        now=now,
    )
    return f"protected:{row.id}"


async def _prepare_unprotect(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    kind, key = _identifier(case)
    if not await protection.is_protected(session, kind, key):
        raise protection.NotProtected(key)
    return Prepared(f"{kind.value}:{key}")


async def _apply_unprotect(session: AsyncSession, case: Case, now: datetime) -> str:
    kind, key = _identifier(case)
    return f"protected:{await protection.unprotect(session, kind=kind, key=key, now=now)}"


_PROPOSE: Final = frozenset({Permission.PROPOSE_INDICATOR})
_APPROVE: Final = frozenset({Permission.APPROVE_INDICATOR})
_PROPOSE_PROTECTED: Final = frozenset({Permission.PROPOSE_PROTECTED})
_APPROVE_PROTECTED: Final = frozenset({Permission.APPROVE_PROTECTED})

RULES: Final = {
    ProposalKind.CONFIRM_INDICATOR: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=frozenset({"kind", "key", "source", "verified_at"}),
        optional=frozenset({"override"}),
        prepare=_prepare_confirm,
        may_approve=may_approve,
        apply=_apply_confirm,
    ),
    ProposalKind.WITHDRAW_INDICATOR: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=frozenset({"indicator", "version"}),
        optional=frozenset(),
        prepare=_prepare_withdraw,
        may_approve=may_approve,
        apply=_apply_withdraw,
    ),
    ProposalKind.RESTORE_INDICATOR: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=frozenset({"indicator", "version"}),
        optional=frozenset(),
        prepare=_prepare_restore,
        may_approve=may_approve,
        apply=_apply_restore,
    ),
    ProposalKind.PROTECT_NUMBER: Rule(
        propose=_PROPOSE_PROTECTED,
        approve=_APPROVE_PROTECTED,
        required=frozenset({"kind", "key", "owner", "source"}),
        optional=frozenset(),
        prepare=_prepare_protect,
        may_approve=may_approve,
        apply=_apply_protect,
    ),
    ProposalKind.UNPROTECT_NUMBER: Rule(
        propose=_PROPOSE_PROTECTED,
        approve=_APPROVE_PROTECTED,
        required=frozenset({"kind", "key"}),
        optional=frozenset(),
        prepare=_prepare_unprotect,
        may_approve=may_approve,
        apply=_apply_unprotect,
    ),
}
