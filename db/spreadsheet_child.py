"""Reads one table file in a process of its own, which may not use much and is killed when it takes long.

Run as a script: the file comes on standard input, JSON goes to standard output. It imports nothing of ours,
so that it starts at once. A file is looked at before any parser sees it: its kind, its directory, what its
parts really inflate to, and whether they bring entities of their own.
"""

import csv
import io
import json
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Final, TextIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_MEMORY: Final = 1024 * 1024 * 1024
MOST_SECONDS: Final = 30
MOST_PARTS: Final = 500
MOST_INFLATED: Final = 100 * 1024 * 1024
MOST_RATIO: Final = 100
SMALL_PART: Final = 1024 * 1024
"""A part up to here may be as repetitive as it likes."""
MOST_SHEETS: Final = 50
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 2_000_000
LONGEST_CELL: Final = 4_000

_PIECE: Final = 256 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_FORBIDDEN_XML: Final = tuple(
    text.encode(encoding)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_OVERLAP: Final = max(map(len, _FORBIDDEN_XML)) - 1

Cell = str | list[str]
"""Text; or ["n", digits] for what the file holds as a number, ["d", "2026-11-24"] for a date."""


class Refused(Exception):
    """The file is not read; the message is a code that says why."""


def main(source: BinaryIO, target: TextIO) -> None:
    """Read the file and write the tables, or why not."""
    try:
        answer = read(source.read(MOST_BYTES + 1))
    except Refused as refused:
        answer = {"refused": str(refused)}
    json.dump(answer, target, ensure_ascii=False, separators=(",", ":"))


def limit_this_process() -> None:
    """Let the kernel end this process when it takes more than a table file may need."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read(content: bytes) -> dict[str, Any]:
    """The tables of a file.

    Raises:
        Refused: "empty", "too_large", "format", "html", "encrypted", "corrupt", "bomb", "entities", "sheets",
            "rows", "columns", "cells", "long_cell".
    """
    if not content.strip():
        raise Refused("empty")
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    if content.startswith(b"PK"):
        _look_into_zip(content)
        return {"format": "xlsx", "sheets": _workbook(content)}
    if content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise Refused("encrypted")
        return {"format": "xls", "sheets": _workbook(content)}
    encoding, text = _decoded(content)
    return {"format": "csv", "encoding": encoding, "sheets": [_csv(text)]}


def _look_into_zip(content: bytes) -> None:
    """Refuse what is no XLSX or would inflate beyond measure, by what it says and by what it does."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused("corrupt") from None
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise Refused("bomb")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Refused("format")
    left = MOST_INFLATED
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("encrypted")
        if part.file_size > max(SMALL_PART, part.compress_size * MOST_RATIO):
            raise Refused("bomb")
        left = _inflate(archive, part, left)


def _inflate(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    seen = b""
    # The library stops at the size that the part declares and then compares its sum; a part that lies about
    # its size fails there.
    try:
        with archive.open(part) as opened:
            while piece := opened.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused("bomb")
                window = seen + piece
                if any(mark in window for mark in _FORBIDDEN_XML):
                    raise Refused("entities")
                seen = piece[-_OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        raise Refused("corrupt") from None
    return left


def _workbook(content: bytes) -> list[dict[str, Any]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            if len(book.sheets_metadata) > MOST_SHEETS:
                raise Refused("sheets")
            budget = _Budget()
            return [
                {
                    "name": about.name,
                    "hidden": about.visible is not SheetVisibleEnum.Visible,
                    "rows": _sheet(book.get_sheet_by_index(index), budget),
                }
                for index, about in enumerate(book.sheets_metadata)
            ]
    except PasswordError:
        raise Refused("encrypted") from None
    except (CalamineError, OSError, ValueError):
        raise Refused("corrupt") from None


class _Budget:
    """What is left of the rows and cells that a file may have."""

    def __init__(self) -> None:
        self.rows = MOST_ROWS
        self.cells = MOST_CELLS

    def take(self, rows: int, cells: int) -> None:
        self.rows -= rows
        self.cells -= cells
        if self.rows < 0:
            raise Refused("rows")
        if self.cells < 0:
            raise Refused("cells")


def _sheet(sheet: CalamineSheet, budget: _Budget) -> list[list[Any]]:
    """Rows that are not empty, each with its number in the file; a merged value stands in all its cells."""
    if sheet.start is None:
        return []
    top, left = sheet.start
    if left + sheet.width > MOST_COLUMNS:
        raise Refused("columns")
    budget.take(sheet.height, sheet.height * sheet.width)
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    for (first, column), (last, last_column) in sheet.merged_cell_ranges or ():
        _spread(rows, (first - top, last - top), (column - left, last_column - left))
    return [[top + number + 1, [""] * left + row] for number, row in enumerate(rows) if any(row)]


def _spread(rows: list[list[Cell]], down: tuple[int, int], across: tuple[int, int]) -> None:
    """Put the value of a merge into all of its cells that lie within the table."""
    (first, last), (column, last_column) = down, across
    if not (0 <= first < len(rows) and 0 <= column < len(rows[first])):
        return
    value = rows[first][column]
    if not value:
        return
    for row in rows[first : last + 1]:
        for at in range(column, min(last_column + 1, len(row))):
            row[at] = value


def _cell(value: object) -> Cell:
    match value:
        case bool():
            return "x" if value else ""
        case int() | float():
            whole = float(value).is_integer()
            return ["n", str(int(value)) if whole else repr(value)]
        case datetime():
            return ["d", value.date().isoformat()]
        case date():
            return ["d", value.isoformat()]
        case time() | timedelta():
            return str(value)
        case _:
            return _text(str(value))


def _text(value: str) -> str:
    if len(value) > LONGEST_CELL:
        raise Refused("long_cell")
    return value.strip()


def _decoded(content: bytes) -> tuple[str, str]:
    """The text of a file that is no workbook. Old fonts are told apart by whoever knows the words."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return encoding, _strictly(content, encoding)
    if b"\0" in content:
        little = content[1:400:2].count(0) >= content[0:400:2].count(0)
        return "utf-16", _strictly(content, "utf-16-le" if little else "utf-16-be")
    if content.lstrip()[:1] == b"<":
        raise Refused("html")
    try:
        return "utf-8", content.decode()
    except UnicodeDecodeError:
        return "legacy", content.decode("latin-1")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("corrupt") from None
    if "\0" in text:
        raise Refused("format")
    return text


def _csv(text: str) -> dict[str, Any]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    budget = _Budget()
    try:
        rows = list(_lines(lines, budget))
    except csv.Error:
        raise Refused("corrupt") from None
    return {"name": "", "hidden": False, "rows": rows}


def _lines(lines: Iterator[Sequence[str]], budget: _Budget) -> Iterator[list[Any]]:
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            raise Refused("columns")
        budget.take(1, len(line))
        cells = [_text(cell) for cell in line]
        if any(cells):
            yield [number, cells]


def _delimiter(text: str) -> str:
    """What parts the cells: the one that the most of the first lines have, and have the most of."""
    first = text[:20_000].splitlines()[:30]
    return max(
        ",;\t",
        key=lambda mark: (sum(mark in line for line in first), sum(line.count(mark) for line in first)),
    )


if __name__ == "__main__":
    limit_this_process()
    main(sys.stdin.buffer, sys.stdout)
