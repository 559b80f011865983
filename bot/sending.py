"""Sending: one bot account's outgoing messages, after their commit, most urgent lane first.

A limit told by the platform closes one lane of one account for its time, never the others. The result of each
send is recorded at once; a crash in between sends that one message twice, and no other.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.adapter import ChannelAdapter, SendKind, SendResult
from bot.messages_json import PayloadUnreadable, reply_from_json
from db import mailbox, people
from db.engine import Database
from db.mailbox import OutboxItem
from db.models import Lane

SENT_AT_ONCE: Final = 8
POLL_SECONDS: Final = 1.0
RECORD_ATTEMPTS: Final = 3
_RETRY_SECONDS: Final = 1.0
_AMBIGUOUS_PAUSE: Final = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Sender:
    """Sends what is queued for one channel and bot account."""

    def __init__(self, database: Database, channel: ChannelAdapter, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._closed_until: dict[Lane, datetime] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being sent and let `run` return."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`."""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                sent = await self.send_once()
            except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                log.warning("sending.failed", channel=self._channel.channel, error=type(error).__name__)
                await self._pause(_RETRY_SECONDS)
                continue
            if not sent:
                await self._pause(POLL_SECONDS)

    async def send_once(self) -> int:
        """Claim and send at most `SENT_AT_ONCE` messages of the open lanes; how many were claimed."""
        now = self._clock()
        open_lanes = [lane for lane in Lane if self._closed_until.get(lane, now) <= now]
        if not open_lanes:
            return 0
        async with self._database.transaction() as session:
            items = await mailbox.claim_outbox(
                session,
                channel=self._channel.channel.value,
                bot_account=self._channel.bot_account,
                now=now,
                limit=SENT_AT_ONCE,
                lanes=open_lanes,
            )
        # No session is open from here on: a platform may be slow.
        await asyncio.gather(*(self._send(item) for item in items))
        return len(items)

    async def _send(self, item: OutboxItem) -> None:
        result = await self._result_of(item)
        if result.kind is SendKind.RETRY_AFTER:
            until = self._clock() + timedelta(seconds=result.retry_after)
            self._closed_until[item.lane] = max(until, self._closed_until.get(item.lane, until))
        for attempt in range(1, RECORD_ATTEMPTS + 1):
            try:
                await self._record(item, result)
            except Exception as error:  # noqa: BLE001 - unrecorded it would be sent again when its lease ends
                log.warning(
                    "sending.not_recorded", channel=item.channel, error=type(error).__name__, attempt=attempt
                )
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def _result_of(self, item: OutboxItem) -> SendResult:
        closed_until = self._closed_until.get(item.lane)
        if closed_until is not None and (wait := (closed_until - self._clock()).total_seconds()) > 0:
            return SendResult(SendKind.RETRY_AFTER, retry_after=wait, detail="LaneClosed")
        try:
            reply = reply_from_json(item.payload or "")
        except PayloadUnreadable:
            return SendResult(SendKind.FAILED, detail="PayloadUnreadable")
        try:
            return await self._channel.send(item.address or "", reply)
        except Exception as error:  # noqa: BLE001 - an adapter promises not to; then nothing is known of the send
            log.warning("sending.adapter_raised", channel=item.channel, error=type(error).__name__)
            return SendResult(SendKind.AMBIGUOUS, detail=type(error).__name__)

    async def _record(self, item: OutboxItem, result: SendResult) -> None:
        now = self._clock()
        pause = {
            SendKind.RETRY_AFTER: timedelta(seconds=result.retry_after),
            SendKind.AMBIGUOUS: _AMBIGUOUS_PAUSE,
        }.get(result.kind)
        async with self._database.transaction() as session:
            await mailbox.record_send(
                session,
                item.id,
                result=result.kind.value,
                detail=result.detail,
                retry_at=now + pause if pause is not None else None,
                now=now,
            )
            place = {"channel": item.channel, "bot_account": item.bot_account}
            if result.kind is SendKind.BLOCKED and item.address:
                await people.address_gone(session, **place, address=item.address, now=now)
            if result.new_address and item.address:
                await people.address_moved(session, **place, old=item.address, new=result.new_address)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
