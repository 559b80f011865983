"""The calls that every answer makes, on connections of our own.

Sending was a third of what a check costs: python-telegram-bot makes objects of what is sent and of the
message that Telegram gives back, and httpx merges settings into every request. What Telegram says to a call
becomes the library's errors, so that whoever handles them need not know which way a call went.
"""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import httpx
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

_NAMED: dict[int, type[TelegramError]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: InvalidToken,
    HTTPStatus.CONFLICT: Conflict,
}
"""What else Telegram answers says nothing of the message."""


class NoMessage(Exception):
    """Telegram says that a message was sent, and gives back something else."""


class Calls:
    """Connections to Telegram for messages, asked directly since nothing about these calls is special."""

    def __init__(self, *, verify: ssl.SSLContext, proxy: str | None, timeout: httpx.Timeout) -> None:
        self._client = httpx.AsyncClient(
            verify=verify, proxy=proxy, timeout=timeout, limits=httpx.Limits(max_connections=32)
        )
        self._extensions = {"timeout": timeout.as_dict()}

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, url: str, **parameters: object) -> None:
        """Make a call that sends one message; parameters that are None are left out.

        Raises:
            NoMessage: see there.
            TelegramError: what Telegram, or the way to it, made of the call.
        """
        form = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
            if value is not None
        }
        request = httpx.Request("POST", url, data=form, extensions=self._extensions)
        try:
            response = await self._client.send(request)
        except httpx.TimeoutException as error:
            raise TimedOut from error
        except httpx.HTTPError as error:
            # Never the error's words: they may repeat the address, and with it the token.
            raise NetworkError(type(error).__name__) from error
        if response.is_success:
            _require_message(response)
        else:
            raise _error(response)


def _require_message(response: httpx.Response) -> None:
    try:
        body: object = response.json()
    except ValueError as error:
        raise NoMessage from error
    if not isinstance(_mapping(body).get("result"), dict):
        raise NoMessage


def _error(response: httpx.Response) -> TelegramError:
    """What an answer that is no success says, without its words."""
    try:
        body: object = response.json()
    except ValueError:
        body = None
    parameters = _mapping(_mapping(body).get("parameters"))
    moved, wait = parameters.get("migrate_to_chat_id"), parameters.get("retry_after")
    if isinstance(moved, int):
        return ChatMigrated(moved)
    if isinstance(wait, int):
        return RetryAfter(max(1, wait))
    return _NAMED.get(response.status_code, NetworkError)(f"Status{response.status_code}")


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
