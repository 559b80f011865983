"""The whole product served from a thread, for browsers that are driven from this one."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.app import create_app
from tests.api.doubles import make_settings
from tests.api.serving import served


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the product on SQLite in `folder`, with its trial records, while the block runs."""
    ready = threading.Event()
    found: list[str] = []
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    faults: list[BaseException] = []

    async def run() -> None:
        settings = make_settings(database_url=f"sqlite:///{folder / 'goilai.db'}", demo=True)
        stopping = asyncio.Event()
        stop.append((asyncio.get_running_loop(), stopping))
        async with served(create_app(settings)) as url:
            found.append(url)
            ready.set()
            await stopping.wait()

    def run_to_the_end() -> None:
        try:
            asyncio.run(run())
        except BaseException as fault:  # noqa: BLE001 - told to the test, which waits in another thread
            faults.append(fault)
            ready.set()

    thread = threading.Thread(target=run_to_the_end)
    thread.start()
    ready.wait()
    if faults:
        raise faults[0]
    try:
        yield found[0]
    finally:
        loop, stopping = stop[0]
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        if faults:
            raise faults[0]
