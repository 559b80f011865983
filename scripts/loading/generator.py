"""People who write: one update after the other at a steady rate, whatever the answers do."""

import asyncio
import json
import time
from collections import deque
from typing import Final

from scripts.loading.http import Messages
from scripts.loading.platform import Platform

SECRET: Final = "load-secret_1"  # noqa: S105 - invented
PATH: Final = "/webhooks/telegram"
FIRST_UPDATE: Final = 1_000_000
CHECKS_PER_CHAT: Final = 10
CHATS_AT_ONCE: Final = 50
CONNECTIONS: Final = 40
"""As many as Telegram opens to one webhook unless told otherwise."""
SAID: Final = (
    "Có người gọi từ {number} bảo con tôi bị tai nạn đang cấp cứu, chuyển tiền ngay",
    "{number} có phải lừa đảo không",
    "Số {number} xưng là công an yêu cầu chuyển tiền vào tài khoản an toàn",
    "{number}",
)


def update_of(number: int) -> tuple[int, bytes]:
    """The chat and the body of one event; every person asks ten times."""
    chats = CHATS_AT_ONCE
    chat = 10_000 + number // (CHECKS_PER_CHAT * chats) * chats + number % chats
    text = SAID[number % len(SAID)].format(number=f"03{20_000_000 + number * 7 % 10_000_000:08d}")
    person = {"id": chat, "is_bot": False, "first_name": "Phụ huynh", "language_code": "vi"}
    message = {
        "message_id": number + 1,
        "date": 1_795_500_000,
        "chat": {"id": chat, "type": "private", "first_name": "Phụ huynh"},
        "from": person,
        "text": text,
    }
    return chat, json.dumps({"update_id": FIRST_UPDATE + number, "message": message}).encode()


class Generator:
    """Posts updates to the service's webhook. Numbers go on from one stretch to the next."""

    def __init__(self, port: int, platform: Platform) -> None:
        self._port = port
        self._platform = platform
        self._next = 0
        self._free: list[_Line] = []
        self._queued: deque[tuple[int, bytes]] = deque()
        self._lines: set[_Line] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._closing = False

    async def open(self) -> None:
        """Make the connections."""
        for _ in range(CONNECTIONS):
            await self._connect()

    async def _connect(self) -> None:
        _, line = await asyncio.get_running_loop().create_connection(
            lambda: _Line(self), "127.0.0.1", self._port
        )
        self._lines.add(line)
        self.free(line)

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        for line in self._lines:
            line.close()

    async def drive(self, rate: float, seconds: float) -> None:
        """Ask at a steady rate."""
        run = self._platform.run
        began = time.perf_counter()
        for step in range(int(rate * seconds)):
            pause = began + step / rate - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            elif pause < -0.1:
                run.late_starts += 1
                await asyncio.sleep(0)
            self._ask()

    def _ask(self) -> None:
        number = self._next
        self._next += 1
        chat, body = update_of(number)
        self._platform.waiting.setdefault(chat, []).append(number)
        self._platform.run.asked[number] = time.perf_counter()
        if self._free:
            self._free.pop().post(number, body)
        else:
            self._queued.append((number, body))

    def acknowledged(self, line: "_Line", number: int, status: bytes) -> None:
        """An update was taken, or not."""
        run = self._platform.run
        if status == b"200":
            run.acknowledged[number] = time.perf_counter()
        else:
            run.refused += 1
        self.free(line)

    def free(self, line: "_Line") -> None:
        """A connection can take the next update."""
        if self._queued:
            line.post(*self._queued.popleft())
        else:
            self._free.append(line)

    def broken(self, line: "_Line", under_way: tuple[int, bytes] | None) -> None:
        """A connection went away; what it had under way is delivered once more, as a platform does."""
        self._lines.discard(line)
        if line in self._free:
            self._free.remove(line)
        if self._closing:
            return
        if under_way is not None:
            self._queued.append(under_way)
        connecting = asyncio.create_task(self._connect())
        self._connecting.add(connecting)
        connecting.add_done_callback(self._connecting.discard)


class _Line(asyncio.Protocol):
    """One connection: one update at a time."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._messages = Messages()
        self._under_way: tuple[int, bytes] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP connection is no other
        self._transport = transport

    def post(self, number: int, body: bytes) -> None:
        self._under_way = number, body
        self._transport.write(
            b"POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            b"x-telegram-bot-api-secret-token: %s\r\ncontent-length: %d\r\n\r\n%s"
            % (PATH.encode(), SECRET.encode(), len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        for head, _ in self._messages.feed(data):
            under_way, self._under_way = self._under_way, None
            if under_way is not None:
                self._generator.acknowledged(self, under_way[0], head.split(b" ", 2)[1])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._generator.broken(self, self._under_way)

    def close(self) -> None:
        self._transport.close()
