"""Which databases are accepted, how they are opened, and what a transaction promises."""

import asyncio
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from db import engine
from db.engine import Database, DatabaseInUse, DatabaseUrlRefused, accepted_url
from db.models import NaiveTime, Person
from tests.builders import NOW


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("sqlite:///var/goilai.db", "sqlite+aiosqlite:///var/goilai.db"),
        ("sqlite+aiosqlite:////srv/goilai.db", "sqlite+aiosqlite:////srv/goilai.db"),
        ("postgresql://u:p@db.example/goilai", "postgresql+psycopg://u:p@db.example/goilai"),
        ("postgresql+psycopg://u@/goilai?host=/run/pg", "postgresql+psycopg://u@/goilai?host=%2Frun%2Fpg"),
    ],
)
def test_the_four_forms_are_accepted(given: str, opened: str) -> None:
    assert accepted_url(given).render_as_string(hide_password=False) == opened


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "is not an address"),
        ("goilai.db", "is not an address"),
        ("mysql://u:secret@h/db", "begins with mysql"),
        ("postgresql+asyncpg://u:secret@h/db", r"begins with postgresql\+asyncpg"),
        ("postgres://u:secret@h/db", "begins with postgres"),
        ("postgresql://u:secret@h", "names a database"),
        ("sqlite://", "is a file and nothing else"),
        ("sqlite:///:memory:", "is a file and nothing else"),
        ("sqlite:///x.db?mode=ro", "is a file and nothing else"),
        ("sqlite://host/x.db", "is a file and nothing else"),
    ],
)
def test_anything_else_is_refused_with_a_sentence_and_without_the_password(given: str, sentence: str) -> None:
    with pytest.raises(DatabaseUrlRefused, match=sentence) as refused:
        accepted_url(given)
    assert "secret" not in str(refused.value)


async def test_sqlite_is_opened_as_durability_and_privacy_ask(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.reading() as session:
        settings = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in (
                "journal_mode",
                "synchronous",
                "busy_timeout",
                "foreign_keys",
                "secure_delete",
                "trusted_schema",
            )
        }
    await database.close()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }


async def test_postgresql_gives_up_on_what_takes_too_long(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    async with database.reading() as session:
        settings = {name: await session.scalar(text(f"SHOW {name}")) for name in engine.POSTGRESQL_SETTINGS}
    await database.close()
    assert settings == engine.POSTGRESQL_SETTINGS


async def test_a_new_sqlite_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "made" / "goilai.db"
    database = Database(f"sqlite:///{path}")
    await database.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def open_in_another_process(url: str) -> subprocess.CompletedProcess[str]:
    opening = "import sys; from db.engine import Database; Database(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", opening, url], capture_output=True, text=True, check=False)


async def test_a_second_process_is_refused_until_the_first_closes(sqlite_url: str) -> None:
    first = Database(sqlite_url)
    refused = await asyncio.to_thread(open_in_another_process, sqlite_url)
    assert "is open in another process" in refused.stderr
    await first.close()
    await first.close()
    assert (await asyncio.to_thread(open_in_another_process, sqlite_url)).returncode == 0


async def test_a_tool_may_open_the_file_beside_the_server(sqlite_url: str) -> None:
    server = Database(sqlite_url)
    tool = Database(sqlite_url, exclusive=False)
    async with tool.transaction() as session:
        session.add(Person(created_at=NOW))
    async with server.reading() as session:
        assert len((await session.scalars(select(Person))).all()) == 1
    await tool.close()
    with pytest.raises(DatabaseInUse):
        Database(sqlite_url)
    await server.close()


async def people_in(database: Database) -> int:
    async with database.reading() as session:
        return len((await session.scalars(select(Person))).all())


async def test_a_transaction_is_committed_at_its_end(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Person(created_at=NOW))
    assert await people_in(database) == 1


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            session.add(Person(created_at=NOW))
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await people_in(database) == 0


async def test_nothing_written_while_reading_is_kept(database: Database) -> None:
    async def write() -> None:
        async with database.reading() as session:
            session.add(Person(created_at=NOW))
            await session.flush()

    if database.dialect == "postgresql":
        with pytest.raises(DBAPIError, match="read-only"):
            await write()
    else:
        await write()
    assert await people_in(database) == 0


async def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    async with database.reading() as session:
        before = (await session.scalars(select(Person))).all()
        async with database.transaction() as other:
            other.add(Person(created_at=NOW))
        assert (await session.scalars(select(Person))).all() == before == []
    assert await people_in(database) == 1


async def test_transactions_that_read_and_then_write_do_not_fail_each_other(database: Database) -> None:
    async def read_then_write() -> None:
        async with database.transaction() as session:
            await session.scalars(select(Person))
            await asyncio.sleep(0)
            session.add(Person(created_at=NOW))

    await asyncio.gather(*(read_then_write() for _ in range(20)))
    assert await people_in(database) == 20


async def test_a_transaction_inside_another_gives_up_on_sqlite(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WRITER_PATIENCE_SECONDS", 0.05)
    database = Database(sqlite_url)

    async def nest() -> None:
        async with database.transaction(), database.transaction():
            pass

    with pytest.raises(TimeoutError):
        await nest()
    async with database.transaction() as session:
        session.add(Person(created_at=NOW))
    assert await people_in(database) == 1
    await database.close()


async def test_times_come_back_in_utc_and_zoneless_ones_are_refused(database: Database) -> None:
    vietnam = datetime.fromisoformat("2026-11-24T10:00:00+07:00")
    async with database.transaction() as session:
        session.add(Person(created_at=vietnam))
    async with database.reading() as session:
        stored = (await session.scalars(select(Person.created_at))).one()
    assert stored == vietnam
    assert stored.utcoffset() == NOW.utcoffset()

    async def store_zoneless() -> None:
        async with database.transaction() as session:
            session.add(Person(created_at=vietnam.replace(tzinfo=None)))

    with pytest.raises(Exception) as refused:  # noqa: PT011  # the driver's layer wraps it
        await store_zoneless()
    assert isinstance(refused.value.__cause__ or refused.value, NaiveTime)


async def test_erasing_traces_never_waits_for_a_reader(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Person(created_at=NOW))
    async with database.reading() as session:
        await session.scalars(select(Person))
        async with database.transaction() as other:
            other.add(Person(created_at=NOW))
        assert await database.erase_traces() == (database.dialect == "postgresql")
    assert await database.erase_traces()
    assert await people_in(database) == 2


async def test_the_address_with_its_password_is_there_for_another_connection() -> None:
    database = Database("postgresql://user:secret@host/name")
    assert database.url == "postgresql+psycopg://user:secret@host/name"
    await database.close()


@pytest.mark.parametrize("trusted_seconds", [60.0, 0.0])
async def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, trusted_seconds: float
) -> None:
    monkeypatch.setattr(engine, "TRUSTED_SECONDS", trusted_seconds)
    database = Database(postgresql_url)
    pids: list[int] = []
    for ended in (False, False, True, False):
        if ended:
            with psycopg.connect(postgresql_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pids[-1],))
        async with database.transaction() as session:
            pids.append((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())
    await database.close()
    assert pids[0] == pids[1]
    assert pids[1] != pids[2]
    assert pids[2] == pids[3]
