"""Web, worker and poller as processes of their own; restarted one by one; and the notice before a stop."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from tests.channels.peer import Hang, Peer
from tests.channels.phones import Phone
from tests.faults.checker import Records
from tests.faults.service import Replica, Spawner, World
from tests.servers import NO_CERTIFICATES

STOP_SECONDS = 15.0


class Fleet:
    """What an operator starts on several machines."""

    def __init__(self, starting: Spawner, peer: Peer, url: str) -> None:
        def process(part: str, parts: str) -> Replica:
            made = Replica(starting, peer, url, part=part)
            made.environment |= {"PARTS": parts, "TELEGRAM_MODE": "polling", "PUBLIC_URL": ""}
            return made

        self.web = process("serve", "none")
        self.worker = process("worker", "work,send")
        self.poller = process("poller", "listen")
        self.processes = (self.web, self.worker, self.poller)

    async def start(self) -> None:
        for process in self.processes:
            await process.start()
        assert await self.web.ready()

    async def ask_on_the_web(self, text: str) -> str:
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=60) as client:
            answer = await client.post(
                f"http://127.0.0.1:{self.web.port}/chat", data={"text": text, "event_id": str(uuid4())}
            )
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
async def fleet(starting: Spawner, peer: Peer, postgresql_service_url: str) -> AsyncIterator[Fleet]:
    made = Fleet(starting, peer, postgresql_service_url)
    await made.start()
    yield made
    for process in made.processes:
        await process.kill()


async def test_a_message_goes_through_processes_that_each_do_a_part(fleet: Fleet, peer: Peer) -> None:
    parent = Phone(peer, 71)
    await parent.says("0912 345 678")
    assert "0912 ••• 678" in await parent.sees(1, seconds=60)
    assert re.search(r"0912\s•••\s678", await fleet.ask_on_the_web("0912 345 678"))


async def test_processes_restarted_one_by_one_lose_nothing(
    fleet: Fleet, peer: Peer, postgresql_service_url: str
) -> None:
    parents = [Phone(peer, 100 + number) for number in range(6)]
    said = 0
    for process in fleet.processes:
        for parent in parents:
            await parent.says(f"0912 345 {said:03d}")
        said += 1
        os.kill(process.process, signal.SIGTERM)
        assert await process.gone(seconds=30) <= STOP_SECONDS
        for parent in parents:
            await parent.says(f"0912 345 {said:03d}")
        said += 1
        await process.start()
    assert await fleet.web.ready()
    for parent in parents:
        await parent.sees(said, seconds=90)
    await Records(postgresql_service_url).until_drained()
    for parent in parents:
        shown = [found[0] for text in parent.texts if (found := re.search(r"0912 ••• \d{3}", text))]
        assert shown == [f"0912 ••• {number:03d}" for number in range(said)]


async def test_any_one_of_them_killed_loses_nothing(
    fleet: Fleet, peer: Peer, postgresql_service_url: str
) -> None:
    records = Records(postgresql_service_url)
    parents = [Phone(peer, 200 + number) for number in range(6)]
    said = in_flight = 0
    for process in fleet.processes:
        for parent in parents:
            await parent.says(f"0912 345 {said:03d}")
        said += 1
        await asyncio.sleep(0.05)  # some are taken in, some are being answered or sent
        await process.kill()
        in_flight += records.under_way
        for parent in parents:
            await parent.says(f"0912 345 {said:03d}")
        said += 1
        await process.start()
    assert await fleet.web.ready()
    for parent in parents:
        await parent.sees(said, seconds=90)
    await records.until_drained()
    again = 0
    for parent in parents:
        shown = [found[0] for text in parent.texts if (found := re.search(r"0912 ••• \d{3}", text))]
        assert list(dict.fromkeys(shown)) == [f"0912 ••• {number:03d}" for number in range(said)]
        again += len(shown) - said
    assert again <= in_flight


@pytest.fixture
async def replica(starting: Spawner, peer: Peer, sqlite_service_url: str) -> AsyncIterator[Replica]:
    made = Replica(starting, peer, sqlite_service_url)
    made.environment["DRAIN_NOTICE_SECONDS"] = "2"
    await made.start()
    assert await made.ready()
    yield made
    await made.kill()


async def test_before_it_stops_a_process_says_so_and_still_answers(
    replica: Replica, peer: Peer, world: World, sqlite_service_url: str
) -> None:
    peer.play("sendMessage", Hang())
    url = f"http://127.0.0.1:{replica.port}"
    async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=30) as client:
        assert (await client.get(f"{url}/readyz")).status_code == 200
        os.kill(replica.process, signal.SIGTERM)
        async with asyncio.timeout(10):
            while (ready := await client.get(f"{url}/readyz")).status_code == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (ready.status_code, ready.json()) == (503, {"status": "stopping"})
        assert (await client.get(f"{url}/livez")).status_code == 200
        assert await world.post(replica, world.new_event())
        under_way = asyncio.create_task(
            client.post(f"{url}/chat", data={"text": "0912 345 678", "event_id": str(uuid4())})
        )
        assert (await under_way).status_code == 200
        assert await replica.gone(seconds=30) <= STOP_SECONDS
        with contextlib.suppress(httpx.HTTPError):
            assert not await client.get(f"{url}/livez")
    # What was acknowledged last was answered before the end, or is with the next start.
    await replica.start()
    assert await replica.ready()
    await Records(sqlite_service_url).until_drained()
