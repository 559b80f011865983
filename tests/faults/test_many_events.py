"""Two replicas, thousands of events, three in ten of them twice, all shuffled: each has its effect once."""

import asyncio
import os
from collections import defaultdict
from typing import Any

from bot.pacing import AT_ONCE
from db.models import Lane
from tests.channels.peer import Peer
from tests.faults.checker import Records, check
from tests.faults.figures import Figures
from tests.faults.service import CHATS_AT_ONCE, EVENTS_PER_CHAT, Replica, Spawner, World

EVENTS = int(os.environ.get("FAULTS_EVENTS", "1000"))
AT_A_TIME = CHATS_AT_ONCE * EVENTS_PER_CHAT * 4
SIDE_BY_SIDE = 32


async def test_effects_are_as_many_as_distinct_events_and_in_order(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str, figures: Figures
) -> None:
    replicas = [Replica(starting, peer, postgresql_service_url) for _ in range(2)]
    records = Records(postgresql_service_url)
    for replica in replicas:
        await replica.start()
        assert await replica.ready()
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    # A platform brings what one person says one after the other; order means nothing between posts at once.
    turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def post(replica: Replica, event: dict[str, Any]) -> None:
        async with room, turns[event["message"]["chat"]["id"]]:
            while not await world.post(replica, event):  # noqa: ASYNC110 - a platform asks again
                await asyncio.sleep(0.1)

    while len(world.posted) < EVENTS:
        events = world.burst(min(AT_A_TIME, EVENTS - len(world.posted)))
        await asyncio.gather(*(post(world.rng.choice(replicas), event) for event in events))
    await records.until_drained(seconds=600)
    for replica in replicas:
        await replica.kill()
    found = check(world, records)
    figures.note("events to two replicas", found)
    assert found.events == EVENTS
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    assert found.duplicates <= (
        starting.ambiguous_sends + starting.lost_leases * AT_ONCE[Lane.ANSWER] + found.failed_first
    )
