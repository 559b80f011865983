"""The envelope between channels and conversation: what came in, what goes out. No channel's own types."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scamcheck.verdict import Level


class Channel(StrEnum):
    """Where a conversation takes place."""

    WEB = "web"
    TELEGRAM = "telegram"
    ZALO_BOT = "zalo_bot"
    ZALO_OA = "zalo_oa"


@dataclass(frozen=True, slots=True)
class ConversationId:
    """Where to answer: the channel, our own bot account on it, and the address there."""

    channel: Channel
    bot_account: str
    address: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did: typed, forwarded, shared, tapped."""

    conversation: ConversationId
    event_id: str
    """Unique per (channel, bot account); a second delivery of the same event has no second effect."""
    received_at: datetime
    text: str = ""
    action: str | None = None
    """The token of a tapped choice, exactly as a `Choice` carried it. It is input, never authority."""
    shared_numbers: tuple[str, ...] = ()
    """Numbers of contact cards, as the channel gave them."""
    links: tuple[str, ...] = ()
    """Link targets that the shown text hides."""
    forwarded: bool = False
    start: str | None = None
    """Parameter of a deep link (a school to follow)."""
    edited: bool = False
    unreadable: bool = False
    """Something came that cannot be read yet: a picture, a voice message, a sticker."""
    withheld: bool = False
    """The platform keeps the content from machines, whatever it is, for this person's protection."""
    is_group: bool = False
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap or type. `token` is at most 64 bytes: a verb and, after ":", its argument."""

    token: str
    label: str


@dataclass(frozen=True, slots=True)
class Call:
    """An approved contact to dial. Comes only from approved records, never from the text being checked."""

    name: str
    printed: str
    dial: str
    """What a phone dials: digits, "+" allowed ("+842613546278", "113")."""
    note: str = ""
    """Duty hours, "ngoài giờ trực", "ví dụ, không có thật"."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of our own. Links from checked texts never become one."""

    url: str
    label: str
    scan: bool = False
    """Also shown as a code to scan with another phone, where there is a screen for that."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, in parts, so that each channel can show it well. Fields stand in the order shown.

    `headline` is at most 160 characters and understandable alone; the whole, as text, at most 2,000.
    """

    headline: str
    level: Level | None = None
    early_stage: bool = False
    steps: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    advice: tuple[str, ...] = ()
    """Contacts in words (hospital, bank card), and what to do when a record is missing."""
    reasons: tuple[str, ...] = ()
    question: str = ""
    """What the choices answer; empty when they are the usual ones."""
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    """Quiet lines: appeal, demo banner, who speaks."""
    is_last: bool = False
    """After this the group is left, where the platform lets us leave by ourselves."""
