"""A migration is done or not begun, on both databases, and the models ask for no other schema."""

import asyncio
from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from db import approvals
from db.approval_rules import ProposalKind
from db.engine import Database, DatabaseInUse
from db.migrate import MigrationBreaksReferences, configuration, downgrade, in_one_transaction, main, upgrade
from db.models import Base
from tests.builders import NOW
from tests.db.builders import make_school
from tests.db.hotlines import make_school_with_staff


async def tables_of(url: str) -> set[str]:
    database = Database(url)
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await database.close()
    return set(names)


async def test_upgrade_makes_every_table_of_the_models(bare_database_url: str) -> None:
    await upgrade(bare_database_url)
    assert await tables_of(bare_database_url) == set(Base.metadata.tables) | {"alembic_version"}


async def test_upgrading_twice_changes_nothing(bare_database_url: str) -> None:
    await upgrade(bare_database_url)
    await upgrade(bare_database_url)
    assert await tables_of(bare_database_url) == set(Base.metadata.tables) | {"alembic_version"}


async def test_downgrade_leaves_no_table_and_can_be_upgraded_again(bare_database_url: str) -> None:
    await upgrade(bare_database_url)
    await downgrade(bare_database_url)
    assert await tables_of(bare_database_url) == {"alembic_version"}
    await upgrade(bare_database_url)
    assert await tables_of(bare_database_url) == set(Base.metadata.tables) | {"alembic_version"}


async def test_the_models_need_no_migration(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_migrations_make_the_check_constraints_of_the_models(bare_database_url: str) -> None:
    async def made_by(make: Callable[[Connection], None]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}

        def run(connection: Connection) -> None:
            make(connection)
            inspector = inspect(connection)
            for table in Base.metadata.tables:
                checks = inspector.get_check_constraints(table)
                found[table] = {str(check["name"]): str(check["sqltext"]) for check in checks}

        await in_one_transaction(bare_database_url, run)
        return found

    by_models = await made_by(Base.metadata.create_all)
    await in_one_transaction(bare_database_url, Base.metadata.drop_all)
    by_migrations = await made_by(lambda connection: command.upgrade(configuration(connection), "head"))
    assert by_migrations == by_models
    assert "ck_indicator_status" in by_models["indicator"]


def test_the_module_migrates_the_database_it_is_given(bare_database_url: str) -> None:
    main([bare_database_url])
    assert "school" in asyncio.run(tables_of(bare_database_url))


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


async def test_a_migration_that_fails_leaves_nothing_behind(bare_database_url: str) -> None:
    def half_a_migration(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await in_one_transaction(bare_database_url, half_a_migration)
    assert await tables_of(bare_database_url) == set()


async def test_a_migration_that_breaks_references_on_sqlite_is_rolled_back(sqlite_url: str) -> None:
    def orphan(connection: Connection) -> None:
        connection.execute(text("INSERT INTO commune_alias (commune_code, name) VALUES ('00000', 'x')"))

    with pytest.raises(MigrationBreaksReferences, match="commune_alias"):
        await in_one_transaction(sqlite_url, orphan)
    database = Database(sqlite_url)
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM commune_alias")) == 0
    await database.close()


async def test_two_processes_that_migrate_at_once_both_succeed_or_one_is_told_why(
    bare_database_url: str,
) -> None:
    outcomes = await asyncio.gather(
        upgrade(bare_database_url), upgrade(bare_database_url), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(outcome, DatabaseInUse) for outcome in refused)
    assert len(refused) == (1 if bare_database_url.startswith("sqlite") else 0)
    assert "school" in await tables_of(bare_database_url)


async def test_an_open_sqlite_file_is_not_migrated_under_its_user(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(DatabaseInUse, match="another process"):
        await upgrade(sqlite_url)
    await database.close()


async def test_schools_that_were_merged_before_a_release_knew_lead_on_afterwards(
    bare_database_url: str,
) -> None:
    """Merges are written down in the proposals; the release that looks up where a school went reads them there."""
    await upgrade(bare_database_url)
    database = Database(bare_database_url)
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        middle, last = await make_school(session, "Lê Ví Dụ"), await make_school(session, "Lý Ví Dụ")
        closed, kept = await make_school(session, "Tô Ví Dụ"), await make_school(session, "Hồ Ví Dụ")
        for row, kind, fields in (
            (school.school, ProposalKind.MERGE_SCHOOL, {"into": str(middle.id)}),
            (middle, ProposalKind.MERGE_SCHOOL, {"into": str(last.id)}),
            (closed, ProposalKind.CLOSE_SCHOOL, {}),
            (kept, ProposalKind.MERGE_SCHOOL, {"into": str(last.id)}),
        ):
            await session.refresh(row)
            proposal = await approvals.propose(
                session,
                actor=school.officer,
                kind=kind,
                payload={"school": str(row.id), "version": str(row.version), **fields},
                reason="quyết định 12/QĐ",
                now=NOW,
            )
            if row is not kept:  # this one is only proposed
                await approvals.approve(
                    session,
                    actor=school.second,
                    proposal_id=proposal.public_id,
                    version_hash=proposal.version_hash,
                    reason="đã xem",
                    now=NOW,
                )
        expected = {school.school.id: middle.id, middle.id: last.id}
        none = {last.id: None, closed.id: None, kept.id: None}
    await database.close()

    async def became() -> dict[int, int | None]:
        opened = Database(bare_database_url)
        async with opened.reading() as session:
            rows = await session.execute(text("SELECT id, became_id FROM school"))
            found = {int(id_): after for id_, after in rows}
        await opened.close()
        return found

    assert await became() == expected | none
    await downgrade(bare_database_url, "0007")
    await upgrade(bare_database_url)
    assert await became() == expected | none
