"""Killed at named points and at any time, on both databases: nothing lost, nothing twice, soon back."""

import asyncio
import itertools
import os
import time
from collections.abc import Iterator

import pytest

from bot.pacing import AT_ONCE
from db.models import Lane
from tests.channels.peer import Peer
from tests.faults.checker import Deaths, Findings, Records, check
from tests.faults.figures import Figures
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
KILLS = int(os.environ.get("FAULTS_KILLS", "50"))
"""On each database."""
PATIENCE_SECONDS = 20.0
"""Within which a process that gets events comes to its named point."""
FIRST_ANSWER_SECONDS = 5.0


async def until_it_dies(world: World, replica: Replica) -> None:
    """Post events until the process is dead: by its failpoint, or by us at some moment."""
    began = time.monotonic()
    length = PATIENCE_SECONDS if replica.failpoint else world.rng.uniform(0.05, 0.4)
    posting: set[asyncio.Task[bool]] = set()
    while replica.alive and time.monotonic() - began < length:
        for event in world.burst(2):
            posting.add(asyncio.create_task(world.post(replica, event)))
        await asyncio.sleep(0.05 if time.monotonic() - began < 1 else 0.5)
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


def plans(world: World) -> Iterator[str]:
    """Two starts that end at a named point, each point in turn; two that end at any time; and again."""
    for point in itertools.cycle(POINTS):
        yield f"{point}:kill:{world.rng.randint(1, 4)}"
        if POINTS.index(point) % 2:
            yield from ("", "")


async def settled(world: World, records: Records, replica: Replica) -> None:
    """Start once more, let the platform bring what it still has, and wait until all of it is answered."""
    await replica.start()
    assert await replica.ready()
    await post_again(world, replica)
    await records.until_drained()


def conclude(found: Findings, deaths: Deaths, starting: Spawner, slowest: float, figures: Figures) -> None:
    # What was under way at a death, or when a process that stood still was replaced, or has no known fate, may
    # come twice; and before an answer that could not be given at once, the steps came.
    allowed = deaths.in_flight + starting.lost_leases * AT_ONCE[Lane.ANSWER] + starting.ambiguous_sends
    allowed += found.failed_first + starting.helped_directly
    figures.note(
        f"kills on {deaths.records.database}",
        found,
        kills=deaths.count,
        at_named_points=deaths.at_points.total(),
        may_come_twice=allowed,
        slowest_first_answer=f"{slowest:.1f} s",
    )
    assert deaths.count >= KILLS
    assert_kept(found, allowed)
    if 4 * len(POINTS) <= KILLS:
        assert set(deaths.at_points) == set(POINTS)
    if "FAULTS_MEASURED" in os.environ:  # on a machine that does other work too, it says nothing
        assert slowest <= FIRST_ANSWER_SECONDS


def assert_kept(found: Findings, allowed_duplicates: int) -> None:
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    assert found.duplicates <= allowed_duplicates


async def test_one_process_on_sqlite_is_killed_again_and_again(
    starting: Spawner, peer: Peer, world: World, sqlite_service_url: str, figures: Figures
) -> None:
    replica = Replica(starting, peer, sqlite_service_url)
    records = Records(sqlite_service_url)
    deaths, slowest, planned = Deaths(records, [replica]), 0.0, plans(world)
    await replica.start(next(planned))
    await replica.ready()
    async with deaths.watched():
        while deaths.count < KILLS:
            await until_it_dies(world, replica)
            deaths.look()
            began, before = time.monotonic(), len(peer.made("sendMessage"))
            await replica.start(next(planned))
            if await replica.ready() and not replica.failpoint:
                first = asyncio.create_task(world.post(replica, world.new_event()))
                slowest = max(slowest, await first_answer_since(peer, began, before))
                await first
        await replica.kill()
        deaths.look()
        await settled(world, records, replica)
    conclude(check(world, records), deaths, starting, slowest, figures)
    await replica.kill()


async def test_one_of_two_replicas_on_postgresql_is_killed_again_and_again(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str, figures: Figures
) -> None:
    replicas = [Replica(starting, peer, postgresql_service_url) for _ in range(2)]
    records = Records(postgresql_service_url)
    deaths, slowest, planned = Deaths(records, replicas), 0.0, plans(world)
    for replica in replicas:
        await replica.start(next(planned))
        await replica.ready()
    async with deaths.watched():
        for turn in itertools.count():
            victim, other = replicas[turn % 2], replicas[1 - turn % 2]
            if victim.failpoint.startswith("send."):
                # One of them sends; the other takes that over when the first has been dead for three seconds.
                await other.kill()
                deaths.look()
            await until_it_dies(world, victim)
            began, before = time.monotonic(), len(peer.made("sendMessage"))
            deaths.look()
            if not other.failpoint and other.alive and await world.post(other, world.new_event()):
                slowest = max(slowest, await first_answer_since(peer, began, before))
            if deaths.count >= KILLS:
                break
            for replica in replicas:
                if not replica.alive:
                    missed = replica.killed and replica.failpoint
                    await replica.start(replica.plan if missed else next(planned))
                    await replica.ready()
        for replica in replicas:
            await replica.kill()
        deaths.look()
        await settled(world, records, replicas[0])
    conclude(check(world, records), deaths, starting, slowest, figures)
    await replicas[0].kill()


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
    await replica.kill()
    assert_kept(check(world, records), starting.ambiguous_sends)
