"""What a process does from the moment its services are open."""

import asyncio
from pathlib import Path

import pytest

from bot.app import open_services, secret_of
from bot.settings import Settings
from db import audit
from db.audit import Anchor, Verified
from db.engine import Database
from db.sealing import Sealer
from tests.builders import NOW


def make_settings(**given: object) -> Settings:
    return Settings(_env_file=None, demo=False, secret="x7" * 20, **given)  # type: ignore[call-arg, arg-type]


async def something_happened(url: str) -> None:
    database = Database(url)
    async with database.transaction() as session:
        await audit.record(session, actor=None, action="test", subject="thing:1", now=NOW)
    await database.close()


async def anchors_in(path: Path) -> list[Anchor]:
    async with asyncio.timeout(10):
        while not (anchors := audit.read_anchors(path)):  # noqa: ASYNC110 - a file tells nobody that it is there
            await asyncio.sleep(0.01)
    return anchors


async def test_the_head_of_the_audit_is_written_outside_the_database(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    settings = make_settings(database_url=database_url, audit_anchor=str(path))
    await something_happened(database_url)
    async with open_services(settings) as services:
        anchors = await anchors_in(path)
        async with services.database.reading() as session:
            found = await audit.verify(session, anchors=anchors, sealer=Sealer(secret_of(settings)))
    assert isinstance(found, Verified)
    assert (found.entries, found.anchors) == (1, 1)


async def test_a_process_that_cannot_anchor_the_audit_says_so(
    postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_services(make_settings(database_url=postgresql_url)):
        pass
    assert "audit.not_anchored" in capsys.readouterr().out
