"""A stand-in for a Zalo Official Account's servers: signed events, single-use tokens, reply windows, limits."""

import hashlib
import itertools
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.channels.zalo_bot_peer import digit_of
from tests.channels.zalo_platform import Platform, Refusal, json_response

OA_ID = "388613280878808645"
APP_ID = "360846524940903967"
OA_SECRET = "oa-secret-nobody-else-knows"
APP_SECRET = "app-secret-nobody-else-knows"
FIRST_REFRESH = "refresh-token-nobody-else-knows-0"
HOUR_MS = 3_600_000
BUTTON_TYPES = {"oa.query.hide", "oa.query.show", "oa.open.phone", "oa.open.url", "oa.open.sms"}


class ZaloOaPeer(Platform):
    """One account's Zalo."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        """By person: the messages that they see."""
        self.refresh_token = FIRST_REFRESH
        self.access_token = ""
        self.oa_secret = OA_SECRET
        """Signs events; changed on a page of the account."""
        self.app_secret = APP_SECRET
        """Opens the token's renewal; changed on a page of the application."""
        self.used: list[str] = []
        """Refresh tokens in the order in which they were offered."""
        self.lifetime = 90_000
        self.quota = 1000
        self.hours_later = 0.0
        """How far this platform's time is ahead of the tests'."""
        self._last_interaction: dict[str, float] = {}
        self._numbers = itertools.count(1)

    # What a test arranges

    def now_ms(self) -> int:
        return int(time.time() * 1000 + self.hours_later * HOUR_MS)

    def expire_access(self) -> None:
        """The access token of this moment works no longer."""
        self.access_token = "expired"

    def event(self, person: str, name: str, **content: Any) -> dict[str, Any]:
        self._last_interaction[person] = self.now_ms()
        common = {"event_name": name, "app_id": APP_ID, "timestamp": str(self.now_ms())}
        if name in {"follow", "unfollow"}:
            return {**common, "oa_id": OA_ID, "follower": {"id": person}, "source": "oa_profile"}
        sender = {
            "sender": {"id": person},
            "recipient": {"id": OA_ID},
            "user_id_by_app": f"55{person}",
        }
        if not name.startswith("user_send_"):
            return {**common, **sender, **content}
        message = {"msg_id": f"96d3cdf3af{next(self._numbers):09d}", **content}
        return {**common, **sender, "message": message}

    def sign(self, body: bytes, timestamp: str) -> str:
        marked = APP_ID.encode() + body + timestamp.encode() + self.oa_secret.encode()
        return f"mac={hashlib.sha256(marked).hexdigest()}"

    def listen_at(self, url: str) -> None:
        """What somebody types on the developer page."""
        self.webhook_url = url
        self.start_posting()

    # The server

    def routes(self) -> list[Route]:
        return [
            Route("/v4/oa/access_token", self._access_token, methods=["POST"]),
            Route("/v3.0/oa/message/cs", self._cs, methods=["POST"]),
        ]

    def refused(self, refusal: Refusal) -> Response:
        if refusal.code >= 500:
            return json_response({"message": refusal.description}, refusal.code)
        return json_response({"error": refusal.code, "message": refusal.description})

    def envelope(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event, ensure_ascii=False).encode()
        return body, {
            "X-ZEvent-Signature": self.sign(body, event["timestamp"]),
            "Content-Type": "application/json",
        }

    def person_of(self, event: dict[str, Any]) -> str:
        return (event.get("sender") or event["follower"])["id"]

    async def _access_token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}

        async def work() -> Response:
            if request.headers.get("secret_key") != self.app_secret or form.get("app_id") != APP_ID:
                raise Refusal(-14002, "Invalid app")
            given = form.get("refresh_token", "")
            if given in self.used:
                self.complaints.append(f"refresh token number {self.used.index(given)} used again")
            self.used.append(given)
            if given != self.refresh_token:
                raise Refusal(-14014, "Invalid refresh token")
            number = next(self._numbers)
            self.refresh_token = f"refresh-token-nobody-else-knows-{number}"
            self.access_token = f"access-token-nobody-else-knows-{number}"
            return json_response(
                {
                    "access_token": self.access_token,
                    "refresh_token": self.refresh_token,
                    "expires_in": str(self.lifetime),
                }
            )

        return await self.answer("access_token", form, work)

    async def _cs(self, request: Request) -> Response:
        body = json.loads(await request.body())

        async def work() -> Response:
            if not self.access_token or request.headers.get("access_token") != self.access_token:
                raise Refusal(-216, "Access token is invalid")
            person, message = body["recipient"]["user_id"], body["message"]
            self._check(message)
            last = self._last_interaction.get(person)
            if last is None or self.now_ms() - last > 7 * 24 * HOUR_MS:
                raise Refusal(-230, "User has not interacted with the OA in the past 7 days")
            self.quota -= 1
            self.shown[person].append(message)
            paid = self.now_ms() - last > 48 * HOUR_MS
            quota = {"quota_type": "purchase_quota" if paid else "reply", "remain": str(self.quota)}
            return json_response(
                {
                    "data": {"message_id": f"m{next(self._numbers)}", "quota": quota},
                    "error": 0,
                    "message": "Success",
                }
            )

        return await self.answer("cs", body, work)

    def _check(self, message: dict[str, Any]) -> None:
        self.check_text(message.get("text"))
        if message.keys() - {"text", "attachment"}:
            self.complaints.append(f"message with {sorted(message)}")
        for button in buttons_of(message):
            payload = button["payload"]
            called = button["type"] == "oa.open.phone"
            if (
                not 1 <= len(button["title"]) <= 100
                or button["type"] not in BUTTON_TYPES
                or (called and not re.fullmatch(r"\+?\d{3,15}", payload["phone_code"]))
                or (not called and len(payload) > 1000)
            ):
                self.complaints.append(f"button {button}")
                raise Refusal(-201, "Params is invalid")
        if len(buttons_of(message)) > 5:
            self.complaints.append("more than five buttons")
            raise Refusal(-201, "Params is invalid")


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message.get("attachment", {}).get("payload", {}).get("buttons", [])


@dataclass
class OaPhone:
    """One person's Zalo, in their chat with the account."""

    peer: ZaloOaPeer
    person: str

    @property
    def screen(self) -> list[dict[str, Any]]:
        return self.peer.shown[self.person]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.screen]

    @property
    def buttons(self) -> list[str]:
        return [button["title"] for button in buttons_of(self.screen[-1])]

    @property
    def calls(self) -> list[str]:
        """What the buttons on the youngest message dial."""
        return [
            button["payload"]["phone_code"]
            for button in buttons_of(self.screen[-1])
            if button["type"] == "oa.open.phone"
        ]

    async def does(self, name: str, **content: Any) -> dict[str, Any]:
        return await self.peer.deliver(self.peer.event(self.person, name, **content))

    async def says(self, text: str) -> dict[str, Any]:
        return await self.does("user_send_text", text=text)

    async def picks(self, label: str) -> dict[str, Any]:
        """Tap the button whose title contains `label`; else answer with the digit of the choice."""
        for button in buttons_of(self.screen[-1]):
            if label in button["title"] and button["type"] == "oa.query.hide":
                return await self.says(button["payload"])
        return await self.says(digit_of(self.texts[-1], label))

    async def sees(self, messages: int, *, seconds: float = 20.0) -> str:
        await self.peer.until(lambda: len(self.screen) >= messages, seconds=seconds)
        return self.texts[-1]
