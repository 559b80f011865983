"""Engine and sessions for SQLite and PostgreSQL, with the settings that durability and privacy ask for."""

import asyncio
import fcntl
import os
import select
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import URL, Connection, Dialect, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from db import sqlite_driver

ACCEPTED_URLS: Final = "sqlite:///, sqlite+aiosqlite:///, postgresql://, postgresql+psycopg://"

SQLITE_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
)

POSTGRESQL_SETTINGS: Final = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
    "timezone": "UTC",
}
"""`synchronous_commit = off` lost 98 of 80,063 acknowledged messages when the server was killed."""

CONNECT_TIMEOUT_SECONDS: Final = 5
TRUSTED_SECONDS: Final = 1.0
"""How long after its last use a connection to PostgreSQL is taken to be alive unless it says otherwise."""
WRITER_PATIENCE_SECONDS: Final = 10
"""How long a writer on SQLite waits for its turn within this process."""

BEGIN: Final = "goilai_begin"
"""Execution option: how a transaction on SQLite begins; None for statements that must stand outside one."""


class DatabaseUrlRefused(ValueError):
    """The address of the database has a form that is not accepted. The message never repeats a password."""


class DatabaseInUse(RuntimeError):
    """Another process has the SQLite file open; one file belongs to one process."""


class Database:
    """One database for the life of a process.

    `transaction()` is for changes: it commits at the end, or nothing of it happened. `reading()` sees one
    state of the records throughout and keeps nothing.

    On SQLite the file is created readable by its owner only, and locked against a second process unless
    `exclusive` is false (for one-line tools, whose short transactions a running server tolerates).
    """

    def __init__(self, url: str, *, exclusive: bool = True) -> None:
        self._url = accepted_url(url)
        self._lock: IO[str] | None = None
        if self.dialect == "sqlite":
            path = sqlite_path(self._url)
            _create_private(path)
            if exclusive:
                self._lock = lock_file(path)
        self._writers = asyncio.Lock() if self.dialect == "sqlite" else None
        self._engine = make_engine(self._url)
        reading: dict[str, Any] = (
            {BEGIN: "BEGIN DEFERRED"}
            if self.dialect == "sqlite"
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        single: dict[str, Any] = (
            {BEGIN: None} if self.dialect == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        )
        self._single = self._engine.execution_options(**single)
        self._write = async_sessionmaker(self._engine, expire_on_commit=False)
        self._read = async_sessionmaker(
            self._engine.execution_options(**reading), expire_on_commit=False, autoflush=False
        )

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._url.get_backend_name()

    @property
    def url(self) -> str:
        """Its address, password included: for another connection to the same database, never for a log."""
        return self._url.render_as_string(hide_password=False)

    @property
    def engine(self) -> AsyncEngine:
        """The engine itself, for what needs no session."""
        return self._engine

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose changes are committed together at the end, or rolled back on any exception.

        Never open one inside another: on SQLite it would wait for itself, and give up with `TimeoutError`.

        On SQLite it is the only writer from its start (`BEGIN IMMEDIATE`): a transaction that reads first and
        writes later cannot fail half-way because another wrote in between.
        """
        async with self._turn_to_write(), self._write.begin() as session:
            yield session

    @asynccontextmanager
    async def _turn_to_write(self) -> AsyncGenerator[None]:
        """SQLite's own waiting is by polling and unfair; within this process writers take turns instead."""
        if self._writers is None:
            yield
            return
        async with asyncio.timeout(WRITER_PATIENCE_SECONDS):
            await self._writers.acquire()
        try:
            yield
        finally:
            self._writers.release()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A session that sees one state throughout, blocks nobody and keeps nothing that is written."""
        async with self._read() as session:
            yield session

    async def erase_traces(self) -> bool:
        """Bring the SQLite file up to date and empty its journal, so that erased content is in neither.

        `secure_delete` overwrites erased content, but until then the journal still holds the older pages.
        False when a reader at work stood in the way: try again soon. On PostgreSQL nothing is done, its own
        vacuum reclaims dead rows.
        """
        if self.dialect != "sqlite":
            return True
        async with self._turn_to_write(), self._single.connect() as connection:
            # Waiting for readers would hold up every writer meanwhile.
            await connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            try:
                outcome = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                busy: int = outcome.one()[0]
            finally:
                await connection.exec_driver_sql(SQLITE_PRAGMAS[0])
        return not busy

    async def close(self) -> None:
        """Close all connections and give the SQLite file free."""
        await self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def accepted_url(url: str) -> URL:
    """Read `DATABASE_URL` and name the driver.

    Raises:
        DatabaseUrlRefused: it is none of the four accepted forms.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUrlRefused(
            f"DATABASE_URL is not an address; it begins with one of {ACCEPTED_URLS}"
        ) from None
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            if parsed.host or not parsed.database or parsed.database == ":memory:" or parsed.query:
                raise DatabaseUrlRefused(
                    "DATABASE_URL for SQLite is a file and nothing else, such as sqlite:///var/goilai.db"
                )
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgresql+psycopg":
            if not parsed.database:
                raise DatabaseUrlRefused("DATABASE_URL for PostgreSQL names a database after the last /")
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise DatabaseUrlRefused(f"DATABASE_URL begins with {other}: accepted are {ACCEPTED_URLS}")


def sqlite_path(url: URL) -> Path:
    """The file that an accepted SQLite address names."""
    return Path(url.database or "").absolute()


def lock_file(path: Path) -> IO[str]:
    """Lock a SQLite file for this process until the returned file is closed; the kernel frees it on death.

    Raises:
        DatabaseInUse: another process has it.
    """
    handle = path.with_name(path.name + ".lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise DatabaseInUse(
            f"{path} is open in another process. One SQLite file serves one process: stop the other one, "
            "or use PostgreSQL."
        ) from None
    return handle


def make_engine(url: URL) -> AsyncEngine:
    """An engine for an accepted address, each of its connections set up."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"async_creator_fn": sqlite_driver.connect})
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "checkout", _refuse_replaced_file)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    settings = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    engine = create_async_engine(
        url, connect_args={"options": settings, "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    )
    event.listen(engine.sync_engine, "checkin", _note_last_use)
    event.listen(engine.sync_engine, "checkout", partial(_refuse_dead_connection, engine.dialect))
    return engine


def _note_last_use(_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401
    record.info["used_at"] = time.monotonic()


def _refuse_dead_connection(
    dialect: Dialect,
    connection: Any,  # noqa: ANN401
    record: ConnectionPoolEntry,
    _proxy: Any,  # noqa: ANN401
) -> None:
    """A restarted server is noticed before a parent's message is, without a question at every use.

    A server that ends a connection says so: there is something to read on one that nobody asked anything.
    """
    used_at: float | None = record.info.get("used_at")
    if used_at is None:  # just made
        return
    poll = select.poll()
    poll.register(connection.driver_connection.fileno(), select.POLLIN)
    if time.monotonic() - used_at < TRUSTED_SECONDS and not poll.poll(0):
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _create_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_up_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401  # the driver's own type
    connection.isolation_level = None  # the driver must not begin by itself; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.execute("PRAGMA database_list")
    path: str = cursor.fetchone()[2]
    cursor.close()
    record.info["file"] = (path, _identity(path))


def _refuse_replaced_file(_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:  # noqa: ANN401
    """A connection to a file that a restore has replaced would go on writing to what nobody reads again."""
    path, identity = record.info["file"]
    if _identity(path) != identity:
        raise DisconnectionError


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 - at every use of a connection
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    statement: str | None = connection.get_execution_options().get(BEGIN, "BEGIN IMMEDIATE")
    if statement is not None:
        connection.exec_driver_sql(statement)
