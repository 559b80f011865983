"""Killed at named points and at any time, on both databases: nothing lost, nothing twice, soon back."""

import asyncio
import os
import time

import pytest

from tests.channels.peer import Peer
from tests.faults.checker import Findings, Records, check
from tests.faults.service import Replica, Spawner, World

POINTS = (
    "accept.before",
    "accept.in_transaction",
    "accept.committed",
    "work.claimed",
    "work.before_commit",
    "work.committed",
    "send.before",
    "send.after",
)
KILLS = int(os.environ.get("FAULTS_KILLS", "8"))
"""On each database."""
FIRST_ANSWER_SECONDS = 5.0


async def until_it_dies(world: World, replica: Replica, *, at_random: bool) -> None:
    """Post events until the process is dead: by its failpoint, or by us at some moment."""
    ending = time.monotonic() + (world.rng.uniform(0.05, 0.5) if at_random else 3.0)
    posting: set[asyncio.Task[bool]] = set()
    while replica.alive and time.monotonic() < ending:
        for event in world.burst(2):
            posting.add(asyncio.create_task(world.post(replica, event)))
        await asyncio.sleep(0.1)
    await replica.kill()
    await asyncio.gather(*posting)


async def post_again(world: World, replica: Replica) -> None:
    """The platform brings what was not acknowledged, in its order."""
    for number, event in sorted(world.posted.items()):
        if number not in world.acknowledged:
            assert await world.post(replica, event)


async def first_answer_since(peer: Peer, began: float, before: int) -> float:
    await peer.until(lambda: len(peer.made("sendMessage")) > before, seconds=30)
    return time.monotonic() - began


def plan(world: World, kill: int) -> str:
    """Every second kill at a named point, each in turn; the others at any time."""
    if kill % 2:
        return ""
    return f"{POINTS[kill // 2 % len(POINTS)]}:kill:{world.rng.randint(1, 6)}"


async def settled(world: World, records: Records, replica: Replica) -> None:
    """Start once more, let the platform bring what it still has, and wait until all of it is answered."""
    await replica.start()
    assert await replica.ready()
    await post_again(world, replica)
    await records.until_drained()
    await replica.kill()


def conclude(found: Findings, allowed: int, slowest: float) -> None:
    print(f"{KILLS} kills, {found}, duplicates allowed {allowed}, slowest first answer {slowest:.1f} s")  # noqa: T201 - figures
    assert_kept(found, allowed)
    assert slowest <= FIRST_ANSWER_SECONDS


def assert_kept(found: Findings, allowed_duplicates: int) -> None:
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    assert found.duplicates <= allowed_duplicates


async def test_one_process_on_sqlite_is_killed_again_and_again(
    starting: Spawner, peer: Peer, world: World, sqlite_service_url: str
) -> None:
    replica = Replica(starting, peer, sqlite_service_url)
    records = Records(sqlite_service_url)
    allowed, slowest = 0, 0.0
    await replica.start()
    assert await replica.ready()
    for kill in range(KILLS):
        await until_it_dies(world, replica, at_random=kill % 2 == 1)
        allowed += records.under_way
        began, before = time.monotonic(), len(peer.made("sendMessage"))
        next_plan = plan(world, kill + 1)
        await replica.start(next_plan)
        if await replica.ready():
            first = asyncio.create_task(world.post(replica, world.new_event()))
            if next_plan == "":
                slowest = max(slowest, await first_answer_since(peer, began, before))
            await first
    await replica.kill()
    allowed += records.under_way
    await settled(world, records, replica)
    conclude(check(world, records), allowed + starting.ambiguous_sends, slowest)


async def test_one_of_two_replicas_on_postgresql_is_killed_again_and_again(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str
) -> None:
    replicas = [Replica(starting, peer, postgresql_service_url) for _ in range(2)]
    records = Records(postgresql_service_url)
    allowed, slowest = 0, 0.0
    for replica in replicas:
        await replica.start()
        assert await replica.ready()
    for kill in range(KILLS):
        victim, other = replicas[kill % 2], replicas[1 - kill % 2]
        await until_it_dies(world, victim, at_random=kill % 2 == 1)
        allowed += records.under_way
        began, before = time.monotonic(), len(peer.made("sendMessage"))
        # The other may come to its own named point with this event, and die of it.
        if other.alive and await world.post(other, world.new_event()) and other.alive:
            slowest = max(slowest, await first_answer_since(peer, began, before))
        await victim.start(plan(world, kill + 1))
        await victim.ready()
    for replica in replicas:
        await replica.kill()
    allowed += records.under_way
    await settled(world, records, replicas[0])
    conclude(check(world, records), allowed + starting.ambiguous_sends, slowest)


@pytest.fixture(params=["sqlite_service_url", "postgresql_service_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_asked_to_stop_under_load_it_ends_in_time_and_loses_nothing(
    starting: Spawner, peer: Peer, world: World, url: str
) -> None:
    replica, records = Replica(starting, peer, url), Records(url)
    for _ in range(2):
        await replica.start()
        assert await replica.ready()
        posting = [asyncio.create_task(world.post(replica, event)) for event in world.burst(40)]
        await asyncio.sleep(0.3)
        os.kill(replica.process, 15)
        assert await replica.gone() <= 15
        await asyncio.gather(*posting)
    await settled(world, records, replica)
    assert_kept(check(world, records), starting.ambiguous_sends)
