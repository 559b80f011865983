"""A channel while it is open: what takes its events in, and the task that listens or keeps it usable."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.channels.events import TokenRefused
from bot.channels.intake import Intake, ListeningChannel

Listen = Callable[[asyncio.Event], Awaitable[None]]
"""Listens until the event is set."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """One open channel of this process."""

    channel: ListeningChannel
    intake: Intake
    listening: asyncio.Task[None]


@asynccontextmanager
async def opened(intake: Intake, listen: Listen) -> AsyncGenerator[Door]:
    """Listen while the block runs; what was taken in is finished when it ends."""
    stop = asyncio.Event()
    listening = asyncio.create_task(_listened(listen, stop))
    listening.add_done_callback(lambda task: _say_when_refused(task, intake.channel))
    try:
        yield Door(intake.channel, intake, listening)
    finally:
        stop.set()
        await asyncio.wait([listening])
        await intake.close()


async def _listened(listen: Listen, stop: asyncio.Event) -> None:
    await listen(stop)


def _say_when_refused(listening: asyncio.Task[None], channel: ListeningChannel) -> None:
    if not listening.cancelled() and isinstance(listening.exception(), TokenRefused):
        log.error(
            "channel.token_refused", channel=channel.channel, do=f"set {channel.channel.upper()}_TOKEN anew"
        )
