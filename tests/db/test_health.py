"""The probe of the record: written to, of this release, and worked off."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import inbox, outbox
from db.engine import Database
from db.health import probe
from db.models import Lane
from tests.builders import NOW
from tests.db.builders import make_conversation


async def test_an_idle_record_of_this_release_has_no_faults(database: Database) -> None:
    health = await probe(database, NOW)
    assert health.faults == ()
    assert (health.inbox_waiting, health.outbox_waiting) == (0, 0)


async def test_what_waits_is_counted_with_its_age_and_too_long_a_wait_is_a_fault(database: Database) -> None:
    async with database.transaction() as session:
        await inbox.accept(
            session, channel="telegram", bot_account="bot", event_id="1", address="1", payload="{}", now=NOW
        )
        conversation = await make_conversation(session)
        await outbox.queue(
            session, conversation=conversation, inbox_id=None, lane=Lane.ANSWER, payload="{}", now=NOW
        )
    health = await probe(database, NOW + timedelta(seconds=60))
    assert (health.inbox_waiting, health.outbox_waiting, health.faults) == (1, 1, ())
    assert health.outbox_oldest == timedelta(seconds=60)
    assert (await probe(database, NOW + timedelta(seconds=61))).faults == ("inbox is not worked off",)


async def test_a_schema_of_another_release_is_a_fault(database: Database) -> None:
    async with database.transaction() as session:
        before = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert (await probe(database, NOW)).faults == ("schema is not that of this release",)
    finally:
        async with database.transaction() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": before})


async def test_a_record_that_cannot_be_written_to_is_told_by_its_own_error(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.transaction() as session:
        await session.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON lease BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    with pytest.raises(DBAPIError):
        await probe(database, NOW)
    await database.close()
