"""Builders of imports for tests: files as offices make them, brought, checked and proposed."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter
import xlwt
from sqlalchemy import select

from db import approvals
from db.engine import Database
from db.importing import staging, working
from db.importing.desk import propose
from db.importing.reading import Given
from db.models import (
    ImportBatch,
    ImportKind,
    ImportRow,
    Indicator,
    IndicatorState,
    Proposal,
    ProposalStatus,
    RowOutcome,
)
from db.rights import Actor
from scamcheck.claims import OwnerKind
from tests.builders import NOW

SOURCE: Final = Given(
    source="công văn của phòng",
    document="12/CV",
    verified_at=date(2026, 11, 1),
    consent="các thầy cô, công văn 12/CV",
)
CONTACTS = Given(
    source="công văn", verified_at=date(2026, 11, 1), owner_kind=OwnerKind.SCHOOL, consent="công văn 12/CV"
)
POLICE_SAYS = Given(
    source="đơn trình báo", document="7/TB", verified_at=date(2026, 11, 1), unit="Công an tỉnh Ví Dụ"
)
Cells = Sequence[Sequence[Any]]


def csv_of(*rows: Sequence[str], encoding: str = "utf-8", mark: str = ",") -> bytes:
    return "\r\n".join(mark.join(row) for row in rows).encode(encoding)


NUMBERS = csv_of(["số điện thoại"], ["0912 000 091"], ["0912 000 092"], ["0912 000 091"])
"""A list of two numbers, one of them twice."""


def xlsx_of(
    rows: Cells, *, merges: Sequence[tuple[str, str]] = (), name: str = "Danh sách", **more: Cells
) -> bytes:
    """Rows of one sheet, and of more by name; `None` leaves a cell empty, a `date` is written as one."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, cells in {name: rows, **more}.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(cells):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(
                        number,
                        column,
                        datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None),
                        day,
                    )
                elif value is not None:
                    sheet.write(number, column, value)
        for place, value in merges if title == name else ():
            sheet.merge_range(place, value)
    book.close()
    return target.getvalue()


def xls_of(rows: Cells, *, merges: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    target = io.BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    merged = {
        (row, column)
        for row, last, column, last_column, _ in merges
        for row in range(row, last + 1)
        for column in range(column, last_column + 1)
    }
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None and (number, column) not in merged:
                sheet.write(number, column, value)
    for first, last, column, last_column, value in merges:
        sheet.write_merge(first, last, column, last_column, value)
    book.save(target)
    return target.getvalue()


async def bring(
    database: Database,
    actor: Actor,
    kind: ImportKind,
    content: bytes,
    *,
    given: Given = SOURCE,
    now: datetime = NOW,
) -> ImportBatch:
    """A file, brought and checked to its end."""
    async with database.transaction() as session:
        batch, _ = await staging.stage(
            session, actor=actor, kind=kind, file_name="danh-sach.xlsx", content=content, given=given, now=now
        )
    while await working.work(database, holder="test", clock=lambda: now):
        pass
    async with database.reading() as session:
        return await session.get_one(ImportBatch, batch.id)


async def report(database: Database, batch: ImportBatch) -> list[tuple[int, RowOutcome, str, str]]:
    """Row, outcome, reason and what it is about, of every line."""
    async with database.reading() as session:
        rows = await session.scalars(
            select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id)
        )
        return [(row.row, row.outcome, row.why, row.detail) for row in rows]


async def brought(
    database: Database, actor: Actor, kind: ImportKind, *rows: list[str], given: Given = CONTACTS
) -> list[tuple[RowOutcome, str]]:
    """Rows, brought and checked; the outcome of each and why."""
    batch = await bring(database, actor, kind, csv_of(*rows, mark=";"), given=given)
    return [(outcome, why) for _, outcome, why, _ in await report(database, batch)]


async def approve(database: Database, supervisor: Actor, proposal: Proposal) -> Proposal:
    """The second person takes in what was proposed."""
    async with database.transaction() as session:
        return await approvals.approve(
            session,
            actor=supervisor,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="đã xem báo cáo",
            now=NOW,
        )


async def proposed(database: Database, actor: Actor, public_id: str) -> Proposal:
    """What was brought, proposed."""
    async with database.transaction() as session:
        return await propose(session, actor=actor, public_id=public_id, reason="đã đối chiếu", now=NOW)


async def listed(database: Database) -> set[str]:
    """Keys of the identifiers that are confirmed."""
    async with database.reading() as session:
        rows = await session.scalars(
            select(Indicator.key).where(Indicator.status == IndicatorState.CONFIRMED)
        )
        return set(rows)


async def taken_in(
    database: Database,
    actor: Actor,
    supervisor: Actor,
    kind: ImportKind,
    *rows: list[str],
    given: Given = CONTACTS,
) -> str:
    """Rows, brought, proposed and approved; what came of it."""
    batch = await bring(database, actor, kind, csv_of(*rows, mark=";"), given=given)
    done = await approve(database, supervisor, await proposed(database, actor, batch.public_id))
    assert done.status is ProposalStatus.ACTIVE
    return done.result
