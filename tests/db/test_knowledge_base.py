"""A check answered from the record: what is found, how fresh it is, and what happens when the record is gone."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from db import contacts, indicators, knowledge_base, lookups
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.check import check
from scamcheck.knowledge import NOBODY, Asker, IdentifierKind, IndicatorStatus, KnowledgeUnavailable
from scamcheck.observables import Observables, extract
from scamcheck.verdict import Level, ReasonCode
from tests.builders import NOW
from tests.db.builders import make_contact, make_indicator, make_school


@pytest.fixture
async def known(database: Database) -> SqlKnowledgeBase:
    return SqlKnowledgeBase(database)


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def found_keys(known: SqlKnowledgeBase, message: str | Observables) -> set[str]:
    observables = extract(message) if isinstance(message, str) else message
    candidates = await known.gather(observables, NOBODY, NOW)
    return {indicator.key for indicator in candidates.indicators}


async def test_a_confirmed_number_is_found_with_who_confirmed_it(
    database: Database, known: SqlKnowledgeBase
) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session)
    (found,) = (await known.gather(extract("0912000099"), NOBODY, NOW)).indicators
    assert (found.key, found.status, found.confirmed_by, found.verified_at, found.id) == (
        "+84912000099",
        IndicatorStatus.CONFIRMED,
        "Công an Ví Dụ",
        row.verified_at,
        str(row.id),
    )
    assert (await check("0912000099", known, now=NOW)).level is Level.CONFIRMED_SCAM


async def test_all_identifiers_of_a_message_are_one_question(
    database: Database, known: SqlKnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known.warm_up()
    asked: list[int] = []
    look_up = known._look_up_listed

    async def counted(keys: Sequence[str]) -> lookups.Listed:
        asked.append(len(keys))
        return await look_up(keys)

    monkeypatch.setattr(known, "_look_up_listed", counted)
    message = extract(
        "số 0912000099 và 0912000098 nhắn vào https://lua-dao.example/a rồi bảo chuyển vào stk 0011223344556 Vietcombank"
    )
    with statements_of(database) as statements:
        await known.gather(message, NOBODY, NOW)
        await known.gather(extract("chào"), NOBODY, NOW)
    assert len(asked) == 2
    assert asked[0] > 3
    assert statements == []  # nothing else is asked while nothing changes


@pytest.mark.parametrize(
    ("recorded", "message", "matches"),
    [
        ("lua-dao-vi-du.com", "https://lua-dao-vi-du.com/hoan-tien", True),
        ("lua-dao-vi-du.com", "https://www.dang-nhap.lua-dao-vi-du.com", True),
        ("dang-nhap.lua-dao-vi-du.com", "https://lua-dao-vi-du.com", False),
        ("lua-dao-vi-du.com", "https://khonglua-dao-vi-du.com", False),
        ("bit.ly/abc", "https://bit.ly/abc", True),
        ("bit.ly/abc", "https://bit.ly/xyz", False),
    ],
)
async def test_a_subdomain_of_a_confirmed_host_matches_and_a_parent_does_not(
    database: Database, known: SqlKnowledgeBase, recorded: str, message: str, matches: bool
) -> None:
    async with database.transaction() as session:
        await make_indicator(session, recorded, kind=IdentifierKind.LINK)
    assert await found_keys(known, message) == ({recorded} if matches else set())


async def test_an_account_is_found_at_its_bank_and_as_a_candidate_when_no_bank_is_named(
    database: Database, known: SqlKnowledgeBase
) -> None:
    async with database.transaction() as session:
        await make_indicator(session, "970436:0011223344556", kind=IdentifierKind.BANK_ACCOUNT)
    assert await found_keys(known, "chuyển vào stk 0011223344556 Vietcombank") == {"970436:0011223344556"}
    assert await found_keys(known, "chuyển vào stk 0011223344556") == {"970436:0011223344556"}
    assert await found_keys(known, "chuyển vào stk 0011223344556 Techcombank") == set()
    verdict = await check("chuyển vào stk 0011223344556", known, now=NOW)
    assert ReasonCode.POSSIBLE_MATCH in {reason.code for reason in verdict.reasons}


async def test_a_key_of_one_kind_does_not_answer_for_another(
    database: Database, known: SqlKnowledgeBase
) -> None:
    async with database.transaction() as session:
        await make_indicator(session, "?:0912000099", kind=IdentifierKind.BANK_ACCOUNT)
    assert await found_keys(known, "0912000099 gọi") == set()


async def test_expired_withdrawn_and_superseded_entries_count_as_absent(
    database: Database, known: SqlKnowledgeBase
) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session)
        await indicators.withdraw_indicator(session, row.id, version=1, reason="", now=NOW)
        await make_indicator(session, "+84912000098", expires_at=NOW)
    assert await found_keys(known, "0912000099, 0912000098") == set()


async def test_a_confirmation_counts_in_the_next_check(database: Database, known: SqlKnowledgeBase) -> None:
    await known.warm_up()
    before = known._records
    async with database.transaction() as session:
        await make_indicator(session)
    assert await found_keys(known, "0912000099") == {"+84912000099"}
    assert known._records is before  # indicators are not what is held in memory


async def test_a_new_hotline_counts_in_the_next_check(database: Database, known: SqlKnowledgeBase) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
    assert await known.contacts_for_school(str(school.id), NOW) == ()
    async with database.transaction() as session:
        contact = await make_contact(session, school, expires_at=NOW + timedelta(days=1))
    assert [found.key for found in await known.contacts_for_school(str(school.id), NOW)] == ["+84912000001"]
    assert await known.contacts_for_school(str(school.id), NOW + timedelta(days=1)) == ()
    asker = Asker(follows=(str(school.id),))
    gathered = await known.gather(extract("0912000001"), asker, NOW)
    assert [found.key for found in gathered.contacts] == ["+84912000001"]
    assert [found.key for found in gathered.owner_contacts] == ["+84912000001"]
    async with database.transaction() as session:
        await contacts.withdraw_contact(session, contact.id, now=NOW)
    assert await known.contacts_for_school(str(school.id), NOW) == ()


async def test_schools_are_found_by_name_and_by_id(database: Database, known: SqlKnowledgeBase) -> None:
    async with database.transaction() as session:
        school = await make_school(session, "Phan Chu Trinh")
    assert [found.school.id for found in await known.search_schools("thcs phan chu trinh")] == [
        str(school.id)
    ]
    named = await known.school(str(school.id))
    assert named is not None
    assert named.name == "Phan Chu Trinh"
    assert await known.school("999") is None


async def test_checks_at_once_read_a_changed_registry_once(
    database: Database, known: SqlKnowledgeBase
) -> None:
    async with database.transaction() as session:
        await make_school(session)
    with statements_of(database) as statements:
        await asyncio.gather(*(known.school("1") for _ in range(5)))
    assert len([statement for statement in statements if "FROM script" in statement]) == 1


# When the record is gone


async def test_without_its_tables_the_record_is_unavailable(bare_database_url: str) -> None:
    database = Database(bare_database_url)
    known = SqlKnowledgeBase(database)
    with pytest.raises(KnowledgeUnavailable):
        await known.warm_up()
    verdict = await check("0912000099", known, now=NOW)
    assert verdict.level is Level.CANNOT_CHECK
    assert not verdict.lists_available
    await database.close()


async def test_a_server_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(KnowledgeUnavailable):
        await SqlKnowledgeBase(database).warm_up()
    await database.close()


async def test_a_record_that_fails_while_being_read_anew_is_unavailable_and_then_recovers(
    database: Database, known: SqlKnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known.warm_up()
    async with database.transaction() as session:
        school = await make_school(session)

    async def fail(_session: object, _version: int) -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(knowledge_base.official, "since", fail)
        with pytest.raises(KnowledgeUnavailable):
            await known.school(str(school.id))
    assert await known.school(str(school.id)) is not None


async def test_a_record_that_does_not_answer_in_time_is_unavailable(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgresql_url)
    known = SqlKnowledgeBase(database)
    await known.warm_up()
    monkeypatch.setattr(knowledge_base, "PATIENCE_SECONDS", 0.2)
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE indicator IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(KnowledgeUnavailable):
            await known.gather(extract("0912000099"), NOBODY, NOW)
    monkeypatch.undo()
    assert await found_keys(known, "0912000099") == set()
    await database.close()
