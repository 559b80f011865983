"""Killed while it migrates, checks a file or takes one in: gone on with or not begun, all or nothing to readers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from db import audit, models
from db.audit import Verified
from db.engine import Database
from db.importing.desk import propose
from db.importing.staging import stage
from db.importing.working import ROWS_AT_A_TIME
from db.migrate import configuration, downgrade
from db.models import ImportBatch, ImportKind, ImportRow, ImportStatus, ProposalStatus, Role
from db.rights import Actor
from tests.builders import NOW
from tests.db.desk import make_actor
from tests.db.imports import POLICE_SAYS, csv_of
from tests.faults.desk_work import Death, Decision, Job
from tests.faults.service import Spawner, is_alive

ROWS = 1200
NUMBERS = csv_of(
    ["số điện thoại"], *([f"0912 {number // 1000:03d} {number % 1000:03d}"] for number in range(ROWS))
)
AFTER_A_LEASE = timedelta(minutes=3)


@pytest.fixture(params=["sqlite_service_url", "postgresql_service_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@dataclass
class Desk:
    """Starts the desk's work in processes that die of it."""

    starting: Spawner
    url: str
    folder: Path
    now: datetime = NOW
    deaths: int = field(default=0)

    async def dies(
        self, what: str, after: int, death: Death = Death.STATEMENT, decision: Decision | None = None
    ) -> bool:
        """Do it in a process that dies at a moment; False when it was done before that came."""
        ended = self.folder / "ended"
        ended.unlink(missing_ok=True)
        job = Job(what, self.url, self.now, death, after, ended, decision)
        process = await self.starting.start(job.environment(), "desk")
        async with asyncio.timeout(60):
            while is_alive(process):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
        # What the dead process had claimed runs out.
        self.now += AFTER_A_LEASE
        self.deaths += not ended.exists()
        assert not ended.exists() or ended.read_text(encoding="utf-8") == ""
        return not ended.exists()

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[Database]:
        opened = Database(self.url)
        try:
            yield opened
        finally:
            await opened.close()


@pytest.fixture
def desk(starting: Spawner, url: str, tmp_path: Path) -> Desk:
    return Desk(starting, url, tmp_path)


async def state_of(database: Database) -> tuple[str | None, frozenset[str]]:
    """Which revision, and which tables there are."""
    async with database.engine.connect() as connection:
        tables = frozenset(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
        revision = (
            await connection.scalar(text("SELECT version_num FROM alembic_version"))
            if "alembic_version" in tables
            else None
        )
    return revision, tables


async def test_a_migration_killed_at_any_statement_is_done_or_not_begun(desk: Desk) -> None:
    revisions = ScriptDirectory.from_config(configuration())
    newest = revisions.get_current_head()
    await downgrade(desk.url, "0001")
    async with desk.database() as database:
        before = await state_of(database)
    steps = [(Death.STATEMENT, after) for after in (1, 3, 9, 27, 60, 90)] + [(Death.COMMIT, 1)]
    for death, after in steps:
        assert await desk.dies("migrate", after, death)
        async with desk.database() as database:
            assert await state_of(database) == before
    assert not await desk.dies("migrate", 100_000)
    async with desk.database() as database:
        revision, tables = await state_of(database)
    assert revision == newest
    assert tables > before[1]


@pytest.fixture
async def officer(desk: Desk) -> Actor:
    async with desk.database() as database, database.transaction() as session:
        return await make_actor(session, Role.POLICE_OFFICER)


@pytest.fixture
async def supervisor(desk: Desk) -> Actor:
    async with desk.database() as database, database.transaction() as session:
        return await make_actor(session, Role.POLICE_SUPERVISOR)


@pytest.fixture
async def brought(desk: Desk, officer: Actor) -> str:
    """A file that waits to be read."""
    async with desk.database() as database, database.transaction() as session:
        batch, _ = await stage(
            session,
            actor=officer,
            kind=ImportKind.INDICATORS,
            file_name="so.csv",
            content=NUMBERS,
            given=POLICE_SAYS,
            now=NOW,
        )
        return batch.public_id


async def taken_in(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(models.Indicator)) or 0


async def test_a_file_whose_reading_is_killed_is_read_on_and_each_row_once(desk: Desk, brought: str) -> None:
    moments = [
        (Death.READING, 1),  # nothing is read yet
        (Death.STATEMENT, 12),
        (Death.COMMIT, 2),  # the first rows are written, and not committed
        (Death.COMMIT, 3),
    ]
    cursors = list[int]()
    for death, after in moments:
        assert await desk.dies("import", after, death)
        async with desk.database() as database, database.reading() as session:
            batch = (await session.scalars(select(ImportBatch))).one()
            lines = await session.scalar(select(func.count()).select_from(ImportRow))
        assert batch.status is ImportStatus.CHECKING
        assert batch.cursor == lines
        assert batch.cursor % ROWS_AT_A_TIME == 0
        cursors.append(batch.cursor)
    assert cursors == sorted(cursors)
    assert not await desk.dies("import", 100_000)
    async with desk.database() as database:
        async with database.reading() as session:
            batch = (await session.scalars(select(ImportBatch))).one()
            numbers = list(await session.scalars(select(ImportRow.row)))
        assert await taken_in(database) == 0
    assert (batch.public_id, batch.status, batch.cursor) == (brought, ImportStatus.READY, ROWS)
    assert sorted(numbers) == list(range(2, ROWS + 2))


async def test_an_approval_killed_at_any_statement_takes_in_everything_or_nothing(
    desk: Desk, brought: str, officer: Actor, supervisor: Actor
) -> None:
    assert not await desk.dies("import", 100_000)
    async with desk.database() as database, database.transaction() as session:
        proposal = await propose(session, actor=officer, public_id=brought, reason="đã đối chiếu", now=NOW)
    decision = Decision(supervisor, proposal.public_id, proposal.version_hash)
    steps = [(Death.STATEMENT, after) for after in (1, 4, 12, 18, 24)] + [(Death.COMMIT, 1)]
    desk.now = NOW
    for death, after in steps:
        assert await desk.dies("approve", after, death, decision)
        desk.now = NOW  # what was proved a moment ago holds for a few minutes
        async with desk.database() as database, database.reading() as session:
            found = (await session.scalars(select(models.Proposal))).one()
            assert isinstance(await audit.verify(session), Verified)
            assert await taken_in(database) == 0
        assert found.status is ProposalStatus.PROPOSED
    assert not await desk.dies("approve", 100_000, decision=decision)
    async with desk.database() as database, database.reading() as session:
        found = (await session.scalars(select(models.Proposal))).one()
        assert isinstance(await audit.verify(session), Verified)
        assert await taken_in(database) == ROWS
    assert found.status is ProposalStatus.ACTIVE
