"""Communes, schools, contacts and indicators: who may be recorded, what follows, and that it is written down."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, contacts, indicators, models, organisations, places, schools, scripts
from db.contacts import AlreadyAContact, ContactNotActive, ListedAsScam, NumberCannotBeContact
from db.engine import Database
from db.indicators import AlreadyConfirmed, AlreadyWarned, IndicatorNotListed, Protected
from db.models import IndicatorState, Operation, RecordKind
from db.organisations import OrganisationAlreadyRecorded
from db.recordable import ExampleNumber, KeyNotCanonical, NotAnExampleNumber
from db.schools import CommuneNotRecorded, SchoolAlreadyRecorded, SchoolNotActive
from scamcheck import knowledge
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import DutyHoursUnreadable
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW
from tests.db.builders import (
    COMMUNE,
    make_commune,
    make_contact,
    make_indicator,
    make_organisation,
    make_school,
)


async def changes_of(session: AsyncSession, kind: RecordKind) -> list[tuple[str, Operation]]:
    rows = await session.execute(
        select(models.Change.key, models.Change.operation)
        .where(models.Change.kind == kind)
        .order_by(models.Change.version)
    )
    return [(row.key, row.operation) for row in rows]


# Communes


async def test_a_commune_is_found_by_what_people_call_it_now_and_before(database: Database) -> None:
    async with database.transaction() as session:
        for code, name, old in (
            ("24001", "phường Hoa Mai", ("xã Núi Xanh", "thị trấn Ví Dụ")),
            ("24002", "xã Núi Xanh", ()),
            ("24003", "xã Sông Ví Dụ", ("xã Hoa Đào",)),
        ):
            await make_commune(session, code, name, old_names=old)
        for words, found in (
            ("nui xanh", ["24002", "24001"]),  # who is called so today comes first
            ("NÚI  Xanh Lâm Đồng", ["24001", "24002"]),
            ("hoa", ["24001", "24003"]),
            ("24003", ["24003"]),
            ("không có", []),
            (" ", []),
        ):
            assert [row.code for row in await places.communes_called(session, words)] == found, words
        rows = await places.communes_with(session, ["24003", "24001", "99999"])
        assert [row.code for row in rows] == ["24001", "24003"]
        assert await places.provinces(session) == ("Lâm Đồng",)


async def test_a_commune_is_recorded_changed_and_left_alone(database: Database) -> None:
    async with database.transaction() as session:
        await make_commune(session, old_names=("xã Cũ", "huyện Cũ", "xã Cũ"))
    async with database.transaction() as session:
        await make_commune(session, old_names=("xã Cũ", "huyện Cũ"))
        await make_commune(session, name="phường Ví Dụ", old_names=("huyện Cũ", "xã Cũ"))
        await make_commune(session, name="phường Ví Dụ", old_names=("xã Khác",))
    async with database.reading() as session:
        assert await places.all_communes(session) == (
            knowledge.Commune(COMMUNE, "phường Ví Dụ", "Lâm Đồng", ("xã Khác",)),
        )
        assert await changes_of(session, RecordKind.COMMUNE) == [
            (COMMUNE, Operation.ADDED),
            (COMMUNE, Operation.CHANGED),
            (COMMUNE, Operation.CHANGED),
        ]
        assert (await session.get_one(models.Commune, COMMUNE)).version == 3


# Schools


async def test_a_school_is_found_as_the_core_knows_it(database: Database) -> None:
    async with database.transaction() as session:
        row = await make_school(session, aliases=("Ví Dụ Cũ", "Ví Dụ Cũ"))
    school = knowledge.School(
        id=str(row.id),
        level="THCS",
        name="Nguyễn Ví Dụ",
        commune="xã Ví Dụ",
        commune_code=COMMUNE,
        province="Lâm Đồng",
        aliases=("Ví Dụ Cũ",),
    )
    async with database.reading() as session:
        assert await schools.school_by_id(session, str(row.id)) == school
        assert await schools.all_schools(session) == (school,)
        assert await schools.schools_with_ids(session, [row.id, 999]) == (school,)


@pytest.mark.parametrize(
    ("level", "name"),
    [("thcs", "Nguyễn Ví Dụ"), ("Trung học cơ sở", "nguyen vi du"), ("cấp 2", "Nguyễn  Ví Dụ")],
)
async def test_a_school_spelt_another_way_is_the_same_school(
    database: Database, level: str, name: str
) -> None:
    async with database.transaction() as session:
        await make_school(session)
        with pytest.raises(SchoolAlreadyRecorded):
            await make_school(session, name, level=level)


async def test_schools_of_one_name_in_two_communes_or_of_two_levels_are_different(database: Database) -> None:
    async with database.transaction() as session:
        await make_school(session)
        await make_school(session, commune_code="24700")
        await make_school(session, level="tiểu học")
        levels = [school.level for school in await schools.all_schools(session)]
    assert levels == ["THCS", "THCS", "Tiểu học"]


async def test_a_school_needs_a_recorded_commune(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(CommuneNotRecorded):
            await schools.add_school(
                session,
                level="thcs",
                name="X",
                commune_code="00000",
                source="",
                approved_by="operator:x",
                now=NOW,
            )


async def test_a_withdrawn_school_is_gone_and_its_name_free_again(database: Database) -> None:
    async with database.transaction() as session:
        row = await make_school(session)
        await schools.withdraw_school(session, row.id, now=NOW)
        assert await schools.all_schools(session) == ()
        with pytest.raises(SchoolNotActive):
            await schools.withdraw_school(session, row.id, now=NOW)
        again = await make_school(session)
        assert await changes_of(session, RecordKind.SCHOOL) == [
            (str(row.id), Operation.ADDED),
            (str(row.id), Operation.REMOVED),
            (str(again.id), Operation.ADDED),
        ]


@pytest.mark.parametrize(
    ("level", "name", "full"),
    [
        ("TH", "Ví Dụ", "Tiểu học Ví Dụ"),
        ("THCS", "Ví Dụ", "THCS Ví Dụ"),
        ("THCS", "THCS Ví Dụ", "THCS Ví Dụ"),
        ("Trường lạ", "Ví Dụ", "truong la Ví Dụ"),
    ],
)
async def test_a_school_is_called_by_level_and_name_the_level_not_twice(
    database: Database, level: str, name: str, full: str
) -> None:
    async with database.transaction() as session:
        assert schools.full_name(await make_school(session, name, level=level)) == full


def test_an_empty_level_has_no_code() -> None:
    assert schools.level_code(" ") == ""


# Organisations and scripts


async def test_an_organisation_is_recorded_once(database: Database) -> None:
    async with database.transaction() as session:
        await make_organisation(session)
        await make_organisation(session, OwnerKind.HOSPITAL)
        with pytest.raises(OrganisationAlreadyRecorded):
            await make_organisation(session)
        assert await organisations.organisation_with_key(session, OwnerKind.BANK, "1") is None


async def test_a_script_is_recorded_changed_and_left_alone(database: Database) -> None:
    script = knowledge.Script("own:1", "Con cấp cứu", "con [tên] cấp cứu", "child_emergency", "a test")
    async with database.transaction() as session:
        assert await scripts.put_script(session, script, approved_by="operator:test", now=NOW)
        assert not await scripts.put_script(session, script, approved_by="operator:test", now=NOW)
        changed = knowledge.Script("own:1", "Con cấp cứu", "cháu [tên] cấp cứu", "child_emergency", "a test")
        assert await scripts.put_script(session, changed, approved_by="operator:test", now=NOW)
        assert await scripts.all_scripts(session) == (changed,)
        assert await changes_of(session, RecordKind.SCRIPT) == [
            ("own:1", Operation.ADDED),
            ("own:1", Operation.CHANGED),
        ]


# Contacts


async def test_a_contact_is_found_as_the_core_knows_it(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        hotline = await make_contact(session, school, "+842613546278", hours="T2-T6 07:00-17:00")
        bank = await make_organisation(session)
        await make_contact(session, bank, "+841900545413")
        found = await contacts.active_contacts(session, NOW)
    assert [contact.key for contact in found] == ["+842613546278", "+841900545413"]
    assert found[0] == knowledge.Contact(
        id=str(hotline.id),
        kind=IdentifierKind.NUMBER,
        key="+842613546278",
        owner=knowledge.Owner(
            OwnerKind.SCHOOL, str(school.id), "Trường THCS Nguyễn Ví Dụ", "THCS Nguyễn Ví Dụ", COMMUNE
        ),
        label="đường dây nóng",
        printed="0261 3546 278",
        hours="T2-T6 07:00-17:00",
        verified_at=found[0].verified_at,
        source="a test",
    )
    assert found[1].owner == knowledge.Owner(OwnerKind.BANK, "970436", "Ngân hàng Ví Dụ", "Ví Dụ")


async def test_an_expired_contact_is_not_active_but_still_its_owners(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        await make_contact(session, school, expires_at=NOW)
        assert await contacts.active_contacts(session, NOW - timedelta(seconds=1))
        assert await contacts.active_contacts(session, NOW) == ()
        assert len(await contacts.all_active_contacts(session)) == 1
        with pytest.raises(Protected):
            await make_indicator(session, "+84912000001")


async def test_a_withdrawn_contact_is_shown_no_more(database: Database) -> None:
    async with database.transaction() as session:
        contact = await make_contact(session, await make_school(session))
        await contacts.withdraw_contact(session, contact.id, now=NOW)
        assert await contacts.active_contacts(session, NOW) == ()
        with pytest.raises(ContactNotActive):
            await contacts.withdraw_contact(session, contact.id, now=NOW)
        assert await changes_of(session, RecordKind.CONTACT) == [
            (str(contact.id), Operation.ADDED),
            (str(contact.id), Operation.REMOVED),
        ]


async def test_contacts_of_a_withdrawn_school_are_shown_no_more(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        await make_contact(session, school)
        await schools.withdraw_school(session, school.id, now=NOW)
        assert await contacts.active_contacts(session, NOW) == ()


async def test_a_number_is_one_owners_contact(database: Database) -> None:
    async with database.transaction() as session:
        await make_contact(session, await make_school(session))
        other = await make_school(session, "Khác")
        with pytest.raises(AlreadyAContact):
            await make_contact(session, other)


@pytest.mark.parametrize("key", ["+85512345678", "+841900545413", "short:113", "+870773111632"])
async def test_a_school_hotline_is_an_ordinary_vietnamese_number(database: Database, key: str) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        with pytest.raises(NumberCannotBeContact):
            await make_contact(session, school, key)


async def test_a_bank_may_have_a_paid_number_but_no_foreign_one(database: Database) -> None:
    async with database.transaction() as session:
        bank = await make_organisation(session)
        await make_contact(session, bank, "+841900545413")
        with pytest.raises(NumberCannotBeContact):
            await make_contact(session, bank, "+85512345678")


async def test_a_listed_number_cannot_become_a_hotline(database: Database) -> None:
    async with database.transaction() as session:
        await make_indicator(session)
        school = await make_school(session)
        with pytest.raises(ListedAsScam):
            await make_contact(session, school, "+84912000099")


async def test_duty_hours_are_readable_or_refused(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        with pytest.raises(DutyHoursUnreadable):
            await make_contact(session, school, hours="giờ hành chính")


async def test_accounts_and_links_can_be_official_too(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        await make_contact(session, school, "970436:0000000111", kind=IdentifierKind.BANK_ACCOUNT)
        await make_contact(session, school, "thcs-vi-du.edu.vn", kind=IdentifierKind.LINK)
        found = await contacts.active_contacts(session, NOW)
    assert [contact.printed for contact in found] == ["970436:0000000111", "thcs-vi-du.edu.vn"]


async def test_real_records_have_no_example_number_and_demo_records_no_other(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        with pytest.raises(ExampleNumber):
            await make_contact(session, school, "+84530000001")
        with pytest.raises(NotAnExampleNumber):
            await make_contact(session, school, "+84912000001", is_example=True)
        with pytest.raises(ExampleNumber):
            await make_indicator(session, "+84530000001")
        await make_contact(session, school, "+84530000001", is_example=True)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (IdentifierKind.NUMBER, "0912000001"),
        (IdentifierKind.NUMBER, "+84 912 000 001"),
        (IdentifierKind.NUMBER, "short:999"),
        (IdentifierKind.NUMBER, ""),
        (IdentifierKind.BANK_ACCOUNT, "0912000001"),
        (IdentifierKind.BANK_ACCOUNT, "97043:123"),
        (IdentifierKind.BANK_ACCOUNT, "970436:"),
        (IdentifierKind.BANK_ACCOUNT, "970436:12 34"),
        (IdentifierKind.BANK_ACCOUNT, "970436:abc"),
        (IdentifierKind.LINK, "https://lua-dao.example"),
        (IdentifierKind.LINK, "two words"),
        (IdentifierKind.LINK, "bit.ly"),
        (IdentifierKind.LINK, ""),
    ],
)
async def test_only_canonical_keys_are_recorded(database: Database, kind: IdentifierKind, key: str) -> None:
    async with database.transaction() as session:
        with pytest.raises(KeyNotCanonical):
            await make_indicator(session, key, kind=kind)


# Indicators


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (IdentifierKind.NUMBER, "+84912000099"),
        (IdentifierKind.NUMBER, "+85512345678"),
        (IdentifierKind.BANK_ACCOUNT, "970436:0912000099"),
        (IdentifierKind.BANK_ACCOUNT, "?:0912000099"),
        (IdentifierKind.LINK, "lua-dao.example"),
        (IdentifierKind.LINK, "bit.ly/abc"),
    ],
)
async def test_a_confirmation_counts_for_180_days_unless_told_otherwise(
    database: Database, kind: IdentifierKind, key: str
) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session, key, kind=kind)
        assert (row.status, row.expires_at) == (IndicatorState.CONFIRMED, NOW + timedelta(days=180))
        assert await changes_of(session, RecordKind.INDICATOR) == [(key, Operation.ADDED)]
    async with database.transaction() as session:
        other = await make_indicator(session, "+84912000098", expires_at=NOW + timedelta(days=30))
        assert other.expires_at == NOW + timedelta(days=30)


async def test_a_number_is_confirmed_once(database: Database) -> None:
    async with database.transaction() as session:
        await make_indicator(session)
        with pytest.raises(AlreadyConfirmed):
            await make_indicator(session)


async def test_twenty_confirmations_at_once_confirm_once(database: Database) -> None:
    async def confirm() -> bool:
        try:
            async with database.transaction() as session:
                await make_indicator(session)
        except AlreadyConfirmed:
            return False
        return True

    outcomes = await asyncio.gather(*(confirm() for _ in range(20)))
    assert sum(outcomes) == 1
    async with database.reading() as session:
        assert len((await session.scalars(select(models.Indicator))).all()) == 1


async def test_a_number_cannot_become_hotline_and_scam_at_once(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)

    async def register() -> str:
        try:
            async with database.transaction() as session:
                await make_contact(session, school, "+84912000099")
        except ListedAsScam:
            return "listed"
        return "contact"

    async def confirm() -> str:
        try:
            async with database.transaction() as session:
                await make_indicator(session)
        except Protected:
            return "protected"
        return "indicator"

    outcomes = set(await asyncio.gather(register(), confirm()))
    assert outcomes in ({"contact", "protected"}, {"listed", "indicator"})


async def test_the_database_itself_refuses_a_second_listing(database: Database) -> None:
    async def list_again() -> None:
        async with database.transaction() as session:
            first = await make_indicator(session)
            session.add(
                models.Indicator(
                    status=IndicatorState.SUSPENDED,
                    kind=first.kind,
                    key=first.key,
                    norm_version=1,
                    confirmed_by="x",
                    approved_by="operator:x",
                    created_at=NOW,
                    updated_at=NOW,
                )
            )

    with pytest.raises(IntegrityError):
        await list_again()


async def warn(session: AsyncSession) -> models.Indicator:
    return await indicators.warn_temporarily(
        session,
        kind=IdentifierKind.NUMBER,
        key="+84912000099",
        confirmed_by="Công an Ví Dụ",
        source="a test",
        verified_at=NOW.date(),
        approved_by="operator:test",
        now=NOW,
    )


async def test_a_temporary_warning_lasts_a_day_and_gives_way_to_a_confirmation(database: Database) -> None:
    async with database.transaction() as session:
        warning = await warn(session)
        assert (warning.status, warning.expires_at) == (
            IndicatorState.TEMPORARY_WARNING,
            NOW + timedelta(hours=24),
        )
        with pytest.raises(AlreadyWarned):
            await warn(session)
        confirmed = await make_indicator(session)
        await session.refresh(warning)
        assert (warning.status, warning.version) == (IndicatorState.SUPERSEDED, 2)
        listed = await indicators.listed_indicator(session, IdentifierKind.NUMBER, "+84912000099")
        assert listed is not None
        assert listed.id == confirmed.id
        with pytest.raises(AlreadyWarned):
            await warn(session)


async def test_an_expired_confirmation_can_be_made_anew(database: Database) -> None:
    async with database.transaction() as session:
        old = await make_indicator(session)
        new = await make_indicator(session, now=NOW + timedelta(days=180))
        await session.refresh(old)
        assert (old.status, new.status) == (IndicatorState.EXPIRED, IndicatorState.CONFIRMED)


async def test_a_withdrawn_number_counts_no_more_and_may_be_confirmed_again(database: Database) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session)
        await indicators.withdraw_indicator(session, row.id, version=1, reason="nhầm chủ", now=NOW)
        await session.refresh(row)
        assert (row.status, row.reason, row.version) == (IndicatorState.WITHDRAWN, "nhầm chủ", 2)
        assert await indicators.listed_indicator(session, row.kind, row.key) is None
        await make_indicator(session)
        assert await changes_of(session, RecordKind.INDICATOR) == [
            (row.key, Operation.ADDED),
            (row.key, Operation.REMOVED),
            (row.key, Operation.ADDED),
        ]


async def test_who_decided_on_an_older_version_withdraws_nothing(database: Database) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session)
        with pytest.raises(IndicatorNotListed):
            await indicators.withdraw_indicator(session, row.id, version=0, reason="", now=NOW)
        await indicators.withdraw_indicator(session, row.id, version=1, reason="", now=NOW)
        with pytest.raises(IndicatorNotListed):
            await indicators.withdraw_indicator(session, row.id, version=2, reason="", now=NOW)


# Changes


async def test_versions_become_visible_in_their_order(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    started = asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as session:
            await make_indicator(session, "+84912000001")
            started.set()
            await asyncio.sleep(0.2)

    first = asyncio.create_task(slow())
    await started.wait()
    async with database.transaction() as session:
        await make_indicator(session, "+84912000002")
    async with database.reading() as session:
        in_order = (await session.scalars(select(models.Change.key).order_by(models.Change.version))).all()
        assert in_order == ["+84912000001", "+84912000002"]
        assert await changes.version(session) > 0
    await first
    await database.close()
