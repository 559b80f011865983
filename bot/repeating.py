"""Work that a process does again and again beside its main one."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger(__name__)


@asynccontextmanager
async def repeated(
    seconds: float, work: Callable[[], Awaitable[object]], *, failed: str
) -> AsyncGenerator[None]:
    """Do the work at once and again every so many seconds, until the block ends.

    A round at work is waited for, never cancelled: a database driver that is cancelled may answer with an
    error of its own, and a loop that forgives errors would then never end.

    Args:
        seconds: between the end of one round and the start of the next.
        work: one round. What it raises is logged by its type, and the next round tries again.
        failed: the event's name in the log.
    """
    stop = asyncio.Event()
    task = asyncio.create_task(_repeat(seconds, work, failed, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _repeat(
    seconds: float, work: Callable[[], Awaitable[object]], failed: str, stop: asyncio.Event
) -> None:
    while not stop.is_set():
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the promise above: whatever it is, the next round tries again
            log.warning(failed, error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
