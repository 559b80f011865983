"""What one row of a file would make of the record, as plain values that can wait in the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from db.models import ImportKind, RowOutcome
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind

TAKEN: Final = (RowOutcome.NEW, RowOutcome.CHANGED)


@dataclass(frozen=True, slots=True)
class SchoolDraft:
    """A school."""

    level: str
    level_key: str
    name: str
    name_key: str
    commune_code: str
    old_district: str
    aliases: tuple[str, ...]
    source: str
    document: str
    verified_at: date | None
    expires_at: datetime | None

    @property
    def key(self) -> str:
        """What makes it that school."""
        return self.key_of(self.level_key, self.name_key, self.commune_code)

    @staticmethod
    def key_of(level_key: str, name_key: str, commune_code: str) -> str:
        """The same of a school of the record."""
        return f"{level_key}|{name_key}|{commune_code}"

    @property
    def shown(self) -> str:
        """For a person."""
        return f"{self.level} {self.name}"


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A number, account or link of a school or an organisation."""

    owner_kind: OwnerKind
    owner_key: str
    """Of a school: level and name; of an organisation its key."""
    owner_name: str
    owner_short_name: str
    commune_code: str
    """"" when the file names none."""
    kind: IdentifierKind
    key: str
    printed: str
    label: str
    hours: str
    is_backup: bool
    consent: str
    source: str
    document: str
    verified_at: date
    expires_at: datetime

    @property
    def shown(self) -> str:
        """For a person."""
        return f"{self.printed} · {self.owner_name}"


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    """A number, account or link that police confirmed."""

    kind: IdentifierKind
    key: str
    printed: str
    confirmed_by: str
    source: str
    document: str
    verified_at: date
    expires_at: datetime | None

    @property
    def shown(self) -> str:
        """For a person."""
        return self.printed


Draft = SchoolDraft | ContactDraft | IndicatorDraft


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the report: a row, or one number of a row that has several."""

    sheet: str
    row: int
    shown: str
    draft: Draft | None = None
    outcome: RowOutcome | None = None
    """None while only the record can tell."""
    why: str = ""
    """A code of `words.WHY`."""
    detail: str = ""
    notes: tuple[str, ...] = field(default=())
    """Codes of what was read into the row, such as "old_number", each with ":" and what it is about."""


_DRAFTS: Final[Mapping[ImportKind, type[Draft]]] = {
    ImportKind.SCHOOLS: SchoolDraft,
    ImportKind.CONTACTS: ContactDraft,
    ImportKind.INDICATORS: IndicatorDraft,
}


def to_json(draft: Draft | None) -> str:
    """A draft as text; "" for none."""
    if draft is None:
        return ""
    # Not asdict: it copies deeply, which for fifty thousand rows takes longer than all the rest.
    values = {name: getattr(draft, name) for name in draft.__slots__}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def from_json(kind: ImportKind, written: str) -> Draft:
    """What `to_json` wrote."""
    read: dict[str, Any] = json.loads(written)
    if read["verified_at"] is not None:
        read["verified_at"] = date.fromisoformat(read["verified_at"])
    if read["expires_at"] is not None:
        read["expires_at"] = datetime.fromisoformat(read["expires_at"])
    if "aliases" in read:
        read["aliases"] = tuple(read["aliases"])
    if "kind" in read:
        read["kind"] = IdentifierKind(read["kind"])
    if "owner_kind" in read:
        read["owner_kind"] = OwnerKind(read["owner_kind"])
    return _DRAFTS[kind](**read)


def _plain(value: date) -> str:
    return value.isoformat()
