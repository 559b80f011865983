"""The tokens of a platform whose refresh token works once: stored before use, never used by two.

Whoever renews claims the row first, in a transaction of its own, then asks the platform, then stores what it
got. A crash in between leaves a claim that runs out; the refresh token is then not used again by itself,
because it may have been used up: people link the account anew, or allow one more try.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ChannelName, ChannelToken, TokenState
from db.upsert import insert_or_ignore

LEASE: Final = timedelta(seconds=30)
"""Far longer than a platform takes to answer; after it, a claim counts as that of a process that died."""


class TokenTaken(Exception):
    """Another process has claimed, renewed or replaced the token since it was read."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """The tokens as stored: sealed, readable with the service's secret only."""

    id: int
    state: TokenState
    version: int
    refresh_token: str
    access_token: str | None
    access_due_at: datetime | None
    access_expires_at: datetime | None
    lease_until: datetime | None


async def token_of(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str
) -> StoredToken | None:
    """The tokens of an account, None when it was never linked."""
    row = await session.scalar(
        select(ChannelToken)
        .filter_by(channel=ChannelName(channel), bot_account=bot_account)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    return StoredToken(
        id=row.id,
        state=row.state,
        version=row.version,
        refresh_token=row.refresh_token,
        access_token=row.access_token,
        access_due_at=row.access_due_at,
        access_expires_at=row.access_expires_at,
        lease_until=row.lease_until,
    )


async def link(
    session: AsyncSession,
    *,
    channel: ChannelName | str,
    bot_account: str,
    refresh_token: str,
    given: str,
    now: datetime,
) -> bool:
    """Take a refresh token that the operator gives; False when it is one of those given before.

    Args:
        session: an open transaction.
        channel: the platform.
        bot_account: our account there.
        refresh_token: sealed.
        given: keyed hash of the unsealed token.
        now: the time.
    """
    made = await insert_or_ignore(
        session,
        ChannelToken,
        channel=ChannelName(channel),
        bot_account=bot_account,
        refresh_token=refresh_token,
        given=given,
        state=TokenState.USABLE,
        version=1,
        updated_at=now,
    )
    if made:
        return True
    row = await session.scalar(
        select(ChannelToken)
        .filter_by(channel=ChannelName(channel), bot_account=bot_account)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or given in row.given.split():
        return False
    row.refresh_token = refresh_token
    row.given = f"{row.given} {given}"
    row.state = TokenState.USABLE
    row.version += 1
    row.lease_until = None
    row.updated_at = now
    await session.flush()
    return True


async def claim_refresh(session: AsyncSession, token: StoredToken, *, now: datetime) -> StoredToken:
    """Claim the right to use the refresh token up. To be committed before the platform is asked.

    Raises:
        TokenTaken: it is not usable, or not as it was read.
    """
    await _change(
        session,
        token,
        TokenState.USABLE,
        now,
        state=TokenState.REFRESHING,
        version=token.version + 1,
        lease_until=now + LEASE,
    )
    return replace(token, state=TokenState.REFRESHING, version=token.version + 1, lease_until=now + LEASE)


async def store_pair(
    session: AsyncSession,
    token: StoredToken,
    *,
    access_token: str,
    refresh_token: str,
    lifetime: timedelta,
    now: datetime,
) -> None:
    """Store what the platform gave for a claimed token; only after the commit may it be used.

    Also when the claim has run out meanwhile: the answer is known after all.

    Raises:
        TokenTaken: the operator has linked the account anew meanwhile; what the platform gave is worthless.
    """
    await _change(
        session,
        token,
        None,
        now,
        state=TokenState.USABLE,
        access_token=access_token,
        refresh_token=refresh_token,
        access_due_at=now + lifetime * 0.8,
        access_expires_at=now + lifetime,
        lease_until=None,
    )


async def settle(session: AsyncSession, token: StoredToken, state: TokenState, *, now: datetime) -> None:
    """Note what is known of a claimed token that brought no new pair.

    Raises:
        TokenTaken: the claim is no longer ours.
    """
    await _change(session, token, None, now, state=state, lease_until=None)


async def expire_claim(session: AsyncSession, token: StoredToken, *, now: datetime) -> bool:
    """Note that whoever claimed the token died with it; False while the claim still holds."""
    if token.state is not TokenState.REFRESHING or token.lease_until is None or token.lease_until >= now:
        return False
    # The version stays: should the claimer be alive after all, it may still store what it got.
    await _change(session, token, TokenState.REFRESHING, now, state=TokenState.UNKNOWN, lease_until=None)
    return True


async def allow_one_more_try(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str, now: datetime
) -> bool:
    """Let the kept refresh token be used once more, as people decide; False when nothing is to be allowed."""
    token = await token_of(session, channel=channel, bot_account=bot_account)
    if token is None or token.state not in (TokenState.UNKNOWN, TokenState.REFUSED):
        return False
    await _change(session, token, None, now, state=TokenState.USABLE, version=token.version + 1)
    return True


async def _change(
    session: AsyncSession, token: StoredToken, only_in: TokenState | None, now: datetime, **values: object
) -> None:
    """Compare and set."""
    as_read = [ChannelToken.id == token.id, ChannelToken.version == token.version]
    if only_in is not None:
        as_read.append(ChannelToken.state == only_in)
    changed = await session.scalar(
        update(ChannelToken)
        .where(*as_read)
        .values(updated_at=now, **values)
        .returning(ChannelToken.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise TokenTaken(token.id)
