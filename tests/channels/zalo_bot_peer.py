"""A stand-in for the Zalo Bot Platform, from its published manual and what others measured of it."""

import asyncio
import contextlib
import itertools
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.channels.zalo_platform import Platform, Refusal, json_response

TOKEN = "87654321:zalo-peer-token-nobody-else-knows"
BOT_ID = "87654321"
BOT_NAME = "Bot Gọi Lại Thử"
SECRET_HEADER = "X-Bot-Api-Secret-Token"


class ZaloBotPeer(Platform):
    """One bot's Zalo."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: defaultdict[str, list[str]] = defaultdict(list)
        """By chat: the texts that the person sees."""
        self.secret = ""
        self.quota: int | None = None
        self._known: set[str] = set()
        self._ids = itertools.count(1)

    # What a test arranges

    def event(self, chat: str, name: str, *, group: bool = False, **content: Any) -> dict[str, Any]:
        self._known.add(chat)
        return {
            "event_name": f"message.{name}.received",
            "message": {
                "from": {"id": f"u{chat}", "display_name": "Phụ huynh", "is_bot": False},
                "chat": {"id": chat, "chat_type": "GROUP" if group else "PRIVATE"},
                "message_id": f"2d758cb5{next(self._ids):08x}",
                "date": int(time.time() * 1000),
                **content,
            },
        }

    # The server

    def routes(self) -> list[Route]:
        return [Route("/bot{token}/{method}", self._called, methods=["GET", "POST"])]

    def refused(self, refusal: Refusal) -> Response:
        body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        return json_response(body, refusal.code if refusal.code != 429 else 200)

    def envelope(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        return json.dumps({"ok": True, "result": event}).encode(), {
            SECRET_HEADER: self.secret,
            "Content-Type": "application/json",
            "User-Agent": "Java/17.0.2",
        }

    def person_of(self, event: dict[str, Any]) -> str:
        return event["message"]["chat"]["id"]

    async def _called(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return self.refused(Refusal(401, "Unauthorized"))
        work = getattr(self, f"_{method}", None)
        if work is None:
            self.complaints.append(f"no method {method}")
            return self.refused(Refusal(404, "Not Found"))
        params = json.loads(await request.body() or b"{}")

        async def answered() -> Response:
            return json_response({"ok": True, "result": await work(**params)})

        return await self.answer(method, params, answered)

    async def _getMe(self) -> dict[str, Any]:  # noqa: N802 - as the platform calls it
        return {
            "id": BOT_ID,
            "account_name": "bot.VDKyGxQvc",
            "display_name": BOT_NAME,
            "account_type": "BASIC",
            "can_join_groups": True,
        }

    async def _setWebhook(self, url: str, secret_token: str) -> dict[str, Any]:  # noqa: N802
        if not 8 <= len(secret_token) <= 256:
            raise Refusal(400, "Bad Request")
        self.webhook_url, self.secret = url, secret_token
        self.start_posting()
        return {"url": url, "updated_at": int(time.time() * 1000)}

    async def _deleteWebhook(self) -> dict[str, Any]:  # noqa: N802
        if self.webhook_url is None:
            raise Refusal(404, "Not Found")
        self.webhook_url = None
        return {"url": "", "updated_at": int(time.time() * 1000)}

    async def _getUpdates(self, timeout: str) -> dict[str, Any]:  # noqa: N802, ASYNC109
        """One event, handed out once: whoever does not hear the answer has lost it."""
        if self.webhook_url is not None:
            raise Refusal(400, "webhook is set")
        async with self._something:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(int(timeout)):
                    await self._something.wait_for(lambda: bool(self._pending) or self._stopped)
            if not self._pending:
                raise Refusal(408, "Request timeout")
            return self._pending.pop(0)

    async def _sendMessage(self, chat_id: str, text: str, **more: Any) -> dict[str, Any]:  # noqa: N802
        if more:
            self.complaints.append(f"sendMessage with {sorted(more)}")
        if chat_id not in self._known:
            raise Refusal(400, "Bad Request")
        self.check_text(text)
        if self.quota is not None:
            if not self.quota:
                raise Refusal(429, "Quota exceeded")
            self.quota -= 1
        self.shown[chat_id].append(text)
        return {"message_id": f"m{next(self._ids)}", "date": int(time.time() * 1000)}


@dataclass
class ZaloPhone:
    """One person's Zalo, in their chat with the bot or in a group."""

    peer: ZaloBotPeer
    person: str
    group: bool = False

    @property
    def texts(self) -> list[str]:
        return self.peer.shown[self.person]

    async def does(self, name: str, **content: Any) -> dict[str, Any]:
        return await self.peer.deliver(self.peer.event(self.person, name, group=self.group, **content))

    async def says(self, text: str) -> dict[str, Any]:
        return await self.does("text", text=text)

    async def picks(self, label: str) -> dict[str, Any]:
        """Answer with the digit of the youngest choice whose label contains `label`."""
        return await self.says(digit_of(self.texts[-1], label))

    async def sees(self, messages: int, *, seconds: float = 20.0) -> str:
        await self.peer.until(lambda: len(self.texts) >= messages, seconds=seconds)
        return self.texts[-1]


def digit_of(text: str, label: str) -> str:
    for line in text.splitlines():
        found = re.fullmatch(r"(\d)\. (.+)", line)
        if found and label in found[2]:
            return found[1]
    raise AssertionError(f"no choice {label!r} in {text!r}")
