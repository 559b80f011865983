"""Table files as offices send them, read by a child process with limits; nothing in them is evaluated."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from db import spreadsheet_child
from db.importing.letters import Letters, letters_of

MOST_BYTES: Final = spreadsheet_child.MOST_BYTES
PATIENCE_SECONDS: Final = 45.0


class FileRefused(ValueError):
    """The file is not one that can be read; the message is a code, such as "encrypted" or "bomb"."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and what the file held it as."""

    text: str
    number: bool = False
    """It was a number: zeros at its front are gone, if there were any."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet that is not empty, with the number that the office sees beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; of a CSV file the only one, without a name."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A file as it was read."""

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    """Sheets that the office hid: not taken in."""
    letters: Letters = Letters.UNICODE


def read_file(content: bytes, *, patience: float = PATIENCE_SECONDS) -> Book:
    """Read a CSV, XLSX or XLS file. Blocks for as long as that takes, `patience` seconds at most.

    Raises:
        FileRefused: it is none of these, is damaged, locked by a password, or too large in any way.
    """
    if len(content) > MOST_BYTES:
        raise FileRefused("too_large")
    try:
        child = subprocess.run(  # noqa: S603 - our own script and interpreter
            [sys.executable, "-I", spreadsheet_child.__file__],
            input=content,
            capture_output=True,
            timeout=patience,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise FileRefused("too_slow") from None
    if child.returncode != 0:
        raise FileRefused("too_heavy")
    return _book(json.loads(child.stdout))


def _book(read: Mapping[str, Any]) -> Book:
    if "refused" in read:
        raise FileRefused(str(read["refused"]))
    sheets = cast("Sequence[Mapping[str, Any]]", read["sheets"])
    shown = [sheet for sheet in sheets if not sheet["hidden"]]
    letters, mend = letters_of(
        (_written(cell) for sheet in shown for _, cells in sheet["rows"] for cell in cells),
        legacy=read.get("encoding") == "legacy",
    )
    if letters is Letters.UNKNOWN:
        raise FileRefused("letters")
    return Book(
        sheets=tuple(
            Sheet(
                mend(str(sheet["name"])),
                tuple(
                    Line(number, tuple(Cell(mend(_written(cell)), _is_number(cell)) for cell in cells))
                    for number, cells in sheet["rows"]
                ),
            )
            for sheet in shown
        ),
        hidden=tuple(str(sheet["name"]) for sheet in sheets if sheet["hidden"]),
        letters=letters,
    )


def _written(cell: str | Sequence[str]) -> str:
    return cell if isinstance(cell, str) else cell[1]


def _is_number(cell: str | Sequence[str]) -> bool:
    return not isinstance(cell, str) and cell[0] == "n"
