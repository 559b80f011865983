"""Wake-ups across connections: heard after the commit, and again after the connection broke."""

import asyncio

import psycopg
import pytest

from db import wakeups
from db.engine import Database
from db.wakeups import Topic


async def told(database: Database, topic: Topic) -> None:
    async with database.transaction() as session:
        await wakeups.tell(session, topic)


async def test_every_listener_hears_of_work_and_after_a_broken_connection_again(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeups, "RECONNECT_SECONDS", 0.05)
    database = Database(postgresql_url)
    heard: asyncio.Queue[Topic] = asyncio.Queue()
    listening = asyncio.create_task(wakeups.listen(postgresql_url, heard.put_nowait))
    async with asyncio.timeout(20):
        assert {await heard.get(), await heard.get()} == set(Topic)
        await told(database, Topic.INBOX)
        assert await heard.get() is Topic.INBOX
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute("SELECT pg_notify('goilai', 'something else')")
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
            )
        assert {await heard.get(), await heard.get()} == set(Topic)
        await told(database, Topic.OUTBOX)
        assert await heard.get() is Topic.OUTBOX
    listening.cancel()
    await asyncio.wait([listening])
    await database.close()


async def test_on_sqlite_nobody_is_told_and_nobody_listens(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await told(database, Topic.INBOX)
    await wakeups.listen(sqlite_url, lambda _: None)
    await database.close()
