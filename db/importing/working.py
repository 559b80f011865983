"""The dry run at work: a file is checked in batches of rows, and a killed process is followed by another.

Each batch of rows and the cursor behind it are one transaction. Whoever goes on reads the file again and
begins at the cursor.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, leases, models, places, rights
from db.engine import Database
from db.importing import rows, staging
from db.importing.checking import Seen, check
from db.importing.comparing import Found
from db.importing.drafts import Entry, from_json
from db.importing.files import FileRefused, read_file
from db.importing.reading import Given, Places, entries_of
from db.importing.scopes import scope_of
from db.importing.tables import Row, Table, TableUnreadable, read_table
from db.models import ImportBatch, ImportFile, ImportRow, ImportStatus

ROWS_AT_A_TIME: Final = 500
LEASE: Final = "import"
LEASE_LENGTH: Final = timedelta(seconds=120)
MOST_ATTEMPTS: Final = 5
"""A file at which the process was lost so often is not tried again."""


async def work(
    database: Database,
    *,
    holder: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Check the oldest file that waits; False when none does, or another process is at it.

    It goes to the end of the file, or stops after a batch of rows when the process is to end.
    """
    async with database.reading() as session:
        waiting = await session.scalar(
            select(ImportBatch.id)
            .where(ImportBatch.status == ImportStatus.CHECKING)
            .order_by(ImportBatch.id)
            .limit(1)
        )
    if waiting is None:
        return False
    async with database.transaction() as session:
        if not await leases.take(session, LEASE, holder=holder, now=clock(), length=LEASE_LENGTH):
            return False
        await session.execute(
            update(ImportBatch).where(ImportBatch.id == waiting).values(attempts=ImportBatch.attempts + 1)
        )
    try:
        await _check(database, waiting, holder, clock, stopping)
    except (FileRefused, TableUnreadable) as refused:
        await _refuse(database, waiting, str(refused), clock())
    finally:
        async with database.transaction() as session:
            await leases.give_back(session, LEASE, holder=holder)
    return True


async def _check(
    database: Database,
    batch_id: int,
    holder: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> None:
    async with database.reading() as session:
        batch = await session.get_one(ImportBatch, batch_id)
        content = await session.scalar(select(ImportFile.content).where(ImportFile.batch_id == batch_id))
        known = Places(await places.all_communes(session))
        seen = await _seen(session, batch)
    if batch.attempts > MOST_ATTEMPTS or content is None:
        raise FileRefused("fault")
    table = await asyncio.to_thread(_table, content)
    given = staging.from_json(batch.given)
    for start in range(batch.cursor, len(table.rows), ROWS_AT_A_TIME):
        if stopping():
            return
        some = table.rows[start : start + ROWS_AT_A_TIME]
        entries = await asyncio.to_thread(_entries, some, batch, given, known)
        async with database.transaction() as session:
            if not await _one_batch(session, batch, table, entries, start=start, seen=seen, now=clock()):
                return  # it was given up, or another process went on with it
            await leases.take(session, LEASE, holder=holder, now=clock(), length=LEASE_LENGTH)
    async with database.transaction() as session:
        await _finish(session, batch, clock())


def _table(content: bytes) -> Table:
    return read_table(read_file(content))


def _entries(some: Sequence[Row], batch: ImportBatch, given: Given, known: Places) -> list[Entry]:
    # The moment of the upload: a date that was to come then is refused however long the check takes.
    return [entry for row in some for entry in entries_of(row, batch.kind, given, known, batch.created_at)]


async def _seen(session: AsyncSession, batch: ImportBatch) -> Seen:
    """What earlier batches of rows of this file have remembered."""
    seen = Seen()
    written = await session.execute(
        select(ImportRow.row, ImportRow.draft, ImportRow.outcome, ImportRow.target)
        .where(ImportRow.batch_id == batch.id, ImportRow.draft != "")
        .order_by(ImportRow.id)
    )
    for row, draft, outcome, target in written:
        seen.note(from_json(batch.kind, draft), row, Found(outcome, target=target))
    return seen


async def _one_batch(
    session: AsyncSession,
    batch: ImportBatch,
    table: Table,
    entries: Sequence[Entry],
    *,
    start: int,
    seen: Seen,
    now: datetime,
) -> bool:
    await changes.one_at_a_time(session)
    membership = await session.scalar(
        select(models.Membership)
        .options(*rights.with_person_and_office())
        .where(models.Membership.id == batch.membership_id)
    )
    assert membership is not None  # noqa: S101  # a foreign key says so
    scope = await scope_of(session, membership)
    moved = await session.scalar(
        update(ImportBatch)
        .where(
            ImportBatch.id == batch.id,
            ImportBatch.status == ImportStatus.CHECKING,
            ImportBatch.version == batch.version,
            ImportBatch.cursor == start,
        )
        .values(
            cursor=min(start + ROWS_AT_A_TIME, len(table.rows)),
            total=len(table.rows),
            about=audit.canonical(
                {"unknown": table.unknown, "passed_over": table.passed_over, "letters": table.letters.value}
            ),
            updated_at=now,
            **(
                {
                    "registry_version": await changes.version(session),
                    "scope_hash": rows.scope_hash(scope),
                    "begun_at": now,
                }
                if start == 0
                else {}
            ),
        )
        .returning(ImportBatch.id)
    )
    if moved is None:
        return False
    checked = await check(session, entries, scope, seen, now)
    await rows.write(session, batch.id, checked)
    return True


async def _finish(session: AsyncSession, batch: ImportBatch, now: datetime) -> None:
    await session.execute(
        update(ImportBatch)
        .where(
            ImportBatch.id == batch.id,
            ImportBatch.status == ImportStatus.CHECKING,
            ImportBatch.version == batch.version,
        )
        .values(
            status=ImportStatus.READY,
            version=batch.version + 1,
            content_hash=await rows.content_hash(session, batch.id),
            checked_at=now,
            updated_at=now,
        )
    )


async def _refuse(database: Database, batch_id: int, why: str, now: datetime) -> None:
    async with database.transaction() as session:
        batch = await session.get_one(ImportBatch, batch_id)
        if batch.status is not ImportStatus.CHECKING:
            return
        await staging.erase(session, batch_id, rows=True)
        batch.status = ImportStatus.REFUSED
        batch.why = why
        batch.version += 1
        batch.updated_at = now
