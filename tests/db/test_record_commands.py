"""`goilai backup`, `restore` and `forget-again` as an operator types them, with a service on the file and without."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from db import erasures
from db.engine import Database
from db.keys import Keys
from db.models import Conversation
from db.personal_data import erase
from scripts.goilai import app
from tests.db.builders import make_conversation

SECRET = "k" * 40
Run = Callable[..., Result]


@pytest.fixture
def goilai(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    return sqlite_url


async def add(database: Database, *addresses: str) -> None:
    async with database.transaction() as session:
        for address in addresses:
            await make_conversation(session, address)


async def forget(database: Database, address: str, ledger: Path) -> None:
    async with database.transaction() as session:
        found = (await session.scalars(select(Conversation).where(Conversation.address == address))).one()
        erasures.note(ledger, Keys(SECRET.encode()), found, datetime.now(UTC) + timedelta(days=1))
        await erase(session, found)


async def remembered(url: str) -> list[str]:
    database = Database(url)
    async with database.reading() as session:
        found = sorted(await session.scalars(select(Conversation.address)))
    await database.close()
    return found


async def test_a_copy_made_in_service_comes_back_without_whoever_asked_to_be_forgotten_since(
    goilai: Run, url: str, tmp_path: Path
) -> None:
    service = Database(url)
    await add(service, "stays", "gone")
    made = await asyncio.to_thread(goilai, "backup", "copy.db")
    assert (made.exit_code, "Backed up to copy.db" in made.output) == (0, True)
    await add(service, "after the copy")
    await forget(service, "gone", tmp_path / "erasures.jsonl")

    under_way = await asyncio.to_thread(goilai, "restore", "copy.db")
    assert (under_way.exit_code, "Nothing was changed" in under_way.output) == (1, True)
    await service.close()
    assert await remembered(url) == ["after the copy", "stays"]

    back = await asyncio.to_thread(goilai, "restore", "copy.db")
    assert (back.exit_code, "1 conversations erased again" in back.output) == (0, True)
    assert await remembered(url) == ["stays"]
    kept = await remembered(f"{url}.before-restore")
    assert kept == ["after the copy", "stays"]


def test_what_cannot_be_copied_or_put_back_is_said_in_a_sentence(
    goilai: Run, url: str, tmp_path: Path
) -> None:
    assert goilai("backup", "copy.db").exit_code == 0
    (tmp_path / "broken.db").write_bytes((tmp_path / "copy.db").read_bytes()[:9000])
    for arguments, said in (
        (("backup", "copy.db"), "exists already"),
        (("restore", "broken.db"), "Nothing was changed"),
        (("restore", "missing.db"), "missing.db"),
    ):
        answered = goilai(*arguments)
        assert answered.exit_code != 0
        assert said in answered.output
        assert "Traceback" not in answered.output


def test_postgresql_is_copied_with_its_own_tools(
    goilai: Run, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    answered = goilai("backup", "copy.db")
    assert (answered.exit_code, "pg_dump" in answered.output) == (1, True)
    assert "0 conversations erased again" in goilai("forget-again").output
