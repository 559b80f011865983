"""The platform and the database misbehave while the service runs; it keeps its promises and recovers."""

import asyncio
import os
import resource
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.channels.peer import BROKEN, AcceptThenDrop, Fault, Peer, too_many
from tests.channels.running import SCAM
from tests.faults.checker import Records, check
from tests.faults.service import READ_ONLY_SETTING, Replica, Spawner, World
from tests.servers import NO_CERTIFICATES

DATABASES = ("sqlite_service_url", "postgresql_service_url")
FULL = """CREATE FUNCTION say_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"""
NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def started(starting: Spawner, peer: Peer, url: str) -> Replica:
    replica = Replica(starting, peer, url)
    await replica.start()
    assert await replica.ready()
    return replica


async def post_until_taken(world: World, replica: Replica) -> None:
    """As a platform does: again and again until it is acknowledged."""
    async with asyncio.timeout(60):
        for number, event in sorted(world.posted.items()):
            while number not in world.acknowledged:
                if not await world.post(replica, event):
                    await asyncio.sleep(0.2)


async def test_a_platform_in_trouble_gets_every_answer_in_the_end(
    starting: Spawner, peer: Peer, world: World, url: str
) -> None:
    faults: list[Fault] = [too_many(1)] * 3 + [BROKEN] * 4 + [AcceptThenDrop()] * 4
    world.rng.shuffle(faults)
    peer.play("sendMessage", *faults)
    replica, records = await started(starting, peer, url), Records(url)
    for event in world.burst(40):
        await world.post(replica, event)
    await records.until_drained(seconds=90)
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects) == ([], [], 0)
    assert found.duplicates <= starting.ambiguous_sends


async def test_a_disk_that_is_full_loses_nothing_that_was_acknowledged(
    starting: Spawner, peer: Peer, world: World, sqlite_service_url: str
) -> None:
    replica, records = await started(starting, peer, sqlite_service_url), Records(sqlite_service_url)
    journal = Path(sqlite_service_url.removeprefix("sqlite:///") + "-wal")
    for event in world.burst(10):
        await world.post(replica, event)
    room = os.stat(journal).st_size  # noqa: PTH116 - a moment
    resource.prlimit(replica.process, resource.RLIMIT_FSIZE, (max(1, room), resource.RLIM_INFINITY))
    refused = [await world.post(replica, event) for event in world.burst(10)]
    resource.prlimit(replica.process, resource.RLIMIT_FSIZE, NO_LIMIT)
    assert not all(refused)
    await post_until_taken(world, replica)
    await records.until_drained()
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects) == ([], [], 0)


async def test_a_file_that_is_read_only_is_said_to_be_and_loses_nothing_that_was_acknowledged(
    starting: Spawner, peer: Peer, world: World, sqlite_service_url: str, tmp_path: Path
) -> None:
    sign = tmp_path / "read only"
    replica, records = Replica(starting, peer, sqlite_service_url), Records(sqlite_service_url)
    replica.environment[READ_ONLY_SETTING] = str(sign)
    await replica.start()
    assert await replica.ready()
    url = f"http://127.0.0.1:{replica.port}"
    for event in world.burst(10):
        assert await world.post(replica, event)
    async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=60) as client:
        sign.touch()
        # What was begun before may still be written.
        async with asyncio.timeout(60):
            while (ready := await client.get(f"{url}/readyz")).status_code == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert ready.json() == {"status": "records cannot be written"}
        assert (await client.get(f"{url}/livez")).status_code == 200
        refused = [await world.post(replica, event) for event in world.burst(10)]
        assert not any(refused)
        # Who wrote has the steps at once; whoever asks on the page has what the words themselves say.
        async with asyncio.timeout(60):
            while not starting.helped_directly:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        page = await client.post(f"{url}/chat", data={"text": SCAM, "event_id": str(uuid4())})
        assert page.status_code == 503
        assert "level-SUSPICIOUS" in page.text
        assert "tel:113" in page.text
        sign.unlink()
        await post_until_taken(world, replica)
        await records.until_drained()
        assert (await client.get(f"{url}/readyz")).status_code == 200
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects) == ([], [], 0)


async def test_a_locked_file_is_waited_for(
    starting: Spawner, peer: Peer, world: World, sqlite_service_url: str
) -> None:
    replica, records = await started(starting, peer, sqlite_service_url), Records(sqlite_service_url)
    with records.locked():
        posting = [asyncio.create_task(world.post(replica, event)) for event in world.burst(5)]
        await asyncio.sleep(2)
    await asyncio.gather(*posting)
    await post_until_taken(world, replica)
    await records.until_drained()
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects) == ([], [], 0)


@pytest.mark.parametrize("trouble", ["read-only", "cut off", "full", "locked"])
async def test_a_server_in_trouble_loses_nothing_that_was_acknowledged(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str, trouble: str
) -> None:
    replica = await started(starting, peer, postgresql_service_url)
    records = Records(postgresql_service_url)
    name = postgresql_service_url.partition("?")[0].rpartition("/")[2]
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    for event in world.burst(10):
        await world.post(replica, event)
    with psycopg.connect(postgresql_service_url, autocommit=True) as connection:
        if trouble == "read-only":
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')  # pyright: ignore[reportArgumentType, reportCallIssue]
        if trouble == "full":
            connection.execute(FULL)
            connection.execute(
                "CREATE TRIGGER disk_full BEFORE INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION say_full()"
            )
        if trouble == "locked":
            connection.execute("BEGIN")
            connection.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        else:
            connection.execute(cut, (name,))
        # Each waits for its lock as long as the server lets it.
        refused = [
            await world.post(replica, event) for event in world.burst(2 if trouble == "locked" else 10)
        ]
        if trouble == "read-only":
            # A connection that was last used for reading asks for "read write" by itself, and may succeed.
            assert not all(refused)
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')  # pyright: ignore[reportArgumentType, reportCallIssue]
            connection.execute(cut, (name,))
        if trouble == "full":
            assert not any(refused)
            connection.execute("DROP TRIGGER disk_full ON inbox")
        if trouble == "locked":
            connection.execute("COMMIT")
    await post_until_taken(world, replica)
    await records.until_drained()
    await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects) == ([], [], 0)


async def test_two_replicas_that_get_every_event_twice_answer_it_once(
    starting: Spawner, peer: Peer, world: World, postgresql_service_url: str
) -> None:
    replicas = [await started(starting, peer, postgresql_service_url) for _ in range(2)]
    records = Records(postgresql_service_url)
    for _ in range(6):
        events = world.burst(16)
        await asyncio.gather(*(world.post(replica, event) for event in events for replica in replicas))
    await records.until_drained()
    for replica in replicas:
        await replica.kill()
    found = check(world, records)
    assert (found.lost, found.unanswered, found.double_effects, found.disordered) == ([], [], 0, [])
    assert found.duplicates <= starting.ambiguous_sends
