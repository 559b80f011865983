"""PostgreSQL copied and brought back as docs/operations.md says; who asked to be forgotten is forgotten again."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from db import audit, erasures
from db.audit import Verified
from db.engine import Database
from db.keys import Keys
from db.migrate import upgrade
from db.models import Conversation, Role
from db.personal_data import erase
from scripts.goilai import app
from tests.builders import NOW
from tests.db.builders import make_conversation
from tests.db.desk import make_actor
from tests.faults.own_server import OwnServer

SECRET = "k" * 40


@asynccontextmanager
async def opened(server: OwnServer) -> AsyncGenerator[Database]:
    database = Database(server.url)
    try:
        yield database
    finally:
        await database.close()


async def add_conversations(server: OwnServer, addresses: Iterable[str]) -> None:
    async with opened(server) as database, database.transaction() as session:
        for address in addresses:
            await make_conversation(session, address)


async def forget(server: OwnServer, address: str, ledger: Path) -> None:
    async with opened(server) as database, database.transaction() as session:
        found = (await session.scalars(select(Conversation).where(Conversation.address == address))).one()
        erasures.note(ledger, Keys(SECRET.encode()), found, NOW + timedelta(days=1))
        await erase(session, found)


async def remembered(server: OwnServer) -> list[str]:
    async with opened(server) as database, database.reading() as session:
        assert isinstance(await audit.verify(session), Verified)
        return sorted(await session.scalars(select(Conversation.address)))


@pytest.fixture
def ledger(own_server: OwnServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "erasures.jsonl"
    monkeypatch.setenv("DATABASE_URL", own_server.url)
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("ERASURE_LEDGER", str(path))
    return path


def goilai(command: str) -> str:
    done = CliRunner().invoke(app, [command])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
async def in_service(own_server: OwnServer) -> OwnServer:
    """A record with something in it."""
    await upgrade(own_server.url)
    await add_conversations(own_server, ["stays", "gone"])
    async with opened(own_server) as database, database.transaction() as session:
        await make_actor(session, Role.POLICE_OFFICER)
    return own_server


async def test_a_dump_brings_back_what_was_but_nobody_who_asked_to_be_forgotten(
    in_service: OwnServer, ledger: Path
) -> None:
    dump = str(in_service.kept / "goilai.dump")
    in_service.run("pg_dump", "--format=custom", f"--file={dump}", in_service.url)
    await add_conversations(in_service, ["after the dump"])
    await forget(in_service, "gone", ledger)
    assert await remembered(in_service) == ["after the dump", "stays"]
    in_service.run("pg_restore", "--clean", "--if-exists", f"--dbname={in_service.url}", dump)
    assert await remembered(in_service) == ["gone", "stays"]
    await _as_the_guide_says()
    assert await remembered(in_service) == ["stays"]


async def test_a_base_backup_and_the_archived_log_bring_back_what_came_after_it(
    in_service: OwnServer, ledger: Path
) -> None:
    copy = in_service.kept / "base"
    in_service.run(
        "pg_basebackup",
        f"--pgdata={copy}",
        "--wal-method=fetch",
        "--checkpoint=fast",
        f"--dbname={in_service.url}",
    )
    await add_conversations(in_service, ["after the backup"])
    in_service.archive()
    await forget(in_service, "gone", ledger)
    in_service.kill()
    # The disk is lost, and with it what was not archived.
    shutil.rmtree(in_service.data)
    copy.rename(in_service.data)
    (in_service.data / "recovery.signal").touch()
    in_service.start()
    assert await remembered(in_service) == ["after the backup", "gone", "stays"]
    await _as_the_guide_says()
    assert await remembered(in_service) == ["after the backup", "stays"]


async def _as_the_guide_says() -> None:
    """The commands have an event loop of their own."""
    await asyncio.to_thread(goilai, "migrate")
    assert "1 conversations" in await asyncio.to_thread(goilai, "forget-again")
