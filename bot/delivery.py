"""Durable in and out: accept once, process in order within a conversation, send after the commit.

What came in is committed before anybody is told that it was received. A worker then answers: the effects, the
outgoing messages and "done" are one transaction, so a crash loses neither and doubles neither. Sending is
in `bot.sending`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.adapter import ChannelAdapter
from bot.conversation import respond_without_records
from bot.messages import Channel, ConversationId, Incoming, Reply
from bot.messages_json import (
    PayloadUnreadable,
    incoming_from_json,
    incoming_to_json,
    reply_from_json,
    reply_to_json,
)
from bot.replies import HEADLINE_LIMIT, fixed_steps, shortened
from bot.sending import Sender
from bot.texts import load
from db import mailbox, people
from db.engine import Database
from db.mailbox import ClaimLost, InboxItem
from db.models import Conversation, InboxStatus, Lane
from scamcheck.duty_hours import VIETNAM

LATE: Final = timedelta(minutes=2)
"""An answer later than this says to which message it belongs."""
CLAIMED_AT_ONCE: Final = 32
POLL_SECONDS: Final = 0.5
"""How often to look for work of other processes, and for what became due again."""
STOP_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 1.0

Respond = Callable[[Incoming, AsyncSession, Conversation, datetime], Awaitable[tuple[Reply, ...]]]
"""Answers one event inside the given transaction, at the given time."""
EventKey = tuple[str, str, str]

log = structlog.get_logger(__name__)


class DeliveryUnavailable(Exception):
    """The event could not be committed, or its answer not be read: give the fixed steps, it comes again."""


class AnswerLate(DeliveryUnavailable):
    """The event is committed and will be answered, but not within the time the caller can wait."""


class Delivery:
    """The inbox and the outbox of this process."""

    def __init__(
        self,
        database: Database,
        respond: Respond,
        *,
        channels: Sequence[ChannelAdapter] = (),
        clock: Callable[[], datetime],
        workers: int | None = None,
    ) -> None:
        self._database = database
        self._respond = respond
        self._clock = clock
        self._senders = [Sender(database, channel, clock=clock) for channel in channels]
        # SQLite has one writer: more workers would only wait for each other inside their leases.
        self._workers = asyncio.Semaphore(workers or (1 if database.dialect == "sqlite" else 8))
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._waiting: dict[EventKey, asyncio.Future[None]] = {}

    async def accept(self, incoming: Incoming) -> bool:
        """Commit what came in; False when it was there already.

        Raises:
            DeliveryUnavailable: it could not be committed, and nothing of it will happen.
        """
        place = incoming.conversation
        try:
            async with self._database.transaction() as session:
                accepted = await mailbox.accept(
                    session,
                    channel=place.channel.value,
                    bot_account=place.bot_account,
                    event_id=incoming.event_id,
                    address=place.address,
                    payload=incoming_to_json(incoming),
                    now=self._clock(),
                )
        except Exception as error:  # noqa: BLE001 - whatever the database said, the event is not in it
            log.warning("delivery.not_accepted", channel=place.channel, error=type(error).__name__)
            raise DeliveryUnavailable(type(error).__name__) from None
        self._wake.set()
        return accepted

    async def answer_to(self, incoming: Incoming, timeout: float) -> tuple[Reply, ...]:  # noqa: ASYNC109 - the web's own
        """Accept an event and wait for its answer, for a channel that answers in the same request.

        The same event twice gives the answer once; afterwards an empty tuple.

        Raises:
            DeliveryUnavailable: it could not be committed, or nothing could be read back.
            AnswerLate: there is no answer within `timeout` seconds.
        """
        place = incoming.conversation
        key = (place.channel.value, place.bot_account, incoming.event_id)
        answered = self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        try:
            await self.accept(incoming)
            async with asyncio.timeout(timeout):
                return await self._answered(key, answered)
        except TimeoutError:
            raise AnswerLate from None
        finally:
            self._waiting.pop(key, None)

    async def _answered(self, key: EventKey, answered: asyncio.Future[None]) -> tuple[Reply, ...]:
        channel, bot_account, event_id = key
        while True:
            # Another process may have answered: then nobody here sets the future.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await asyncio.shield(answered)
            try:
                async with self._database.transaction() as session:
                    receipt = await mailbox.receipt_of(
                        session, channel=channel, bot_account=bot_account, event_id=event_id
                    )
                    rows = await mailbox.replies_to(session, receipt.id) if receipt else []
                    replies = tuple(reply_from_json(row.payload) for row in rows if row.payload)
                    for row in rows:
                        await mailbox.record_send(session, row.id, result="sent", now=self._clock())
            except Exception as error:  # noqa: BLE001 - whatever the database said, there is no answer
                log.warning("delivery.not_read_back", channel=channel, error=type(error).__name__)
                raise DeliveryUnavailable(type(error).__name__) from None
            if rows or (receipt and receipt.status is not InboxStatus.WAITING):
                return replies
            if answered.done():
                answered = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Work until `stop`; whatever fails is logged, noted on its message and tried again.

        What is not finished ten seconds after `stop` is cut off; its lease runs out and it is done again.
        """
        working = [asyncio.create_task(self._drain())]
        working += [asyncio.create_task(sender.run()) for sender in self._senders]
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*working, stopped], return_when=asyncio.FIRST_COMPLETED)
            ended, _ = await asyncio.wait(working, timeout=STOP_SECONDS if self._stopping.is_set() else 0)
            for task in ended:
                task.result()
        finally:
            for task in (*working, stopped):
                task.cancel()
            await asyncio.wait([*working, stopped])

    def stop(self) -> None:
        """Finish what is in flight, claim nothing more, and let `run` return within ten seconds."""
        self._stopping.set()
        self._wake.set()
        for sender in self._senders:
            sender.stop()

    async def _drain(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                worked = await self.work()
            except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                log.warning("delivery.not_claimed", error=type(error).__name__)
                await self._pause(_RETRY_SECONDS)
                continue
            if not worked:
                await self._pause(POLL_SECONDS)

    async def work(self) -> int:
        """Claim what is due, of each conversation the oldest, and answer all of it; how many were claimed."""
        async with self._database.transaction() as session:
            items = await mailbox.claim_inbox(session, now=self._clock(), limit=CLAIMED_AT_ONCE)
        # Everything claimed is worked off before more is claimed, well within the lease.
        await asyncio.gather(*(self._process_in_turn(item) for item in items))
        return len(items)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _process_in_turn(self, item: InboxItem) -> None:
        async with self._workers:
            try:
                if self._stopping.is_set():
                    async with self._database.transaction() as session:
                        await mailbox.release(session, item)
                else:
                    await self.process(item)
            except ClaimLost:
                log.warning("delivery.claim_lost", channel=item.channel)
            except Exception as error:  # noqa: BLE001 - the lease runs out and it is tried again
                log.warning("delivery.failure_not_noted", channel=item.channel, error=type(error).__name__)
                answered = self._waiting.get(_key(item))
                if answered is not None and not answered.done():
                    answered.set_exception(DeliveryUnavailable(type(error).__name__))
                    answered.exception()  # whoever waits raises it; if nobody does any more, it is not missed

    async def process(self, item: InboxItem) -> None:
        """Answer one claimed event: effects, outgoing messages and "done" in one transaction.

        Raises:
            ClaimLost: another worker has it now; nothing was done.
        """
        now = self._clock()
        try:
            incoming = incoming_from_json(item.payload)
            async with self._database.transaction() as session:
                conversation = await people.conversation_for(
                    session,
                    channel=item.channel,
                    bot_account=item.bot_account,
                    address=item.address,
                    now=now,
                )
                replies = await self._respond(incoming, session, conversation, now)
                for reply in marked_late(replies, incoming, now):
                    await self._queue(session, incoming.conversation, item, reply, now)
                await mailbox.finish_inbox(session, item, now)
        except ClaimLost:
            raise
        except Exception as error:  # noqa: BLE001 - whatever broke, the person gets the steps and it is tried again
            await self._fail(item, error, now)
        self._answer_waiting(item)

    async def _fail(self, item: InboxItem, error: Exception, now: datetime) -> None:
        """Note the failure; at the first one the person gets what can be said without the records."""
        # Only the class: the words of an error may repeat what a parent wrote.
        log.error(
            "delivery.failed", channel=item.channel, error=type(error).__name__, failures=item.failures + 1
        )
        async with self._database.transaction() as session:
            if item.failures == 0:
                for reply in await self._first_aid(item, now):
                    await self._queue(session, _place(item), item, reply, now)
            set_aside = await mailbox.fail_inbox(session, item, error_class=type(error).__name__, now=now)
        if set_aside:
            log.error("delivery.set_aside", channel=item.channel, error=type(error).__name__)

    async def _first_aid(self, item: InboxItem, now: datetime) -> tuple[Reply, ...]:
        try:
            return await respond_without_records(incoming_from_json(item.payload), now)
        except PayloadUnreadable:
            texts = load("vi")
            return (fixed_steps(texts, texts.get("headline.cannot_check")),)

    async def _queue(
        self, session: AsyncSession, place: ConversationId, item: InboxItem, reply: Reply, now: datetime
    ) -> None:
        await mailbox.queue(
            session,
            conversation=place,
            inbox_id=item.id,
            lane=Lane.ANSWER,
            payload=reply_to_json(reply),
            now=now,
        )

    def _answer_waiting(self, item: InboxItem) -> None:
        answered = self._waiting.get(_key(item))
        if answered is not None and not answered.done():
            answered.set_result(None)
        for sender in self._senders:
            sender.wake()


def marked_late(replies: Sequence[Reply], incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
    """The replies as they are; late ones say to which message they belong."""
    if not replies or now - incoming.received_at <= LATE:
        return tuple(replies)
    at = incoming.received_at.astimezone(VIETNAM).strftime("%H:%M")
    first = f"{load(incoming.language).get('note.late', time=at)}. {replies[0].headline}"
    return (replace(replies[0], headline=shortened(first, HEADLINE_LIMIT)), *replies[1:])


def _key(item: InboxItem) -> EventKey:
    return item.channel.value, item.bot_account, item.event_id


def _place(item: InboxItem) -> ConversationId:
    return ConversationId(Channel(item.channel.value), item.bot_account, item.address)
