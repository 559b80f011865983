"""The Zalo Bot Platform: events become messages, replies become plain text, errors become honest results.

It has no buttons and no contact cards: choices are numbered, numbers stand in the text.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from bot.channels.adapter import SENT, SendKind, SendResult
from bot.channels.events import AnotherListener, PlatformUnavailable, Received, TokenRefused
from bot.channels.zalo_bot_events import EventReader
from bot.channels.zalo_http import (
    BUSY_PAUSE,
    TEXT_LIMIT,
    Answer,
    AnswerLost,
    NeverLeft,
    failed,
    make_client,
    post,
    units,
)
from bot.messages import Channel, Reply
from bot.text_form import as_text

LONG_POLL_SECONDS = 5
"""Short, because a stop must wait for it: what Zalo hands out it forgets, whether we have heard it or not."""
TOKEN_PAUSE = 60.0
"""Seconds to wait when the token was refused: answers stay queued until an operator has put in a new one."""

_IDLE = 408
_QUOTA = 429
_UNAUTHORIZED = 401
_NOT_FOUND = 404
_BAD_REQUEST = 400
_NO_LONGER_CLEAR = (403, 408)
"""403 is "internal server error" here, not a refusal."""


class ZaloBotChannel:
    """One Zalo Bot. Needs no network until it is first used."""

    channel = Channel.ZALO_BOT
    forgets_what_it_hands_out = True

    def __init__(self, token: str, *, api_base: str, read_timeout: float = 10.0) -> None:
        # The number before the colon stays when a token is renewed or the bot renamed.
        self.bot_account = token.partition(":")[0]
        self._reader = EventReader(self.bot_account)
        self._methods = f"{api_base.rstrip('/')}/bot{token}"
        self._client = make_client(read_timeout)
        self._held: dict[int, Mapping[str, object]] = {}
        self._next_number = 0

    def __repr__(self) -> str:
        return f"ZaloBotChannel(bot_account={self.bot_account!r})"

    @property
    def name(self) -> str | None:
        """Our public name, once `introduce` has learnt it."""
        return self._reader.name

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    # Listening

    async def introduce(self) -> None:
        """Learn our own name, and that the token is good."""
        me = (await self._call("getMe")).body.get("result")
        if isinstance(me, dict):
            told = cast("dict[str, object]", me)
            name = told.get("display_name") or told.get("account_name")
            self._reader.name = name if isinstance(name, str) else None

    async def listen_by_polling(self) -> None:
        """Take the webhook away; without one there is nothing to take away, which Zalo calls an error."""
        await self._call("deleteWebhook", accepting=(_NOT_FOUND,))

    async def listen_by_webhook(self, url: str, secret: str) -> None:
        """Ask Zalo to post each event to `url`, with `secret` in its header."""
        await self._call("setWebhook", {"url": url, "secret_token": secret})

    async def fetch(self, offset: int, *, wait: int = LONG_POLL_SECONDS) -> list[Mapping[str, object]]:
        """Wait for the next event, numbered from `offset` on; those before it are done with.

        Zalo hands an event out once and has no numbers. What could not be committed is therefore kept here
        and given again; only the death of this process loses it, and the webhook loses nothing.
        """
        self._held = {number: event for number, event in self._held.items() if number >= offset}
        if not self._held:
            answer = await self._call(
                "getUpdates", {"timeout": str(wait)}, accepting=(_IDLE,), read_timeout=wait + 10.0
            )
            event = answer.body.get("result")
            if not isinstance(event, dict):
                return []
            number = max(self._next_number, offset)
            self._held[number] = {**cast("dict[str, object]", event), "update_id": number}
            self._next_number = number + 1
        return list(self._held.values())

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one event. See `EventReader.read`."""
        return self._reader.read(raw, received_at)

    async def answer_tap(self, tap: str) -> None:
        """There is nothing to tap here."""

    async def _call(
        self,
        method: str,
        body: Mapping[str, object] | None = None,
        *,
        accepting: tuple[int, ...] = (),
        read_timeout: float | None = None,
    ) -> Answer:
        try:
            answer = await self._post(method, body, read_timeout)
        except (NeverLeft, AnswerLost) as fault:
            if str(fault) == "Status404":  # a wrong token makes an address that does not exist
                raise TokenRefused("Zalo refuses the bot token") from None
            raise PlatformUnavailable(str(fault)) from None
        code = _code(answer)
        if code is None or code in accepting:
            return answer
        if code == _UNAUTHORIZED:
            raise TokenRefused("Zalo refuses the bot token")
        if method == "getUpdates" and code == _BAD_REQUEST:
            raise AnotherListener("WebhookIsSet")
        raise PlatformUnavailable(f"Error{code}", retry_after=BUSY_PAUSE if code == _QUOTA else None)

    async def _post(
        self, method: str, body: Mapping[str, object] | None, read_timeout: float | None = None
    ) -> Answer:
        return await post(
            self._client, f"{self._methods}/{method}", json=body or {}, read_timeout=read_timeout
        )

    # Sending

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Send one reply as text. See `ChannelAdapter.send`."""
        try:
            answer = await self._post("sendMessage", {"chat_id": address, "text": zalo_text(reply)})
        except (NeverLeft, AnswerLost) as fault:
            return failed(fault)
        return outcome(_code(answer))


def zalo_text(reply: Reply, *, skip_choices: int = 0) -> str:
    """The reply as text that fits, with choices numbered except the first `skip_choices`.

    Composed letters count once, and letters outside the first plane twice, as on Zalo's servers.
    """
    limit = TEXT_LIMIT
    while True:
        said = as_text(reply, numbered=True, skip_choices=skip_choices, limit=limit)
        text = unicodedata.normalize("NFC", said)
        over = units(text) - TEXT_LIMIT
        if over <= 0:
            return text
        # At least one character less each time, so this ends.
        limit = len(said) - max(over // 2, 1)


def outcome(code: int | None) -> SendResult:
    """What is known about a message after an answer with this error."""
    detail = f"Error{code}"
    if code is None:
        return SENT
    if code == _QUOTA:
        return SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, detail)
    if code == _UNAUTHORIZED:
        return SendResult(SendKind.RETRY_AFTER, TOKEN_PAUSE, detail)
    if code >= 500 or code in _NO_LONGER_CLEAR:
        return SendResult(SendKind.AMBIGUOUS, detail=detail)
    return SendResult(SendKind.FAILED, detail=detail)


def _code(answer: Answer) -> int | None:
    """The error, wherever it is told; None when there is none."""
    if answer.body.get("ok") is True and answer.status < _BAD_REQUEST:
        return None
    return answer.number("error_code") or (answer.status if answer.status >= _BAD_REQUEST else 500)
