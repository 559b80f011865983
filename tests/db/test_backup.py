"""Backups: whole although the service writes, put back all or nothing, and forgetting who asked to be forgotten."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db import backup, erasures
from db.backup import BackupDamaged, BackupExists
from db.engine import Database, DatabaseInUse
from db.keys import Keys
from db.models import Conversation, Person
from tests.builders import NOW
from tests.db.builders import make_conversation

KEYS = Keys(b"k" * 32)


@pytest.fixture
def file(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


async def people_in(url: str) -> int:
    database = Database(url)
    async with database.reading() as session:
        count = await session.scalar(select(func.count()).select_from(Person))
    await database.close()
    return count or 0


async def add_person(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Person(created_at=NOW))


async def test_a_backup_made_while_the_service_writes_is_whole_and_private(
    sqlite_url: str, file: Path, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    for _ in range(20):
        await add_person(database)
    copying = asyncio.create_task(asyncio.to_thread(backup.back_up, file, tmp_path / "copy.db"))
    for _ in range(20):
        await add_person(database)
    await copying
    await database.close()
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert 20 <= await people_in(f"sqlite:///{tmp_path / 'copy.db'}") <= 40


async def test_a_backup_never_replaces_a_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(BackupExists):
        backup.back_up(file, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


async def test_a_restore_brings_back_what_was_and_keeps_what_it_replaced(
    sqlite_url: str, file: Path, tmp_path: Path
) -> None:
    backup.back_up(file, tmp_path / "copy.db")
    database = Database(sqlite_url)
    await add_person(database)
    await database.close()
    backup.put_back(tmp_path / "copy.db", file)
    assert await people_in(sqlite_url) == 0
    assert await people_in(f"sqlite:///{file}.before-restore") == 1


async def test_a_backup_can_be_put_where_there_is_no_database(file: Path, tmp_path: Path) -> None:
    backup.back_up(file, tmp_path / "copy.db")
    backup.put_back(tmp_path / "copy.db", tmp_path / "new.db")
    assert await people_in(f"sqlite:///{tmp_path / 'new.db'}") == 0


async def test_under_a_running_service_nothing_is_put_back(
    sqlite_url: str, file: Path, tmp_path: Path
) -> None:
    backup.back_up(file, tmp_path / "copy.db")
    database = Database(sqlite_url)
    with pytest.raises(DatabaseInUse):
        backup.put_back(tmp_path / "copy.db", file)
    await database.close()


@pytest.mark.parametrize("damage", ["cut off", "no database", "lost pages"])
async def test_a_damaged_backup_is_refused_and_changes_nothing(
    sqlite_url: str, file: Path, tmp_path: Path, damage: str
) -> None:
    database = Database(sqlite_url)
    for _ in range(200):
        await add_person(database)
    await database.close()
    copy = tmp_path / "copy.db"
    backup.back_up(file, copy)
    if damage == "cut off":
        copy.write_bytes(copy.read_bytes()[:-20_000])
    elif damage == "no database":
        copy.write_bytes(b"x" * 9000)
    else:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_inbox_received_at'")
            connection.commit()
    with pytest.raises(BackupDamaged):
        backup.put_back(copy, file)
    assert await people_in(sqlite_url) == 200


async def test_a_connection_to_the_replaced_file_is_not_used_again(
    sqlite_url: str, file: Path, tmp_path: Path
) -> None:
    backup.back_up(file, tmp_path / "copy.db")
    database = Database(sqlite_url)
    await add_person(database)
    (tmp_path / "copy.db").replace(file)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    await add_person(database)
    await add_person(database)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 2
    await database.close()


async def test_who_asked_to_be_forgotten_is_forgotten_again_and_nobody_else(
    database: Database, tmp_path: Path
) -> None:
    ledger = tmp_path / "kept" / "erasures.jsonl"
    async with database.transaction() as session:
        gone = await make_conversation(session, "gone")
        await make_conversation(session, "stays")
        erasures.note(ledger, KEYS, gone, NOW + timedelta(days=1))
    with ledger.open("a") as file:
        file.write('{"who": "cut o')
    async with database.transaction() as session:
        assert await erasures.apply(session, ledger, KEYS) == 1
    async with database.reading() as session:
        assert list(await session.scalars(select(Conversation.address))) == ["stays"]
    assert "gone" not in ledger.read_text()
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600


async def test_who_came_back_after_being_forgotten_is_kept(database: Database, tmp_path: Path) -> None:
    ledger = tmp_path / "erasures.jsonl"
    async with database.transaction() as session:
        first = await make_conversation(session, "back")
        erasures.note(ledger, KEYS, first, NOW - timedelta(days=1))
        assert await erasures.apply(session, ledger, KEYS) == 0
        assert await erasures.apply(session, tmp_path / "none.jsonl", KEYS) == 0
    async with database.reading() as session:
        assert list(await session.scalars(select(Conversation.address))) == ["back"]
