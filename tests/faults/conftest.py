"""Real processes on either database, before a platform that plays along. Durability is on: these tests kill."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from db.migrate import upgrade
from tests.channels.peer import Peer
from tests.faults.service import Spawner, World, spawner


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with Peer().serving() as serving:
        yield serving
    assert serving.complaints == []


@pytest.fixture
async def starting(tmp_path: Path) -> AsyncIterator[Spawner]:
    async with spawner(tmp_path) as one:
        yield one


@pytest.fixture
async def world(peer: Peer) -> AsyncIterator[World]:
    seed = int(os.environ.get("FAULTS_SEED", "1"))
    made = World(peer, random.Random(seed))  # noqa: S311 - chooses moments
    yield made
    await made.close()


@pytest.fixture
def postgresql_service_url(postgresql_server: str) -> Iterator[str]:
    """A database of the test's own, which processes come and go on."""
    name = f"faults_{os.getpid()}_{id(postgresql_server) % 10_000}"
    plain = make_url(postgresql_server).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    url = plain.set(database=name).render_as_string(hide_password=False)
    asyncio.run(upgrade(url))
    yield url
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def sqlite_service_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'goilai.db'}"
