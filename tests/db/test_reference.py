"""What a release ships, and the demo: complete, sourced, repeatable, removable."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import contacts, demo, indicators, models, people, places, reference, schools, scripts
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.check import check
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import parse_duty_hours
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import is_example, parse_number
from scamcheck.verdict import Level, ReasonCode
from tests.builders import NOW
from tests.db.builders import make_conversation


async def load_all(session: AsyncSession) -> None:
    await reference.load_reference(session, NOW)
    await demo.load_demo(session, NOW)


async def changes_in(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(models.Change)) or 0


async def test_a_release_brings_communes_short_numbers_and_scripts_each_with_source_and_date(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
    async with database.reading() as session:
        assert len(await places.all_communes(session)) == 124
        assert await scripts.all_scripts(session)
        national = await contacts.active_contacts(session, NOW)
        assert {contact.printed for contact in national} == {"113", "114", "115", "111", "112", "156", "5656"}
        for table in (models.Commune, models.Contact, models.Organisation, models.Script):
            for row in await session.scalars(select(table)):
                assert row.source
                assert row.verified_at
                assert row.approved_by == "release:0.1.0"


async def test_the_same_release_again_changes_nothing(database: Database) -> None:
    async with database.transaction() as session:
        await load_all(session)
    before = await changes_in(database)
    async with database.transaction() as session:
        await load_all(session)
    assert await changes_in(database) == before


async def test_a_national_number_that_was_withdrawn_comes_back_to_its_owner(database: Database) -> None:
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
        first = (await contacts.active_contacts(session, NOW))[0]
        await contacts.withdraw_contact(session, int(first.id), now=NOW)
        await reference.load_reference(session, NOW)
        again = [
            contact for contact in await contacts.active_contacts(session, NOW) if contact.key == first.key
        ]
    assert [contact.owner for contact in again] == [first.owner]


async def test_the_demo_shows_what_the_product_can_do(database: Database) -> None:
    async with database.transaction() as session:
        await load_all(session)
    known = SqlKnowledgeBase(database)

    async def level(message: str) -> Level:
        return (await check(message, known, now=NOW)).level

    assert await level("0530 000 113") is Level.CONFIRMED_SCAM
    assert await level("chuyển vào stk 0000000113 Vietcombank") is Level.CONFIRMED_SCAM
    assert await level("https://hoan-hoc-phi.vi-du.example/nhan") is Level.CONFIRMED_SCAM
    warned = await check("0530 000 114", known, now=NOW)
    assert ReasonCode.TEMPORARY_WARNING in {reason.code for reason in warned.reasons}
    assert await level("02630 111 001") is Level.OFFICIAL
    schools_named = await known.search_schools("tieu hoc vi du hoa sen")
    assert schools_named[0].school.name == "Ví Dụ Hoa Sen"


async def test_the_demo_covers_the_cases_worth_trying(database: Database) -> None:
    async with database.transaction() as session:
        await load_all(session)
    async with database.reading() as session:
        all_schools = await schools.all_schools(session)
        shown = [contact for contact in await contacts.active_contacts(session, NOW) if contact.is_example]
    with_hotline = {contact.owner.id for contact in shown if contact.owner.kind is OwnerKind.SCHOOL}
    names = [(school.level, school.name) for school in all_schools]
    assert [school.name for school in all_schools if school.id not in with_hotline] == ["Ví Dụ Thông Xanh"]
    assert len(names) == len(set(names)) + 1
    assert {contact.owner.kind for contact in shown} == {
        OwnerKind.SCHOOL,
        OwnerKind.POLICE,
        OwnerKind.HOSPITAL,
        OwnerKind.BANK,
    }
    assert any(contact.is_backup for contact in shown)
    assert any(parse_duty_hours(contact.hours) for contact in shown)


async def test_nobody_in_the_demo_is_real(database: Database) -> None:
    async with database.transaction() as session:
        await load_all(session)
    async with database.reading() as session:
        for contact in await contacts.active_contacts(session, NOW):
            if contact.is_example:
                assert "Ví Dụ" in contact.owner.name
                seen = parse_number(contact.key) if contact.kind is IdentifierKind.NUMBER else None
                assert seen is None or is_example(seen.number)
        assert all(
            "Ví Dụ" in school.name and school.is_example for school in await schools.all_schools(session)
        )
        listed = (await session.scalars(select(models.Indicator))).all()
        assert {(row.is_example, row.confirmed_by) for row in listed} == {(True, "Công an Ví Dụ")}


async def test_what_expired_in_the_demo_counts_again_at_the_next_start(database: Database) -> None:
    async with database.transaction() as session:
        await load_all(session)
    later = NOW + timedelta(days=200)
    async with database.transaction() as session:
        await demo.load_demo(session, later)
        for kind, key in (*demo.CONFIRMED, *demo.WARNED):
            listed = await indicators.listed_indicator(session, kind, key)
            assert listed is not None
            assert listed.expires_at is not None
            assert listed.expires_at > later


async def test_removing_the_demo_leaves_only_what_the_release_ships(database: Database) -> None:
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
        assert not await demo.has_demo(session)
        shipped = await contacts.active_contacts(session, NOW)
        await demo.load_demo(session, NOW)
        assert await demo.has_demo(session)
        conversation = await make_conversation(session)
        school = (await schools.all_schools(session))[0]
        await people.follow_school(session, conversation, school.id, NOW)
    async with database.transaction() as session:
        assert await demo.remove_demo(session, NOW) > 20
        assert await demo.remove_demo(session, NOW) == 0
        assert not await demo.has_demo(session)
        assert await contacts.active_contacts(session, NOW) == shipped
        assert await people.followed_schools(session, await make_conversation(session)) == ()


@pytest.mark.parametrize("table", [models.Contact, models.School])
async def test_removing_the_demo_is_a_change_that_others_see(
    database: Database, table: type[models.Contact | models.School]
) -> None:
    async with database.transaction() as session:
        await load_all(session)
    known = SqlKnowledgeBase(database)
    found = await known.search_schools("tieu hoc vi du hoa sen")
    async with database.transaction() as session:
        await demo.remove_demo(session, NOW)
    assert await known.school(found[0].school.id) is None
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(table).where(table.is_example)) == 0


async def test_a_process_that_starts_beside_another_waits_until_it_has_filled_the_record(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
        assert await session.scalar(text("SHOW lock_timeout")) == "10min"
    async with database.transaction() as session:
        assert await session.scalar(text("SHOW lock_timeout")) == "5s"
    await database.close()
