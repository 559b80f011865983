"""Durable out: committed before it is sent, in order for each address and lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.mail_statements import CLAIM_OUTBOX, RECORD_SENT
from db.models import ChannelName, Lane, Outbox, OutboxStatus

OUTBOX_LEASE: Final = timedelta(seconds=60)
"""How long a send may take; longer than any platform's timeout."""
MAX_AMBIGUOUS_SENDS: Final = 3
"""An answer that may have arrived is sent again at most until this many tries in all."""
LONGEST_PAUSE: Final = timedelta(hours=1)
"""No pause asked for by a platform is kept for longer; then it is asked again."""
EVERY_LANE: Final = tuple(Lane)


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


def lies_ready() -> ColumnElement[bool]:
    """Condition on outgoing messages: they lie ready for a web visitor, to whom nobody can send."""
    return and_(Outbox.channel == ChannelName.WEB, Outbox.lane == Lane.BULK)


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
