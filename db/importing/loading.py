"""One file from the command line: all of its rows are taken in, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, identity, places
from db.importing import rows, staging, words
from db.importing.applying import Applying, apply
from db.importing.checking import Checked, Seen, check
from db.importing.comparing import Scope
from db.importing.drafts import TAKEN
from db.importing.files import FileRefused, read_file
from db.importing.reading import Given, Places, entries_of
from db.importing.tables import Table, TableUnreadable, read_table
from db.models import ImportBatch, ImportKind, ImportStatus, RowOutcome

MAX_PROBLEMS_SHOWN: Final = 50
_AT_A_TIME: Final = 1000
_FINE: Final = (*TAKEN, RowOutcome.DUPLICATE, RowOutcome.IGNORED)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row cannot be taken in. `row` counts as the file's rows do, the header being 1."""

    row: int
    reason: str
    sheet: str = ""

    def __str__(self) -> str:
        sheet = f"{self.sheet}, " if self.sheet else ""
        return f"{sheet}dòng {self.row} (row {self.row}): {self.reason}"


class RowsRefused(ValueError):
    """The file, or at least one row of it, cannot be taken in, so nothing was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = [str(problem) for problem in problems[:MAX_PROBLEMS_SHOWN]]
        if len(problems) > len(shown):
            shown.append(f"… và {len(problems) - len(shown)} dòng nữa (and more rows)")
        super().__init__("\n".join(shown))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows of a file."""

    new: int
    changed: int
    there: int
    """Recorded already, or twice in the file."""
    unknown: tuple[str, ...] = ()
    """Headers of columns that were not used."""


def read_rows(content: bytes) -> Table:
    """The rows of a CSV, XLSX or XLS file.

    Raises:
        RowsRefused: it cannot be read.
    """
    try:
        return read_table(read_file(content))
    except (FileRefused, TableUnreadable) as refused:
        raise RowsRefused([Problem(1, " / ".join(words.FILE[str(refused)]))]) from None


async def load(
    session: AsyncSession,
    kind: ImportKind,
    table: Table,
    *,
    approved_by: str,
    given: Given | None = None,
    now: datetime,
) -> Loaded:
    """Take in the rows: schools, contacts, or what police confirmed. Rows that are there change nothing.

    Raises:
        RowsRefused: with every row that cannot be taken in; the transaction must not be committed then.
    """
    await changes.one_at_a_time(session)
    known, seen = Places(await places.all_communes(session)), Seen()
    given = replace(given or Given(), needs_consent=False)
    entries = [entry for row in table.rows for entry in entries_of(row, kind, given, known, now)]
    checked: list[Checked] = []
    for start in range(0, len(entries), _AT_A_TIME):
        checked += await check(session, entries[start : start + _AT_A_TIME], Scope(), seen, now)
    problems = [
        Problem(
            one.entry.row, words.in_both(one.found.why, one.found.detail or one.entry.shown), one.entry.sheet
        )
        for one in checked
        if one.found.outcome not in _FINE
    ]
    if problems:
        raise RowsRefused(problems)
    batch = ImportBatch(
        public_id=identity.new_public_id(),
        kind=kind,
        status=ImportStatus.ACTIVE,
        file_name="",
        digest="",
        given=staging.to_json(given),
        total=len(table.rows),
        cursor=len(table.rows),
        created_at=now,
        updated_at=now,
    )
    session.add(batch)
    await session.flush()
    await rows.write(session, batch.id, checked)
    await apply(session, batch, Applying(approved_by, now))
    await staging.erase(session, batch.id, rows=True)
    counts = {outcome: sum(one.found.outcome is outcome for one in checked) for outcome in _FINE}
    return Loaded(
        counts[RowOutcome.NEW], counts[RowOutcome.CHANGED], counts[RowOutcome.DUPLICATE], table.unknown
    )
