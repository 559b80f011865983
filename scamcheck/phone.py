"""Phone numbers as people in Vietnam paste them, and the one canonical form each has here."""

from dataclasses import dataclass
from enum import StrEnum


class PhoneKind(StrEnum):
    """What the numbering plan says a number is (domain facts 1.1 and 1.5)."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    POLICE_DEFENCE = "police_defence"
    GOVERNMENT = "government"
    TOLL_FREE = "toll_free"
    PAID = "paid"
    SATELLITE = "satellite"
    SHORT = "short"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number in canonical form.

    `key` is E.164 ("+84912345678", "+841900545413") or "short:113"; equality of keys is equality of numbers.
    """

    key: str
    kind: PhoneKind


@dataclass(frozen=True, slots=True)
class SeenNumber:
    """A number as it stood in a message: the likeliest reading first, other possible readings after it."""

    number: PhoneNumber
    start: int
    end: int
    other_readings: tuple[PhoneNumber, ...] = ()
    converted_from: str | None = None
    """The old digits when an old notation (11-digit mobile, pre-2017 area code) was converted."""
    forged_display: bool = False
    """Nothing dials that way: `+84069…`, `+69…`, a range that cannot call (`domain.md` 12.7)."""
    unusual_block: bool = False
    """A known prefix whose sub-block is not known to be in use: a reason, never evidence."""
    country: str | None = None
    """ISO 3166 region of a foreign number, "001" for satellite and global services."""
