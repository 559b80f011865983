"""The whole service with its Telegram bot, listening in either way, on a database file of its own."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from api.app import create_app
from api.desk import open_with_desk
from bot.app import Services, open_services
from bot.settings import Settings
from db.demo import load_demo
from tests.channels.peer import TOKEN, Peer, address_of, free_listener, served

SECRET = "webhook-secret_1"
WAYS = ("polling", "webhook")
SCAM = "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở Chợ Rẫy, chuyển ngay 30 triệu vào tài khoản để mổ"


def make_template(database: Path) -> Path:
    """A database as a first start leaves it; a copy of it saves each test that start."""

    async def start_once() -> None:
        settings = Settings(_env_file=None, database_url=f"sqlite:///{database}", demo=False)  # pyright: ignore[reportCallIssue]
        async with open_services(settings):
            pass

    asyncio.run(start_once())
    return database


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

    @contextlib.asynccontextmanager
    async def refusing_messages(self) -> AsyncIterator[None]:
        """The database takes nothing in, as when its disk is full."""
        await self._change(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        try:
            yield
        finally:
            await self._change("DROP TRIGGER full")

    async def _change(self, statement: str) -> None:
        """From outside, and beside the event loop: the service may hold the file at this moment."""

        def change() -> None:
            with contextlib.closing(
                sqlite3.connect(self.database, timeout=10, isolation_level=None)
            ) as other:
                other.execute(statement)

        await asyncio.to_thread(change)


@contextlib.asynccontextmanager
async def running(peer: Peer, database: Path, way: str) -> AsyncIterator[RunningBot]:
    """Run it on a copy of the template, where a first start has nothing left to do."""
    if way == "polling":
        settings = make_settings(peer, database, telegram_mode="polling")
        async with open_services(settings, prepared=True) as services:
            yield RunningBot(services, peer, database, None)
        return
    listener = free_listener()
    settings = make_settings(peer, database, telegram_mode="webhook", public_url=address_of(listener))
    app = create_app(settings, opening=partial(open_with_desk, prepared=True))
    async with served(app, lifespan="on", listener=listener) as url:
        yield RunningBot(app.state.services, peer, database, url)
