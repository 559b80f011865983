"""Backups: copy the record while it is in use, put a copy back, forget again who asked to be forgotten."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.app import SecretMissing, secret_of
from bot.settings import Settings
from db import backup, erasures, migrate
from db.backup import BackupDamaged, BackupExists
from db.engine import Database, DatabaseInUse, DatabaseUrlRefused, accepted_url, sqlite_path
from db.keys import Keys

FileArgument = Annotated[Path, typer.Argument(help="The backup.")]


class NotSqlite(ValueError):
    """PostgreSQL is copied with its own tools."""


def back_up(file: FileArgument) -> None:
    """Copy the SQLite database to a new file, also while the service runs, and check the copy."""

    def work(settings: Settings) -> str:
        backup.back_up(_file(settings), file)
        return f"Đã sao lưu vào {file}. / Backed up to {file}."

    _answered(work)


def restore(file: FileArgument) -> None:
    """Put a backup back, with the service stopped; who asked to be forgotten since is forgotten again."""

    def work(settings: Settings) -> str:
        backup.put_back(file, _file(settings))
        asyncio.run(migrate.upgrade(settings.database_url))
        return f"Đã phục hồi. / Restored. {_forget_again(settings)}"

    _answered(work)


def forget_again() -> None:
    """Erase whoever the ledger names, after a restore of PostgreSQL and before the service starts."""
    _answered(_forget_again)


def _forget_again(settings: Settings) -> str:
    async def work() -> int:
        database = Database(settings.database_url)
        try:
            async with database.transaction() as session:
                count = await erasures.apply(session, settings.erasures_file, Keys(secret_of(settings)))
            await database.erase_traces()
        finally:
            await database.close()
        return count

    count = asyncio.run(work())
    return f"Đã xóa lại {count} cuộc trò chuyện. / {count} conversations erased again."


def _answered(work: Callable[[Settings], str]) -> None:
    try:
        print(work(Settings()))
    except (
        BackupDamaged,
        BackupExists,
        DatabaseInUse,
        DatabaseUrlRefused,
        NotSqlite,
        OSError,
        SecretMissing,
    ) as refused:
        print(f"{refused}\nKhông có gì thay đổi. / Nothing was changed.", file=sys.stderr)
        raise typer.Exit(1) from None


def _file(settings: Settings) -> Path:
    url = accepted_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise NotSqlite("This is for SQLite; for PostgreSQL see docs/operations.md (pg_dump, WAL).")
    return sqlite_path(url)
