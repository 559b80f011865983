"""What a channel promises to the delivery: to send one reply, and to say honestly what came of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.messages import Channel, Reply


class SendKind(StrEnum):
    """What is known after trying to send. Only `SENT` means that the person has it."""

    SENT = "sent"
    BLOCKED = "blocked"
    """The address is dead: the person blocked the bot, or the bot was put out of the group."""
    FAILED = "failed"
    """Refused for good; trying again would be refused again."""
    AMBIGUOUS = "ambiguous"
    """It may have arrived: the connection broke after the request was on its way. Answers are sent again."""
    RETRY_AFTER = "retry_after"
    """It did not arrive and may be tried again after `SendResult.retry_after` seconds."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one send."""

    kind: SendKind
    retry_after: float = 0.0
    """Seconds to hold this bot account's lane; set with `RETRY_AFTER`."""
    detail: str = ""
    """The class of the error, never its words: those may repeat the token or what a parent wrote."""
    new_address: str | None = None
    """The address has moved for good (a group became a supergroup); it was sent to the new one."""


SENT = SendResult(SendKind.SENT)


class ChannelAdapter(Protocol):
    """One bot account on one platform."""

    @property
    def channel(self) -> Channel:
        """The platform."""
        ...

    @property
    def bot_account(self) -> str:
        """Our own account there; stable over restarts and renames."""
        ...

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Send one reply. Never raises for what a platform or the network does, except cancellation."""
        ...
