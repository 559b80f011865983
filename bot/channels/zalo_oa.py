"""A Zalo Official Account: events become messages, replies become calls, errors become honest results.

Zalo tells errors in the body of an answer with HTTP 200. Within 48 hours after a person's last message an
answer costs nothing, within seven days it costs money, later it is refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, cast

import structlog

from bot.channels.adapter import SENT, SendKind, SendResult
from bot.channels.events import Received
from bot.channels.zalo_http import (
    BUSY_PAUSE,
    TOO_MANY,
    Answer,
    AnswerLost,
    NeverLeft,
    failed,
    make_client,
    post,
)
from bot.channels.zalo_oa_events import EventReader
from bot.channels.zalo_oa_reply import for_official_account
from bot.messages import Channel, Reply

OPERATOR_PAUSE = 300.0
"""Seconds to wait when only the operator can help: answers stay queued for a day."""
QUOTA_LOW = 20
"""Answers left, below which the log says so."""

_TOKEN_EXPIRED = frozenset({-216, -220})
_WINDOW_CLOSED = frozenset({-230, -232, -213, -227, -244})
"""The person has been silent for too long, has left, or takes nothing from us: nothing can be sent there."""
_OPERATOR = frozenset({-204, -205, -209, -212, -219, -221, -223, -224, -320, -321})
"""The account, its package or its rights: nothing that waiting mends."""
_REFUSED = frozenset({-201, -210, -218, -233, -234, -240, -248})
_BUSY = -32

log = structlog.get_logger(__name__)


class AccessUnavailable(Exception):
    """There is no access token that works, and none to be had for `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: float) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class AccessTokens(Protocol):
    """Where access tokens come from."""

    async def current(self, *, refused: str | None = None) -> str:
        """A token that works, as far as is known; another one than `refused`.

        Raises:
            AccessUnavailable: see there.
        """
        ...


class ZaloOaChannel:
    """One Official Account. Needs no network until it is first used."""

    channel = Channel.ZALO_OA

    def __init__(
        self, oa_id: str, tokens: AccessTokens, *, api_base: str, read_timeout: float = 10.0
    ) -> None:
        self.bot_account = oa_id
        self._tokens = tokens
        self._url = f"{api_base.rstrip('/')}/v3.0/oa/message/cs"
        self._client = make_client(read_timeout)
        self._reader = EventReader(oa_id)

    def __repr__(self) -> str:
        return f"ZaloOaChannel(bot_account={self.bot_account!r})"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one event. See `EventReader.read`."""
        return self._reader.read(raw, received_at)

    async def answer_tap(self, tap: str) -> None:
        """A tap arrives as a text here; there is no spinner to stop."""

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Send one reply. See `ChannelAdapter.send`."""
        body = {"recipient": {"user_id": address}, "message": for_official_account(reply)}
        try:
            token = await self._tokens.current()
            answer = await self._post(body, token)
            if answer.number("error") in _TOKEN_EXPIRED:
                # Refused before anything was sent: once more, with a new token.
                answer = await self._post(body, await self._tokens.current(refused=token))
        except AccessUnavailable as unavailable:
            return SendResult(SendKind.RETRY_AFTER, unavailable.retry_after, unavailable.detail)
        except (NeverLeft, AnswerLost) as fault:
            return failed(fault)
        result = outcome(answer)
        if result.retry_after == OPERATOR_PAUSE:
            log.error("zalo_oa.operator_needed", error=result.detail)
        _say_when_quota_is_low(answer)
        return result

    async def _post(self, body: Mapping[str, object], token: str) -> Answer:
        return await post(self._client, self._url, json=body, headers={"access_token": token})


def outcome(answer: Answer) -> SendResult:
    """What is known about a message after this answer."""
    error = answer.number("error")
    detail = f"Error{error}" if error is not None else f"Status{answer.status}"
    if error == 0:
        return SENT
    if error == _BUSY or answer.status == TOO_MANY:
        return SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, detail)
    if error in _OPERATOR or error in _TOKEN_EXPIRED:
        return SendResult(SendKind.RETRY_AFTER, OPERATOR_PAUSE, detail)
    if error in _WINDOW_CLOSED:
        return SendResult(SendKind.BLOCKED, detail=detail)
    if error in _REFUSED:
        return SendResult(SendKind.FAILED, detail=detail)
    return SendResult(SendKind.AMBIGUOUS, detail=detail)


def _say_when_quota_is_low(answer: Answer) -> None:
    told = answer.body.get("data")
    quota = cast("dict[str, object]", told).get("quota") if isinstance(told, dict) else None
    if not isinstance(quota, dict):
        return
    left = Answer(answer.status, cast("dict[str, object]", quota))
    remain = left.number("remain")
    if remain is not None and remain < QUOTA_LOW:
        log.warning("zalo_oa.quota_low", kind=str(left.body.get("quota_type")), remain=remain)
