"""What is known: indicators, official contacts, schools, scripts; and the one port to where they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from scamcheck.claims import OwnerKind
from scamcheck.observables import Observables


class KnowledgeUnavailable(Exception):
    """The records could not be reached; the text is still judged (policy row 1)."""


class IdentifierKind(StrEnum):
    """What an indicator or a contact is known by."""

    NUMBER = "number"
    BANK_ACCOUNT = "bank_account"
    LINK = "link"


class IndicatorStatus(StrEnum):
    """States in which an indicator counts; every other state counts as absent and is not gathered."""

    CONFIRMED = "confirmed"
    TEMPORARY_WARNING = "temporary_warning"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An identifier that police say is used for scams."""

    kind: IdentifierKind
    key: str
    status: IndicatorStatus
    confirmed_by: str
    """Name of the unit, for the answer."""
    verified_at: date
    expires_at: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone; `old_names` are the communes and districts it was made from."""

    code: str
    name: str
    province: str
    old_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class School:
    """A school of the registry. Names are never unique: level, name and commune together are."""

    id: str
    level: str
    name: str
    commune: str
    """Name of the commune as shown ("xã Đức Lập")."""
    commune_code: str | None = None
    old_district: str = ""
    province: str = ""
    aliases: tuple[str, ...] = ()
    is_example: bool = False

    @property
    def full_name(self) -> str:
        """Level and name, as the directory says them; a name that begins with its level is left alone."""
        begins = self.name.casefold().startswith((self.level.casefold(), "trường "))
        return self.name if begins else f"{self.level} {self.name}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an official contact belongs to. `id` is the school's or organisation's id."""

    kind: OwnerKind
    id: str
    name: str
    short_name: str = ""
    commune_code: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """An approved official number, bank account or link of an owner."""

    id: str
    kind: IdentifierKind
    key: str
    owner: Owner
    label: str
    printed: str
    """The identifier as its owner prints it, for showing ("0261 3546 278")."""
    hours: str = ""
    """Duty hours as `DutyHours.parse` reads them ("T2-T6 07:00-17:00"); empty means always."""
    is_backup: bool = False
    verified_at: date | None = None
    expires_at: datetime | None = None
    source: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A police-confirmed or shipped scam script: a family with its slots masked."""

    id: str
    name: str
    text: str
    scenario: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class SchoolCandidate:
    """A school that the text may name. `full` only when level, name and place all match one record."""

    school: School
    score: float
    full: bool = False


@dataclass(frozen=True, slots=True)
class ScriptCandidate:
    """A script near the text, with the masked-text score (0 to 100) that `match` gave it."""

    script: Script
    score: float


@dataclass(frozen=True, slots=True)
class Imitation:
    """A seen number and the approved contact it is one step away from."""

    seen: str
    contact: Contact
    how: str
    """"foreign_tail", "swapped_prefix" or "near_miss" (policy row 5)."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything `gather` found, in at most one round trip per kind of record."""

    indicators: tuple[Indicator, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """Active contacts whose key equals an identifier of the message (any reading)."""
    imitations: tuple[Imitation, ...] = ()
    owner_contacts: tuple[Contact, ...] = ()
    """Active contacts of the schools among `schools`, of followed schools, of owners the text claims, and
    the commune police of their communes: what the answer may show and what rule 6 compares with."""
    schools: tuple[SchoolCandidate, ...] = ()
    asker_schools: tuple[School, ...] = ()
    """The school chosen in this conversation, then the followed ones."""
    communes: tuple[Commune, ...] = ()
    """Communes that the text may name."""
    commune_of: Mapping[str, Commune] = field(default_factory=dict[str, Commune])
    """Communes of the schools above and of the asker, by code."""
    scripts: tuple[ScriptCandidate, ...] = ()
    national: tuple[Contact, ...] = ()
    """113, 114, 115, 111, 112, 156, 5656 as shipped."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of who asks: schools followed or just chosen, their commune, what they showed before."""

    follows: tuple[str, ...] = ()
    """Ids of followed schools, the one chosen in this conversation first."""
    chosen_school: str | None = None
    commune_code: str | None = None
    earlier: Observables | None = None
    """Observables of the last 15 minutes of the same conversation, without its text."""

    @property
    def school_ids(self) -> tuple[str, ...]:
        """The school chosen in this conversation, then the followed ones."""
        return (*((self.chosen_school,) if self.chosen_school else ()), *self.follows)


NOBODY = Asker()


class KnowledgeBase(Protocol):
    """The one port of the core to where records are kept."""

    async def gather(self, observables: Observables, asker: Asker, now: datetime) -> Candidates:
        """Return what is known about these observables as of `now`.

        Raises:
            KnowledgeUnavailable: the records cannot be reached.
        """
        ...


def active(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a record with this expiry still counts at `now`."""
    return expires_at is None or now < expires_at
