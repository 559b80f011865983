"""Sending: one bot account's outgoing messages, after their commit, most urgent lane first.

Sends of different conversations do not wait for each other; those of one go in order. A limit told by the
platform closes one lane of one account for its time, never the others. Results are recorded with the next
claim, in one commit; a crash before it sends what was under way once more, and nothing else.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.channels.adapter import ChannelAdapter, SendKind, SendResult
from bot.failpoints import failpoint
from bot.leasing import Lease
from bot.messages_json import PayloadUnreadable, reply_from_json
from bot.pacing import AT_ONCE, SHARES, Bucket
from db import outbox, people
from db.engine import Database
from db.models import Lane
from db.outbox import LONGEST_PAUSE, OutboxItem

POLL_SECONDS: Final = 1.0
"""How often to look for what another process queued without our hearing of it."""
SENDS_PER_SECOND: Final = 30.0
"""What a platform takes from one bot account, unless settings say otherwise."""
_RETRY_SECONDS: Final = 1.0
_AMBIGUOUS_PAUSE: Final = timedelta(seconds=5)
_QUIET: Final = timedelta(milliseconds=250)

log = structlog.get_logger(__name__)


class Sender:
    """Sends what is queued for one channel and bot account, as long as it is the only one to do so."""

    def __init__(
        self,
        database: Database,
        channel: ChannelAdapter,
        *,
        clock: Callable[[], datetime],
        sends_per_second: float = SENDS_PER_SECOND,
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._lease = Lease(database, f"send:{channel.channel}:{channel.bot_account}", clock=clock)
        self._buckets = {lane: Bucket(sends_per_second * SHARES[lane], clock) for lane in Lane}
        self._closed_until: dict[Lane, datetime] = {}
        self._quiet_until: dict[Lane, datetime] = {}
        self._under_way: dict[int, OutboxItem] = {}
        """Claimed and not yet recorded, by id."""
        self._results: list[tuple[OutboxItem, SendResult]] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def account(self) -> tuple[str, str]:
        """For which channel and bot account."""
        return self._channel.channel.value, self._channel.bot_account

    @property
    def is_active(self) -> bool:
        """Whether this process is the one that sends for the account."""
        return self._lease.holds

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being sent and let `run` return."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`, whenever this process holds the account's lease."""
        became: list[bool] = []

        def changed(held: bool) -> None:  # noqa: FBT001 - told by the lease
            became.append(held)
            self._wake.set()

        ready = False
        keeping = asyncio.create_task(self._lease.keep(changed))
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    if became:
                        told = len(became)
                        ready = False
                        if became[-1]:
                            await self._take_over()
                            ready = True
                        del became[:told]
                    # Nothing before the claims of whoever was before us are let go: ours would go with them.
                    _, more = await self._cycle(self._worth_a_look() if ready else ())
                except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                    log.warning("sending.failed", channel=self._channel.channel, error=type(error).__name__)
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                if not more:
                    await self._pause()
            await self._finish()
        finally:
            keeping.cancel()
            for task in self._sending:
                task.cancel()
            await asyncio.wait([keeping, *self._sending])
            await self._lease.give_back()

    async def send_once(self) -> int:
        """Claim what the open lanes may send now, send it, record it; how many were claimed."""
        if not self._lease.holds:
            await self._lease.renew()
        claimed, _ = await self._cycle(Lane)
        await self._finish()
        return claimed

    async def _take_over(self) -> None:
        """What the sender before us had claimed is ours; it may be under way, and comes twice then."""
        async with self._database.transaction() as session:
            channel, bot_account = self.account
            await outbox.release_sends(session, channel=channel, bot_account=bot_account)

    def _worth_a_look(self) -> list[Lane]:
        """Answers always; the quieter lanes now and then while there is nothing in them."""
        now = self._clock()
        return [lane for lane in Lane if now >= self._quiet_until.get(lane, now)]

    async def _cycle(self, lanes: Iterable[Lane]) -> tuple[int, bool]:
        """Record what was sent, claim what may be sent next, in one transaction.

        How many were claimed, and whether more may be due: a lane gave as many as it had room for.
        """
        now = self._clock()
        room = {lane: room for lane in lanes if (room := self._room(lane, now)) > 0}
        if not self._lease.holds or self._stopping.is_set():
            room = {}
        results, claimed, more = list(self._results), list[OutboxItem](), False
        if not results and not room:
            return 0, False
        async with self._database.transaction() as session:
            await self._record(session, results, now)
            for lane, most in room.items():
                found = await outbox.claim_outbox(
                    session,
                    channel=self._channel.channel.value,
                    bot_account=self._channel.bot_account,
                    now=now,
                    limit=most,
                    lanes=(lane,),
                )
                if not found and lane is not Lane.ANSWER:
                    self._quiet_until[lane] = now + _QUIET
                claimed += found
                more = more or len(found) == most
        del self._results[: len(results)]
        for item, _ in results:
            del self._under_way[item.id]
        # No session is open from here on: a platform may be slow.
        new = [item for item in claimed if item.id not in self._under_way]
        for item in new:
            self._under_way[item.id] = item
            self._buckets[item.lane].take(1)
            task = asyncio.create_task(self._send(item))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(new), more

    def _room(self, lane: Lane, now: datetime) -> int:
        """How many messages of a lane may be begun now."""
        if self._closed_until.get(lane, now) > now:
            return 0
        under_way = sum(item.lane is lane for item in self._under_way.values())
        return min(AT_ONCE[lane] - under_way, self._buckets[lane].available())

    async def _finish(self) -> None:
        """Wait for what is under way, and record it."""
        while self._sending or self._results:
            if self._sending:
                await asyncio.wait(self._sending)
            now = self._clock()
            results = list(self._results)
            try:
                async with self._database.transaction() as session:
                    await self._record(session, results, now)
            except Exception as error:  # noqa: BLE001 - unrecorded it would be sent again
                log.warning("sending.not_recorded", channel=self._channel.channel, error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            del self._results[: len(results)]
            for item, _ in results:
                del self._under_way[item.id]

    async def _send(self, item: OutboxItem) -> None:
        result = await self._result_of(item)
        if result.kind is SendKind.RETRY_AFTER and result.retry_after:
            until = self._clock() + min(timedelta(seconds=result.retry_after), LONGEST_PAUSE)
            self._closed_until[item.lane] = max(until, self._closed_until.get(item.lane, until))
        if result.kind is not SendKind.SENT:
            log.warning(
                "sending.not_sent",
                channel=item.channel,
                lane=item.lane,
                result=result.kind,
                detail=result.detail,
                retry_after=result.retry_after,
            )
        metrics.SENDS.labels(item.channel.value, item.lane.value, result.kind.value).inc()
        self._results.append((item, result))
        self._wake.set()

    async def _result_of(self, item: OutboxItem) -> SendResult:
        if not self._lease.holds:  # this process stood still for longer than it may; another sends now
            return SendResult(SendKind.RETRY_AFTER, detail="LeaseLost")
        closed_until = self._closed_until.get(item.lane)
        if closed_until is not None and (wait := (closed_until - self._clock()).total_seconds()) > 0:
            return SendResult(SendKind.RETRY_AFTER, retry_after=wait, detail="LaneClosed")
        try:
            reply = reply_from_json(item.payload or "")
        except PayloadUnreadable:
            return SendResult(SendKind.FAILED, detail="PayloadUnreadable")
        failpoint("send.before")
        try:
            result = await self._channel.send(item.address or "", reply)
        except Exception as error:  # noqa: BLE001 - an adapter promises not to; then nothing is known of the send
            log.warning("sending.adapter_raised", channel=item.channel, error=type(error).__name__)
            return SendResult(SendKind.AMBIGUOUS, detail=type(error).__name__)
        failpoint("send.after")
        return result

    async def _record(
        self, session: AsyncSession, results: Sequence[tuple[OutboxItem, SendResult]], now: datetime
    ) -> None:
        plain = [item.id for item, result in results if result.kind is SendKind.SENT]
        if plain:
            await outbox.record_sent(session, plain, now)
        # Who has taken over meanwhile has claims of their own, which are not ours to let go or put off.
        ours = self._lease.holds
        for item, result in results:
            if result.kind is not SendKind.SENT and ours:
                await self._record_one(session, item, result, now)
            place = {"channel": item.channel, "bot_account": item.bot_account}
            if result.kind is SendKind.BLOCKED and item.address:
                await people.address_gone(session, **place, address=item.address, now=now)
            if result.new_address and item.address:
                await people.address_moved(session, **place, old=item.address, new=result.new_address)

    async def _record_one(
        self, session: AsyncSession, item: OutboxItem, result: SendResult, now: datetime
    ) -> None:
        pause = {
            SendKind.RETRY_AFTER: min(timedelta(seconds=result.retry_after), LONGEST_PAUSE),
            SendKind.AMBIGUOUS: _AMBIGUOUS_PAUSE,
        }.get(result.kind)
        await outbox.record_send(
            session,
            item.id,
            result=result.kind.value,
            detail=result.detail,
            retry_at=now + pause if pause is not None else None,
            now=now,
        )

    async def _pause(self) -> None:
        empty = (bucket.seconds_to_next for bucket in self._buckets.values() if bucket.available() < 1)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min((POLL_SECONDS, *empty))):
                await self._wake.wait()
