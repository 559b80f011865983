"""Taking in what a platform delivers: committed first, acknowledged after, helped at once in an outage."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.channels.adapter import ChannelAdapter
from bot.channels.events import AddressGone, AddressMoved, Received, UnintelligibleUpdate
from bot.messages import Incoming, Reply

OUTAGE_PAUSE = timedelta(minutes=10)
"""An address is told at most once in this time that the records cannot be reached."""
OUTAGE_ADDRESSES_KEPT = 50_000

log = structlog.get_logger(__name__)


class ListeningChannel(ChannelAdapter, Protocol):
    """A channel whose platform delivers updates to us."""

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one update; None for what is not meant for us."""
        ...

    async def answer_tap(self, tap: str) -> None:
        """Tell the platform that a tap on a button was seen."""
        ...


class Records(Protocol):
    """Where an event is committed. Each raises whatever went wrong when it could not."""

    async def accept(self, incoming: Incoming) -> bool:
        """Commit a message; False when it was there already."""
        ...

    async def address_gone(self, gone: AddressGone, now: datetime) -> None:
        """Note that nothing can be sent to an address any more."""
        ...

    async def address_moved(self, moved: AddressMoved) -> None:
        """Note the new address of a conversation."""
        ...


class Intake:
    """The one way in for a channel's updates, whether polled or posted."""

    def __init__(
        self,
        channel: ListeningChannel,
        records: Records,
        *,
        outage_replies: Callable[[Incoming, datetime], Awaitable[tuple[Reply, ...]]],
        now: Callable[[], datetime],
    ) -> None:
        self.channel = channel
        self._records = records
        self._outage_replies = outage_replies
        self._now = now
        self._told: dict[str, datetime] = {}
        self._beside: set[asyncio.Task[None]] = set()

    async def take(self, raw: Mapping[str, object], *, commit: bool = True) -> bool:
        """Take one update in. True when the platform may forget it; False when it must deliver it again.

        Nobody waits for what goes on beside: answering the tap, and the direct help during an outage. Without
        `commit` only that is done, for an update that must wait behind one that could not be committed.
        """
        now = self._now()
        try:
            received = self.channel.read(raw, now)
        except UnintelligibleUpdate as error:
            log.warning("intake.update_unintelligible", channel=self.channel.channel, error=str(error))
            return True
        if received is None:
            return True
        if received.tap is not None:
            self._do_beside(self.channel.answer_tap(received.tap))
        if commit and await self._commit(received.event, now):
            return True
        if isinstance(received.event, Incoming) and self._may_tell(received.event, now):
            self._do_beside(self._help_directly(received.event, now))
        return False

    async def close(self) -> None:
        """Finish what is going on beside."""
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _commit(self, event: Incoming | AddressGone | AddressMoved, now: datetime) -> bool:
        try:
            match event:
                case Incoming():
                    await self._records.accept(event)
                case AddressGone():
                    await self._records.address_gone(event, now)
                case AddressMoved():
                    await self._records.address_moved(event)
        except Exception as error:  # noqa: BLE001 - whatever it was, the event is not in our records
            # Only the class: a database error repeats the values, and those are what a parent wrote.
            log.warning("intake.not_committed", channel=self.channel.channel, error=type(error).__name__)
            return False
        return True

    def _may_tell(self, incoming: Incoming, now: datetime) -> bool:
        address = incoming.conversation.address
        told = self._told.get(address)
        if told is not None and now - told < OUTAGE_PAUSE:
            return False
        self._told[address] = now
        while len(self._told) > OUTAGE_ADDRESSES_KEPT:
            del self._told[next(iter(self._told))]
        return True

    async def _help_directly(self, incoming: Incoming, now: datetime) -> None:
        """Nothing of this is recorded: the real answer follows when the update comes again."""
        for reply in await self._outage_replies(incoming, now):
            result = await self.channel.send(incoming.conversation.address, reply)
            log.warning("intake.helped_directly", channel=self.channel.channel, result=result.kind)

    def _do_beside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - nobody waits for it, so this is its edge
        log.warning("intake.beside_failed", error=type(error).__name__)
