"""Killed while it tells people and staff what has changed: everybody is told, and nothing is queued twice."""

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.pacing import AT_ONCE
from db import chat_staff, corrections, follower_news, models, notices, people
from db.engine import Database
from db.keys import Keys
from db.models import Lane, Role, SchoolNews
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level
from tests.channels.peer import BOT_ID, Peer
from tests.db.builders import make_school
from tests.db.desk import make_actor
from tests.faults.checker import Deaths, Records
from tests.faults.service import SERVICE_SECRET, Replica, Spawner, World

POINTS = ("tell.before_commit", "tell.committed", "send.before", "send.after")
PLANS = (
    "tell.before_commit:kill:1",
    "tell.committed:kill:1",
    "send.after:kill:3",
    "",
    "tell.before_commit:kill:2",
    "send.before:kill:9",
)
"""At which point the process of each round kills itself; where there is none, it is killed at any time."""
FOLLOWERS = range(5000, 5040)
DEAD = range(5040, 5042)
"""Follow the school, and have been found gone before."""
BLOCKING = range(5042, 5044)
"""Follow it too, and block us."""
ASKED = range(6000, 6010)
OTHER_CHAT_OF_THE_FIRST = 7000
STAFF = 8000
KEYS = Keys(SERVICE_SECRET.encode())


@dataclass
class Town:
    """A school with followers, people who wait for police, an office that works in a chat."""

    url: str
    school_id: int = 0
    office_id: int = 0

    @staticmethod
    def key(change: int) -> str:
        return f"+84530000{100 + change}"

    async def settle(self, now: datetime) -> None:
        database = Database(self.url)
        async with database.transaction() as session:

            async def conversation(chat: int) -> models.Conversation:
                return await people.conversation_for(
                    session, channel="telegram", bot_account=str(BOT_ID), address=str(chat), now=now
                )

            self.school_id = (await make_school(session, now=now)).id
            for chat in (*FOLLOWERS, *DEAD, *BLOCKING):
                follower = await conversation(chat)
                await people.follow_school(session, follower, self.school_id, now)
                follower.dead_since = now if chat in DEAD else None
            first = await conversation(FOLLOWERS[0])
            (await conversation(OTHER_CHAT_OF_THE_FIRST)).person_id = first.person_id
            for chat, change in itertools.product(ASKED, range(len(PLANS))):
                session.add(
                    models.CorrectionRequest(
                        conversation_id=(await conversation(chat)).id,
                        kind=IdentifierKind.NUMBER,
                        key_hmac=KEYS.hmac(f"{IdentifierKind.NUMBER.value}:{self.key(change)}"),
                        level=Level.UNKNOWN,
                        asked_at=now,
                    )
                )
            officer = await make_actor(session, Role.POLICE_OFFICER, now=now)
            self.office_id = officer.office_id
            code = await chat_staff.new_code(session, actor=officer, keys=KEYS, now=now)
            assert await chat_staff.link(session, await conversation(STAFF), code, keys=KEYS, now=now)
        await database.close()

    async def change(self, number: int, now: datetime) -> None:
        """The school has another name, police list a number, and the office is told of something."""
        database = Database(self.url)
        async with database.transaction() as session:
            await follower_news.note_news(
                session,
                kind=SchoolNews.RENAMED,
                school_id=self.school_id,
                school=f"Trường Ví Dụ {number + 100}",
                became="Trường Ví Dụ Mới",
                now=now,
            )
            await corrections.note_change(
                session, kind=IdentifierKind.NUMBER, key=self.key(number), listed=True, now=now
            )
            await notices.tell(
                session, [self.office_id], topic="contact.frozen", subject=f"contact:{number}", now=now
            )
        await database.close()


def told(peer: Peer) -> Counter[tuple[int, str]]:
    """Who saw what, and how often; of a notice to staff only that it came."""

    def what(text: str) -> str:
        found = re.search(r"Trường Ví Dụ (\d{3})|0530 ••• (\d{3})", text)
        return found[0] if found else "a notice"

    return Counter(
        (chat, what(message["text"]))
        for chat, messages in peer.shown.items()
        for message in messages
        if "text" in message
    )


def owed(changes: int) -> Iterator[tuple[int, str]]:
    for number in range(100, 100 + changes):
        yield from ((chat, f"Trường Ví Dụ {number}") for chat in FOLLOWERS)
        yield from ((chat, f"0530 ••• {number}") for chat in ASKED)


async def until_told(records: Records) -> None:
    async with asyncio.timeout(90):
        while await asyncio.to_thread(_left_to_tell, records):  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.1)


def _left_to_tell(records: Records) -> int:
    waiting = ("follower_news", "verdict_change WHERE told_at IS NULL", "notice WHERE told_at IS NULL")
    return sum(records.count(rows) for rows in (*waiting, "outbox WHERE status = 'waiting'"))


async def until_it_dies(world: World, replica: Replica) -> None:
    length = 20.0 if replica.failpoint else world.rng.uniform(0.05, 0.5)
    if await replica.ready():
        async with asyncio.timeout(60):
            for _ in range(int(length / 0.02)):
                if not replica.alive:
                    break
                await asyncio.sleep(0.02)
    await replica.kill()


@pytest.fixture(params=["sqlite_service_url", "postgresql_service_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_everybody_is_told_however_often_it_dies_of_it(
    starting: Spawner, peer: Peer, world: World, url: str
) -> None:
    town, records = Town(url), Records(url)
    processes = 1 if records.database == "SQLite" else 2
    replicas = [Replica(starting, peer, url) for _ in range(processes)]
    deaths = Deaths(records, replicas)
    peer.blocked.update(BLOCKING)
    await town.settle(datetime.now(UTC))
    async with deaths.watched():
        for number, plan in enumerate(PLANS):
            # A file is that of one process, so nobody runs while we write; on a server the other one goes on.
            await town.change(number, datetime.now(UTC))
            victim, other = replicas[number % processes], replicas[-1 - number % processes]
            if plan.startswith("send.") and other is not victim:
                await other.kill()  # one of them sends, and that is to be the one that dies of it
            await victim.kill()
            deaths.look()
            await victim.start(plan)
            await until_it_dies(world, victim)
            deaths.look()
            if other is not victim and not other.alive:
                await other.start()
        for replica in replicas:
            if not replica.alive:
                await replica.start()
                assert await replica.ready()
        await until_told(records)
    for replica in replicas:
        await replica.kill()

    assert set(deaths.at_points) == set(POINTS)
    seen = told(peer)
    staff = seen.pop((STAFF, "a notice"))
    assert set(seen) == set(owed(len(PLANS)))
    # Queued once each; whoever blocks us is tried once and is no longer written to.
    assert records.count("outbox WHERE lane = 'bulk' AND status = 'sent'") == len(seen)
    assert records.count("outbox WHERE lane = 'bulk' AND status = 'blocked'") >= len(BLOCKING)
    assert records.count("outbox WHERE lane = 'staff'") == len(PLANS)
    again = seen.total() - len(seen) + staff - len(PLANS)
    stalled = starting.lost_leases * (AT_ONCE[Lane.BULK] + AT_ONCE[Lane.STAFF])
    assert 0 <= again <= deaths.in_flight + stalled
