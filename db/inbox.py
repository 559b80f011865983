"""Durable in: committed before it is acknowledged, once per event, in order within a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.mail_statements import CLAIM_INBOX, CLAIM_ONE, FINISH, INBOX
from db.models import ChannelName, Inbox, InboxStatus
from db.upsert import insert_ignoring

INBOX_LEASE: Final = timedelta(seconds=30)
"""How long a worker may take over one message before another may try."""
MAX_FAILURES: Final = 5


class ClaimLost(RuntimeError):
    """The lease ran out and another worker has the item: nothing of this transaction may be kept."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One received event, claimed."""

    id: int
    channel: ChannelName
    bot_account: str
    event_id: str
    address: str
    payload: str
    failures: int
    claim: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an event: `id` to find its replies by."""

    id: int
    status: InboxStatus


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event that came in."""

    channel: ChannelName | str
    bot_account: str
    event_id: str
    address: str
    payload: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same event when it comes again."""
        return ChannelName(self.channel).value, self.bot_account, self.event_id


async def accept_all(session: AsyncSession, events: Sequence[NewEvent], now: datetime) -> list[bool]:
    """Take events in, in their order; False for each that was taken in before, within the last 14 days."""
    first = {event.key: event for event in reversed(events)}
    rows = await session.execute(
        insert_ignoring(session, INBOX).returning(INBOX.c.channel, INBOX.c.bot_account, INBOX.c.event_id),
        [
            {
                "channel": ChannelName(event.channel),
                "bot_account": event.bot_account,
                "event_id": event.event_id,
                "address": event.address,
                "payload": event.payload,
                "status": InboxStatus.WAITING,
                "failures": 0,
                "claim": 0,
                "not_before": now,
                "received_at": now,
            }
            for event in events
            if first[event.key] is event
        ],
    )
    new = {(row.channel.value, row.bot_account, row.event_id) for row in rows}
    return [event.key in new and first[event.key] is event for event in events]


async def accept(
    session: AsyncSession,
    *,
    channel: ChannelName | str,
    bot_account: str,
    event_id: str,
    address: str,
    payload: str,
    now: datetime,
) -> bool:
    """Take one event in; False when it was taken in before, within the last 14 days."""
    (accepted,) = await accept_all(session, [NewEvent(channel, bot_account, event_id, address, payload)], now)
    return accepted


async def receipt_of(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str, event_id: str
) -> Receipt | None:
    """What became of an event; None when it never came in, or was forgotten."""
    row = (
        await session.execute(
            select(Inbox.id, Inbox.status).where(
                Inbox.channel == ChannelName(channel),
                Inbox.bot_account == bot_account,
                Inbox.event_id == event_id,
            )
        )
    ).one_or_none()
    return None if row is None else Receipt(row.id, row.status)


async def claim_inbox(
    session: AsyncSession, *, now: datetime, limit: int, only: int | None = None
) -> list[InboxItem]:
    """Claim at most `limit` events (or the one `only`): of each conversation the oldest unfinished.

    Two workers never get the same item, nor two items of one conversation at a time. The claim ends with the
    transaction, or when that was committed without the item being finished, after 30 seconds.
    """
    asked = {"now": now, "until": now + INBOX_LEASE, "most": limit}
    claimed = await session.execute(
        CLAIM_INBOX if only is None else CLAIM_ONE, asked if only is None else {**asked, "only": only}
    )
    items = [
        InboxItem(
            id=row.id,
            channel=row.channel,
            bot_account=row.bot_account,
            event_id=row.event_id,
            address=row.address or "",
            payload=row.payload or "",
            failures=row.failures,
            claim=row.claim,
            received_at=row.received_at,
        )
        for row in claimed
    ]
    return sorted(items, key=lambda item: item.id)


async def finish_inbox(session: AsyncSession, item: InboxItem, now: datetime) -> None:
    """Mark an event as done and erase what it said, together with the effects it had.

    Raises:
        ClaimLost: another worker took it over.
    """
    await _settle(
        session,
        item,
        status=InboxStatus.DONE,
        payload=None,
        address=None,
        claimed_until=None,
        finished_at=now,
    )


async def finish_all(session: AsyncSession, items: Sequence[InboxItem], now: datetime) -> None:
    """Mark events as done and erase what they said, in the transaction that claimed them."""
    await session.execute(FINISH, {"ids": [item.id for item in items], "now": now})


async def fail_inbox(session: AsyncSession, item: InboxItem, *, error_class: str, now: datetime) -> bool:
    """Note a failure. It is tried again after 2, 4, 8 and 16 seconds, and set aside at the fifth: then True.

    Raises:
        ClaimLost: another worker took it over.
    """
    failures = item.failures + 1
    set_aside = failures >= MAX_FAILURES
    await _settle(
        session,
        item,
        status=InboxStatus.SET_ASIDE if set_aside else InboxStatus.WAITING,
        failures=failures,
        claimed_until=None,
        not_before=now + timedelta(seconds=2**failures),
        finished_at=now if set_aside else None,
        error_class=error_class,
    )
    return set_aside


async def _settle(session: AsyncSession, item: InboxItem, **values: object) -> None:
    settled = await session.scalar(
        update(Inbox)
        .where(
            and_(
                Inbox.id == item.id,
                Inbox.status == InboxStatus.WAITING,
                Inbox.claim == item.claim,
            )
        )
        .values(**values)
        .returning(Inbox.id)
        .execution_options(synchronize_session=False)
    )
    if settled is None:
        raise ClaimLost(item.id)
