"""How a process follows what other processes change: record by record, or all anew when that is too much."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from db import contacts, knowledge_base, lookups, official, organisations, schools, scripts
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import NOBODY, IdentifierKind, KnowledgeUnavailable, Script
from scamcheck.observables import extract
from tests.builders import NOW
from tests.db.builders import make_commune, make_contact, make_indicator, make_school

SCRIPT = Script(
    "vi-du",
    "Ví dụ",
    "Chào chị, em gọi từ bưu cục ví dụ, kiện hàng của chị đang bị giữ vì thiếu giấy tờ, chị đóng phí lưu kho trước trưa nay nhé",
    "parcel",
)


@pytest.fixture
async def known(database: Database) -> SqlKnowledgeBase:
    async with database.transaction() as session:
        await make_school(session, "Phan Chu Trinh")
    known = SqlKnowledgeBase(database)
    await known.warm_up()
    return known


@pytest.fixture
async def other(database: Database) -> AsyncIterator[Database]:
    """The same database as another process has it open."""
    opened = Database(database.engine.url.render_as_string(hide_password=False), exclusive=False)
    yield opened
    await opened.close()


def forbid_reading_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_session: object) -> official.Everything:
        pytest.fail("everything was read anew")

    monkeypatch.setattr(official, "everything", fail)


async def shown_for(known: SqlKnowledgeBase, school_id: int) -> list[str]:
    return [found.printed for found in await known.contacts_for_school(str(school_id), NOW)]


async def becomes_known(known: SqlKnowledgeBase, school_id: int) -> None:
    async with asyncio.timeout(5):
        while await known.school(str(school_id)) is None:  # noqa: ASYNC110 - asking is what makes it try again
            await asyncio.sleep(0.01)


async def test_records_of_another_process_are_followed_one_by_one(
    known: SqlKnowledgeBase, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_reading_everything(monkeypatch)
    async with other.transaction() as session:
        await make_indicator(session)
    assert len((await known.gather(extract("0912000099"), NOBODY, NOW)).indicators) == 1
    async with other.transaction() as session:
        school = await schools.add_school(
            session, level="THCS", name="Ví Dụ Ban Mai", commune_code="24736", aliases=("Ban Mai Ví Dụ",), source="", approved_by="t", now=NOW
        )  # fmt: skip
        contact = await make_contact(session, school)
        unit = await organisations.add_organisation(
            session, kind=OwnerKind.POLICE, key="police:vi-du", name="Công an Ví Dụ", commune_code="24736", source="", approved_by="t", now=NOW
        )  # fmt: skip
        await make_contact(session, unit, "+842633555113")
        await scripts.put_script(session, SCRIPT, approved_by="t", now=NOW)
    assert [found.school.name for found in await known.search_schools("ban mai ví dụ")] == ["Ví Dụ Ban Mai"]
    assert len(await shown_for(known, school.id)) == 1
    gathered = await known.gather(extract("02633 555 113"), NOBODY, NOW)
    assert [found.owner.name for found in gathered.contacts] == ["Công an Ví Dụ"]
    assert [found.script for found in (await known.gather(extract(SCRIPT.text), NOBODY, NOW)).scripts] == [
        SCRIPT
    ]
    async with other.transaction() as session:
        await contacts.withdraw_contact(session, contact.id, now=NOW)
    assert await shown_for(known, school.id) == []
    async with other.transaction() as session:
        await schools.withdraw_school(session, school.id, now=NOW)
    assert await known.school(str(school.id)) is None
    assert str(school.id) not in [found.school.id for found in await known.search_schools("ban mai ví dụ")]


async def test_a_contact_whose_owner_is_gone_is_shown_no_longer(
    known: SqlKnowledgeBase, other: Database
) -> None:
    async with other.transaction() as session:
        school = await make_school(session, "Ví Dụ Hoa Ban")
        await make_contact(session, school)
    assert len(await shown_for(known, school.id)) == 1
    async with other.transaction() as session:
        await schools.withdraw_school(session, school.id, now=NOW)
    assert await shown_for(known, school.id) == []


async def test_of_a_small_registry_a_new_commune_counts_at_once(
    known: SqlKnowledgeBase, other: Database
) -> None:
    async with other.transaction() as session:
        await make_commune(session, "99901", "xã Ví Dụ Khác")
    gathered = await known.gather(extract("ở xã Ví Dụ Khác"), NOBODY, NOW)
    assert [commune.code for commune in gathered.communes] == ["99901"]


async def test_of_a_country_the_old_registry_answers_until_the_new_one_is_ready(
    known: SqlKnowledgeBase, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_base, "A_COUNTRY", 1)
    monkeypatch.setattr(official, "MOST_CHANGES", 0)
    async with other.transaction() as session:
        school = await make_school(session, "Ví Dụ Hoa Ban")
    held = asyncio.Event()
    read = official.everything

    async def slow(session: object) -> official.Everything:
        await held.wait()
        return await read(session)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(official, "everything", slow)
    assert await known.school(str(school.id)) is None
    assert await known.school(str(school.id)) is None
    held.set()
    await becomes_known(known, school.id)


async def test_a_registry_that_could_not_be_built_anew_is_tried_again(
    known: SqlKnowledgeBase, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_base, "A_COUNTRY", 1)
    monkeypatch.setattr(official, "MOST_CHANGES", 0)
    async with other.transaction() as session:
        school = await make_school(session, "Ví Dụ Hoa Ban")
    read = official.everything
    failures = [OSError("gone")]

    async def fail_once(session: object) -> official.Everything:
        if failures:
            raise failures.pop()
        return await read(session)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(official, "everything", fail_once)
    await becomes_known(known, school.id)
    assert failures == []


async def test_a_database_put_back_to_an_earlier_state_is_read_anew(
    database: Database, known: SqlKnowledgeBase
) -> None:
    known._version = 10**6
    async with database.transaction() as session:
        school = await make_school(session, "Ví Dụ Hoa Ban")
    assert await known.school(str(school.id)) is not None


async def test_a_sqlite_file_that_was_put_in_place_of_another_is_the_one_that_answers(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    look_up = lookups.look_up_in(database)
    async with database.transaction() as session:
        await make_indicator(session)
    await database.erase_traces()
    path = tmp_path / "goilai.db"
    assert len((await look_up(["+84912000099"]))[1]) == 1
    empty = tmp_path / "empty.db"
    shutil.copy(path, empty)
    with_row = (await look_up(["+84912000099"]))[1][0]
    assert with_row.kind is IdentifierKind.NUMBER
    empty.replace(path)
    assert len((await look_up(["+84912000099"]))[1]) == 1
    await database.close()


async def test_a_connection_that_died_unused_is_not_noticed(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    look_up = lookups.look_up_in(database)
    assert (await look_up([]))[0] == 0
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert (await look_up([]))[0] == 0
    await database.close()


async def test_no_more_connections_are_kept_than_are_useful(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "MOST_CONNECTIONS", 1)
    database = Database(postgresql_url)
    look_up = lookups.look_up_in(database)
    found = await asyncio.gather(*(look_up([]) for _ in range(4)))
    assert [version for version, _ in found] == [0, 0, 0, 0]
    with psycopg.connect(postgresql_url) as connection:
        kept = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        ).fetchone()
    assert kept is not None
    assert kept[0] <= 1
    await database.close()


async def test_a_record_that_goes_away_is_unavailable(
    known: SqlKnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_keys: object) -> lookups.Listed:
        raise psycopg.OperationalError("the server closed the connection")

    monkeypatch.setattr(known, "_look_up_listed", gone)
    with pytest.raises(KnowledgeUnavailable):
        await known.school("1")
