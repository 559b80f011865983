"""What one process at a time does: send for a bot account, poll a bot. Others stand by and take over."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog

from db import leases
from db.engine import Database

LENGTH: Final = timedelta(seconds=3)
"""A process that died is replaced after this long; one that stalls for as long loses its task."""
RENEWED_EVERY: Final = 0.75

log = structlog.get_logger(__name__)


class Lease:
    """One process's claim to one task. On SQLite there is one process, so it always holds."""

    def __init__(self, database: Database, name: str, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._until: datetime | None = None
        self._alone = database.dialect == "sqlite"

    @property
    def holds(self) -> bool:
        """Whether this process may do the task now, by what it knows without asking."""
        return self._alone or (self._until is not None and self._clock() < self._until)

    async def renew(self) -> bool:
        """Take it or keep it. False while another process has it."""
        if self._alone:
            return True
        asked = self._clock()
        async with self._database.transaction() as session:
            taken = await leases.take(session, self._name, holder=self._holder, now=asked, length=LENGTH)
        # Counted from before the question: the answer may have taken long.
        self._until = asked + LENGTH if taken else None
        return taken

    async def give_back(self) -> None:
        """Let another process begin at once. Best effort: it runs out by itself."""
        self._until = None
        if self._alone:
            return
        with contextlib.suppress(Exception):
            async with self._database.transaction() as session:
                await leases.give_back(session, self._name, holder=self._holder)

    async def keep(self, changed: Callable[[bool], None]) -> None:
        """Try to take it, and keep it, until cancelled; tell each change."""
        held = False
        while True:
            try:
                await self.renew()
            except Exception as error:  # noqa: BLE001 - the records are away; what is held runs out
                log.warning("lease.not_renewed", lease=self._name, error=type(error).__name__)
            if self.holds != held:
                held = self.holds
                log.info("lease.taken" if held else "lease.lost", lease=self._name)
                changed(held)
            await asyncio.sleep(RENEWED_EVERY)


async def while_held(
    lease: Lease, work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Do `work` whenever this process holds the lease, until `stop`; when it loses it, `work` is stopped.

    Raises:
        Exception: what `work` raised.
    """
    async with _kept(lease) as (gained, lost):
        while not stop.is_set():
            if not await _first(stop, gained):
                return
            ending = asyncio.Event()
            working = asyncio.ensure_future(work(ending))
            watching = asyncio.ensure_future(_first(stop, lost))
            await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
            ending.set()
            watching.cancel()
            await working
            if not lost.is_set():
                return


async def _first(stop: asyncio.Event, other: asyncio.Event) -> bool:
    """Wait for either; whether `other` came, and not `stop`."""
    waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(other.wait())]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    return other.is_set() and not stop.is_set()


@asynccontextmanager
async def _kept(lease: Lease) -> AsyncGenerator[tuple[asyncio.Event, asyncio.Event]]:
    gained, lost = asyncio.Event(), asyncio.Event()

    def changed(held: bool) -> None:  # noqa: FBT001 - told by `keep`
        (gained if held else lost).set()
        (lost if held else gained).clear()

    keeping = asyncio.create_task(lease.keep(changed))
    try:
        yield gained, lost
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
        await lease.give_back()
