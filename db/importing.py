"""Records from CSV files as offices keep them: read with patience, taken in all or not at all."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import contacts, indicators, models, organisations, places, recordable, schools
from scamcheck.bank_account import Bank, bank_named
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import VIETNAM, DutyHoursUnreadable
from scamcheck.knowledge import IdentifierKind
from scamcheck.link import find_links
from scamcheck.phone import parse_number
from scamcheck.text import fold, read

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_PROBLEMS_SHOWN: Final = 50

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "level": ("level", "cap", "cap hoc", "bac hoc"),
    "name": ("name", "ten", "ten truong"),
    "commune": ("commune", "xa", "phuong", "xa phuong", "ma xa", "xa/phuong"),
    "province": ("province", "tinh", "tinh/thanh pho"),
    "old_district": ("old district", "huyen", "huyen cu"),
    "aliases": ("aliases", "ten khac", "ten cu"),
    "owner_kind": ("owner kind", "loai don vi", "don vi loai"),
    "owner": ("owner", "don vi", "chu so huu", "truong"),
    "kind": ("kind", "loai"),
    "value": ("value", "number", "so", "so dien thoai", "so tai khoan", "gia tri"),
    "bank": ("bank", "ngan hang"),
    "label": ("label", "nhan", "ghi chu"),
    "hours": ("hours", "gio truc"),
    "backup": ("backup", "du phong"),
    "unit": ("unit", "don vi xac nhan", "confirmed by"),
    "source": ("source", "nguon"),
    "document": ("document", "van ban", "so van ban"),
    "verified_at": ("verified at", "ngay xac minh", "ngay xac nhan"),
    "expires_at": ("expires at", "het han", "ngay het han"),
}
"""Names of columns, in English or Vietnamese; accents, capitals and underscores do not matter."""

OWNER_KINDS: Final[Mapping[str, OwnerKind]] = {
    "school": OwnerKind.SCHOOL,
    "truong": OwnerKind.SCHOOL,
    "police": OwnerKind.POLICE,
    "cong an": OwnerKind.POLICE,
    "hospital": OwnerKind.HOSPITAL,
    "benh vien": OwnerKind.HOSPITAL,
    "bank": OwnerKind.BANK,
    "ngan hang": OwnerKind.BANK,
    "agency": OwnerKind.AGENCY,
    "co quan": OwnerKind.AGENCY,
    "carrier": OwnerKind.CARRIER,
    "nha mang": OwnerKind.CARRIER,
}
IDENTIFIER_KINDS: Final[Mapping[str, IdentifierKind]] = {
    "": IdentifierKind.NUMBER,
    "number": IdentifierKind.NUMBER,
    "so": IdentifierKind.NUMBER,
    "so dien thoai": IdentifierKind.NUMBER,
    "bank account": IdentifierKind.BANK_ACCOUNT,
    "account": IdentifierKind.BANK_ACCOUNT,
    "so tai khoan": IdentifierKind.BANK_ACCOUNT,
    "tai khoan": IdentifierKind.BANK_ACCOUNT,
    "link": IdentifierKind.LINK,
    "duong dan": IdentifierKind.LINK,
}
YES: Final = frozenset({"x", "1", "co", "yes", "true", "y"})

REFUSALS: Final[Mapping[type[Exception], str]] = {
    schools.SchoolAlreadyRecorded: "trường này đã có / this school is recorded already",
    schools.CommuneNotRecorded: "không có xã, phường này / no such commune",
    contacts.AlreadyAContact: "số này đang là số của một đơn vị / somebody's contact already",
    contacts.ListedAsScam: "số này nằm trong danh sách lừa đảo / listed as a scam",
    contacts.NumberCannotBeContact: (
        "số nước ngoài, vệ tinh, thu phí hay số ngắn không nhận / foreign, satellite, paid or short number"
    ),
    indicators.AlreadyConfirmed: "đã xác nhận và còn hạn / confirmed already, and not expired",
    indicators.Protected: "đây là số chính thức của một đơn vị / an official contact",
    recordable.KeyNotCanonical: "không đọc được / cannot be read as what it should be",
    recordable.ExampleNumber: "số trong dải ví dụ, không có thật / an example number, nobody has it",
    DutyHoursUnreadable: 'giờ trực viết như "T2-T6 07:00-17:00; T7 07:00-11:30" / duty hours unreadable',
}
"""Refusals of the rules, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row cannot be taken in. `row` counts as the file's lines do, the header being 1."""

    row: int
    reason: str

    def __str__(self) -> str:
        return f"dòng {self.row} (row {self.row}): {self.reason}"


class RowsRefused(ValueError):
    """At least one row cannot be taken in, so none was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = [str(problem) for problem in problems[:MAX_PROBLEMS_SHOWN]]
        if len(problems) > len(shown):
            shown.append(f"… và {len(problems) - len(shown)} dòng nữa (and more rows)")
        super().__init__("\n".join(shown))
        self.problems = tuple(problems)


class RowUnreadable(ValueError):
    """One row lacks something or has something that means nothing; the text says what."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, by the names of `HEADERS`; missing cells are empty."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell, without spaces around it; empty when the file has no such column."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """The cell.

        Raises:
            RowUnreadable: it is empty.
        """
        value = self.get(column)
        if not value:
            raise RowUnreadable(f"thiếu cột {HEADERS[column][-1]} / {column} is missing")
        return value


def read_csv(content: bytes) -> list[Row]:
    """Read a CSV file: UTF-8 with or without a byte-order mark, comma, semicolon or tab between cells.

    Raises:
        RowsRefused: it is not such a file, is too large, or has a column that nobody knows.
    """
    if len(content) > MAX_FILE_BYTES:
        raise RowsRefused([Problem(1, "tệp quá lớn / the file is too large")])
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RowsRefused([Problem(1, "tệp phải là UTF-8 / the file must be UTF-8")]) from None
    header, _, _ = written.partition("\n")
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_rows(lines))
    except csv.Error as error:
        raise RowsRefused([Problem(lines.line_num, f"CSV hỏng / broken CSV: {error}")]) from None


async def load_schools(session: AsyncSession, rows: Sequence[Row], *, approved_by: str, now: datetime) -> int:
    """Take in schools: level, name, commune (name or code), and maybe province, old_district, aliases (by |).

    Raises:
        RowsRefused: with every row that cannot be taken in; the transaction must not be committed then.
    """
    find_commune = await _commune_finder(session)

    async def load(row: Row) -> None:
        level = row.required("level")
        if not schools.level_code(level):
            raise RowUnreadable(f"không rõ cấp học / unknown level: {level}")
        await schools.add_school(
            session,
            level=level,
            name=row.required("name"),
            commune_code=find_commune(row.required("commune"), row.get("province")),
            old_district=row.get("old_district"),
            aliases=[alias.strip() for alias in row.get("aliases").split("|") if alias.strip()],
            source=row.required("source"),
            document=row.get("document"),
            verified_at=_date(row, "verified_at"),
            expires_at=_end_of(_date(row, "expires_at")),
            approved_by=approved_by,
            now=now,
        )

    return await _load(rows, load)


async def load_contacts(
    session: AsyncSession, rows: Sequence[Row], *, approved_by: str, now: datetime
) -> int:
    """Take in official contacts: owner_kind, owner, value, verified_at, and what `HEADERS` offers besides.

    A school is found by level, name and commune; any other owner is added when it is new.

    Raises:
        RowsRefused: with every row that cannot be taken in; the transaction must not be committed then.
    """
    find_commune = await _commune_finder(session)

    async def owner_of(row: Row) -> models.School | models.Organisation:
        kind = OWNER_KINDS.get(_folded(row.required("owner_kind")))
        if kind is None:
            raise RowUnreadable(f"loại đơn vị lạ / unknown kind of owner: {row.get('owner_kind')}")
        if kind is OwnerKind.SCHOOL:
            return await _school(session, row, find_commune(row.required("commune"), row.get("province")))
        name = row.required("owner")
        bank = _bank(name) if kind is OwnerKind.BANK else None
        key = bank.bin if bank else f"{kind.value}:{_folded(name).replace(' ', '-')}"
        known = await organisations.organisation_with_key(session, kind, key)
        return known or await organisations.add_organisation(
            session,
            kind=kind,
            key=key,
            name=name,
            short_name=bank.name if bank else "",
            commune_code=(
                find_commune(row.get("commune"), row.get("province")) if row.get("commune") else None
            ),
            source=row.required("source"),
            document=row.get("document"),
            verified_at=_date(row, "verified_at"),
            approved_by=approved_by,
            now=now,
        )

    async def load(row: Row) -> None:
        kind, key = _identifier(row)
        await contacts.add_contact(
            session,
            owner=await owner_of(row),
            kind=kind,
            key=key,
            printed_as=row.required("value"),
            label=row.get("label"),
            hours=row.get("hours"),
            is_backup=_folded(row.get("backup")) in YES,
            source=row.required("source"),
            document=row.get("document"),
            verified_at=_required_date(row, "verified_at"),
            expires_at=_end_of(_date(row, "expires_at")),
            approved_by=approved_by,
            now=now,
        )

    return await _load(rows, load)


async def load_indicators(
    session: AsyncSession, rows: Sequence[Row], *, approved_by: str, now: datetime
) -> int:
    """Take in what police confirmed: kind, value (and bank), unit, document, verified_at, maybe expires_at.

    Raises:
        RowsRefused: with every row that cannot be taken in; the transaction must not be committed then.
    """

    async def load(row: Row) -> None:
        kind, key = _identifier(row)
        await indicators.confirm_indicator(
            session,
            kind=kind,
            key=key,
            confirmed_by=row.required("unit"),
            source=row.required("source"),
            document=row.required("document"),
            verified_at=_required_date(row, "verified_at"),
            expires_at=_end_of(_date(row, "expires_at")),
            approved_by=approved_by,
            now=now,
        )

    return await _load(rows, load)


async def _load(rows: Sequence[Row], load: Callable[[Row], Awaitable[None]]) -> int:
    problems: list[Problem] = []
    for row in rows:
        try:
            await load(row)
        except RowUnreadable as problem:
            problems.append(Problem(row.number, str(problem)))
        except tuple(REFUSALS) as refusal:
            reason = next(text for kind, text in REFUSALS.items() if isinstance(refusal, kind))
            problems.append(Problem(row.number, f"{reason}: {refusal}"))
    if problems:
        raise RowsRefused(problems)
    return len(rows)


def _rows(lines: Iterator[list[str]]) -> Iterator[Row]:
    columns: list[str] = []
    for number, line in enumerate(lines, 1):
        cells = [" ".join(cell.split()) for cell in line]
        if not any(cells):
            continue
        if not columns:
            columns = [_column(cell, number) for cell in cells]
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            raise RowsRefused([Problem(number, "nhiều ô hơn tiêu đề / more cells than the header has")])
        yield Row(number, dict(zip(columns, cells, strict=False)))
    if not columns:
        raise RowsRefused([Problem(1, "tệp trống / the file is empty")])


def _column(header: str, number: int) -> str:
    folded = _folded(header.replace("_", " "))
    for column, names in HEADERS.items():
        if folded in names:
            return column
    raise RowsRefused([Problem(number, f"không rõ cột / unknown column: {header}")])


def _folded(written: str) -> str:
    return " ".join(fold(written).split())


def _identifier(row: Row) -> tuple[IdentifierKind, str]:
    kind = IDENTIFIER_KINDS.get(_folded(row.get("kind").replace("_", " ")))
    value = row.required("value")
    match kind:
        case IdentifierKind.NUMBER:
            seen = parse_number(value)
            if seen is None or seen.other_readings:
                raise RowUnreadable(f"số điện thoại không đọc được / phone number unreadable: {value}")
            return kind, seen.number.key
        case IdentifierKind.BANK_ACCOUNT:
            bank = row.required("bank")
            found = _bank(bank)
            if found is None and not (bank.isdigit() and len(bank) == recordable.BIN_LENGTH):
                raise RowUnreadable(f"không rõ ngân hàng / unknown bank: {bank}")
            number = "".join(value.split()).replace(".", "").replace("-", "").upper()
            return kind, f"{found.bin if found else bank}:{number}"
        case IdentifierKind.LINK:
            links = find_links(read(value).display)
            if len(links) != 1:
                raise RowUnreadable(f"đường dẫn không đọc được / link unreadable: {value}")
            return kind, links[0].key
        case _:
            raise RowUnreadable(f"loại lạ / unknown kind: {row.get('kind')}")


def _bank(name: str) -> Bank | None:
    # Short names count only after "ngân hàng"; in a column of banks that is what stands before them.
    return bank_named(f"ngan hang {_folded(name)}")


async def _school(session: AsyncSession, row: Row, commune_code: str) -> models.School:
    name = row.required("owner")
    found = (
        await session.scalars(
            select(models.School).where(
                models.School.status == models.RecordState.ACTIVE,
                models.School.level_key == schools.level_code(row.required("level")),
                models.School.name_key == _folded(name),
                models.School.commune_code == commune_code,
            )
        )
    ).one_or_none()
    if found is None:
        raise RowUnreadable(f"không có trường này ở xã, phường đó / no such school there: {name}")
    return found


async def _commune_finder(session: AsyncSession) -> Callable[[str, str], str]:
    """A finder of a commune's code by code or name; a name that several communes have needs the province."""
    communes = await places.all_communes(session)
    codes = {commune.code for commune in communes}

    def find(written: str, province: str) -> str:
        if written in codes:
            return written
        wanted, where = _folded(written), _folded(province)
        named = [
            commune.code
            for commune in communes
            if wanted in (_folded(commune.name), _folded(commune.name).partition(" ")[2])
            and (not where or where in _folded(commune.province))
        ]
        if len(named) != 1:
            why = "nhiều nơi trùng tên / several of that name" if named else "không có / none"
            raise RowUnreadable(f"xã, phường (commune) {written}: {why}")
        return named[0]

    return find


def _date(row: Row, column: str) -> date | None:
    return _read_date(row.get(column)) if row.get(column) else None


def _required_date(row: Row, column: str) -> date:
    return _read_date(row.required(column))


def _read_date(written: str) -> date:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(written, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise RowUnreadable(f"ngày không đọc được / date unreadable: {written}")


def _end_of(day: date | None) -> datetime | None:
    """The moment a day ends in Vietnam."""
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=VIETNAM) + timedelta(days=1)
