"""The outside checker: what was acknowledged, against the database and against what the platform received."""

import asyncio
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.faults.service import CHATS_AT_ONCE, EVENTS_PER_CHAT, Replica, World, events_in


class Records:
    """The database, read from outside the service."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def database(self) -> str:
        """Which kind, in a word."""
        return "SQLite" if self._url.startswith("sqlite") else "PostgreSQL"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self._url.startswith("sqlite"):
            path = self._url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, timeout=20)) as connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(self._url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]

    def count(self, statement: str) -> int:
        return self.rows(f"SELECT count(*) FROM {statement}")[0][0]  # noqa: S608 - the tests' own words

    @property
    def under_way(self) -> int:
        """Sends that a process which has just died may have made without recording them."""
        return self.count("outbox WHERE status = 'waiting' AND claimed_until IS NOT NULL")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write to the SQLite file meanwhile."""
        path = self._url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    async def until_drained(self, *, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(self._left):  # noqa: ASYNC110 - another process works it off
                await asyncio.sleep(0.1)

    def _left(self) -> int:
        return self.count("inbox WHERE status = 'waiting'") + self.count("outbox WHERE status = 'waiting'")


@dataclass(frozen=True)
class Findings:
    """What the checker counted."""

    events: int
    lost: list[int]
    """Acknowledged, but not in the inbox."""
    unanswered: list[int]
    """In the inbox, but no answer reached the platform."""
    double_effects: int
    duplicates: int
    """Answers that reached the platform once more."""
    failed_first: int
    """Events whose first try failed, for which the steps came before the answer."""
    disordered: list[int]
    """Chats whose answers came in another order than their events."""


def check(world: World, records: Records) -> Findings:
    taken = {int(event) - 10_000 for (event,) in records.rows("SELECT event_id FROM inbox")}
    texts = {
        chat: [message["text"] for message in messages if "text" in message]
        for chat, messages in world.peer.shown.items()
    }
    answers: Counter[int] = Counter()
    disordered: list[int] = []
    taken_in = _order_taken_in(records)
    for chat, said in texts.items():
        # Once in each answer: a number may stand in its headline and in its reasons.
        seen = [number for text in said for number in dict.fromkeys(events_in(text))]
        answers.update(seen)
        first_seen = list(dict.fromkeys(seen))
        if first_seen != [number for number in taken_in[chat] if number in answers]:
            disordered.append(chat)
    checks = records.count('"check"')
    # An event whose first try failed in the record is owed two: the steps at once, and then its answer.
    queued = records.rows(
        "SELECT outbox.inbox_id FROM outbox JOIN inbox ON inbox.id = outbox.inbox_id"
        " GROUP BY outbox.inbox_id, inbox.failures"
        " HAVING count(*) > CASE WHEN inbox.failures > 0 THEN 2 ELSE 1 END"
    )
    return Findings(
        events=len(taken),
        lost=sorted(world.acknowledged - taken),
        unanswered=sorted(taken - answers.keys()),
        double_effects=max(0, checks - len(taken)) + len(queued),
        duplicates=answers.total() - len(answers),
        failed_first=records.count("inbox WHERE failures > 0"),
        disordered=disordered,
    )


def _order_taken_in(records: Records) -> defaultdict[int, list[int]]:
    """By chat, in the order of the row numbers. Addresses are erased with the answer; the event tells the chat."""
    by_chat: defaultdict[int, list[int]] = defaultdict(list)
    for (event,) in records.rows("SELECT event_id FROM inbox ORDER BY id"):
        number = int(event) - 10_000
        group = number // (CHATS_AT_ONCE * EVENTS_PER_CHAT)
        by_chat[1000 + group * CHATS_AT_ONCE + number % CHATS_AT_ONCE].append(number)
    return by_chat


@dataclass
class Deaths:
    """Counts, at each death, the sends that were under way: those, and no others, may come twice.

    It looks at once, before another process can take them over and end them.
    """

    records: Records
    replicas: list[Replica]
    in_flight: int = 0
    at_points: Counter[str] = field(default_factory=Counter[str])
    """How often a process killed itself, by its named point."""
    _counted: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self._counted)

    def look(self) -> None:
        for replica in self.replicas:
            if replica.process and replica.process not in self._counted and not replica.alive:
                self._counted.add(replica.process)
                if replica.failpoint and not replica.killed:
                    self.at_points[replica.failpoint] += 1
                self.in_flight += self.records.under_way

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        async def watch() -> None:
            while True:
                self.look()
                await asyncio.sleep(0.02)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
