"""As little of Telegram as it takes: it refuses what Telegram would refuse, and notes every message."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Final

from bot.texts import load
from scripts.loading.http import LengthMissing, Messages
from scripts.loading.run import Run

TOKEN: Final = "4242:load-token-of-nobody"  # noqa: S105 - invented
LONGEST_TEXT: Final = 4_096
_ME: Final = {"id": 4242, "is_bot": True, "first_name": "Gọi Lại", "username": "load_bot"}
_SINCE: Final = 1_795_500_000


class Refused(Exception):
    """A call that Telegram would refuse, and why."""


class Platform:
    """One bot's Telegram. `run` is what is being measured now."""

    def __init__(self) -> None:
        self.run = Run(0, 0)
        self.waiting: dict[int, list[int]] = {}
        """By chat: the events not yet answered, the oldest first."""
        self._messages = 0
        texts = load("vi")
        self._overloaded = tuple(texts.get(key) for key in ("talk.overloaded", "talk.too_many"))

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free loopback port; gives its address."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def called(self, path: str, body: bytes) -> object:
        """The result of a call.

        Raises:
            Refused: see there.
        """
        bot, _, method = path.strip("/").partition("/")
        if bot != f"bot{TOKEN}":
            raise Refused("another token")
        if method == "getMe":
            return _ME
        if method not in {"sendMessage", "sendContact"}:
            return True
        given = json.loads(body)
        chat = given.get("chat_id", 0)
        if chat not in self.waiting:
            raise Refused("no such chat")
        if method == "sendMessage":
            self._shown(chat, given.get("text", ""))
        elif not given.get("phone_number") or not given.get("first_name"):
            raise Refused("a card without number or name")
        self._messages += 1
        return {
            "message_id": self._messages,
            "date": _SINCE,
            "chat": {"id": chat, "type": "private", "first_name": "x"},
        }

    def _shown(self, chat: int, text: str) -> None:
        if not 0 < len(text) <= LONGEST_TEXT:
            raise Refused(f"a text of {len(text)} characters")
        self.run.levels["overloaded" if text.startswith(self._overloaded) else "answered"] += 1
        if waiting := self.waiting[chat]:
            self.run.answered[waiting.pop(0)] = time.perf_counter()


class _Connection(asyncio.Protocol):
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._messages = Messages()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP server gives no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            for head, body in self._messages.feed(data):
                self._answer(head, body)
        except LengthMissing as error:
            self._platform.run.complaints.append(str(error))
            self._transport.close()

    def _answer(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        try:
            status, content = b"200 OK", {"ok": True, "result": self._platform.called(path, body)}
        except Refused as refused:
            self._platform.run.complaints.append(str(refused))
            status = b"400 Bad Request"
            content = {"ok": False, "error_code": 400, "description": f"Bad Request: {refused}"}
        sent = json.dumps(content).encode()
        self._transport.write(
            b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            % (status, len(sent), sent)
        )
