"""Clocks that are set wrong, a process that stands still, a database server that dies: nothing is lost."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.leasing import LENGTH
from bot.pacing import AT_ONCE
from db.migrate import upgrade
from db.models import Lane
from tests.channels.peer import Peer
from tests.faults.checker import Deaths, Records, check
from tests.faults.own_server import OwnServer
from tests.faults.service import Replica, Spawner, World
from tests.faults.test_kills import post_again

HOUR = 3600


@pytest.fixture(params=["sqlite_service_url", "postgresql_service_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_a_clock_set_an_hour_wrong_and_right_again_loses_and_doubles_nothing(
    starting: Spawner, peer: Peer, world: World, url: str, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    replica, records = Replica(starting, peer, url), Records(url)
    replica.environment["GOILAI_CLOCK_FILE"] = str(clock)
    deaths = Deaths(records, [replica])
    for error, killed in ((0, False), (HOUR, True), (-HOUR, False), (HOUR, True), (0, False), (-HOUR, True)):
        clock.write_text(str(error), encoding="ascii")
        if not replica.alive:
            await replica.start()
            assert await replica.ready()
        await asyncio.gather(*(world.post(replica, event) for event in world.burst(8)))
        if killed:
            await replica.kill()
            deaths.look()
    clock.write_text("0", encoding="ascii")
    await replica.start()
    assert await replica.ready()
    await post_again(world, replica)
    await records.until_drained()
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    assert found.duplicates <= deaths.in_flight + starting.ambiguous_sends + found.failed_first


async def test_a_replica_that_stands_still_is_replaced_and_does_no_harm_when_it_goes_on(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str
) -> None:
    replicas = [Replica(starting, peer, postgresql_service_url) for _ in range(2)]
    records = Records(postgresql_service_url)
    for replica in replicas:
        await replica.start()
        assert await replica.ready()
    # One of the two is the one that sends; each is stopped once.
    for still, other in (replicas, reversed(replicas)):
        for event in world.burst(12):
            await world.post(other, event)
        os.kill(still.process, signal.SIGSTOP)
        answered = len(peer.made("sendMessage"))
        for event in world.burst(12):
            assert await world.post(other, event)
        await asyncio.sleep(LENGTH.total_seconds() + 1)
        await peer.until(lambda before=answered: len(peer.made("sendMessage")) > before, seconds=60)
        os.kill(still.process, signal.SIGCONT)
        await asyncio.gather(*(world.post(still, event) for event in world.burst(12)))
    await records.until_drained()
    for replica in replicas:
        await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    # Requests that were on their way when it was stopped are made again by who takes over.
    assert found.duplicates <= (
        starting.lost_leases * AT_ONCE[Lane.ANSWER] + starting.ambiguous_sends + found.failed_first
    )


async def test_a_database_server_killed_under_load_and_started_again_has_everything_acknowledged(
    starting: Spawner, peer: Peer, world: World, own_server: OwnServer
) -> None:
    await upgrade(own_server.url)
    replica, records = Replica(starting, peer, own_server.url), Records(own_server.url)
    await replica.start()
    assert await replica.ready()
    for _ in range(3):
        posting = [asyncio.create_task(world.post(replica, event)) for event in world.burst(24)]
        await asyncio.sleep(world.rng.uniform(0.05, 0.4))
        await asyncio.to_thread(own_server.kill)
        await asyncio.gather(*posting)
        await asyncio.to_thread(own_server.start)
    await asyncio.wait_for(_until_taken(world, replica), 90)
    await records.until_drained(seconds=90)
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])


async def _until_taken(world: World, replica: Replica) -> None:
    """As a platform does: again and again, in its order, until it is acknowledged."""
    for number, event in sorted(world.posted.items()):
        while number not in world.acknowledged:
            if not await world.post(replica, event):
                await asyncio.sleep(0.2)
