"""Phone numbers of one cell: several of them, old ones, and those that a spreadsheet has cut."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from db.importing.files import Cell
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import PhoneNumber, SeenNumber, find_numbers, parse_number, printed
from scamcheck.phone_reading import SERVICE_PREFIXES

_DIGITS: Final = re.compile(r"\d")
_CUT: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_BARE: Final = re.compile(r"(?<![\d+])[1-9](?:[ .\-]?\d){8,9}(?!\d)")
"""Nine or ten digits that do not begin with 0: a mobile or a landline without it."""
_GROUP_BEFORE: Final = re.compile(r"\d[ .\-]?$")
_MASK: Final = re.compile(r"[\dxX*•.\s\-()]+")
_LONGEST_SHORT: Final = 6
"""Letters of a short code."""
_FEWEST: Final = 3
"""So many digits beside the numbers are part of something that was not read."""


@dataclass(frozen=True, slots=True)
class Read:
    """One identifier of a cell, or why it is none."""

    kind: IdentifierKind
    written: str
    key: str = ""
    printed: str = ""
    why: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()
    number: PhoneNumber | None = None


def read_numbers(cell: Cell, *, restores_zeros: bool) -> Iterator[Read]:
    """Every number of a cell, in order; then what looks like a number and cannot be read.

    A number without its zero is a question, unless the answer is known: `restores_zeros`.
    """
    text = cell.text
    if _CUT.fullmatch(text):
        yield _unread(text, "number_cut")
        return
    if len(text) <= _LONGEST_SHORT and (short := parse_number(text)) is not None:
        yield _read(short, text)
        return
    rest = list(text)
    found: list[tuple[int, Read]] = []
    for bare in _BARE.finditer(text):
        digits = "".join(_DIGITS.findall(bare[0]))
        seen = None if _is_whole(text, bare.start(), digits) else parse_number("0" + digits)
        if seen is None:
            continue
        rest[bare.start() : bare.end()] = " " * len(bare[0])
        found.append((bare.start(), _restored(seen, bare[0], restores_zeros=restores_zeros)))
    numbers, _ = find_numbers("".join(rest))
    for seen in numbers:
        found.append((seen.start, _read(seen, text[seen.start : seen.end])))
        rest[seen.start : seen.end] = " " * (seen.end - seen.start)
    found.extend(
        (left.start(), _unread(left[0].strip(" -.(),"), "number"))
        for left in _MASK.finditer("".join(rest))
        if len(_DIGITS.findall(left[0])) >= _FEWEST and not _is_among(left[0], numbers)
    )
    found.sort(key=lambda one: one[0])
    if not found:
        yield _unread(text, "number")
    yield from (one for _, one in found)


def _is_among(text: str, numbers: Sequence[SeenNumber]) -> bool:
    """Whether this is one of the numbers once more: each is found once."""
    seen = parse_number(text)
    return seen is not None and any(seen.number == one.number for one in numbers)


def _is_whole(text: str, at: int, digits: str) -> bool:
    """Whether these digits need no zero: with the country's code, a service's, or a group before them."""
    return digits.startswith(("84", *SERVICE_PREFIXES)) or bool(_GROUP_BEFORE.search(text, 0, at))


def _restored(seen: SeenNumber, written: str, *, restores_zeros: bool) -> Read:
    if not restores_zeros:
        return _unread(written, "zero", printed(seen.number))
    read = _read(seen, printed(seen.number))
    return replace(read, written=written, notes=("zero_restored", *read.notes))


def _read(seen: SeenNumber, written: str) -> Read:
    if seen.other_readings:
        return _unread(written, "number_two_readings")
    old = seen.converted_from is not None
    notes = [f"old_number:{written}"] if old else []
    if seen.unusual_block:
        notes.append("unusual")
    as_written = " ".join(written.split())
    return Read(
        IdentifierKind.NUMBER,
        written,
        key=seen.number.key,
        printed=printed(seen.number) if old else as_written,
        notes=tuple(notes),
        number=seen.number,
    )


def _unread(written: str, why: str, detail: str = "") -> Read:
    return Read(
        IdentifierKind.NUMBER, written, why=why, detail=f"{written} → {detail}" if detail else written
    )
