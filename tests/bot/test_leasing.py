"""One process at a time does what only one may, and another takes over; each lane has its own pace."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import leasing
from bot.channels.adapter import SENT, SendResult
from bot.leasing import Lease, while_held
from bot.messages import Channel, ConversationId, Reply
from bot.messages_json import reply_to_json
from bot.pacing import Bucket
from bot.record_clock import record_clock
from bot.sending import Sender
from db import outbox
from db.engine import Database
from db.models import Lane
from tests.bot.conftest import Clock, Platform
from tests.builders import NOW


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


async def test_of_two_processes_one_holds_and_the_other_takes_over_when_it_dies(
    database: Database, clock: Clock
) -> None:
    first, second = (Lease(database, "send:telegram:1", clock=clock) for _ in range(2))
    assert await first.renew()
    assert first.holds
    alone = database.dialect == "sqlite"  # there is no other process
    assert await second.renew() is alone
    clock.forward(seconds=4)
    assert first.holds is alone
    assert await second.renew()
    await second.give_back()
    assert await first.renew()


async def test_work_begins_with_the_lease_and_is_stopped_when_it_is_lost(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "RENEWED_EVERY", 0.01)
    stop, began, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(ending: asyncio.Event) -> None:
        began.set()
        await ending.wait()
        ended.set()

    task = asyncio.create_task(while_held(Lease(database, "poll", clock=clock), work, stop))
    async with asyncio.timeout(10):
        await began.wait()
        stop.set()
        await task
    assert ended.is_set()


async def test_what_the_work_raises_comes_through(database: Database, clock: Clock) -> None:
    async def work(ending: asyncio.Event) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours
        await while_held(Lease(database, "poll", clock=clock), work, asyncio.Event())


async def test_one_hanging_conversation_delays_no_other(database: Database, clock: Clock) -> None:
    hanging = asyncio.Event()

    class Slow(Platform):
        async def send(self, address: str, reply: Reply) -> SendResult:
            if address == "hangs":
                await hanging.wait()
            self.received.append((address, reply))
            return SENT

    platform = Slow(Channel.TELEGRAM)
    async with database.transaction() as session:
        for number in range(40):
            address = "hangs" if number == 0 else str(number)
            await outbox.queue(
                session,
                conversation=ConversationId(Channel.TELEGRAM, "bot", address),
                inbox_id=None,
                lane=Lane.ANSWER,
                payload=reply_to_json(Reply("Chào")),
                now=NOW,
            )
    sender = Sender(database, platform, clock=clock, sends_per_second=1000)
    task = asyncio.create_task(sender.run())
    async with asyncio.timeout(10):
        while len(platform.received) < 39:  # noqa: ASYNC110 - the platform's own count
            await asyncio.sleep(0.01)
        hanging.set()
        sender.stop()
        await task
    assert len(platform.received) == 40


def test_a_bucket_gives_what_a_second_brings_and_saves_no_more(clock: Clock) -> None:
    bucket = Bucket(10, clock)
    assert bucket.available() == 10
    bucket.take(10)
    assert bucket.available() == 0
    assert bucket.seconds_to_next == pytest.approx(0.1)
    clock.forward(seconds=0.25)
    assert bucket.available() == 2
    clock.forward(hours=1)
    assert bucket.available() == 10


async def test_the_time_of_the_record_does_not_jump_with_the_machines_clock(
    database: Database, clock: Clock
) -> None:
    seconds = 0.0
    now = await record_clock(database, clock, steady=lambda: seconds)
    before = now()
    clock.forward(hours=1)
    seconds = 5.0
    assert now() - before == timedelta(seconds=5)
