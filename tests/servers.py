"""What every test uses that serves or asks over HTTP: a server that ends at once, a client without certificates."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import uvicorn

NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of a loopback address: to read all that a machine trusts takes longer than most tests."""


def loopback_listener() -> socket.socket:
    """A socket on a free port, to serve on.

    It is said to be one of TCP: only then does asyncio send small answers at once, and not after the forty
    milliseconds in which the other side holds back its acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener


class PromptServer(uvicorn.Server):
    """Ends when it is told to, and not at the next tenth of a second; signals stay with the test run."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._told.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
