"""The outside checker: what was acknowledged, against the database and against what the platform received."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.service import World, shown


class Records:
    """The database, read from outside the service."""

    def __init__(self, url: str) -> None:
        self._url = url

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
    for chat, said in texts.items():
        mine = [number for number, update in world.posted.items() if update["message"]["chat"]["id"] == chat]
        seen = [number for text in said for number in mine if shown(number) in text]
        answers.update(seen)
        first_seen = list(dict.fromkeys(seen))
        order = [number for number in _order_taken_in(records, chat) if number in answers]
        if first_seen != order:
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
        disordered=disordered,
    )


def _order_taken_in(records: Records, chat: int) -> list[int]:
    """Addresses are erased with the answer, so the order is that of the row numbers."""
    group = (chat - 1000) // 8
    rows = records.rows("SELECT event_id FROM inbox ORDER BY id")
    numbers = [int(event) - 10_000 for (event,) in rows]
    return [number for number in numbers if number // 64 == group and number % 8 == (chat - 1000) % 8]
