"""Real processes on either database, before a platform that plays along. Durability is on: these tests kill."""

import asyncio
import itertools
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from bot.app import prepare
from bot.settings import Settings
from tests.channels.peer import Peer
from tests.conftest import private_runtime_folder
from tests.faults.figures import Figures
from tests.faults.own_server import OwnServer
from tests.faults.service import SERVICE_SECRET, Spawner, World, spawning_process

_numbers = itertools.count(1)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with Peer().serving() as serving:
        yield serving
    assert serving.complaints == []


_figures = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_figures] = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[_figures].lines():
        terminalreporter.write_line(line)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where to note what was counted."""
    return request.config.stash[_figures]


@pytest.fixture(scope="session")
def spawning() -> Iterator[subprocess.Popen[str]]:
    with spawning_process() as process:
        yield process


@pytest.fixture
def starting(spawning: subprocess.Popen[str], tmp_path: Path) -> Spawner:
    return Spawner(spawning, tmp_path)


@pytest.fixture
async def world(peer: Peer) -> AsyncIterator[World]:
    seed = int(os.environ.get("FAULTS_SEED", "1"))
    made = World(peer, random.Random(seed))  # noqa: S311 - chooses moments
    yield made
    await made.close()


@pytest.fixture(scope="session")
def first_started_postgresql(postgresql_server: str) -> Iterator[str]:
    """Name of a database as a first start leaves it, to copy."""
    name = f"faults_{os.getpid()}"
    _order(postgresql_server, "CREATE DATABASE {} TEMPLATE template0", name)
    _first_start(_url_of(postgresql_server, name))
    yield name
    _order(postgresql_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def postgresql_service_url(postgresql_server: str, first_started_postgresql: str) -> Iterator[str]:
    """A database of the test's own, which processes come and go on."""
    name = f"{first_started_postgresql}_{next(_numbers)}"
    _order(postgresql_server, "CREATE DATABASE {} TEMPLATE {}", name, first_started_postgresql)
    yield _url_of(postgresql_server, name)
    _order(postgresql_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("only a server of our own may be killed")
    with (
        private_runtime_folder(),
        tempfile.TemporaryDirectory(prefix="goilai-pg-", ignore_cleanup_errors=True) as folder,
    ):
        server = OwnServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def first_started_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as a first start leaves it, to copy."""
    path = tmp_path_factory.mktemp("first_started") / "goilai.db"
    _first_start(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_service_url(first_started_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "goilai.db"
    shutil.copy(first_started_sqlite, path)
    return f"sqlite:///{path}"


def _first_start(url: str) -> None:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        database_url=url,
        secret=SERVICE_SECRET,  # pyright: ignore[reportArgumentType]
        demo=False,
    )
    asyncio.run(prepare(settings))


def _url_of(server: str, name: str) -> str:
    plain = make_url(server).set(drivername="postgresql", database=name)
    return plain.render_as_string(hide_password=False)


def _order(server: str, statement: LiteralString, *names: str) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
