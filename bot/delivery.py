"""Durable in and out: accept once, process in order within a conversation, send after the commit.

What came in is committed before anybody is told that it was received. A worker then answers: the claim, the
effects, the outgoing messages and "done" are one transaction, so a crash loses neither and doubles neither,
and what a dead process was working on is free at once. `bot.answering` answers, `bot.sending` sends.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.answering import Answering, Respond
from bot.awaited_answers import AwaitedAnswers, DeliveryUnavailable, EventKey
from bot.channels.adapter import ChannelAdapter
from bot.failpoints import failpoint
from bot.group_commit import GroupCommit
from bot.messages import Channel, Incoming, Reply
from bot.messages_json import incoming_to_json, reply_from_json
from bot.sending import SENDS_PER_SECOND, Sender
from db import inbox, outbox, wakeups
from db.engine import Database
from db.inbox import NewEvent
from db.models import InboxStatus
from db.wakeups import Topic

CLAIMED_AT_ONCE: Final = 16
"""Events answered in one transaction when many wait; a few wait for no other."""
WORKERS: Final = 2
"""Transactions side by side on PostgreSQL: one goes on while the other waits. SQLite has one writer."""
POLL_SECONDS: Final = 0.5
"""How often to look for work of other processes, and for what became due again."""
FOLLOW_UP_SECONDS: Final = 0.05
"""How soon after an answer to look for the next message of its conversation, which had to wait for it."""
STOP_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


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
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._awaited = AwaitedAnswers()
        self._answering = Answering(
            database,
            respond,
            clock=clock,
            record_clock=self._record_clock,
            awaited=self._awaited,
            senders=self._senders,
        )
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
        accepted = await inbox.accept_all(session, events, self._record_clock())
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
        self._awaited.expect(key)
        try:
            await self.accept(incoming)
            async with asyncio.timeout(timeout):
                return await self._answered(key)
        except TimeoutError:
            raise AnswerLate from None
        finally:
            self._awaited.forget(key)

    async def _answered(self, key: EventKey) -> tuple[Reply, ...]:
        channel, bot_account, event_id = key
        while True:
            # Another process may have answered, or it was answered before: then nobody here sets the future.
            mine = await self._awaited.within(key, POLL_SECONDS)
            try:
                if mine is not None:
                    await self._read_back.do(mine.outbox_ids)
                    return mine.replies
                async with self._database.transaction() as session:
                    receipt = await inbox.receipt_of(
                        session, channel=channel, bot_account=bot_account, event_id=event_id
                    )
                    rows = await outbox.replies_to(session, receipt.id) if receipt else []
                    replies = tuple(reply_from_json(row.payload) for row in rows if row.payload)
                    await outbox.record_sent(session, [row.id for row in rows], self._record_clock())
            except Exception as error:  # noqa: BLE001 - whatever the database said, there is no answer
                log.warning("delivery.not_read_back", channel=channel, error=type(error).__name__)
                raise DeliveryUnavailable(type(error).__name__) from None
            if rows or (receipt and receipt.status is not InboxStatus.WAITING):
                return replies
            self._awaited.again(key)

    async def _record_read(self, session: AsyncSession, read: Sequence[tuple[int, ...]]) -> list[None]:
        await outbox.record_sent(
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
        self._awaited.look()

    async def _drain(self) -> None:
        limit = self._first_limit
        traces = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                worked = await self._answering.work_off(limit)
            except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                log.warning("delivery.not_claimed", error=type(error).__name__)
                await self._pause(_RETRY_SECONDS)
                continue
            if self._answering.take_trouble():
                # Without a pause it would be tried again at once, and again.
                await asyncio.sleep(_RETRY_SECONDS)
            elif worked:
                traces = True
                if worked < limit:  # else more may be due
                    await self._pause(FOLLOW_UP_SECONDS)
            elif not await self._pause(POLL_SECONDS) and traces:
                # What was asked is done with: nothing of it stays in the file's journal while nobody asks.
                traces = not await self._erase_traces()
            # Few at a time while few wait, so that nobody waits for another's; many to a commit when many do.
            limit = min(CLAIMED_AT_ONCE, 2 * limit) if worked == limit else max(limit // 2, self._first_limit)

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
        counts = await asyncio.gather(
            *(self._answering.work_off(self._first_limit) for _ in range(self._workers))
        )
        return sum(counts)

    async def _pause(self, seconds: float) -> bool:
        """Wait until there is work or the time is over; whether there is work.

        All who pause are woken; the first begins to work, which takes the sign away, and the others sleep on.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._wake.wait()
                    if self._wake.is_set():
                        return True
        return False
