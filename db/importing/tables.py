"""From the sheets of an office to rows: where the header stands, and what is no record at all.

Above the header are titles, below it totals, headings of groups, signatures, and the header again on each
printed page. Nothing of it is dropped in silence: what is left out is listed with its row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from db.importing.columns import HEADERS, TOTALS, column_of, folded
from db.importing.files import Book, Cell, Line, Sheet
from db.importing.letters import Letters

HEADER_WITHIN: Final = 40
"""The header is among so many first rows that are not empty."""


class TableUnreadable(ValueError):
    """No sheet has a header with columns that are known; the message is a code: "header" or "no_rows"."""


class RowUnreadable(ValueError):
    """One row lacks something or has what means nothing; `why` is a code, the message what it is about."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail)
        self.why = why


class Left(StrEnum):
    """Why a row is no record."""

    TOTAL = auto()
    HEADING = auto()
    HEADER_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, by the names of `HEADERS`; missing cells are empty."""

    number: int
    """As the office sees it beside the row."""
    cells: Mapping[str, str]
    sheet: str = ""
    values: tuple[Cell, ...] = ()
    """The cells of every column of numbers, accounts or links."""
    left: Left | None = None

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
            raise RowUnreadable("missing", column)
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says, row by row."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()
    """Headers of columns that are not used."""
    passed_over: tuple[str, ...] = ()
    """Sheets that were hidden, or have no header."""
    letters: Letters = Letters.UNICODE


def read_table(book: Book) -> Table:
    """The rows of all sheets that have a header.

    Raises:
        TableUnreadable: see there.
    """
    rows: list[Row] = []
    unknown: dict[str, None] = {}
    passed_over = list(book.hidden)
    found = False
    for sheet in book.sheets:
        at = _header_of(sheet)
        if at is None:
            if sheet.lines:
                passed_over.append(sheet.name)
            continue
        found = True
        header = sheet.lines[at]
        columns = [column_of(cell.text) for cell in header.cells]
        unknown.update(
            dict.fromkeys(
                cell.text
                for cell, column in zip(header.cells, columns, strict=True)
                if cell.text and not column
            )
        )
        rows.extend(_rows(sheet, sheet.lines[at + 1 :], columns))
    if not found:
        raise TableUnreadable("header")
    if not any(row.left is None for row in rows):
        raise TableUnreadable("no_rows")
    return Table(tuple(rows), tuple(unknown), tuple(passed_over), book.letters)


def _header_of(sheet: Sheet) -> int | None:
    """Which line has the most known columns, the first of them; a title may be the name of one column."""
    known = [
        len({column_of(cell.text) for cell in line.cells} - {""}) for line in sheet.lines[:HEADER_WITHIN]
    ]
    return known.index(max(known)) if any(known) else None


def _rows(sheet: Sheet, lines: Sequence[Line], columns: Sequence[str]) -> Iterator[Row]:
    wide = sum(map(bool, columns)) > 2
    for line in lines:
        cells: dict[str, str] = {}
        values: list[Cell] = []
        for column, cell in zip(columns, line.cells, strict=False):
            text = " ".join(cell.text.split())
            if column == "value" and text:
                values.append(Cell(text, cell.number))
            if column and text:
                cells.setdefault(column, text)
        yield Row(line.number, cells, sheet.name, tuple(dict.fromkeys(values)), _left(line, cells, wide=wide))


def _left(line: Line, cells: Mapping[str, str], *, wide: bool) -> Left | None:
    written = [cell.text for cell in line.cells if cell.text]
    if any(_is_total(text) for text in written[:3]):
        return Left.TOTAL
    again = sum(column_of(text) == column for column, text in cells.items())
    if again >= 2 or (again == 1 and len(cells) == 1):
        return Left.HEADER_AGAIN
    if not cells or (wide and len(set(written)) == 1 and "value" not in cells):
        return Left.HEADING
    return None


def _is_total(text: str) -> bool:
    plain = folded(text)
    return any(
        plain == word or plain.startswith((f"{word}:", f"{word} :", f"{word} (")) for word in TOTALS
    ) or (plain.startswith(("tong cong ", "tong so ")))


def title_of(column: str) -> str:
    """How a column is called in Vietnamese, for a message."""
    return {
        "level": "cấp học",
        "name": "tên trường",
        "commune": "xã, phường",
        "owner_kind": "loại đơn vị",
        "owner": "đơn vị",
        "value": "số",
        "bank": "ngân hàng",
        "unit": "đơn vị xác nhận",
        "source": "nguồn",
        "document": "số văn bản",
        "verified_at": "ngày xác minh",
    }.get(column, HEADERS[column][-1])
