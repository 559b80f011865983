"""What the stand-ins for both Zalo products share: real HTTP, planned faults, waiting, webhooks that are retried."""

import asyncio
import contextlib
import unicodedata
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.channels.peer import AcceptThenDrop, Fault, Garbage, Hang, Refuse, served
from tests.servers import NO_CERTIFICATES

TEXT_LIMIT = 2000


@dataclass(frozen=True)
class Call:
    """One call of ours."""

    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class AcceptThenHang:
    """Do what was asked and say nothing of it."""


class Refusal(Exception):
    """The platform says no, in its own way."""

    def __init__(self, code: int, description: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Platform:
    """One Zalo server."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.url = ""
        self.webhook_url: str | None = None
        self.webhook_answers: list[int] = []
        self.lowest_pause = 0.02
        self._faults: defaultdict[str, deque[Fault | AcceptThenHang]] = defaultdict(deque)
        self._something = asyncio.Condition()
        self._stopped = False
        self._pending: list[dict[str, Any]] = []
        self._posting: asyncio.Task[None] | None = None

    # What a test arranges and asks

    def play(self, method: str, *faults: Fault | AcceptThenHang) -> None:
        """Let the next calls of a method go wrong, one fault each."""
        self._faults[method].extend(faults)

    def made(self, method: str) -> list[dict[str, Any]]:
        return [call.params for call in self.calls if call.method == method]

    @property
    def unconfirmed(self) -> list[dict[str, Any]]:
        """Events that will be posted again."""
        return list(self._pending)

    async def until(self, happened: Callable[[], bool], *, seconds: float = 15.0) -> None:
        """Wait until something is so; fails when it never is."""
        async with self._something, asyncio.timeout(seconds):
            await self._something.wait_for(happened)

    async def deliver(self, event: dict[str, Any]) -> dict[str, Any]:
        """Put an event in the queue."""
        self._pending.append(event)
        await self._tell()
        return event

    # The server

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def refused(self, refusal: Refusal) -> Response:
        """How this product tells an error."""
        raise NotImplementedError

    def envelope(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """How an event is posted: its body and its headers."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Serve on a free loopback port."""
        async with served(Starlette(routes=self.routes())) as url:
            self.url = url
            try:
                yield self
            finally:
                self._stopped = True
                await self._tell()
                if self._posting is not None:
                    self._posting.cancel()
                    await asyncio.gather(self._posting, return_exceptions=True)

    async def answer(
        self, method: str, params: Mapping[str, Any], work: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Note the call, play a planned fault, else do the work."""
        self.calls.append(Call(method, dict(params)))
        fault = self._faults[method].popleft() if self._faults[method] else None
        await self._tell()
        try:
            match fault:
                case Refuse(code, description):
                    return self.refused(Refusal(code, description))
                case Hang():
                    await self._stop()
                    return self.refused(Refusal(500, "stopping"))
                case Garbage(code, body):
                    return Response(body, code)
                case _:
                    pass
            response = await work()
        except Refusal as refusal:
            response = self.refused(refusal)
        await self._tell()
        if isinstance(fault, AcceptThenHang):
            await self._stop()
        if isinstance(fault, AcceptThenDrop):
            return StreamingResponse(_broken_off(), headers={"content-length": "999"})
        return response

    async def _stop(self) -> None:
        async with self._something:
            await self._something.wait_for(lambda: self._stopped)

    async def _tell(self) -> None:
        async with self._something:
            self._something.notify_all()

    def start_posting(self) -> None:
        if self._posting is None:
            self._posting = asyncio.create_task(self._post_events())

    async def _post_events(self) -> None:
        """Of each person in order, and each event again until it is acknowledged."""
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=2) as client:
            while not self._stopped:
                async with self._something:
                    await self._something.wait_for(
                        lambda: self._stopped or (bool(self._pending) and self.webhook_url is not None)
                    )
                for event in self._first_of_each():
                    if self._stopped or self.webhook_url is None:
                        break
                    if await self._post(client, event) and event in self._pending:
                        self._pending.remove(event)
                    else:
                        await asyncio.sleep(self.lowest_pause)
                await self._tell()

    async def _post(self, client: httpx.AsyncClient, event: dict[str, Any]) -> bool:
        body, headers = self.envelope(event)
        assert self.webhook_url is not None
        try:
            response = await client.post(self.webhook_url, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        self.webhook_answers.append(response.status_code)
        return response.is_success

    def _first_of_each(self) -> list[dict[str, Any]]:
        first: dict[str, dict[str, Any]] = {}
        for event in self._pending:
            first.setdefault(self.person_of(event), event)
        return list(first.values())

    def person_of(self, event: dict[str, Any]) -> str:
        raise NotImplementedError

    def check_text(self, text: object) -> None:
        """Zalo counts as Java does, and letters that are not composed make a text longer than it looks."""
        if not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT:
            self.complaints.append(f"text of {len(str(text))} characters")
            raise Refusal(400, "Bad Request")
        if text != unicodedata.normalize("NFC", text):
            self.complaints.append("text is not composed")


async def _broken_off() -> AsyncIterator[bytes]:
    yield b'{"ok": true, '


def json_response(body: Mapping[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(body, status)
