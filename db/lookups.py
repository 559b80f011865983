"""Which identifiers of a message are listed: one statement, asked of the driver itself.

Every check asks it. Through the engine it takes ten times as long as the database needs to answer
(`docs/speed.md`), and there is nothing to map: seven columns of one row, most often of none.
"""

import json
import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, event

from db.engine import CONNECT_TIMEOUT_SECONDS, POSTGRESQL_SETTINGS, Database, sqlite_path
from scamcheck.knowledge import IdentifierKind, Indicator, IndicatorStatus

Listed = tuple[int, list[Indicator]]
"""Version of the newest change, and the listed identifiers among those asked for."""
LookUp = Callable[[Sequence[str]], Awaitable[Listed]]

FAILURES: Final = (psycopg.Error, sqlite3.Error, OSError)
"""What a look-up raises when the database does not answer (`TimeoutError` is an `OSError`)."""

MOST_CONNECTIONS: Final = 8
"""Connections to PostgreSQL kept for look-ups."""

_ASKED: Final = """
    SELECT newest.version, found.id, found.kind, found.key, found.status, found.confirmed_by,
           found.verified_at, found.expires_at
    FROM (SELECT coalesce(max(version), 0) AS version FROM change) AS newest
    LEFT JOIN indicator AS found
           ON found.key {} AND found.status IN ('confirmed', 'temporary_warning')
"""


def look_up_in(database: Database) -> LookUp:
    """The look-up for this database. What it opens is closed when the database is."""
    opened = _Sqlite(database) if database.dialect == "sqlite" else _Postgresql(database)

    def close(_engine: Engine) -> None:
        opened.close()

    event.listen(database.engine.sync_engine, "engine_disposed", close)
    return opened.look_up


class _Sqlite:
    """Reads the file in place: a few microseconds, less than handing the question to a thread."""

    _statement: Final = _ASKED.format("IN (SELECT value FROM json_each(?))")

    def __init__(self, database: Database) -> None:
        self._path = str(sqlite_path(database.engine.url))
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)

    async def look_up(self, keys: Sequence[str]) -> Listed:
        rows = self._open().execute(self._statement, (json.dumps(keys),)).fetchall()
        return _listed(rows)

    def _open(self) -> sqlite3.Connection:
        """The connection; a new one when a restore has put another file in its place."""
        found = os.stat(self._path)  # noqa: PTH116 - at every look-up
        file = (found.st_dev, found.st_ino)
        if self._connection is None or file != self._file:
            self.close()
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA query_only = ON")
            self._file = file
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Postgresql:
    """Asks over connections of its own, each prepared once and set free after each answer."""

    _statement: Final = _ASKED.format("= ANY(%s)")

    def __init__(self, database: Database) -> None:
        url = database.engine.url.set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._idle: list[psycopg.AsyncConnection[Any]] = []

    async def look_up(self, keys: Sequence[str]) -> Listed:
        if self._idle:
            # A connection may have died while nobody used it: asked again, on a new one, it is not noticed.
            with suppress(psycopg.OperationalError):
                return await self._ask(self._idle.pop(), keys)
            self.close()
        return await self._ask(await self._open(), keys)

    async def _ask(self, connection: psycopg.AsyncConnection[Any], keys: Sequence[str]) -> Listed:
        try:
            cursor = await connection.execute(self._statement, (list(keys),), prepare=True)
            rows = await cursor.fetchall()
        except BaseException:  # also when whoever asked gave up waiting: the answer may still come
            connection.pgconn.finish()
            raise
        if len(self._idle) < MOST_CONNECTIONS:
            self._idle.append(connection)
        else:
            connection.pgconn.finish()
        return _listed(rows)

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        settings = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, options=settings, connect_timeout=CONNECT_TIMEOUT_SECONDS
        )

    def close(self) -> None:
        for connection in self._idle:
            connection.pgconn.finish()
        self._idle.clear()


def _listed(rows: Sequence[Any]) -> Listed:
    return rows[0][0], [_to_core(row) for row in rows if row[1] is not None]


def _to_core(row: Any) -> Indicator:  # noqa: ANN401  # a row of `_ASKED`
    _, id_, kind, key, status, confirmed_by, verified_at, expires_at = row
    if isinstance(verified_at, str):  # SQLite keeps moments and days as text, moments in UTC
        verified_at = date.fromisoformat(verified_at)
    if isinstance(expires_at, str):
        expires_at = datetime.fromisoformat(expires_at).replace(tzinfo=UTC)
    return Indicator(
        kind=IdentifierKind(kind),
        key=key,
        status=IndicatorStatus(status),
        confirmed_by=confirmed_by,
        verified_at=verified_at,
        expires_at=expires_at,
        id=str(id_),
    )
