"""The calls that every answer makes, on connections of our own.

Sending was a fifth of what a check costs under load: python-telegram-bot makes objects of what is sent and of
the message that Telegram gives back, and httpx takes ten times as long for a call as aiohttp does. What
Telegram says to a call becomes the library's errors, so that whoever handles them need not know which way a
call went.
"""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

AT_ONCE: Final = 32
"""Connections to Telegram."""
CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 30.0
"""For a call from beginning to end, however slowly its answer trickles in."""

_NAMED: dict[int, type[TelegramError]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: InvalidToken,
    HTTPStatus.CONFLICT: Conflict,
}
"""What else Telegram answers says nothing of the message."""
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
)


class NoMessage(Exception):
    """Telegram says that a message was sent, and gives back something else."""


class NeverLeft(NetworkError):
    """No connection could be made: the message is certainly not sent. Names the error, never the address."""


class Calls:
    """Connections to Telegram for messages. Needs no network and no event loop until it is first used."""

    def __init__(self, *, verify: ssl.SSLContext, proxy: str | None, read_timeout: float) -> None:
        self._verify = verify
        self._proxy = proxy
        self._timeout = aiohttp.ClientTimeout(
            total=WHOLE_SECONDS + read_timeout, connect=CONNECT_SECONDS, sock_read=read_timeout
        )
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, url: str, **parameters: object) -> None:
        """Make a call that sends one message; parameters that are None are left out.

        Raises:
            NoMessage: see there.
            TelegramError: what Telegram, or the way to it, made of the call.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        session = self._session or self._open(url)
        try:
            async with session.post(
                url,
                data=json.dumps(given, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
            ) as response:
                body = await response.read()
        # Never an error's words: they may repeat the address, and with it the token.
        except _NEVER_LEFT as error:
            raise NeverLeft(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error
        if response.ok:
            _require_message(body)
        else:
            raise _error(response.status, body)

    def _open(self, url: str) -> aiohttp.ClientSession:
        proxy = self._proxy or _proxy_of_the_machine(url)
        connector = (
            aiohttp.TCPConnector(limit=AT_ONCE, ssl=self._verify)
            if proxy is None
            # The other library's name for letting the proxy look up names, which this one always does.
            else ProxyConnector.from_url(
                proxy.replace("socks5h://", "socks5://", 1), limit=AT_ONCE, ssl=self._verify
            )
        )
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self._session


def _proxy_of_the_machine(url: str) -> str | None:
    """What HTTPS_PROXY, ALL_PROXY and NO_PROXY say of an address, as for all our other calls."""
    parts = urlsplit(url)
    proxies = getproxies()
    if proxy_bypass(parts.netloc):
        return None
    return proxies.get(parts.scheme) or proxies.get("all")


def _require_message(body: bytes) -> None:
    try:
        answer: object = json.loads(body)
    except ValueError as error:
        raise NoMessage from error
    if not isinstance(_mapping(answer).get("result"), dict):
        raise NoMessage


def _error(status: int, body: bytes) -> TelegramError:
    """What an answer that is no success says, without its words."""
    try:
        answer: object = json.loads(body)
    except ValueError:
        answer = None
    parameters = _mapping(_mapping(answer).get("parameters"))
    moved, wait = parameters.get("migrate_to_chat_id"), parameters.get("retry_after")
    if isinstance(moved, int):
        return ChatMigrated(moved)
    if isinstance(wait, int):
        return RetryAfter(max(1, wait))
    return _NAMED.get(status, NetworkError)(f"Status{status}")


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
