"""What we make of a Telegram message: is it meant for us, and what does the person ask? No library types."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.channels.events import AddressGone, AddressMoved, Received
from bot.messages import Channel, ConversationId, Incoming

ALBUMS_KEPT = 1000
MENU = (
    "kiemtra",
    "tim",
    "theodoi",
    "baocao",
    "trogiup",
    "dulieu",
    "xoa",
    "quyenriengtu",
    "toilaai",
    "noi",
    "dung",
)
"""Commands shown beside the text field, in this order."""
OURS = frozenset({*MENU, "roinhom"})
"""Commands taken as meant for us in a group even without our name."""

NUMBERS_OF_ONE_CARD = 10

_VCARD_NUMBER = re.compile(
    r"^(?:[\w-]+\.)?TEL[^:\r\n]*:(?:tel:)?([^\r\n]{3,40})", re.IGNORECASE | re.MULTILINE
)
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: a chat, perhaps a topic of it."""

    chat: int
    thread: int | None = None
    is_group: bool = False
    is_channel: bool = False

    @property
    def address(self) -> str:
        """The text that says the same; `Place.chat_and_thread` reads it back."""
        return str(self.chat) if self.thread is None else f"{self.chat}/{self.thread}"

    @staticmethod
    def chat_and_thread(address: str) -> tuple[int, int | None]:
        """The chat and the topic of an address."""
        chat, _, thread = address.partition("/")
        return int(chat), int(thread) if thread else None


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a text: how it is written there, and who, when the platform tells."""

    shown: str
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message, stripped to what can matter here."""

    place: Place
    sender: int | None = None
    by_a_bot: bool = False
    text: str = ""
    """Text or caption."""
    mentions: tuple[Mention, ...] = ()
    links: tuple[str, ...] = ()
    """Targets that the shown text hides."""
    numbers: tuple[str, ...] = ()
    """Of a contact card."""
    has_media: bool = False
    forwarded: bool = False
    album: str | None = None
    quoted: str = ""
    """What was quoted from another chat."""
    answers: "Said | None" = None
    """The message that this one replies to."""


class UpdateReader:
    """Decides what is meant for us. Remembers nothing but which albums were already taken in."""

    def __init__(self, bot_account: str) -> None:
        self.bot_account = bot_account
        self.username: str | None = None
        """Without the @; until it is known, only our id and replies to us are recognised in groups."""
        self._albums: dict[str, int] = {}

    def said(self, said: Said, *, update_id: int, received_at: datetime, edited: bool) -> Received | None:
        """A message; None when it is not for us."""
        if said.place.is_channel or said.by_a_bot or self._continues_album(said, update_id):
            return None
        text, named = self._without_our_name(said)
        if text.startswith("/"):
            command, _, argument = text.partition(" ")
            name, _, whose = command.partition("@")
            if whose and whose.casefold() != (self.username or "").casefold():
                return None
            # Other bots of a group have commands too; a bare one that we do not know is theirs.
            named = named or bool(whose) or name.removeprefix("/") in OURS
            text = f"{name} {argument}".strip()
        if said.place.is_group and not (named or self._is_ours(said.answers)):
            return None
        incoming = self._asked(said, text, update_id=update_id, received_at=received_at)
        if incoming is None or not edited:
            return None if incoming is None else Received(incoming)
        # A new text can be judged; new pixels not yet.
        return None if incoming.unreadable else Received(replace(incoming, edited=True))

    def tapped(
        self, place: Place, token: str, *, tap: str, update_id: int, received_at: datetime
    ) -> Received:
        """A button."""
        incoming = Incoming(
            conversation=self._conversation(place),
            event_id=str(update_id),
            received_at=received_at,
            action=clean(token),
            is_group=place.is_group,
        )
        return Received(incoming, tap=tap)

    def gone(self, place: Place) -> Received | None:
        """We were blocked, or put out of the group."""
        return None if place.is_channel else Received(AddressGone(self._conversation(place)))

    def moved(self, place: Place, chat: int) -> Received:
        """A group became a supergroup and has another number since."""
        return Received(AddressMoved(self._conversation(place), str(chat)))

    def _asked(self, said: Said, text: str, *, update_id: int, received_at: datetime) -> Incoming | None:
        start = start_parameter(text)
        sources = (said,) if said.answers is None or self._is_ours(said.answers) else (said, said.answers)
        texts = ("" if start else text, *(other.text for other in sources[1:]), said.quoted)
        numbers = tuple(clean(number) for source in sources for number in source.numbers)
        links = tuple(clean(link) for source in sources for link in source.links)
        whole = clean("\n".join(part for part in texts if part))
        nothing = not (whole or numbers or links or start)
        unreadable = nothing and any(source.has_media for source in sources)
        if nothing and not unreadable:
            if not said.place.is_group:
                return None  # a service message: something was pinned, a timer set
            whole = "/menu"  # only our name was called
        return Incoming(
            conversation=self._conversation(said.place),
            event_id=str(update_id),
            received_at=received_at,
            text=whole,
            shared_numbers=numbers,
            links=links,
            forwarded=any(source.forwarded for source in sources),
            start=start,
            unreadable=unreadable,
            is_group=said.place.is_group,
        )

    def _without_our_name(self, said: Said) -> tuple[str, bool]:
        """The text without mentions of us, and whether there were any."""
        text, named = said.text, False
        ours = f"@{self.username}".casefold() if self.username else None
        for mention in said.mentions:
            if mention.shown.casefold() == ours or str(mention.user) == self.bot_account:
                text, named = text.replace(mention.shown, " ", 1), True
        return text.strip(), named

    def _is_ours(self, said: Said | None) -> bool:
        return said is not None and str(said.sender) == self.bot_account

    def _continues_album(self, said: Said, update_id: int) -> bool:
        """Four screenshots arrive as four updates; one answer is enough for those that say nothing."""
        if said.album is None:
            return False
        first = self._albums.setdefault(f"{said.place.chat}/{said.album}", update_id)
        while len(self._albums) > ALBUMS_KEPT:
            del self._albums[next(iter(self._albums))]
        # The same update again is a redelivery of one that could not be committed.
        return first != update_id and not said.text

    def _conversation(self, place: Place) -> ConversationId:
        return ConversationId(Channel.TELEGRAM, self.bot_account, place.address)


def start_parameter(text: str) -> str | None:
    """The parameter of a deep link, when the text is one being followed ("/start s_K7")."""
    command, _, parameter = text.partition(" ")
    parameter = parameter.strip()
    return parameter if command == "/start" and _START_PARAMETER.fullmatch(parameter) else None


def clean(text: str) -> str:
    """The text without halves of surrogate pairs: JSON can spell them, no database can store them."""
    return text.encode("utf-8", "replace").decode()


def numbers_of_card(phone: str, vcard: str | None) -> tuple[str, ...]:
    """All numbers of a contact card: the one shown, and those inside its vCard."""
    inside = (found.strip() for found in _VCARD_NUMBER.findall(vcard or ""))
    return tuple(dict.fromkeys((phone, *inside)))[:NUMBERS_OF_ONE_CARD]
