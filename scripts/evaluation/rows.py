"""Labelled rows and the four kinds of them; the kind is seen from the fields."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Kind(StrEnum):
    """What a row measures."""

    TEXT = "texts"
    NUMBER = "numbers"
    LOOKALIKE = "lookalikes"
    SCHOOL = "schools"


class UnknownRow(ValueError):
    """A line that is none of the four kinds."""


def kind_of(row: Row) -> Kind:
    """The kind of one row.

    Raises:
        UnknownRow: its fields are those of no kind.
    """
    if row.get("type") in ("school", "query"):
        return Kind.SCHOOL
    if "official" in row and "seen" in row:
        return Kind.LOOKALIKE
    if isinstance(row.get("expect"), dict) and "text" in row:
        return Kind.NUMBER
    if "label" in row and "text" in row:
        return Kind.TEXT
    raise UnknownRow(f"no kind of row has these fields: {', '.join(sorted(row))}")


def read_rows(paths: Iterable[Path]) -> dict[Kind, list[list[Row]]]:
    """The rows of each kind, one list per file: a file's schools are the registry of its own queries.

    Raises:
        UnknownRow: a line is not JSON or of no kind; the message names file and line.
        OSError: a file cannot be read.
    """
    found: dict[Kind, list[list[Row]]] = {kind: [] for kind in Kind}
    for path in paths:
        here: dict[Kind, list[Row]] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                here.setdefault(kind_of(row), []).append(row)
            except (UnknownRow, ValueError) as error:
                raise UnknownRow(f"{path}:{number}: {error}") from None
        for kind, rows in here.items():
            found[kind].append(rows)
    return found
