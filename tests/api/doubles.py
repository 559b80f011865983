"""Stand-ins for what is behind the web side, for tests that are about the web side alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels.door import Door
from bot.limits import Limits
from bot.messages import Call, Channel, Choice, Incoming, Reply
from bot.settings import Settings
from db.health import Health
from db.keys import Keys
from scamcheck.knowledge import KnowledgeUnavailable, SchoolCandidate
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.reasons import Level
from tests.builders import NOW

__all__ = ["NOW", "Desk", "Mailbox", "RecordsGone", "make_reply", "make_settings"]


def make_settings(**changes: object) -> Settings:
    return Settings(_env_file=None, **changes)  # pyright: ignore[reportCallIssue]


def make_reply(
    headline: str = "⚠️ CUỘC GỌI NÀY RẤT GIỐNG LỪA ĐẢO. Đừng chuyển tiền",
    *,
    level: Level | None = Level.SUSPICIOUS,
    calls: tuple[Call, ...] = (Call("Trường Ví Dụ", "0261 3546 278", "+842613546278", "giờ trực"),),
    question: str = "",
    choices: tuple[Choice, ...] = (Choice("report:abc", "Báo tin này"),),
    reasons: tuple[str, ...] = ("Họ đòi chuyển tiền ngay.",),
) -> Reply:
    return Reply(
        headline=headline,
        level=level,
        steps=("Cúp máy ngay.", "Đừng chuyển đồng nào."),
        calls=calls,
        reasons=reasons,
        question=question,
        choices=choices,
    )


@dataclass
class Mailbox:
    """Answers every question with the same replies and keeps what it was asked."""

    replies: tuple[Reply, ...] = field(default_factory=lambda: (make_reply(),))
    fault: Exception | None = None
    given_once: bool = False
    """As the real one: the same event again gets no replies."""
    asked: list[Incoming] = field(default_factory=list)

    async def answer_to(self, incoming: Incoming, timeout: float) -> tuple[Reply, ...]:  # noqa: ASYNC109
        repeated = any(earlier.event_id == incoming.event_id for earlier in self.asked)
        self.asked.append(incoming)
        if repeated and self.given_once:
            return ()
        if self.fault:
            raise self.fault
        return self.replies


class Records(MemoryKnowledgeBase):
    """Records in memory, which can also be searched for a school as those in the database can."""

    async def search_schools(self, query: str) -> Sequence[SchoolCandidate]:
        return self.school_index.search(query)


class RecordsGone(Records):
    """Records that cannot be reached."""

    async def gather(self, *_: object) -> object:  # type: ignore[override]
        raise KnowledgeUnavailable


@dataclass
class Desk:
    """What the application opens when it starts."""

    settings: Settings = field(default_factory=make_settings)
    delivery: Mailbox = field(default_factory=Mailbox)
    knowledge: Records = field(default_factory=Records)
    keys: Keys = field(default_factory=lambda: Keys(b"k" * 32))
    limits: Limits = field(default_factory=lambda: Limits(lambda: 0.0))
    doors: dict[Channel, Door] = field(default_factory=dict)

    async def health(self, now: datetime) -> Health:
        nothing = timedelta(0)
        return Health(
            schema_current=True,
            inbox_waiting=0,
            inbox_oldest=nothing,
            outbox_waiting=0,
            outbox_oldest=nothing,
        )

    @asynccontextmanager
    async def open(self, settings: Settings) -> AsyncIterator["Desk"]:
        yield self
