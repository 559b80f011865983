"""Copies of a SQLite database while it is in use, and putting one back. PostgreSQL has its own tools."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from db.engine import lock_file


class BackupDamaged(ValueError):
    """The file is no whole database of ours; it is not put in place."""


class BackupExists(ValueError):
    """There is a file of this name already; a backup never replaces one."""


def back_up(database: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file, readable by its owner only, and check the copy.

    It holds everything committed when it began. A copy that breaks off leaves no file of the target's name.

    Raises:
        BackupDamaged: the copy is not whole.
        BackupExists: `target` is there already.
    """
    if target.exists():
        raise BackupExists(f"{target} exists already.")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600))
    with (
        closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(unfinished)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    require_whole(unfinished)
    _keep(unfinished)
    unfinished.rename(target)
    _keep(target.parent)


def put_back(backup: Path, database: Path) -> None:
    """Put a backup in the place of the database, all of it or nothing; what was there is kept beside it.

    Raises:
        BackupDamaged: the backup is not whole; nothing was changed.
        DatabaseInUse: a service has the database open.
    """
    require_whole(backup)
    with closing(lock_file(database)):
        arriving = database.with_name(database.name + ".arriving")
        arriving.unlink(missing_ok=True)
        os.close(os.open(arriving, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(arriving)) as copy:
            source.backup(copy)
        _keep(arriving)
        if database.exists():
            with closing(sqlite3.connect(database)) as old:
                # Its journal would else be taken for that of the file that comes in its place.
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.replace(database.with_name(database.name + ".before-restore"))
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        arriving.rename(database)
        _keep(database.parent)


def require_whole(path: Path) -> None:
    """Check that a file is a whole database of ours.

    Raises:
        BackupDamaged: it is not.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupDamaged(f"{path} cannot be read: {type(error).__name__}") from None
    if verdict != "ok":
        raise BackupDamaged(f"{path} is damaged.")


def _keep(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
