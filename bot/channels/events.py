"""What a platform tells besides messages, and what can go wrong while listening to it."""

from dataclasses import dataclass

from bot.messages import ConversationId, Incoming


@dataclass(frozen=True, slots=True)
class AddressGone:
    """The person blocked the bot, or the bot was put out of the group: nothing can be sent there any more."""

    conversation: ConversationId


@dataclass(frozen=True, slots=True)
class AddressMoved:
    """The same group now has another address."""

    conversation: ConversationId
    new_address: str


@dataclass(frozen=True, slots=True)
class Received:
    """One event of a platform, understood."""

    event: Incoming | AddressGone | AddressMoved
    tap: str | None = None
    """The platform's id of a tap on a button; the client shows a spinner until it is answered."""


class UnintelligibleUpdate(Exception):
    """The platform sent something without the shape it promises; not acknowledged, it would always return."""


class PlatformUnavailable(Exception):
    """The platform did not answer, or asks us to wait; nothing was lost, it may be asked again."""

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class AnotherListener(PlatformUnavailable):
    """Another process listens with the same bot account; only one may."""


class TokenRefused(Exception):
    """The platform does not accept the bot token. Waiting does not help."""
