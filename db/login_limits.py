"""Limits on trying to sign in, kept in the database: when it cannot be reached, nobody gets in."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from db.models import LoginFactor

ATTEMPTS_KEPT: Final = timedelta(days=1)
FIVE_MINUTES: Final = timedelta(minutes=5)
TRIES_PER_NAME_AND_ADDRESS: Final = 10
TRIES_PER_ADDRESS: Final = 50
"""Within five minutes: an office shares one address, and may mistype at eight in the morning."""
TRIES_PER_NAME: Final = 100
"""Within an hour, from wherever: not so few that a stranger could lock an officer out from one place."""
CODE_TRIES: Final = ((FIVE_MINUTES, 5), (timedelta(hours=1), 20), (timedelta(days=1), 50))


class TooManyAttempts(PermissionError):
    """Too many tries lately; wait."""


async def note_password_try(session: AsyncSession, name_hmac: str, address_hmac: str, now: datetime) -> int:
    """Write a try down, before anything is compared; its id, for `forgive`.

    Raises:
        TooManyAttempts: this name or this address, or both together, tried too often lately.
    """
    await changes.one_at_a_time(session)
    name = models.LoginAttempt.name_hmac == name_hmac
    address = models.LoginAttempt.address_hmac == address_hmac
    for which, since, most in (
        ((name, address), FIVE_MINUTES, TRIES_PER_NAME_AND_ADDRESS),
        ((address,), FIVE_MINUTES, TRIES_PER_ADDRESS),
        ((name,), timedelta(hours=1), TRIES_PER_NAME),
    ):
        if await _tries(session, LoginFactor.PASSWORD, now - since, *which) >= most:
            raise TooManyAttempts
    return await _note(session, LoginFactor.PASSWORD, name_hmac, address_hmac, now)


async def note_code_try(
    session: AsyncSession, name_hmac: str, address_hmac: str, now: datetime
) -> int | None:
    """Write a try of the second factor down; None when there were too many, and this one does not count."""
    await changes.one_at_a_time(session)
    mine = models.LoginAttempt.name_hmac == name_hmac
    for since, most in CODE_TRIES:
        if await _tries(session, LoginFactor.CODE, now - since, mine) >= most:
            return None
    return await _note(session, LoginFactor.CODE, name_hmac, address_hmac, now)


async def forgive(session: AsyncSession, attempt_id: int) -> None:
    """A try that was right does not count against anybody."""
    await session.execute(
        update(models.LoginAttempt).where(models.LoginAttempt.id == attempt_id).values(succeeded=True)
    )


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget tries after a day."""
    await session.execute(delete(models.LoginAttempt).where(models.LoginAttempt.at < now - ATTEMPTS_KEPT))


async def _tries(
    session: AsyncSession, factor: LoginFactor, since: datetime, *which: ColumnElement[bool]
) -> int:
    return (
        await session.scalar(
            select(func.count())
            .select_from(models.LoginAttempt)
            .where(
                models.LoginAttempt.factor == factor,
                models.LoginAttempt.at > since,
                ~models.LoginAttempt.succeeded,
                *which,
            )
        )
        or 0
    )


async def _note(
    session: AsyncSession, factor: LoginFactor, name_hmac: str, address_hmac: str, now: datetime
) -> int:
    row = models.LoginAttempt(factor=factor, name_hmac=name_hmac, address_hmac=address_hmac, at=now)
    session.add(row)
    await session.flush()
    return row.id
