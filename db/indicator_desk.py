"""What one officer may do alone with an identifier, for a while, and what runs out by itself."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, indicators, models, rights
from db.approval_rules import RecordNotFound
from db.models import IndicatorState, LoneActionKind
from db.rights import Actor, NotAllowed, Permission
from scamcheck.knowledge import IdentifierKind

WARNINGS_A_DAY: Final = 10
ONCE_IN: Final = timedelta(days=30)
"""A warning or suspension of one identifier is not repeated: a proposal must follow."""
SUSPENSION_LASTS: Final = timedelta(hours=72)
REVIEW_BEFORE: Final = timedelta(days=14)
"""So long before a confirmation expires, the desk is asked to review it."""


class TooManyWarnings(PermissionError):
    """This officer has warned of ten identifiers within a day."""


class WarnedLately(ValueError):
    """The identifier had a temporary warning within 30 days; a proposal must follow instead."""


class SuspendedLately(ValueError):
    """The entry was suspended within 30 days; a proposal must follow instead."""


async def warn(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: IdentifierKind,
    key: str,
    source: str,
    reason: str,
    now: datetime,
) -> models.Indicator:
    """Warn of an identifier for 24 hours, as one officer; not renewable.

    Raises:
        AlreadyWarned, Protected and what else `db.indicators.warn_temporarily` raises.
        NotAllowed, NotEligible: see `db.rights`.
        TooManyWarnings, WarnedLately: see there.
    """
    await changes.one_at_a_time(session)
    officer = await _standing(session, actor, Permission.WARN_TEMPORARILY)
    if await _lately(session, LoneActionKind.WARN, kind, key, now):
        raise WarnedLately(key)
    today = await session.scalar(
        select(func.count())
        .select_from(models.LoneAction)
        .where(
            models.LoneAction.action == LoneActionKind.WARN,
            models.LoneAction.staff_id == officer.staff_id,
            models.LoneAction.at > now - timedelta(days=1),
        )
    )
    if (today or 0) >= WARNINGS_A_DAY:
        raise TooManyWarnings
    row = await indicators.warn_temporarily(
        session,
        kind=kind,
        key=key,
        confirmed_by=officer.office.name,
        source=source,
        verified_at=now.date(),
        approved_by=f"staff:{officer.staff.public_id}",
        is_example=officer.staff.is_example,
        now=now,
    )
    lasts = indicators.WARNING_LASTS
    await _note(session, actor, LoneActionKind.WARN, row, reason=reason, now=now, lasts=lasts)
    return row


async def suspend(
    session: AsyncSession, *, actor: Actor, indicator_id: int, version: int, reason: str, now: datetime
) -> None:
    """Let a confirmed entry count as absent for 72 hours, as one supervisor; then it counts again.

    Raises:
        IndicatorNotListed: it is not confirmed, or was changed since.
        NotAllowed, NotEligible: see `db.rights`.
        RecordNotFound, SuspendedLately: see there.
    """
    await changes.one_at_a_time(session)
    supervisor = await _standing(session, actor, Permission.SUSPEND_INDICATOR)
    row = await session.get(models.Indicator, indicator_id, populate_existing=True)
    if row is None or row.is_example != supervisor.staff.is_example:
        raise RecordNotFound(indicator_id)
    if await _lately(session, LoneActionKind.SUSPEND, row.kind, row.key, now):
        raise SuspendedLately(row.key)
    await indicators.suspend_indicator(session, row.id, version=version, reason=reason, now=now)
    await _note(session, actor, LoneActionKind.SUSPEND, row, reason=reason, now=now, lasts=SUSPENSION_LASTS)


async def resume_due(session: AsyncSession, now: datetime) -> int:
    """Let entries count again whose suspension ran out with nothing decided; how many."""
    await changes.one_at_a_time(session)
    over = (
        await session.scalars(
            update(models.LoneAction)
            .where(
                models.LoneAction.action == LoneActionKind.SUSPEND,
                models.LoneAction.ended_at.is_(None),
                models.LoneAction.until <= now,
            )
            .values(ended_at=now)
            .returning(models.LoneAction.indicator_id)
        )
    ).all()
    resumed = 0
    for indicator_id in over:
        row = await session.get_one(models.Indicator, indicator_id, populate_existing=True)
        if row.status is IndicatorState.SUSPENDED:
            await indicators.resume_indicator(session, row.id, version=row.version, reason="", now=now)
            await audit.record(
                session, actor=None, action="indicator.resume", subject=f"indicator:{row.id}", now=now
            )
            resumed += 1
    return resumed


async def expire_old(session: AsyncSession, now: datetime) -> int:
    """Write down which confirmations and warnings have run out; how many. They counted no more already."""
    await changes.one_at_a_time(session)
    expired = (
        await session.execute(
            update(models.Indicator)
            .where(
                models.Indicator.status.in_((IndicatorState.CONFIRMED, IndicatorState.TEMPORARY_WARNING)),
                models.Indicator.expires_at <= now,
            )
            .values(status=IndicatorState.EXPIRED, version=models.Indicator.version + 1, updated_at=now)
            .returning(models.Indicator.id, models.Indicator.key)
        )
    ).all()
    for id_, key in expired:
        changes.record_change(session, models.RecordKind.INDICATOR, key, models.Operation.REMOVED, now=now)
        await audit.record(
            session, actor=None, action="indicator.expire", subject=f"indicator:{id_}", now=now
        )
    return len(expired)


async def lone_actions_of(
    session: AsyncSession, kind: IdentifierKind, key: str
) -> tuple[models.LoneAction, ...]:
    """Every warning and suspension that one person alone put on an identifier, the latest first."""
    return tuple(
        await session.scalars(
            select(models.LoneAction)
            .where(models.LoneAction.kind == kind, models.LoneAction.key == key)
            .order_by(models.LoneAction.id.desc())
        )
    )


def is_due_for_review(row: models.Indicator, now: datetime) -> bool:
    """Whether it is confirmed and expires within 14 days: time to review it, and perhaps to renew it."""
    return (
        row.status is IndicatorState.CONFIRMED
        and row.expires_at is not None
        and now < row.expires_at <= now + REVIEW_BEFORE
    )


async def due_for_review(
    session: AsyncSession, now: datetime, *, limit: int = 100
) -> tuple[models.Indicator, ...]:
    """Confirmed entries that expire within 14 days, the soonest first."""
    return tuple(
        await session.scalars(
            select(models.Indicator)
            .where(
                models.Indicator.status == IndicatorState.CONFIRMED,
                models.Indicator.expires_at > now,
                models.Indicator.expires_at <= now + REVIEW_BEFORE,
            )
            .order_by(models.Indicator.expires_at, models.Indicator.id)
            .limit(limit)
        )
    )


async def _standing(session: AsyncSession, actor: Actor, permission: Permission) -> models.Membership:
    member = await rights.standing(session, actor.membership_id)
    if permission not in rights.RIGHTS[member.role]:
        raise NotAllowed(permission)
    return member


async def _lately(
    session: AsyncSession, action: LoneActionKind, kind: IdentifierKind, key: str, now: datetime
) -> bool:
    found = await session.scalar(
        select(models.LoneAction.id)
        .where(
            models.LoneAction.action == action,
            models.LoneAction.kind == kind,
            models.LoneAction.key == key,
            models.LoneAction.at > now - ONCE_IN,
        )
        .limit(1)
    )
    return found is not None


async def _note(
    session: AsyncSession,
    actor: Actor,
    action: LoneActionKind,
    row: models.Indicator,
    *,
    reason: str,
    now: datetime,
    lasts: timedelta,
) -> None:
    session.add(
        models.LoneAction(
            action=action,
            staff_id=actor.staff_id,
            indicator_id=row.id,
            kind=row.kind,
            key=row.key,
            reason=reason,
            at=now,
            until=now + lasts,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=f"indicator.{action.value}",
        subject=f"indicator:{row.id}",
        reason=reason,
        now=now,
    )
