"""What we make of an event of the Zalo Bot Platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.channels.events import Received, UnintelligibleUpdate
from bot.messages import Channel, ConversationId, Incoming

PlatformId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
"""An id as Zalo makes them: opaque, but never with spaces or letters that a database cannot keep."""

_TEXT = "message.text.received"
_WITHHELD = "message.unsupported.received"


class _Untrusted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class _Chat(_Untrusted):
    id: PlatformId
    chat_type: str = "PRIVATE"


class _Sender(_Untrusted):
    is_bot: bool = False


class _Message(_Untrusted):
    message_id: PlatformId
    chat: _Chat
    sender: _Sender = Field(default_factory=_Sender, alias="from")
    text: str | None = None
    caption: str | None = None


class _Event(_Untrusted):
    event_name: str
    message: _Message


class EventReader:
    """Decides what is meant for us."""

    def __init__(self, bot_account: str) -> None:
        self.bot_account = bot_account
        self.name: str | None = None
        """Our public name, which a mention in a group repeats; known after the platform has told it."""

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one event, posted or polled; None for what is not meant for us.

        Raises:
            UnintelligibleUpdate: it does not have the shape that the platform promises.
        """
        # Posted, the event stands in an envelope; polled, it stands alone.
        inner = raw.get("result")
        bare = cast("Mapping[str, object]", inner) if isinstance(inner, dict) else raw
        try:
            event = _Event.model_validate(bare)
        except ValidationError as error:
            # The first place only: the error quotes the event, which holds a parent's words.
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
            raise UnintelligibleUpdate(where) from None
        if not event.event_name.startswith("message.") or event.message.sender.is_bot:
            return None
        return Received(self._asked(event, received_at))

    def _asked(self, event: _Event, received_at: datetime) -> Incoming:
        message = event.message
        is_group = message.chat.chat_type == "GROUP"
        text = clean(message.text or message.caption or "")
        if is_group:
            text = self._without_our_name(text) or ("/menu" if event.event_name == _TEXT else "")
        return Incoming(
            conversation=ConversationId(Channel.ZALO_BOT, self.bot_account, message.chat.id),
            event_id=message.message_id,
            received_at=received_at,
            text=text,
            # A picture, a sticker, a voice message, or one whose content Zalo keeps from us.
            unreadable=not text.strip(),
            withheld=event.event_name == _WITHHELD,
            is_group=is_group,
        )

    def _without_our_name(self, text: str) -> str:
        """Zalo delivers from a group only what mentions us or answers us."""
        mention = f"@{self.name}" if self.name else ""
        if mention and text.casefold().startswith(mention.casefold()):
            text = text[len(mention) :]
        return text.strip()


def clean(text: str) -> str:
    """The text without halves of surrogate pairs: JSON can spell them, no database can store them."""
    return text.encode("utf-8", "replace").decode()
