"""Identifiers that police say are used for scams. Only the functions here change their state."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, contacts, models
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
    """The identifier is somebody's official contact; calls "from" it are forged, its owner is the victim."""


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
    now: datetime,
) -> models.Indicator:
    """Confirm an identifier. Without an expiry it counts for 180 days.

    A temporary warning or an expired entry of the same key is superseded.

    Raises:
        AlreadyConfirmed: it is, and has not expired.
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
        Protected: it is an active contact.
    """
    return await _list(
        session,
        kind=kind,
        key=key,
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
        Protected: it is an active contact.
    """
    return await _list(
        session,
        kind=kind,
        key=key,
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
    if await contacts.is_active_contact(session, kind, key):
        raise Protected(key)
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
