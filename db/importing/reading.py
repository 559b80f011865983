"""From rows to drafts: names, places, dates and numbers as offices write them. The record is not asked here.

What cannot be read exactly is said and left out. The one thing that is asked about is the zero that a
spreadsheet takes from the front of a number: whoever brings the file answers, for all of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from db import recordable, schools
from db.contact_rules import CONFIRMED_FOR
from db.contacts import NEVER_A_CONTACT, NEVER_A_SCHOOL_HOTLINE
from db.importing.columns import IDENTIFIER_KINDS, NO, OWNER_KINDS, YES, folded
from db.importing.drafts import ContactDraft, Draft, Entry, IndicatorDraft, SchoolDraft
from db.importing.numbers import Read, read_numbers
from db.importing.tables import Row, RowUnreadable
from db.models import ImportKind, RowOutcome
from scamcheck.bank_account import Bank, bank_named
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import VIETNAM, DutyHoursUnreadable, parse_duty_hours
from scamcheck.knowledge import Commune, IdentifierKind
from scamcheck.levels import read_level
from scamcheck.link import find_links
from scamcheck.phone import PhoneKind
from scamcheck.text import fold, read
from scamcheck.words import words

_WHY_NOT: Final[Mapping[type[Exception], str]] = {
    recordable.ExampleNumber: "example",
    recordable.NotAnExampleNumber: "not_example",
    recordable.KeyNotCanonical: "unreadable",
}
_DASH: Final = re.compile(r"\s*[-–—]\s*")
_PLACE_TYPES: Final = re.compile(r"(?:xa|phuong|thi tran|dac khu|x|p|tt)[.\s]+")


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever brings a file says about all of its rows; a cell of the row's own goes before it."""

    source: str = ""
    document: str = ""
    verified_at: date | None = None
    unit: str = ""
    owner_kind: OwnerKind | None = None
    consent: str = ""
    """Who says that the owners of private mobile numbers agreed, and where."""
    needs_consent: bool = True
    """Not at the command line: there the operator answers for it."""
    restores_zeros: bool = False
    for_demo: bool = False


class Places:
    """Finds a commune by code, by its name, or by a name that it had."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self._codes: set[str] = set()
        self._provinces: dict[str, str] = {}
        self._now: dict[str, list[str]] = {}
        self._once: dict[str, list[str]] = {}
        for commune in communes:
            self._codes.add(commune.code)
            self._provinces[commune.code] = folded(commune.province)
            for named, names in ((self._now, (commune.name,)), (self._once, commune.old_names)):
                for name in {form for written in names for form in _forms_of_a_place(written)}:
                    named.setdefault(name, []).append(commune.code)

    def find(self, written: str, province: str) -> tuple[str, bool]:
        """The code, and whether it was an old name.

        Raises:
            RowUnreadable: there is none, or several have this name.
        """
        if written in self._codes:
            return written, False
        where = folded(province)
        for named, old in ((self._now, False), (self._once, True)):
            wanted = _place(written)
            found = named.get(wanted) or named.get(_PLACE_TYPES.sub("", wanted, count=1), [])
            found = [code for code in dict.fromkeys(found) if not where or where in self._provinces[code]]
            if len(found) == 1:
                return found[0], old
            if found:
                raise RowUnreadable("commune_several", written)
        raise RowUnreadable("commune", written)


def _place(name: str) -> str:
    """A name of a place as it is compared: dashes are written in many ways."""
    return _DASH.sub("-", folded(name))


def _forms_of_a_place(name: str) -> tuple[str, str]:
    whole = _place(name)
    return whole, _PLACE_TYPES.sub("", whole, count=1)


def entries_of(row: Row, kind: ImportKind, given: Given, places: Places, now: datetime) -> list[Entry]:
    """What one row would make of the record: one entry for each number in it, or one that says why none."""
    if row.left is not None:
        return [Entry(row.sheet, row.number, _text_of(row), None, RowOutcome.IGNORED, row.left.value)]
    try:
        return list(_READERS[kind](row, given, places, now))
    except RowUnreadable as problem:
        return [
            Entry(row.sheet, row.number, _text_of(row), None, RowOutcome.INVALID, problem.why, str(problem))
        ]


def _school(row: Row, given: Given, places: Places, now: datetime) -> Iterator[Entry]:
    level, level_key, name = read_school(row.get("level"), row.required("name"))
    code, was_old = places.find(row.required("commune"), row.get("province"))
    draft = SchoolDraft(
        level=level,
        level_key=level_key,
        name=name,
        name_key=fold(name),
        commune_code=code,
        old_district=row.get("old_district"),
        aliases=tuple(dict.fromkeys(a for a in re.split(r"\s*[|;]\s*", row.get("aliases")) if a)),
        source=_said(row, "source", given.source),
        document=row.get("document") or given.document,
        verified_at=_date(row, given, now),
        expires_at=_expiry(row),
    )
    yield _entry(row, draft, _old_place(row, was_old=was_old))


def _contacts(row: Row, given: Given, places: Places, now: datetime) -> Iterator[Entry]:
    kind = OWNER_KINDS.get(folded(row.get("owner_kind"))) if row.get("owner_kind") else given.owner_kind
    if kind is None:
        raise RowUnreadable(
            "owner_kind" if row.get("owner_kind") else "missing", row.get("owner_kind") or "owner_kind"
        )
    code, was_old = "", False
    if row.get("commune"):
        code, was_old = places.find(row.get("commune"), row.get("province"))
    if kind is OwnerKind.SCHOOL:
        level, level_key, name = read_school(row.get("level"), row.get("owner") or row.required("name"))
        owner_key, owner_name, short = f"{level_key}|{fold(name)}", f"{level} {name}", ""
    else:
        owner_name = row.get("owner") or row.required("name")
        bank = _bank(owner_name) if kind is OwnerKind.BANK else None
        owner_key = bank.bin if bank else f"{kind.value}:{folded(owner_name).replace(' ', '-')}"
        short = bank.name if bank else ""
    hours = row.get("hours")
    try:
        parse_duty_hours(hours)
    except DutyHoursUnreadable:
        raise RowUnreadable("hours", hours) from None
    consent = row.get("consent")
    consent = "" if folded(consent) in NO else consent
    common = {
        "owner_kind": kind,
        "owner_key": owner_key,
        "owner_name": owner_name,
        "owner_short_name": short,
        "commune_code": code,
        "label": row.get("label"),
        "hours": hours,
        "is_backup": _yes(row, "backup"),
        "source": _said(row, "source", given.source),
        "document": row.get("document") or given.document,
    }
    verified_at = _date(row, given, now)
    if verified_at is None:
        raise RowUnreadable("missing", "verified_at")
    expires_at = _expiry(row) or datetime.combine(verified_at, time(), tzinfo=UTC) + CONFIRMED_FOR
    notes = _old_place(row, was_old=was_old)
    for found in _identifiers(row, given):
        if found.why:
            yield _problem(row, found, owner_name)
            continue
        why = _why_no_contact(found, kind, given, consent or given.consent)
        draft = ContactDraft(
            kind=found.kind,
            key=found.key,
            printed=found.printed,
            consent=consent or given.consent,
            verified_at=verified_at,
            expires_at=expires_at,
            **common,  # type: ignore[arg-type]
        )
        yield _entry(row, draft, (*notes, *found.notes), why, found.printed)


def _indicators(row: Row, given: Given, places: Places, now: datetime) -> Iterator[Entry]:  # noqa: ARG001
    unit, source, document = (
        _said(row, column, said)
        for column, said in (("unit", given.unit), ("source", given.source), ("document", given.document))
    )
    verified_at = _date(row, given, now)
    if verified_at is None:
        raise RowUnreadable("missing", "verified_at")
    for found in _identifiers(row, given):
        if found.why:
            yield _problem(row, found)
            continue
        draft = IndicatorDraft(
            kind=found.kind,
            key=found.key,
            printed=found.printed,
            confirmed_by=unit,
            source=source,
            document=document,
            verified_at=verified_at,
            expires_at=_expiry(row),
        )
        yield _entry(row, draft, found.notes, _why_not_recordable(found, given), found.printed)


_READERS: Final[dict[ImportKind, Callable[[Row, Given, Places, datetime], Iterator[Entry]]]] = {
    ImportKind.SCHOOLS: _school,
    ImportKind.CONTACTS: _contacts,
    ImportKind.INDICATORS: _indicators,
}


def read_school(level: str, name: str) -> tuple[str, str, str]:
    """Level as shown, level as a code, and the name alone, which may be written with "Trường" and the level.

    Raises:
        RowUnreadable: the level is missing, unknown, or not the one in the name.
    """
    given = schools.level_code(level)
    if level and not given:
        raise RowUnreadable("level", level)
    in_name, rest = _level_in(name)
    if given and in_name and given != in_name:
        raise RowUnreadable("level_differs", f"{level} – {name}")
    code = given or in_name
    if not code:
        raise RowUnreadable("missing", "level")
    if not rest:
        raise RowUnreadable("missing", "name")
    return schools.SHOWN_LEVELS.get(code, str(code)), str(code), rest


def _level_in(name: str) -> tuple[str, str]:
    some = words(name)
    at = 1 if len(some) > 1 and some[0].folded == "truong" else 0
    found = read_level(some, at)
    if found is None:
        return "", name[some[at].start :] if some else ""
    level, end = found
    return level.code, name[some[end].start :] if end < len(some) else ""


def _identifiers(row: Row, given: Given) -> Iterator[Read]:
    written = IDENTIFIER_KINDS.get(folded(row.get("kind")))
    if written is None:
        raise RowUnreadable("kind", row.get("kind"))
    if not row.values:
        raise RowUnreadable("missing", "value")
    seen: set[tuple[str, str]] = set()
    for cell in row.values:
        if written is IdentifierKind.NUMBER:
            some: Iterable[Read] = read_numbers(cell, restores_zeros=given.restores_zeros)
        elif written is IdentifierKind.BANK_ACCOUNT:
            some = [_account(row, cell.text, is_number=cell.number)]
        else:
            some = [_link(cell.text)]
        for found in some:
            if (found.key, found.why) not in seen or not found.key:
                seen.add((found.key, found.why))
                yield found


def _account(row: Row, value: str, *, is_number: bool) -> Read:
    bank = row.required("bank")
    found = _bank(bank)
    if found is None and not (bank.isdigit() and len(bank) == recordable.BIN_LENGTH):
        raise RowUnreadable("bank", bank)
    number = "".join(value.split()).replace(".", "").replace("-", "").upper()
    if is_number:  # a zero at its front, or digits after the fifteenth, are gone for good
        return Read(IdentifierKind.BANK_ACCOUNT, written=value, why="account_cut")
    return Read(
        IdentifierKind.BANK_ACCOUNT,
        written=value,
        key=f"{found.bin if found else bank}:{number}",
        printed=f"{number} ({found.name if found else bank})",
    )


def _link(value: str) -> Read:
    links = find_links(read(value).display)
    if len(links) != 1:
        return Read(IdentifierKind.LINK, written=value, why="link")
    key = links[0].key
    return Read(IdentifierKind.LINK, written=value, key=key, printed=key.replace(".", "[.]"))


def _bank(name: str) -> Bank | None:
    # Short names count only after "ngân hàng"; in a column of banks that is what stands before them.
    return bank_named(f"ngan hang {folded(name)}")


def _why_not_recordable(found: Read, given: Given) -> str:
    try:
        if found.number is not None:
            recordable.require_recordable_number(found.number, for_demo=given.for_demo)
        else:
            recordable.require_recordable(found.kind, found.key, for_demo=given.for_demo)
    except (recordable.ExampleNumber, recordable.NotAnExampleNumber, recordable.KeyNotCanonical) as refused:
        return _WHY_NOT[type(refused)]
    return ""


def _why_no_contact(found: Read, owner: OwnerKind, given: Given, consent: str) -> str:
    if why := _why_not_recordable(found, given):
        return why
    if found.number is None:
        return ""
    kind = found.number.kind
    if kind in (NEVER_A_SCHOOL_HOTLINE if owner is OwnerKind.SCHOOL else NEVER_A_CONTACT):
        return "cannot_be_contact"
    personal = owner is OwnerKind.SCHOOL and kind is PhoneKind.MOBILE
    if personal and given.needs_consent and not consent:
        return "consent"
    return ""


def _entry(row: Row, draft: Draft, notes: tuple[str, ...] = (), why: str = "", detail: str = "") -> Entry:
    if why:
        return Entry(row.sheet, row.number, draft.shown, None, RowOutcome.INVALID, why, detail, notes)
    return Entry(row.sheet, row.number, draft.shown, draft, notes=notes)


def _problem(row: Row, found: Read, owner: str = "") -> Entry:
    outcome = RowOutcome.QUESTION if found.why == "zero" else RowOutcome.INVALID
    shown = f"{found.written} · {owner}" if owner else found.written
    return Entry(row.sheet, row.number, shown, None, outcome, found.why, found.detail or found.written)


def _text_of(row: Row) -> str:
    """What a row says, to recognise it by."""
    said = [row.get(column) for column in ("name", "owner", "level", "commune")]
    return " · ".join(
        dict.fromkeys(text for text in (*said, *(cell.text for cell in row.values)) if text)
    ) or " · ".join(row.cells.values())


def _old_place(row: Row, *, was_old: bool) -> tuple[str, ...]:
    return (f"old_commune:{row.get('commune')}",) if was_old else ()


def _said(row: Row, column: str, given: str) -> str:
    return row.get(column) or given or row.required(column)


def _yes(row: Row, column: str) -> bool:
    written = folded(row.get(column))
    if written in YES | NO:
        return written in YES
    raise RowUnreadable("yes_no", row.get(column))


def _date(row: Row, given: Given, now: datetime) -> date | None:
    written = row.get("verified_at")
    day = read_date(written) if written else given.verified_at
    if day is not None and day > now.astimezone(VIETNAM).date():
        raise RowUnreadable("date_future", written or day.isoformat())
    return day


def read_date(written: str) -> date:
    """A date as it is written: 2026-09-01, 1/9/2026, 01.09.2026.

    Raises:
        RowUnreadable: it is none.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(written.replace(" ", ""), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise RowUnreadable("date", written)


def _expiry(row: Row) -> datetime | None:
    """The moment the last day ends in Vietnam."""
    written = row.get("expires_at")
    if not written:
        return None
    return datetime.combine(read_date(written), time(), tzinfo=VIETNAM) + timedelta(days=1)
