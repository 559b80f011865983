"""A stand-in for Telegram over real HTTP: it validates every call, keeps chats, and plays what can go wrong.

`Peer` is what the bot talks to; `phones.py` holds the people on the other side.
"""

import asyncio
import contextlib
import itertools
import json
import socket
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.channels import specification
from tests.servers import NO_CERTIFICATES, PromptServer, loopback_listener

TOKEN = "4242:peer-token-nobody-else-knows"
BOT_ID = 4242
BOT_NAME = "goilai_thu_bot"
SINCE = 1_795_500_000
"""Unix time of the first message; each later one is a second younger."""


@dataclass(frozen=True)
class Refuse:
    """Answer with an error; nothing was done."""

    code: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """Take the connection and say nothing."""


@dataclass(frozen=True)
class AcceptThenDrop:
    """Do what was asked and break the connection before saying so."""


@dataclass(frozen=True)
class Garbage:
    """An answer of another shape, as a proxy on the way gives."""

    code: int = 200
    body: str = "<html>busy</html>"


Fault = Refuse | Hang | AcceptThenDrop | Garbage


def too_many(seconds: int) -> Refuse:
    return Refuse(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


BLOCKED = Refuse(403, "Forbidden: bot was blocked by the user")
BROKEN = Refuse(502, "Bad Gateway")


@dataclass(frozen=True)
class Call:
    """One call of the bot."""

    method: str
    params: dict[str, Any]


class _Refused(Exception):
    def __init__(self, refusal: Refuse) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


class Peer:
    """One bot's Telegram."""

    def __init__(self) -> None:
        self.specification = specification.load()
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.shown: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        """By chat: what the bot sent and the person sees."""
        self.answered_taps: list[str] = []
        self.left: list[int] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] | None = None
        self.webhook_answers: list[int] = []
        self.blocked: set[int] = set()
        self.lowest_pause = 0.02
        self.url = ""
        self.proxied_for: set[str] = set()
        self._faults: defaultdict[str, deque[tuple[int | None, Fault]]] = defaultdict(deque)
        self._pending: list[dict[str, Any]] = []
        self._update_ids = itertools.count(700_001)
        self._message_ids = itertools.count(1)
        self._dates = itertools.count(SINCE)
        self._something = asyncio.Condition()
        self._poller: object | None = None
        self._posting: asyncio.Task[None] | None = None
        self._stopped = False

    # What a test arranges and asks

    def play(self, method: str, *faults: Fault, chat: int | None = None) -> None:
        """Let the next calls of a method (to one chat) go wrong, one fault each."""
        self._faults[method].extend((chat, fault) for fault in faults)

    def made(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all calls of a method."""
        return [call.params for call in self.calls if call.method == method]

    @property
    def unconfirmed(self) -> list[int]:
        """Updates that would be delivered again."""
        return [update["update_id"] for update in self._pending]

    async def until(self, happened: Callable[[], bool], *, seconds: float = 10.0) -> None:
        """Wait until something is so; fails when it never is."""
        async with self._something, asyncio.timeout(seconds):
            await self._something.wait_for(happened)

    async def deliver(self, **content: Any) -> int:
        """Put an update in the queue; returns its id."""
        update_id = next(self._update_ids)
        self._pending.append({"update_id": update_id, **content})
        await self._tell()
        return update_id

    async def deliver_again(self, update: dict[str, Any]) -> None:
        """The same update once more, as after an answer that got lost."""
        self._pending.append(update)
        await self._tell()

    def next_message(self, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
        return {"message_id": next(self._message_ids), "date": next(self._dates), "chat": chat, **content}

    # The server

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["Peer"]:
        """Serve on a free loopback port."""
        route = Route("/bot{token}/{method}", self._called, methods=["GET", "POST"])
        async with served(self._as_proxy(Starlette(routes=[route]))) as url:
            self.url = url
            try:
                yield self
            finally:
                self._stopped = True
                await self._tell()
                if self._posting is not None:
                    self._posting.cancel()
                    await asyncio.gather(self._posting, return_exceptions=True)

    def _as_proxy(self, app: ASGIApp) -> ASGIApp:
        """A proxy is sent the whole address; the peer answers for whatever host it names."""

        async def unwrap(scope: Scope, receive: Receive, send: Send) -> None:
            host, _, path = scope["path"].removeprefix("http://").partition("/")
            if host:
                self.proxied_for.add(host)
                scope = {**scope, "path": f"/{path}"}
            await app(scope, receive, send)

        return unwrap

    async def _tell(self) -> None:
        async with self._something:
            self._something.notify_all()

    async def _called(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return _error(Refuse(401, "Unauthorized"))
        if not self.specification.knows(method):
            return _error(Refuse(404, "Not Found"))
        if request.headers.get("content-type", "").startswith("application/json"):
            params = await request.json()
        else:
            given = {
                **request.query_params,
                **{name: str(value) for name, value in (await request.form()).items()},
            }
            params = {name: self.specification.read(method, name, value) for name, value in given.items()}
        self.calls.append(Call(method, params))
        self.complaints += self.specification.complaints(method, params)
        fault = self._fault(method, params.get("chat_id"))
        try:
            response = await self._answered(method, params, fault)
        except _Refused as refused:
            response = _error(refused.refusal)
        await self._tell()
        return response

    def _fault(self, method: str, chat: int | None) -> Fault | None:
        for planned in self._faults[method]:
            if planned[0] in (None, chat):
                self._faults[method].remove(planned)
                return planned[1]
        return None

    async def _answered(self, method: str, params: dict[str, Any], fault: Fault | None) -> Response:
        match fault:
            case Refuse():
                raise _Refused(fault)
            case Hang():
                await self._tell()
                await self._stop()
            case Garbage(code, body):
                return Response(body, code)
            case _:
                pass
        result = await getattr(self, f"_{specification.snake(method)}", self._default)(**params)
        if isinstance(fault, AcceptThenDrop):
            return StreamingResponse(_broken_off(), headers={"content-length": "999"})
        return JSONResponse({"ok": True, "result": result})

    async def _stop(self) -> None:
        async with self._something:
            await self._something.wait_for(lambda: self._stopped)

    # The methods

    async def _default(self, **_: Any) -> bool:
        return True

    async def _get_me(self) -> dict[str, Any]:
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Gọi Lại",
            "username": BOT_NAME,
            "can_join_groups": True,
        }

    async def _set_my_commands(
        self, commands: list[dict[str, str]], language_code: str = "", **_: Any
    ) -> bool:
        self.commands[language_code] = commands
        return True

    async def _get_updates(
        self, offset: int = 0, limit: int = 100, allowed_updates: list[str] | None = None, **params: Any
    ) -> list[dict[str, Any]]:
        if self.webhook is not None:
            raise _Refused(Refuse(409, "Conflict: can't use getUpdates method while webhook is active"))
        self._poller = mine = object()
        self._pending = [update for update in self._pending if update["update_id"] >= offset]
        await self._tell()

        def ready() -> bool:
            return (
                bool(self._pending) or self._poller is not mine or self._stopped or self.webhook is not None
            )

        async with self._something:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(params.get("timeout", 0)):
                    await self._something.wait_for(ready)
        if self._poller is not mine or self.webhook is not None:
            raise _Refused(Refuse(409, "Conflict: terminated by other getUpdates request"))
        wanted = [
            update
            for update in self._pending
            if allowed_updates is None or update.keys() & set(allowed_updates)
        ]
        return wanted[:limit]

    async def _set_webhook(self, url: str, secret_token: str = "", **_: Any) -> bool:
        self.webhook = {"url": url, "secret": secret_token}
        if self._posting is None:
            self._posting = asyncio.create_task(self._post_updates())
        await self._tell()
        return True

    async def _delete_webhook(self, **params: Any) -> bool:
        self.webhook = None
        if params.get("drop_pending_updates"):
            self._pending.clear()
        return True

    async def _send_message(self, chat_id: int, text: str, **params: Any) -> dict[str, Any]:
        return self._show(chat_id, text=text, **params)

    async def _send_contact(
        self, chat_id: int, phone_number: str, first_name: str, **params: Any
    ) -> dict[str, Any]:
        card = {"phone_number": phone_number, "first_name": first_name}
        if "last_name" in params:
            card["last_name"] = params["last_name"]
        return self._show(chat_id, contact=card, **params)

    async def _edit_message_text(
        self, chat_id: int, message_id: int, text: str, **params: Any
    ) -> dict[str, Any]:
        for message in self.shown[chat_id]:
            if message["message_id"] == message_id:
                message["text"] = text
                return message
        raise _Refused(Refuse(400, "Bad Request: message to edit not found"))

    async def _leave_chat(self, chat_id: int) -> bool:
        if chat_id > 0:
            raise _Refused(Refuse(400, "Bad Request: chat member status can't be changed in private chats"))
        self.left.append(chat_id)
        return True

    async def _answer_callback_query(self, callback_query_id: str, **_: Any) -> bool:
        self.answered_taps.append(callback_query_id)
        return True

    async def _get_file(self, file_id: str) -> dict[str, Any]:
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": 1,
            "file_path": "photos/1.jpg",
        }

    def _show(self, chat_id: int, **content: Any) -> dict[str, Any]:
        if chat_id in self.blocked:
            raise _Refused(BLOCKED)
        chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}
        seen = {
            name: content[name] for name in ("text", "contact", "reply_markup", "entities") if name in content
        }
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Gọi Lại"}
        message = self.next_message(chat, **{"from": bot}, **seen)
        if "message_thread_id" in content:
            message |= {"message_thread_id": content["message_thread_id"], "is_topic_message": True}
        self.shown[chat_id].append(message)
        return message

    # The webhook: per chat in order, and each update again until it is acknowledged

    async def _post_updates(self) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=10) as client:
            while not self._stopped:
                async with self._something:
                    await self._something.wait_for(lambda: self._stopped or (self._pending and self.webhook))
                for update in self._first_of_each_chat():
                    if self.webhook is None or self._stopped:
                        break
                    if await self._post(client, update, self.webhook) and update in self._pending:
                        self._pending.remove(update)
                    else:
                        await asyncio.sleep(self.lowest_pause)
                await self._tell()

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any], webhook: dict[str, Any]) -> bool:
        secret = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
        try:
            response = await client.post(webhook["url"], json=update, headers=secret)
        except httpx.HTTPError:
            return False
        self.webhook_answers.append(response.status_code)
        return response.is_success

    def _first_of_each_chat(self) -> list[dict[str, Any]]:
        first: dict[str, dict[str, Any]] = {}
        for update in self._pending:
            first.setdefault(json.dumps(_chat_of(update)), update)
        return list(first.values())


def _chat_of(update: dict[str, Any]) -> object:
    for content in update.values():
        if isinstance(content, dict):
            return content.get("chat", content.get("message", {}).get("chat", {})).get("id")
    return None


def _error(refusal: Refuse) -> JSONResponse:
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return JSONResponse(
        body | ({"parameters": refusal.parameters} if refusal.parameters else {}), refusal.code
    )


async def _broken_off() -> AsyncIterator[bytes]:
    yield b'{"ok": true, '


def free_listener() -> socket.socket:
    return loopback_listener()


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def served(
    app: Any, *, lifespan: Any = "off", listener: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve an ASGI app on a free loopback port, in this event loop; gives its address."""
    listener = listener or free_listener()
    config = uvicorn.Config(
        app, lifespan=lifespan, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
    )
    server = PromptServer(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        if running.done():
            running.result()
        await asyncio.sleep(0.005)
    try:
        yield address_of(listener)
    finally:
        server.end()
        await running
        listener.close()
