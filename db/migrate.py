"""Bring a database to the schema of this release, or back. `python -m db.migrate URL`."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations
from db.engine import BEGIN, Database

HEAD: Final = "head"
BASE: Final = "base"

_ADVISORY_LOCK: Final = 7_146_250_113
"""Any number that nothing else in the same PostgreSQL database locks."""


class MigrationBreaksReferences(RuntimeError):
    """Rows would refer to rows that no longer exist; the migration was rolled back."""


async def upgrade(url: str, revision: str = HEAD) -> None:
    """Migrate up to `revision` in one transaction: all of it happened, or nothing.

    Several processes may start at once: one migrates, the others wait and find nothing left to do.

    Raises:
        DatabaseInUse: the SQLite file is open in another process.
        DatabaseUrlRefused: see `db.engine.accepted_url`.
    """
    await in_one_transaction(url, lambda connection: command.upgrade(configuration(connection), revision))


async def downgrade(url: str, revision: str = BASE) -> None:
    """Migrate down to `revision` in one transaction; the records of what is dropped are lost."""
    await in_one_transaction(url, lambda connection: command.downgrade(configuration(connection), revision))


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def in_one_transaction(url: str, work: Callable[[Connection], None]) -> None:
    """Run `work` alone on the database, in one transaction."""
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            if database.dialect == "sqlite":
                await _work_on_sqlite(connection, work)
            else:
                await _work_on_postgresql(connection, work)
    finally:
        await database.close()


async def _work_on_sqlite(connection: AsyncConnection, work: Callable[[Connection], None]) -> None:
    # Rebuilding a table drops the old one, which would cascade to rows that refer to it. The pragma does
    # nothing inside a transaction, so it is said before one begins.
    await connection.execution_options(**{BEGIN: None})
    await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    await connection.commit()
    await connection.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
    async with connection.begin():
        await connection.run_sync(work)
        await connection.run_sync(_require_whole_references)


def _require_whole_references(connection: Connection) -> None:
    tables = {str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if tables:
        raise MigrationBreaksReferences(", ".join(sorted(tables)))


async def _work_on_postgresql(connection: AsyncConnection, work: Callable[[Connection], None]) -> None:
    async with connection.begin():
        # Another process may be migrating: wait for it as long as a migration may take, but never make
        # the running service wait for long behind a table lock of ours.
        await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        await connection.exec_driver_sql("SET LOCAL lock_timeout = '10min'")
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        await connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        await connection.run_sync(work)


def main(arguments: Sequence[str]) -> None:
    """Migrate the database whose address is the one argument."""
    (url,) = arguments
    asyncio.run(upgrade(url))


if __name__ == "__main__":
    main(sys.argv[1:])
