"""Long polling, for a machine without a public address: our own loop, so nothing is confirmed too early."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

import structlog

from bot.channels.events import AnotherListener, PlatformUnavailable
from bot.channels.intake import Intake

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
PAUSE_GROWTH = 1.5

log = structlog.get_logger(__name__)
T = TypeVar("T")


class PolledChannel(Protocol):
    """A platform that is asked for updates; asking from an offset on makes it forget all before."""

    async def listen_by_polling(self) -> None:
        """Switch the platform to polling, keeping what waits."""
        ...

    async def fetch(self, offset: int) -> list[Mapping[str, object]]:
        """Wait for updates. An empty list after a while is normal."""
        ...

    @property
    def forgets_what_it_hands_out(self) -> bool:
        """Whether an answer that we do not wait for is lost, rather than given again."""
        ...


class Pauses:
    """How long to wait after failures: longer each time, from the start again after a success."""

    def __init__(self, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> None:
        self._first = self._next = first
        self._longest = longest

    def after_failure(self, asked: float | None = None) -> float:
        """Seconds to wait now: what the platform asked for, or our own growing pause."""
        pause, self._next = self._next, min(self._next * PAUSE_GROWTH, self._longest)
        return pause if asked is None else asked

    def reset(self) -> None:
        """Something worked."""
        self._next = self._first


async def poll(
    channel: PolledChannel, intake: Intake, stop: asyncio.Event, *, pauses: Pauses | None = None
) -> None:
    """Take updates in until `stop` is set.

    The offset moves only after every update of a batch is committed: a batch that could not be is delivered
    again, and what was committed of it is recognised.

    Raises:
        TokenRefused: the platform does not accept the token; waiting does not help.
    """
    pauses = pauses or Pauses()
    offset = 0
    listening = False
    while not stop.is_set():
        try:
            if not listening:
                await unless(stop, channel.listen_by_polling())
                listening = True
            asking = channel.fetch(offset)
            batch = (await asking if channel.forgets_what_it_hands_out else await unless(stop, asking)) or []
        except PlatformUnavailable as fault:
            log.warning("polling.unavailable", detail=fault.detail)
            # A webhook that somebody set meanwhile is the same conflict as a second poller.
            listening = listening and not isinstance(fault, AnotherListener)
            await unless(stop, asyncio.sleep(pauses.after_failure(fault.retry_after)))
            continue
        if await _take_all(intake, batch):
            offset = max((offset, *(_next_offset(raw) for raw in batch)))
            pauses.reset()
        else:
            await unless(stop, asyncio.sleep(pauses.after_failure()))


async def _take_all(intake: Intake, batch: list[Mapping[str, object]]) -> bool:
    """Whether all were committed. After one was not, the rest wait behind it, or they would overtake it."""
    committed = True
    for raw in batch:
        committed = await intake.take(raw, commit=committed) and committed
    return committed


def _next_offset(raw: Mapping[str, object]) -> int:
    number = raw.get("update_id")
    return number + 1 if isinstance(number, int) else 0


async def until_it_works(
    work: Callable[[], Awaitable[None]], stop: asyncio.Event, pauses: Pauses, *, channel: str
) -> None:
    """Do `work` again and again until the platform is there, or `stop` is set."""
    while not stop.is_set():
        try:
            await unless(stop, work())
        except PlatformUnavailable as fault:
            log.warning("listening.unavailable", channel=channel, detail=fault.detail)
            await unless(stop, asyncio.sleep(pauses.after_failure(fault.retry_after)))
        else:
            return


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """The result of `work`, or None when `stop` came first. What was not fetched stays with the platform."""
    task = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)
