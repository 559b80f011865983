"""One service with every channel open, and one way to talk to it, whatever the channel can show."""

import contextlib
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx

from api.app import create_app
from api.desk import open_with_desk
from bot.app import Services
from bot.settings import Settings
from db.demo import load_demo
from tests.channels import zalo_bot_peer, zalo_oa_peer
from tests.channels.peer import BOT_NAME, Peer, address_of, free_listener, served
from tests.channels.peer import TOKEN as TELEGRAM_TOKEN
from tests.channels.phones import Phone
from tests.channels.zalo_bot_peer import ZaloBotPeer, ZaloPhone
from tests.channels.zalo_oa_peer import OaPhone, ZaloOaPeer
from tests.servers import NO_CERTIFICATES

CHANNELS = ("web", "telegram", "zalo_bot", "zalo_oa")
TELEGRAM_SECRET = "telegram-webhook-secret_1"
ZALO_SECRET = "zalo-webhook-secret_1"
_CALL_LINE = re.compile(r"^☎ .*: ([+\d][\d ]*\d)", re.MULTILINE)


class Talker(Protocol):
    """One person on one channel."""

    async def says(self, text: str) -> str:
        """Say something; the answer, as text."""
        ...

    async def picks(self, label: str) -> str:
        """Choose what says `label`, as the channel lets one choose; the answer."""
        ...

    def choices(self) -> list[str]:
        """What can be chosen now, in words."""
        ...

    async def hears(self, words: str) -> None:
        """Wait until something with these words came, if this channel can be written to at all."""
        ...

    def contacts(self) -> list[str]:
        """The numbers that the last answer gives to dial, digits only, as dialled within the country."""
        ...


@dataclass
class WebTalker:
    """A browser without scripts."""

    client: httpx.AsyncClient
    page: str = ""

    async def says(self, text: str) -> str:
        return await self._posts(text=text)

    async def picks(self, label: str) -> str:
        token = next(token for token, shown in self._buttons() if label in shown)
        return await self._posts(action=token)

    def choices(self) -> list[str]:
        return [shown for _, shown in self._buttons()]

    async def hears(self, words: str) -> None:
        """A page hears nothing; it asks."""

    def contacts(self) -> list[str]:
        return [_national(number) for number in re.findall(r'href="tel:([^"]+)"', self._turn())]

    async def _posts(self, **form: str) -> str:
        response = await self.client.post("/chat", data={**form, "event_id": str(uuid4())})
        assert response.status_code == 200
        self.page = response.text
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self._turn()))).strip()

    def _turn(self) -> str:
        turn = self.page.split('<div class="turn">', 1)[1].split('<section class="hero">', 1)[0]
        return re.sub(r"<svg.*?</svg>", "", turn, flags=re.DOTALL)

    def _buttons(self) -> list[tuple[str, str]]:
        found = re.findall(r'<button name="action" value="([^"]+)">([^<]+)</button>', self.page)
        return [(html.unescape(token), html.unescape(shown)) for token, shown in found]


@dataclass
class ChatTalker:
    """A phone with one of the chat apps."""

    phone: Phone | ZaloPhone | OaPhone

    async def says(self, text: str) -> str:
        before = len(self.phone.texts)
        await self.phone.says(text)
        return await self._hears(before)

    async def picks(self, label: str) -> str:
        before = len(self.phone.texts)
        await (self.phone.taps(label) if isinstance(self.phone, Phone) else self.phone.picks(label))
        return await self._hears(before)

    def choices(self) -> list[str]:
        listed = re.findall(r"^\d\. (.+)$", self.phone.texts[-1], re.MULTILINE)
        if isinstance(self.phone, ZaloPhone):
            return listed
        return [*self.phone.buttons, *listed]

    async def hears(self, words: str) -> None:
        await self.phone.peer.until(lambda: any(words in text for text in self.phone.texts), seconds=20)

    def contacts(self) -> list[str]:
        return [_national(number) for number in _CALL_LINE.findall(self.phone.texts[-1])]

    async def _hears(self, before: int) -> str:
        await self.phone.peer.until(lambda: len(self.phone.texts) > before, seconds=20)
        return self.phone.texts[-1]


def _national(number: str) -> str:
    digits = number.replace(" ", "")
    return f"0{digits[3:]}" if digits.startswith("+84") else digits


@dataclass
class Everywhere:
    """What a test can reach."""

    url: str
    services: Services
    database: Path
    telegram: Peer
    zalo_bot: ZaloBotPeer
    zalo_oa: ZaloOaPeer
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def talker(self, channel: str, person: int) -> Talker:
        match channel:
            case "telegram":
                return ChatTalker(Phone(self.telegram, person))
            case "zalo_bot":
                return ChatTalker(ZaloPhone(self.zalo_bot, f"6ede{person}"))
            case "zalo_oa":
                return ChatTalker(OaPhone(self.zalo_oa, f"2468{person}"))
            case _:
                self.clients.append(
                    httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False, verify=NO_CERTIFICATES)
                )
                return WebTalker(self.clients[-1])

    @property
    def complaints(self) -> list[str]:
        """Everything that any platform did not like."""
        return [*self.telegram.complaints, *self.zalo_bot.complaints, *self.zalo_oa.complaints]


def make_settings(telegram: Peer, bot: ZaloBotPeer, account: ZaloOaPeer, **values: Any) -> Settings:
    given: dict[str, Any] = {
        "telegram_token": TELEGRAM_TOKEN,
        "telegram_mode": "webhook",
        "telegram_api_base": telegram.url,
        "telegram_webhook_secret": TELEGRAM_SECRET,
        "zalo_bot_token": zalo_bot_peer.TOKEN,
        "zalo_bot_mode": "webhook",
        "zalo_bot_api_base": bot.url,
        "zalo_bot_webhook_secret": ZALO_SECRET,
        "zalo_oa_id": zalo_oa_peer.OA_ID,
        "zalo_oa_app_id": zalo_oa_peer.APP_ID,
        "zalo_oa_secret": zalo_oa_peer.OA_SECRET,
        "zalo_oa_app_secret": zalo_oa_peer.APP_SECRET,
        "zalo_oa_refresh_token": zalo_oa_peer.FIRST_REFRESH,
        "zalo_oa_api_base": account.url,
        "zalo_oa_oauth_base": account.url,
        "telegram_name": BOT_NAME,
    }
    return Settings(_env_file=None, **{**given, **values})  # pyright: ignore[reportCallIssue]


@contextlib.asynccontextmanager
async def everywhere(database: Path, *, records: bool = True) -> AsyncIterator[Everywhere]:
    """The service on every channel, on a copy of the template; with `records` it knows the invented records."""
    async with (
        Peer().serving() as telegram,
        ZaloBotPeer().serving() as bot,
        ZaloOaPeer().serving() as account,
    ):
        listener = free_listener()
        url = address_of(listener)
        settings = make_settings(telegram, bot, account, database_url=f"sqlite:///{database}", public_url=url)
        app = create_app(settings, opening=partial(open_with_desk, prepared=True))
        async with served(app, lifespan="on", listener=listener):
            services: Services = app.state.services
            if records:
                # A real start refuses them beside a token.
                async with services.database.transaction() as session:
                    await load_demo(session, datetime.now(UTC))
            account.listen_at(f"{url}/webhooks/zalo-oa")
            await telegram.until(lambda: telegram.webhook is not None)
            await bot.until(lambda: bot.webhook_url is not None)
            place = Everywhere(url, services, database, telegram, bot, account)
            yield place
            for client in place.clients:
                await client.aclose()
    assert place.complaints == []
