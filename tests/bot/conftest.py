"""Conversations over the real delivery, on a real database with the shipped and the demo records."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.adapter import SENT, SendResult
from bot.conversation import Answering
from bot.delivery import Delivery
from bot.limits import Limits
from bot.messages import Channel, Choice, ConversationId, Incoming, Reply
from bot.sending import Sender
from bot.settings import Settings
from bot.text_form import as_text
from bot.texts import load
from db.demo import load_demo
from db.engine import Database
from db.keys import Keys
from db.knowledge_base import SqlKnowledgeBase
from db.reference import load_reference
from tests.builders import NOW

SETTINGS = Settings(
    _env_file=None,  # pyright: ignore[reportCallIssue] - pydantic-settings' own argument
    demo=True,
    erasure_ledger=f"{tempfile.mkdtemp(prefix='goilai-')}/erasures.jsonl",
)


@dataclass
class Clock:
    """A clock that goes only when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Platform:
    """A chat platform outside: keeps what was sent to it, and answers sends as it is told to."""

    channel: Channel
    bot_account: str = "bot"
    results: list[SendResult] = field(default_factory=list)
    received: list[tuple[str, Reply]] = field(default_factory=list)
    sent: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: str, reply: Reply) -> SendResult:
        self.received.append((address, reply))
        self.sent.set()
        return self.results.pop(0) if self.results else SENT


@dataclass
class Chat:
    """One person on one channel."""

    delivery: Delivery
    sender: Sender
    platform: Platform
    clock: Clock
    address: str = "an address"
    events: int = 0
    language: str = "vi"
    is_group: bool = False

    @property
    def place(self) -> ConversationId:
        return ConversationId(self.platform.channel, self.platform.bot_account, self.address)

    def incoming(self, text: str = "", **more: object) -> Incoming:
        self.events += 1
        return Incoming(  # pyright: ignore[reportCallIssue]
            conversation=self.place,
            event_id=f"event {self.events}",
            received_at=self.clock(),
            text=text,
            language=self.language,
            is_group=self.is_group,
            **more,  # pyright: ignore[reportArgumentType]
        )

    async def all_replies(self, text: str = "", **more: object) -> tuple[Reply, ...]:
        before = len(self.platform.received)
        assert await self.delivery.accept(self.incoming(text, **more))
        return await self.deliver(before)

    async def deliver(self, before: int | None = None) -> tuple[Reply, ...]:
        before = len(self.platform.received) if before is None else before
        while await self.delivery.work():
            pass
        while await self.sender.send_once():
            pass
        new = tuple(reply for _, reply in self.platform.received[before:])
        for reply in new:
            assert_presentable(reply, self.language)
        return new

    async def say(self, text: str = "", **more: object) -> Reply:
        (*_, last) = await self.all_replies(text, **more)
        return last

    async def pick(self, reply: Reply, verb: str) -> Reply:
        """Choose as the channel lets one choose: a tap, or a digit where there are no buttons."""
        position, choice = next(
            (place, one) for place, one in enumerate(reply.choices, start=1) if one.token.startswith(verb)
        )
        if self.platform.channel is Channel.ZALO_BOT:
            return await self.say(str(position))
        return await self.tap(choice)

    async def tap(self, choice: Choice | str) -> Reply:
        return await self.say(action=choice if isinstance(choice, str) else choice.token)


def assert_presentable(reply: Reply, language: str = "vi") -> None:
    """What holds for every answer on every channel."""
    texts = load(language)
    assert 0 < len(reply.headline) <= 160
    assert "\n" not in reply.headline
    for numbered in (True, False):
        text = as_text(reply, numbered=numbered, texts=texts)
        assert len(text) <= 2000
        assert text.split("\n")[0] == reply.headline
        parts = (
            *reply.steps,
            *reply.advice,
            *reply.reasons,
            *reply.notes,
            *(call.printed for call in reply.calls),
        )
        assert all(part in text for part in parts), "nothing is lost"
    assert len(reply.choices) <= 9
    assert len(reply.reasons) <= 3
    assert all(0 < len(choice.token.encode()) <= 64 for choice in reply.choices)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the shipped and the demo records, to copy."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    shutil.copy(sqlite_template, path)
    asyncio.run(_fill(path))
    return path


async def _fill(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    async with database.transaction() as session:
        await load_reference(session, NOW)
        await load_demo(session, NOW)
    await database.erase_traces()
    await database.close()


@pytest.fixture
async def database(filled_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Conversations know nothing of the database's kind; the queries are tested on both in tests/db."""
    path = tmp_path / "conversations.db"
    shutil.copy(filled_template, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    await opened.close()


@pytest.fixture
async def knowledge(database: Database) -> SqlKnowledgeBase:
    known = SqlKnowledgeBase(database)
    await known.warm_up()
    return known


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(clock.seconds)


def make_chat(  # noqa: PLR0917
    database: Database,
    knowledge: SqlKnowledgeBase,
    clock: Clock,
    limits: Limits,
    channel: Channel = Channel.ZALO_BOT,
    settings: Settings = SETTINGS,
) -> Chat:
    platform = Platform(channel)
    answering = Answering(knowledge, settings, Keys(b"k" * 32), limits)
    delivery = Delivery(database, answering, clock=clock)
    # The clock stands still, so nothing fills the lanes' buckets up again.
    return Chat(delivery, Sender(database, platform, clock=clock, sends_per_second=1000), platform, clock)


@pytest.fixture(params=list(Channel))
def chat(
    request: pytest.FixtureRequest,
    database: Database,
    knowledge: SqlKnowledgeBase,
    clock: Clock,
    limits: Limits,
) -> Chat:
    """A person on each channel: a page, buttons, text only, few buttons."""
    return make_chat(database, knowledge, clock, limits, request.param)


@pytest.fixture
def text_chat(database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits) -> Chat:
    """A person on a channel with text only."""
    return make_chat(database, knowledge, clock, limits)
