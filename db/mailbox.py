"""Durable in and out: committed before what came in is acknowledged, and before what goes out is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Row, and_, delete, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.mail_statements import CLAIM_INBOX, CLAIM_ONE, CLAIM_OUTBOX, FINISH, INBOX, RECORD_SENT
from db.models import ChannelName, Inbox, InboxStatus, Lane, Outbox, OutboxStatus
from db.upsert import insert_ignoring

INBOX_LEASE: Final = timedelta(seconds=30)
"""How long a worker may take over one message before another may try."""
OUTBOX_LEASE: Final = timedelta(seconds=60)
"""How long a send may take; longer than any platform's timeout."""
MAX_FAILURES: Final = 5
MAX_AMBIGUOUS_SENDS: Final = 3
"""An answer that may have arrived is sent again at most until this many tries in all."""
UNSENT_KEPT: Final = timedelta(hours=24)
POISON_KEPT: Final = timedelta(hours=24)
EVENT_IDS_KEPT: Final = timedelta(days=14)
"""Platforms repeat an event for a day and may start their ids again after a week."""

LONGEST_PAUSE: Final = timedelta(hours=1)
"""No pause asked for by a platform is kept for longer; then it is asked again."""

EVERY_LANE: Final = tuple(Lane)


class ClaimLost(RuntimeError):
    """The lease ran out and another worker has the item: nothing of this transaction may be kept."""


class SendOutcome(StrEnum):
    """What is known after a send; the values are those that channels report."""

    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"
    RETRY_AFTER = "retry_after"


class Destination(Protocol):
    """Where an answer goes: a conversation's row, or anything with the same three facts."""

    @property
    def channel(self) -> str: ...  # noqa: D102
    @property
    def bot_account(self) -> str: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102


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
class OutboxItem:
    """One outgoing message. `payload` and `address` are None once it is finished."""

    id: int
    inbox_id: int | None
    channel: ChannelName
    bot_account: str
    address: str | None
    lane: Lane
    payload: str | None
    status: OutboxStatus
    attempts: int
    created_at: datetime


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


async def release_all(session: AsyncSession, now: datetime) -> None:
    """Drop every claim: right when this process is the only one and has just started after a crash.

    What was put off may have been dated by a clock that was wrong, so what waits to be sent is due now: a
    platform that still wants a pause says so again. Events keep the pauses after their failures.
    """
    for table, longest in ((Inbox, timedelta(minutes=1)), (Outbox, timedelta())):
        await session.execute(
            update(table).where(table.claimed_until.is_not(None)).values(claimed_until=None)
        )
        await session.execute(
            update(table)
            .where(table.status == "waiting", table.not_before > now + longest)
            .values(not_before=now)
        )


async def release_sends(session: AsyncSession, *, channel: ChannelName | str, bot_account: str) -> None:
    """Drop the claims on one bot account's messages: right for who has just become its only sender."""
    await session.execute(
        update(Outbox)
        .where(
            Outbox.status == OutboxStatus.WAITING,
            Outbox.channel == ChannelName(channel),
            Outbox.bot_account == bot_account,
            Outbox.claimed_until.is_not(None),
        )
        .values(claimed_until=None)
    )


def enqueue(
    session: AsyncSession,
    *,
    conversation: Destination,
    inbox_id: int | None,
    lane: Lane,
    payload: str,
    now: datetime,
) -> Outbox:
    """Queue a message to be sent after the commit; it has its id when the session is next flushed.

    It keeps its own copy of the address, so a conversation that was just erased still gets the answer.
    """
    row = Outbox(
        inbox_id=inbox_id,
        channel=ChannelName(conversation.channel),
        bot_account=conversation.bot_account,
        address=conversation.address,
        lane=lane,
        payload=payload,
        not_before=now,
        created_at=now,
    )
    session.add(row)
    return row


async def queue(
    session: AsyncSession,
    *,
    conversation: Destination,
    inbox_id: int | None,
    lane: Lane,
    payload: str,
    now: datetime,
) -> int:
    """Like `enqueue`; the message's id."""
    row = enqueue(session, conversation=conversation, inbox_id=inbox_id, lane=lane, payload=payload, now=now)
    await session.flush()
    return row.id


async def claim_outbox(
    session: AsyncSession,
    *,
    channel: ChannelName | str,
    bot_account: str,
    now: datetime,
    limit: int,
    lanes: Sequence[Lane] = EVERY_LANE,
) -> list[OutboxItem]:
    """Claim at most `limit` messages of one bot account for a minute: answers first, oldest first.

    Of each address and lane only the oldest unfinished one, so that messages arrive in order.
    """
    claimed = await session.execute(
        CLAIM_OUTBOX,
        {
            "on_channel": ChannelName(channel),
            "of_account": bot_account,
            "lanes": list(lanes),
            "now": now,
            "until": now + OUTBOX_LEASE,
            "most": limit,
        },
    )
    return sorted(
        (_outbox_item(row) for row in claimed), key=lambda item: (EVERY_LANE.index(item.lane), item.id)
    )


async def record_sent(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    """Record that messages were sent, and erase them; what was finished before is left as it is."""
    await session.execute(RECORD_SENT, {"ids": list(ids), "now": now})


async def record_send(
    session: AsyncSession,
    outbox_id: int,
    *,
    result: SendOutcome | str,
    detail: str = "",
    retry_at: datetime | None = None,
    now: datetime,
) -> OutboxStatus | None:
    """Record what became of a send; the state it is in then, or None when it was finished before.

    What is finished is erased. An answer whose fate is unknown is sent again, up to three tries; anything
    else whose fate is unknown is not.
    """
    row = await session.scalar(
        select(Outbox).where(Outbox.id == outbox_id, Outbox.status == OutboxStatus.WAITING).with_for_update()
    )
    if row is None:
        return None
    outcome = SendOutcome(result)
    again = outcome is SendOutcome.RETRY_AFTER or (
        outcome is SendOutcome.AMBIGUOUS and row.lane is Lane.ANSWER and row.attempts < MAX_AMBIGUOUS_SENDS
    )
    row.detail = detail or None
    row.claimed_until = None
    if again:
        row.not_before = retry_at or now
    else:
        row.status = OutboxStatus(outcome.value)
        row.payload = None
        row.address = None
        row.finished_at = now
    await session.flush()
    return row.status


async def replies_to(session: AsyncSession, inbox_id: int) -> list[OutboxItem]:
    """What was queued in answer to an event, in order."""
    rows = await session.scalars(select(Outbox).where(Outbox.inbox_id == inbox_id).order_by(Outbox.id))
    return [_outbox_item(row) for row in rows]


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Erase what could not be processed or sent within a day, and event ids after 14 days.

    What lies ready for a web visitor is `db.left_messages`' to forget.
    """
    await session.execute(
        update(Inbox)
        .where(Inbox.status == InboxStatus.SET_ASIDE, Inbox.received_at < now - POISON_KEPT)
        .values(payload=None, address=None)
    )
    await session.execute(
        update(Outbox)
        .where(
            Outbox.status == OutboxStatus.WAITING, Outbox.created_at < now - UNSENT_KEPT, not_(lies_ready())
        )
        .values(
            status=OutboxStatus.FAILED,
            detail="TooLate",
            payload=None,
            address=None,
            claimed_until=None,
            finished_at=now,
        )
    )
    await session.execute(
        delete(Outbox).where(Outbox.status != OutboxStatus.WAITING, Outbox.created_at < now - EVENT_IDS_KEPT)
    )
    await session.execute(
        delete(Inbox).where(Inbox.status != InboxStatus.WAITING, Inbox.received_at < now - EVENT_IDS_KEPT)
    )


def lies_ready() -> ColumnElement[bool]:
    """Condition on outgoing messages: they lie ready for a web visitor, to whom nobody can send."""
    return and_(Outbox.channel == ChannelName.WEB, Outbox.lane == Lane.BULK)


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


def _outbox_item(row: Outbox | Row[Any]) -> OutboxItem:
    return OutboxItem(
        id=row.id,
        inbox_id=row.inbox_id,
        channel=row.channel,
        bot_account=row.bot_account,
        address=row.address,
        lane=row.lane,
        payload=row.payload,
        status=row.status,
        attempts=row.attempts,
        created_at=row.created_at,
    )
