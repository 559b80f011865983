"""The whole service with its Telegram bot, listening in either way, on a database file of its own."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.app import create_app
from bot.app import Services, open_services
from bot.settings import Settings
from db.demo import load_demo
from tests.channels.peer import TOKEN, Peer, address_of, free_listener, served

SECRET = "webhook-secret_1"
WAYS = ("polling", "webhook")


def make_settings(peer: Peer, database: Path, **values: Any) -> Settings:
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        database_url=f"sqlite:///{database}",
        telegram_token=TOKEN,
        telegram_api_base=peer.url,
        telegram_webhook_secret=SECRET,
        **values,
    )


@dataclass
class RunningBot:
    """What a test can reach of it."""

    services: Services
    peer: Peer
    database: Path
    url: str | None
    """Where it takes webhooks; None when it polls."""

    async def load_records(self) -> None:
        """Invented schools, contacts and confirmed numbers. A real start refuses them beside a token."""
        async with self.services.database.transaction() as session:
            await load_demo(session, datetime.now(UTC))

    @contextlib.contextmanager
    def refusing_messages(self) -> Iterator[None]:
        """The database takes nothing in, as when its disk is full."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10, isolation_level=None)) as other:
            other.execute("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END")
            try:
                yield
            finally:
                other.execute("DROP TRIGGER full")


@contextlib.asynccontextmanager
async def running(peer: Peer, database: Path, way: str) -> AsyncIterator[RunningBot]:
    if way == "polling":
        async with open_services(make_settings(peer, database, telegram_mode="polling")) as services:
            yield RunningBot(services, peer, database, None)
        return
    listener = free_listener()
    settings = make_settings(peer, database, telegram_mode="webhook", public_url=address_of(listener))
    app = create_app(settings)
    async with served(app, lifespan="on", listener=listener) as url:
        yield RunningBot(app.state.services, peer, database, url)
