"""Who a message says it comes from or is about: school, hospital, police, bank, relative."""

from dataclasses import dataclass
from enum import StrEnum


class OwnerKind(StrEnum):
    """Kinds of owner that an official contact, or a claim in a message, can have."""

    SCHOOL = "school"
    HOSPITAL = "hospital"
    POLICE = "police"
    BANK = "bank"
    AGENCY = "agency"
    CARRIER = "carrier"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, in folded text: `kind`, and level, name and place as far as they are given.

    `key` names a well-known owner that needs no registry (a bank's BIN, "police", "vneid"), else None.
    """

    kind: OwnerKind
    name: str = ""
    level: str = ""
    place: str = ""
    key: str | None = None
    start: int = 0
    end: int = 0
