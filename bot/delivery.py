"""Durable in and out: accept once, process in order within a conversation, send after the commit.

What came in is committed before anybody is told that it was received. A worker then answers: the claim, the
effects, the outgoing messages and "done" are one transaction, so a crash loses neither and doubles neither,
and what a dead process was working on is free at once. Sending is in `bot.sending`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.channels.adapter import ChannelAdapter
from bot.conversation import respond_without_records
from bot.failpoints import failpoint
from bot.group_commit import GroupCommit
from bot.messages import Channel, ConversationId, Incoming, Reply
from bot.messages_json import (
    PayloadUnreadable,
    incoming_from_json,
    incoming_to_json,
    reply_from_json,
    reply_to_json,
)
from bot.replies import HEADLINE_LIMIT, fixed_steps, shortened
from bot.sending import SENDS_PER_SECOND, Sender
from bot.texts import load
from db import mailbox, people, wakeups
from db.engine import Database
from db.mailbox import InboxItem, NewEvent
from db.models import Conversation, InboxStatus, Lane, Outbox
from db.wakeups import Topic
from scamcheck.duty_hours import VIETNAM

LATE: Final = timedelta(minutes=2)
"""An answer later than this says to which message it belongs."""
CLAIMED_AT_ONCE: Final = 16
"""Events answered in one transaction when many wait; a few wait for no other."""
WORKERS: Final = 4
"""Transactions side by side on PostgreSQL. SQLite has one writer."""
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


@dataclass(frozen=True, slots=True)
class _Answered:
    """An event's answers, queued under these ids."""

    outbox_ids: tuple[int, ...]
    replies: tuple[Reply, ...]


class AnswerLate(DeliveryUnavailable):
    """The event is committed and will be answered, but not within the time the caller can wait."""


class Delivery:
    """The inbox and the outbox of this process.

    `works` and `sends` say which of the two this process does; others of the same database do the rest.
    `record_clock` is the time that processes share and that never jumps, for claims; `clock` is the time of
    day.
    """

    def __init__(  # noqa: PLR0913
        self,
        database: Database,
        respond: Respond,
        *,
        channels: Sequence[ChannelAdapter] = (),
        clock: Callable[[], datetime],
        record_clock: Callable[[], datetime] | None = None,
        sends_per_second: Mapping[Channel, float] | None = None,
        workers: int | None = None,
        works: bool = True,
        sends: bool = True,
    ) -> None:
        self._database = database
        self._respond = respond
        self._clock = clock
        self._record_clock = record_clock or clock
        rates = sends_per_second or {}
        self._senders = [
            Sender(
                database,
                channel,
                clock=self._record_clock,
                sends_per_second=rates.get(channel.channel, SENDS_PER_SECOND),
            )
            for channel in channels
            if sends
        ]
        self._on_sqlite = database.dialect == "sqlite"
        self._workers = (workers or (1 if self._on_sqlite else WORKERS)) if works else 0
        self._troubled = False
        """A failure could not be noted: without a pause its event would be tried again at once, and again."""
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._waiting: dict[EventKey, asyncio.Future[_Answered | None]] = {}
        self._arrivals: GroupCommit[NewEvent, bool] = GroupCommit(database, self._commit_arrivals)
        self._read_back: GroupCommit[tuple[int, ...], None] = GroupCommit(database, self._record_read)

    async def accept(self, incoming: Incoming) -> bool:
        """Commit what came in; False when it was there already.

        Raises:
            DeliveryUnavailable: it could not be committed, and nothing of it will happen.
        """
        place = incoming.conversation
        event = NewEvent(
            channel=place.channel.value,
            bot_account=place.bot_account,
            event_id=incoming.event_id,
            address=place.address,
            payload=incoming_to_json(incoming),
        )
        failpoint("accept.before")
        try:
            accepted = await self._arrivals.do(event)
        except Exception as error:  # noqa: BLE001 - whatever the database said, the event is not in it
            metrics.NOT_ACCEPTED.labels(place.channel.value).inc()
            log.warning("delivery.not_accepted", channel=place.channel, error=type(error).__name__)
            raise DeliveryUnavailable(type(error).__name__) from None
        failpoint("accept.committed")
        metrics.ACCEPTED.labels(place.channel.value, str(accepted).lower()).inc()
        self._wake.set()
        return accepted

    async def _commit_arrivals(self, session: AsyncSession, events: Sequence[NewEvent]) -> list[bool]:
        accepted = await mailbox.accept_all(session, events, self._record_clock())
        if not self._workers:
            await wakeups.tell(session, Topic.INBOX)
        failpoint("accept.in_transaction")
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

    async def _answered(self, key: EventKey, answered: asyncio.Future[_Answered | None]) -> tuple[Reply, ...]:
        channel, bot_account, event_id = key
        while True:
            # Another process may have answered, or it was answered before: then nobody here sets the future.
            mine: _Answered | None = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    mine = await asyncio.shield(answered)
            try:
                if mine is not None:
                    await self._read_back.do(mine.outbox_ids)
                    return mine.replies
                async with self._database.transaction() as session:
                    receipt = await mailbox.receipt_of(
                        session, channel=channel, bot_account=bot_account, event_id=event_id
                    )
                    rows = await mailbox.replies_to(session, receipt.id) if receipt else []
                    replies = tuple(reply_from_json(row.payload) for row in rows if row.payload)
                    await mailbox.record_sent(session, [row.id for row in rows], self._record_clock())
            except Exception as error:  # noqa: BLE001 - whatever the database said, there is no answer
                log.warning("delivery.not_read_back", channel=channel, error=type(error).__name__)
                raise DeliveryUnavailable(type(error).__name__) from None
            if rows or (receipt and receipt.status is not InboxStatus.WAITING):
                return replies
            if answered.done():
                answered = self._waiting[key] = asyncio.get_running_loop().create_future()

    async def _record_read(self, session: AsyncSession, read: Sequence[tuple[int, ...]]) -> list[None]:
        await mailbox.record_sent(
            session, [outbox_id for ids in read for outbox_id in ids], self._record_clock()
        )
        return [None] * len(read)

    async def run(self) -> None:
        """Work until `stop`; whatever fails is logged, noted on its message and tried again.

        What is not finished ten seconds after `stop` is cut off; it is done again.
        """
        working = [asyncio.create_task(self._drain()) for _ in range(self._workers)]
        working += [asyncio.create_task(sender.run()) for sender in self._senders]
        listening = asyncio.create_task(wakeups.listen(self._database.url, self._heard))
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*working, stopped], return_when=asyncio.FIRST_COMPLETED)
            if working:
                timeout = STOP_SECONDS if self._stopping.is_set() else 0
                ended, _ = await asyncio.wait(working, timeout=timeout)
                for task in ended:
                    task.result()
        finally:
            for task in (*working, listening, stopped):
                task.cancel()
            await asyncio.wait([*working, listening, stopped])

    def stop(self) -> None:
        """Finish what is in flight, claim nothing more, and let `run` return within ten seconds."""
        self._stopping.set()
        self._wake.set()
        for sender in self._senders:
            sender.stop()

    def _heard(self, topic: Topic) -> None:
        """Another process committed something."""
        if topic is Topic.INBOX:
            self._wake.set()
            return
        for sender in self._senders:
            sender.wake()
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_result(None)

    async def _drain(self) -> None:
        limit = self._first_limit
        traces = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                worked = await self._work_off(limit)
            except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                log.warning("delivery.not_claimed", error=type(error).__name__)
                await self._pause(_RETRY_SECONDS)
                continue
            if self._troubled:
                self._troubled = False
                await asyncio.sleep(_RETRY_SECONDS)
            elif worked:
                traces = True
            else:
                # What was asked is done with: nothing of it stays in the file's journal while nobody asks.
                traces = traces and not await self._erase_traces()
                await self._pause(POLL_SECONDS)
            # Few at a time while few wait, so that nobody waits for another's; many to a commit when many do.
            limit = min(CLAIMED_AT_ONCE, 2 * limit) if worked == limit else self._first_limit

    async def _erase_traces(self) -> bool:
        try:
            return await self._database.erase_traces()
        except Exception as error:  # noqa: BLE001 - tried again after the next message, and every half minute
            log.warning("delivery.traces_not_erased", error=type(error).__name__)
            return False

    @property
    def _first_limit(self) -> int:
        return CLAIMED_AT_ONCE if self._on_sqlite else 1

    async def work(self) -> int:
        """Claim what is due, of each conversation the oldest, and answer it; how many were claimed.

        As many transactions side by side as there are workers.
        """
        if self._stopping.is_set():
            return 0
        counts = await asyncio.gather(*(self._work_off(self._first_limit) for _ in range(self._workers)))
        return sum(counts)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _work_off(self, limit: int) -> int:
        """Claim and answer at most `limit` events in one transaction; what fails is done singly."""
        items: list[InboxItem] = []
        try:
            async with self._database.transaction() as session:
                items = await mailbox.claim_inbox(session, now=self._record_clock(), limit=limit)
                answer = self._answer_alone if len(items) == 1 else self._answer_all
                answered = await answer(session, items)
        except Exception as error:
            if not items:
                raise
            for item in items:
                await self._answer_singly(item, error if len(items) == 1 else None)
        else:
            self._say_answered(answered)
        return len(items)

    async def _answer_all(
        self, session: AsyncSession, items: Sequence[InboxItem]
    ) -> list[tuple[InboxItem, _Answered]]:
        """Answer claimed events inside the transaction that claimed them, and mark them as done."""
        if not items:
            return []
        failpoint("work.claimed")
        now = self._clock()
        conversations = await people.conversations_for(session, items, now=now)
        answered = [
            (item, await self._answer(session, item, conversation, now))
            for item, conversation in zip(items, conversations, strict=True)
        ]
        # Everything that the answers record is written together; their ids are known from here on.
        await session.flush()
        await mailbox.finish_all(session, items, self._record_clock())
        await self._tell_others(session, items)
        failpoint("work.before_commit")
        return [
            (item, _Answered(tuple(row.id for row in rows), replies)) for item, (rows, replies) in answered
        ]

    async def _answer(
        self, session: AsyncSession, item: InboxItem, conversation: Conversation, now: datetime
    ) -> tuple[list[Outbox], tuple[Reply, ...]]:
        incoming = incoming_from_json(item.payload)
        replies = marked_late(await self._respond(incoming, session, conversation, now), incoming, now)
        return [self._queue(session, incoming.conversation, item, reply) for reply in replies], replies

    async def _answer_alone(
        self, session: AsyncSession, items: Sequence[InboxItem]
    ) -> list[tuple[InboxItem, _Answered]]:
        """Answer one claimed event or note its failure, its claim held: no other worker comes between."""
        try:
            async with session.begin_nested():
                return await self._answer_all(session, items)
        except Exception as error:  # noqa: BLE001 - the person gets the steps and it is tried again
            for item in items:
                await self._note_failure(session, item, error)
            return [(item, _Answered((), ())) for item in items]

    async def _answer_singly(self, item: InboxItem, failed: Exception | None) -> None:
        """Once more, alone: one event's failure must not hold up those it was claimed with."""
        try:
            async with self._database.transaction() as session:
                # Empty when another worker has it meanwhile.
                again = await mailbox.claim_inbox(session, now=self._record_clock(), limit=1, only=item.id)
                if failed is None:
                    answered = await self._answer_alone(session, again)
                else:  # what it was claimed in could not be committed
                    for claimed in again:
                        await self._note_failure(session, claimed, failed)
                    answered = [(claimed, _Answered((), ())) for claimed in again]
        except Exception as error:  # noqa: BLE001 - it stays in the inbox and is tried again
            log.warning("delivery.failure_not_noted", channel=item.channel, error=type(error).__name__)
            self._troubled = True
            self._give_up_waiting(item, error)
        else:
            self._say_answered(answered)

    async def _note_failure(self, session: AsyncSession, item: InboxItem, error: Exception) -> None:
        """Note a failure; at the first one the person gets what can be said without the records."""
        # Only the class: the words of an error may repeat what a parent wrote.
        log.error(
            "delivery.failed", channel=item.channel, error=type(error).__name__, failures=item.failures + 1
        )
        metrics.FAILED.labels(item.channel.value).inc()
        if item.failures == 0:
            for reply in await self._first_aid(item, self._clock()):
                self._queue(session, _place(item), item, reply)
        set_aside = await mailbox.fail_inbox(
            session, item, error_class=type(error).__name__, now=self._record_clock()
        )
        await self._tell_others(session, [item])
        if set_aside:
            metrics.SET_ASIDE.labels(item.channel.value).inc()
            log.error("delivery.set_aside", channel=item.channel, error=type(error).__name__)

    async def _first_aid(self, item: InboxItem, now: datetime) -> tuple[Reply, ...]:
        try:
            return await respond_without_records(incoming_from_json(item.payload), now)
        except PayloadUnreadable:
            texts = load("vi")
            return (fixed_steps(texts, texts.get("headline.cannot_check")),)

    def _queue(self, session: AsyncSession, place: ConversationId, item: InboxItem, reply: Reply) -> Outbox:
        return mailbox.enqueue(
            session,
            conversation=place,
            inbox_id=item.id,
            lane=Lane.ANSWER,
            payload=reply_to_json(reply),
            now=self._record_clock(),
        )

    async def _tell_others(self, session: AsyncSession, items: Sequence[InboxItem]) -> None:
        """Wake whoever sends these answers, or waits for them, in another process."""
        ours = {sender.account for sender in self._senders if sender.is_active}
        if any(
            _key(item) not in self._waiting and (item.channel.value, item.bot_account) not in ours
            for item in items
        ):
            await wakeups.tell(session, Topic.OUTBOX)

    def _say_answered(self, answered: Sequence[tuple[InboxItem, _Answered]]) -> None:
        if answered:
            failpoint("work.committed")
        now = self._record_clock()
        for item, answer in answered:
            if answer.outbox_ids:
                metrics.ANSWERED.labels(item.channel.value).inc()
                metrics.ANSWER_SECONDS.observe((now - item.received_at).total_seconds())
            waiting = self._waiting.get(_key(item))
            if waiting is not None and not waiting.done():
                # Without an id, the answer is to be looked up: it was queued on a failure.
                waiting.set_result(answer if answer.outbox_ids else None)
        for sender in self._senders:
            sender.wake()

    def _give_up_waiting(self, item: InboxItem, error: Exception) -> None:
        waiting = self._waiting.get(_key(item))
        if waiting is not None and not waiting.done():
            waiting.set_exception(DeliveryUnavailable(type(error).__name__))
            waiting.exception()  # whoever waits raises it; if nobody does any more, it is not missed


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
