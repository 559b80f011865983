"""Until when an official contact is shown: confirmed, unconfirmed after its expiry, or not at all."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from scamcheck.knowledge import IdentifierKind, active
from scamcheck.phone import PhoneKind, parse_number

UNCONFIRMED_SHOWN_FOR: Final = timedelta(days=90)
_SHORT_PREFIX: Final = "short:"


class Showing(StrEnum):
    """How an approved contact is shown at a moment."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    """An expired landline, after confirmed ones, for 90 days."""
    HIDDEN = "hidden"


def showing(kind: IdentifierKind, key: str, expires_at: datetime | None, now: datetime) -> Showing:
    """How a contact is shown: an expired mobile may be anybody's by now, a landline stays where it is."""
    if expires_at is None or active(expires_at, now):
        return Showing.CONFIRMED
    if now >= expires_at + UNCONFIRMED_SHOWN_FOR:
        return Showing.HIDDEN
    seen = parse_number(key.removeprefix(_SHORT_PREFIX)) if kind is IdentifierKind.NUMBER else None
    mobile = seen is not None and seen.number.kind is PhoneKind.MOBILE
    return Showing.HIDDEN if mobile else Showing.UNCONFIRMED
