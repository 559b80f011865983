"""Identifiers that police say are used for scams. Only the functions here change their state."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, contacts, models, protection
from db.keys import NORM_VERSION
from db.recordable import require_recordable
from scamcheck.knowledge import IdentifierKind, active

CONFIRMATION_LASTS: Final = timedelta(days=180)
"""SIMs are resold: an entry that nobody reviews expires."""
WARNING_LASTS: Final = timedelta(hours=24)
"""A temporary warning is one officer's; it ends by itself."""


class AlreadyConfirmed(ValueError):
    """The identifier is confirmed and has not expired."""


class AlreadyWarned(ValueError):
    """The identifier is listed already, confirmed or with a temporary warning."""


class Protected(ValueError):
    """The identifier is an official contact or protected: its owner is the victim of forged calls."""


class IndicatorNotListed(ValueError):
    """The identifier is not listed, or was changed by somebody else in the meantime."""


async def confirm_indicator(
    session: AsyncSession,
    *,
    kind: IdentifierKind,
    key: str,
    confirmed_by: str,
    source: str,
    document: str = "",
    verified_at: date,
    expires_at: datetime | None = None,
    approved_by: str,
    is_example: bool = False,
    override: bool = False,
    now: datetime,
) -> models.Indicator:
    """Confirm an identifier. Without an expiry it counts for 180 days.

    A temporary warning, a suspended or an expired entry of the same key is superseded. `override` confirms a
    protected identifier, or a frozen contact: it was hijacked, and that was decided and recorded as such. A
    contact that is shown is never confirmed.

    Raises:
        AlreadyConfirmed: it is, and has not expired.
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
        Protected: it is an active contact, or protected.
    """
    return await _list(
        session,
        kind=kind,
        key=key,
        override=override,
        status=models.IndicatorState.CONFIRMED,
        confirmed_by=confirmed_by,
        source=source,
        document=document,
        verified_at=verified_at,
        expires_at=expires_at or now + CONFIRMATION_LASTS,
        approved_by=approved_by,
        is_example=is_example,
        now=now,
    )


async def warn_temporarily(
    session: AsyncSession,
    *,
    kind: IdentifierKind,
    key: str,
    confirmed_by: str,
    source: str,
    document: str = "",
    verified_at: date,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> models.Indicator:
    """Warn of an identifier for 24 hours.

    Raises:
        AlreadyWarned: it is listed.
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
        Protected: it is an active contact, or protected.
    """
    return await _list(
        session,
        kind=kind,
        key=key,
        override=False,
        status=models.IndicatorState.TEMPORARY_WARNING,
        confirmed_by=confirmed_by,
        source=source,
        document=document,
        verified_at=verified_at,
        expires_at=now + WARNING_LASTS,
        approved_by=approved_by,
        is_example=is_example,
        now=now,
    )


async def withdraw_indicator(
    session: AsyncSession, indicator_id: int, *, version: int, reason: str, now: datetime
) -> None:
    """Take a listed identifier off the list. `version` is the one that whoever decided had before them.

    Raises:
        IndicatorNotListed: it is not listed, or was changed since.
    """
    await changes.one_at_a_time(session)
    key = await _leave(
        session, indicator_id, version, outcome=models.IndicatorState.WITHDRAWN, reason=reason, now=now
    )
    changes.record_change(session, models.RecordKind.INDICATOR, key, models.Operation.REMOVED, now=now)


async def suspend_indicator(
    session: AsyncSession, indicator_id: int, *, version: int, reason: str, now: datetime
) -> str:
    """Let a confirmed identifier count as absent for now; its key.

    Raises:
        IndicatorNotListed: it is not confirmed, or was changed since.
    """
    return await _move(
        session,
        indicator_id,
        version,
        from_=models.IndicatorState.CONFIRMED,
        to=models.IndicatorState.SUSPENDED,
        reason=reason,
        now=now,
    )


async def resume_indicator(
    session: AsyncSession, indicator_id: int, *, version: int, reason: str, now: datetime
) -> str:
    """Let a suspended identifier count again; its key.

    Raises:
        IndicatorNotListed: it is not suspended, or was changed since.
    """
    return await _move(
        session,
        indicator_id,
        version,
        from_=models.IndicatorState.SUSPENDED,
        to=models.IndicatorState.CONFIRMED,
        reason=reason,
        now=now,
    )


async def renew_indicator(
    session: AsyncSession, indicator_id: int, *, version: int, approved_by: str, now: datetime
) -> None:
    """Let a confirmed identifier that somebody reviewed count for another 180 days.

    Raises:
        IndicatorNotListed: it is not confirmed, or was changed since.
    """
    await changes.one_at_a_time(session)
    key = await session.scalar(
        update(models.Indicator)
        .where(
            models.Indicator.id == indicator_id,
            models.Indicator.version == version,
            models.Indicator.status == models.IndicatorState.CONFIRMED,
        )
        .values(
            expires_at=now + CONFIRMATION_LASTS,
            verified_at=now.date(),
            approved_by=approved_by,
            version=version + 1,
            updated_at=now,
        )
        .returning(models.Indicator.key)
    )
    if key is None:
        raise IndicatorNotListed(indicator_id)
    changes.record_change(session, models.RecordKind.INDICATOR, key, models.Operation.CHANGED, now=now)


async def require_unprotected(
    session: AsyncSession, kind: IdentifierKind, key: str, *, override: bool
) -> None:
    """Refuse what may not be listed: a shown contact never, a frozen or protected one only by an override.

    Raises:
        Protected: see there.
    """
    if await contacts.is_shown_contact(session, kind, key):
        raise Protected(key)
    if not override and (
        await contacts.is_active_contact(session, kind, key)
        or await protection.is_protected(session, kind, key)
    ):
        raise Protected(key)


async def listed_indicator(session: AsyncSession, kind: IdentifierKind, key: str) -> models.Indicator | None:
    """The row of this key that is confirmed, warned of or suspended, expired or not."""
    return await session.scalar(
        select(models.Indicator).where(
            models.Indicator.kind == kind,
            models.Indicator.key == key,
            models.Indicator.status.in_(contacts.LISTED),
        )
    )


async def _list(
    session: AsyncSession,
    *,
    kind: IdentifierKind,
    key: str,
    override: bool,
    status: models.IndicatorState,
    confirmed_by: str,
    source: str,
    document: str,
    verified_at: date,
    expires_at: datetime,
    approved_by: str,
    is_example: bool,
    now: datetime,
) -> models.Indicator:
    require_recordable(kind, key, for_demo=is_example)
    await changes.one_at_a_time(session)
    await require_unprotected(session, kind, key, override=override)
    earlier = await listed_indicator(session, kind, key)
    if earlier is not None:
        if not active(earlier.expires_at, now):
            outcome = models.IndicatorState.EXPIRED
        elif status is models.IndicatorState.TEMPORARY_WARNING:
            raise AlreadyWarned(key)
        elif earlier.status is models.IndicatorState.CONFIRMED:
            raise AlreadyConfirmed(key)
        else:
            outcome = models.IndicatorState.SUPERSEDED
        await _leave(session, earlier.id, earlier.version, outcome=outcome, reason="", now=now)
    indicator = models.Indicator(
        status=status,
        kind=kind,
        key=key,
        norm_version=NORM_VERSION,
        confirmed_by=confirmed_by,
        source=source,
        document=document,
        verified_at=verified_at,
        expires_at=expires_at,
        approved_by=approved_by,
        is_example=is_example,
        created_at=now,
        updated_at=now,
    )
    session.add(indicator)
    await session.flush()
    changes.record_change(session, models.RecordKind.INDICATOR, key, models.Operation.ADDED, now=now)
    return indicator


async def _move(
    session: AsyncSession,
    indicator_id: int,
    version: int,
    *,
    from_: models.IndicatorState,
    to: models.IndicatorState,
    reason: str,
    now: datetime,
) -> str:
    await changes.one_at_a_time(session)
    key = await session.scalar(
        update(models.Indicator)
        .where(
            models.Indicator.id == indicator_id,
            models.Indicator.version == version,
            models.Indicator.status == from_,
        )
        .values(status=to, reason=reason, version=version + 1, updated_at=now)
        .returning(models.Indicator.key)
    )
    if key is None:
        raise IndicatorNotListed(indicator_id)
    changes.record_change(session, models.RecordKind.INDICATOR, key, models.Operation.CHANGED, now=now)
    return key


async def _leave(
    session: AsyncSession,
    indicator_id: int,
    version: int,
    *,
    outcome: models.IndicatorState,
    reason: str,
    now: datetime,
) -> str:
    key = await session.scalar(
        update(models.Indicator)
        .where(
            models.Indicator.id == indicator_id,
            models.Indicator.version == version,
            models.Indicator.status.in_(contacts.LISTED),
        )
        .values(status=outcome, reason=reason, version=version + 1, updated_at=now)
        .returning(models.Indicator.key)
    )
    if key is None:
        raise IndicatorNotListed(indicator_id)
    return key
