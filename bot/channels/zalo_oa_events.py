"""What we make of an event of a Zalo Official Account."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.channels.events import AddressGone, Received, UnintelligibleUpdate
from bot.channels.zalo_bot_events import PlatformId, clean
from bot.messages import Channel, ConversationId, Incoming

NUMBERS_OF_ONE_CARD = 10
GREETING = "/start"

_BUTTON = re.compile(r"#([a-z][a-z_]{1,31}(?::[A-Za-z0-9_.+-]{1,60})?)")
"""What a tap on a button of ours sends as text. Anybody can type it too: it is input, never authority."""
_DIGITS = re.compile(r"\+?[\d .()-]{5,24}")
_DAY_IN_MILLISECONDS = 24 * 3600 * 1000


def _list_of_dicts(value: object) -> object:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("object", item) for item in items if isinstance(item, dict)]


def _dict(value: object) -> object:
    return cast("object", value) if isinstance(value, dict) else {}


class _Untrusted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class _Who(_Untrusted):
    id: PlatformId


class _Payload(_Untrusted):
    url: str | None = None
    description: str | None = None


class _Attachment(_Untrusted):
    type: str = ""
    payload: Annotated[_Payload, BeforeValidator(_dict)] = Field(default_factory=_Payload)


class _Message(_Untrusted):
    msg_id: PlatformId
    text: str | None = None
    attachments: Annotated[tuple[_Attachment, ...], BeforeValidator(_list_of_dicts)] = ()


class _Event(_Untrusted):
    event_name: str
    timestamp: Annotated[str, Field(pattern=r"^\d{1,16}$")] = "0"
    oa_id: str | None = None
    sender: _Who | None = None
    recipient: _Who | None = None
    follower: _Who | None = None
    user_id: PlatformId | None = None
    message: _Message | None = None


class EventReader:
    """Decides what is meant for us."""

    def __init__(self, oa_id: str) -> None:
        self._oa_id = oa_id

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one event; None for what is not meant for us, such as an echo of our own answer.

        Raises:
            UnintelligibleUpdate: it does not have the shape that the platform promises.
        """
        try:
            event = _Event.model_validate(raw)
        except ValidationError as error:
            # The first place only: the error quotes the event, which holds a parent's words.
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
            raise UnintelligibleUpdate(where) from None
        account = event.oa_id or (event.recipient.id if event.recipient else self._oa_id)
        if account != self._oa_id:
            return None
        match event.event_name:
            case "follow":
                return self._greeting(event, f"follow:{event.timestamp}", received_at)
            case "user_click_chatnow":
                # Who opens the chat again and again on one day is greeted once.
                day = int(event.timestamp) // _DAY_IN_MILLISECONDS
                return self._greeting(event, f"opened:{day}", received_at)
            case "unfollow":
                return Received(AddressGone(self._conversation(_user(event))))
            case name if name.startswith("user_send_") and "_group_" not in name:
                return self._said(event, received_at)
            case _:
                return None

    def _said(self, event: _Event, received_at: datetime) -> Received:
        message = event.message
        if event.sender is None or message is None:
            raise UnintelligibleUpdate("sender or message")
        text = clean(message.text or "").strip()
        tapped = _BUTTON.fullmatch(text)
        links: list[str] = []
        numbers: list[str] = []
        words = [] if tapped else [text]
        for attachment in message.attachments:
            described = clean(attachment.payload.description or "")
            if event.event_name == "user_send_business_card":
                found = list(_numbers_of_card(described))
                numbers += found
                words += [] if found or described.startswith("{") else [described]
            elif attachment.type == "link":
                links += [clean(attachment.payload.url)] if attachment.payload.url else []
                words.append(described)
        whole = "\n".join(dict.fromkeys(part for part in words if part.strip()))
        return Received(
            Incoming(
                conversation=self._conversation(event.sender.id),
                event_id=message.msg_id,
                received_at=received_at,
                text=whole,
                action=tapped[1] if tapped else None,
                shared_numbers=tuple(dict.fromkeys(numbers))[:NUMBERS_OF_ONE_CARD],
                links=tuple(links),
                unreadable=not (whole or tapped or numbers or links),
            )
        )

    def _greeting(self, event: _Event, event_id: str, received_at: datetime) -> Received:
        user = _user(event)
        return Received(
            Incoming(
                conversation=self._conversation(user),
                event_id=f"{user}:{event_id}",
                received_at=received_at,
                text=GREETING,
            )
        )

    def _conversation(self, user: str) -> ConversationId:
        return ConversationId(Channel.ZALO_OA, self._oa_id, user)


def _user(event: _Event) -> str:
    who = event.follower or event.sender
    user = who.id if who else event.user_id
    if user is None:
        raise UnintelligibleUpdate("follower")
    return user


def _numbers_of_card(description: str) -> Iterator[str]:
    """The numbers of a contact card. Its description is JSON as text; which keys it has, nobody promises."""
    try:
        card: object = json.loads(description)
    except (ValueError, RecursionError):
        return
    if not isinstance(card, dict):
        return
    for key, value in cast("dict[str, object]", card).items():
        shown = str(value) if isinstance(value, str | int) else ""
        if "phone" in key.casefold() and _DIGITS.fullmatch(shown):
            yield shown
