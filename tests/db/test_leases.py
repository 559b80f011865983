"""One holder at a time, soon another after it dies, and no clock that was wrong holds anything for long."""

from datetime import datetime, timedelta

from db import leases
from db.engine import Database
from tests.builders import NOW

LENGTH = timedelta(seconds=3)


async def take(database: Database, holder: str, now: datetime) -> bool:
    async with database.transaction() as session:
        return await leases.take(session, "send:telegram:1", holder=holder, now=now, length=LENGTH)


async def test_one_holder_at_a_time_may_renew_and_another_waits_until_it_runs_out(database: Database) -> None:
    assert await take(database, "a", NOW)
    assert not await take(database, "b", NOW + timedelta(seconds=2))
    assert await take(database, "a", NOW + timedelta(seconds=2))
    assert not await take(database, "b", NOW + timedelta(seconds=5))
    assert await take(database, "b", NOW + timedelta(seconds=6))
    assert not await take(database, "a", NOW + timedelta(seconds=6))


async def test_what_is_given_back_is_free_at_once_and_only_its_holder_can(database: Database) -> None:
    assert await take(database, "a", NOW)
    for holder, free in (("b", False), ("a", True)):
        async with database.transaction() as session:
            await leases.give_back(session, "send:telegram:1", holder=holder)
        assert await take(database, "c", NOW) is free


async def test_a_lease_dated_by_a_clock_that_was_an_hour_ahead_is_taken_over(database: Database) -> None:
    assert await take(database, "a", NOW + timedelta(hours=1))
    assert await take(database, "b", NOW)
