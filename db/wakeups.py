"""Telling other processes that there is work: NOTIFY on PostgreSQL. On SQLite there is no other process.

A wake-up may get lost; whoever waits for one looks by itself now and then.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import CONNECT_TIMEOUT_SECONDS, accepted_url

CHANNEL: Final = "goilai"
RECONNECT_SECONDS: Final = 1.0


class Topic(StrEnum):
    """What there is to do."""

    INBOX = "inbox"
    """Something came in."""
    OUTBOX = "outbox"
    """Something was answered."""


_TOPICS: Final = {topic.value: topic for topic in Topic}


async def tell(session: AsyncSession, topic: Topic) -> None:
    """Wake every listener when this transaction is committed."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(
            text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic.value}
        )


async def listen(url: str, heard: Callable[[Topic], None]) -> None:
    """Call `heard` for every wake-up until cancelled; a connection that breaks is made again."""
    accepted = accepted_url(url)
    if accepted.get_backend_name() != "postgresql":
        return
    address = accepted.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            await _listen_once(address, heard)
        except (psycopg.Error, OSError):
            await asyncio.sleep(RECONNECT_SECONDS)


async def _listen_once(address: str, heard: Callable[[Topic], None]) -> None:
    connection = await psycopg.AsyncConnection.connect(
        address, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS
    )
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        for topic in Topic:  # whatever was told before we listened
            heard(topic)
        async for note in connection.notifies():
            if (topic := _TOPICS.get(note.payload)) is not None:
                heard(topic)
