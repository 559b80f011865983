"""One call to a Zalo server, and what can honestly be said of it afterwards. Used by both Zalo products."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import httpx

from bot.channels.absent_library import note_absence
from bot.channels.adapter import SendKind, SendResult
from bot.channels.certificates import trusted

note_absence()
# The library logs whole addresses, and the Zalo Bot's contains its token; and the headers with the other's.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

NOT_SENT_PAUSE = 5.0
"""Seconds to wait after a connection that could not even be made."""
BUSY_PAUSE = 60.0
"""Seconds to wait when Zalo says that it is too much: it never says for how long."""
TEXT_LIMIT = 2000
TOO_MANY = 429

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class NeverLeft(Exception):
    """No connection could be made; nothing was done."""


class AnswerLost(Exception):
    """The call was on its way and no answer that can be read came back; nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Zalo server answered. An error often comes with HTTP 200 and is told in the body."""

    status: int
    body: Mapping[str, object]

    def number(self, name: str) -> int | None:
        """A number in the body, which Zalo sometimes writes as text."""
        value = self.body.get(name)
        if isinstance(value, int):
            return value
        return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else None


def make_client(read_timeout: float) -> httpx.AsyncClient:
    """A client that follows no redirect, so that nobody can lead it, and our secrets, elsewhere."""
    return httpx.AsyncClient(
        verify=trusted(),
        timeout=httpx.Timeout(10.0, read=read_timeout, pool=5.0),
        limits=httpx.Limits(max_connections=32),
        follow_redirects=False,
    )


async def post(  # noqa: PLR0913 - a call is all of that
    client: httpx.AsyncClient,
    url: str,
    *,
    json: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    read_timeout: float | None = None,
) -> Answer:
    """Post and read the answer.

    Raises:
        NeverLeft: see there.
        AnswerLost: see there.
    """
    timeout = httpx.USE_CLIENT_DEFAULT if read_timeout is None else httpx.Timeout(10.0, read=read_timeout)
    try:
        response = await client.post(url, json=json, data=form, headers=headers, timeout=timeout)
    except _NEVER_LEFT as error:
        raise NeverLeft(type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Never the error's words: they may repeat the address, and with it the token.
        raise AnswerLost(type(error).__name__) from None
    try:
        body: object = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        if response.status_code == TOO_MANY:
            return Answer(response.status_code, {})
        raise AnswerLost(f"Status{response.status_code}")
    return Answer(response.status_code, cast("dict[str, object]", body))


def failed(fault: NeverLeft | AnswerLost) -> SendResult:
    """What is known of a message after a call that brought no answer."""
    if isinstance(fault, NeverLeft):
        return SendResult(SendKind.RETRY_AFTER, NOT_SENT_PAUSE, str(fault))
    return SendResult(SendKind.AMBIGUOUS, detail=str(fault))


def units(text: str) -> int:
    """The length of a text as Java and JavaScript count it: a letter outside the first plane is two."""
    return len(text.encode("utf-16-le")) // 2
