"""What an import brings into the record, kind by kind, and what makes it stale."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from db import (
    contacts,
    models,
    organisations,
    protection,
    schools,
)
from db.engine import Database
from db.importing.reading import Given
from db.importing.rules import ImportStale
from db.models import ImportKind, OfficeKind, ProposalStatus, Role
from db.rights import Actor
from scamcheck.claims import OwnerKind
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
from tests.db.desk import make_actor, make_office
from tests.db.imports import (
    CONTACTS,
    POLICE_SAYS,
    approve,
    bring,
    csv_of,
    proposed,
    report,
    taken_in,
)


async def test_schools_and_then_their_numbers_come_from_messy_files(
    database: Database, teacher: Actor, supervisor: Actor
) -> None:
    async with database.transaction() as session:
        old = await make_school(session, "Trần Phú", level="th", aliases=("Phú Một",))
        own = await make_office(session, OfficeKind.SCHOOL, school_id=old.id)
    result = await taken_in(
        database,
        teacher,
        supervisor,
        ImportKind.SCHOOLS,
        ["Tên trường", "Xã", "Huyện cũ", "Tên khác"],
        ["Trường Tiểu học Lê Lợi", "Ví Dụ", "Huyện Đắk Mil", "Lê Lợi A | Lê Lợi B"],
        ["TH Trần Phú", "Ví Dụ", "", "Phú Một | Phú Hai"],
        ["MN Hoa Hồng", "Ví Dụ", "", ""],
    )
    assert result == "schools:3"
    async with database.reading() as session:
        found = {school.name: school for school in await schools.all_schools(session)}
    assert found["Lê Lợi"].aliases == ("Lê Lợi A", "Lê Lợi B")
    assert found["Lê Lợi"].old_district == "Huyện Đắk Mil"
    assert found["Trần Phú"].aliases == ("Phú Một", "Phú Hai")
    again = ["TH Trần Phú", "Ví Dụ", "Huyện Đắk Mil", "Phú Một"]
    header = ["Tên trường", "Xã", "Huyện cũ", "Tên khác"]
    assert await taken_in(database, teacher, supervisor, ImportKind.SCHOOLS, header, again) == "schools:1"
    last = ["MN Hoa Sen", "Ví Dụ", "", ""]
    assert await taken_in(database, teacher, supervisor, ImportKind.SCHOOLS, header, last) == "schools:1"
    result = await taken_in(
        database,
        teacher,
        supervisor,
        ImportKind.CONTACTS,
        ["Tên trường", "Xã", "Số điện thoại", "Giờ trực", "Nhãn"],
        ["TH Lê Lợi", "Ví Dụ", "0263 3 822 111 - 0912345678, 0987654321", "T2-T6 07:00-17:00", "trực"],
        ["TH Trần Phú", "Ví Dụ", "0263 3822 112", "", ""],
    )
    assert result == "contacts:4"
    async with database.reading() as session:
        shown = await contacts.active_contacts(session, NOW)
        notices = (await session.scalars(select(models.Notice).order_by(models.Notice.office_id))).all()
    assert [(one.key, one.owner.short_name) for one in shown] == [
        ("+842633822111", "Tiểu học Lê Lợi"),
        ("+84912345678", "Tiểu học Lê Lợi"),
        ("+84987654321", "Tiểu học Lê Lợi"),
        ("+842633822112", "Tiểu học Trần Phú"),
    ]
    assert (shown[0].hours, shown[0].label, shown[0].printed) == (
        "T2-T6 07:00-17:00",
        "trực",
        "0263 3 822 111",
    )
    assert {notice.office_id for notice in notices if "import.active" in notice.topic} == {
        teacher.office_id,
        own.id,
    }


async def test_changes_of_details_and_renewals_are_taken_in(
    database: Database, teacher: Actor, officer: Actor, supervisor: Actor
) -> None:
    async with database.transaction() as session:
        school = await make_school(session, "Lê Lợi", level="th")
        contact = await make_contact(session, school, "+842633822111", hours="T2-T6 07:00-17:00")
        await make_contact(session, school, "+842633822112")
        warned = await make_indicator(session, "+84912000002")
        warned.status = models.IndicatorState.TEMPORARY_WARNING
    await taken_in(
        database,
        teacher,
        supervisor,
        ImportKind.CONTACTS,
        ["Tên trường", "Số", "Nhãn", "Dự phòng", "Ngày xác minh"],
        ["TH Lê Lợi", "0263 3822 111", "văn phòng", "x", "01/08/2026"],
        ["TH Lê Lợi", "0263 3822 112", "", "", "02/11/2026"],
    )
    await taken_in(
        database, officer, supervisor, ImportKind.INDICATORS, ["Số"], ["0912 000 002"], given=POLICE_SAYS
    )
    async with database.reading() as session:
        first, second = (await session.scalars(select(models.Contact).order_by(models.Contact.id))).all()
        rows = (await session.scalars(select(models.Indicator).order_by(models.Indicator.id))).all()
        since = (
            await session.execute(select(models.Change.kind, models.Change.key, models.Change.operation))
        ).all()
    assert (first.label, first.hours, first.is_backup, first.version) == (
        "văn phòng",
        "T2-T6 07:00-17:00",
        True,
        contact.version + 1,
    )
    assert first.verified_at == date(2026, 9, 1)
    assert (second.verified_at, second.label) == (date(2026, 11, 2), "đường dây nóng")
    assert [row.status for row in rows] == [
        models.IndicatorState.SUPERSEDED,
        models.IndicatorState.CONFIRMED,
    ]
    changed = {(kind, key) for kind, key, operation in since if operation is models.Operation.CHANGED}
    assert changed == {
        (models.RecordKind.CONTACT, str(first.id)),
        (models.RecordKind.CONTACT, str(second.id)),
    }


async def test_police_bring_contacts_of_their_own_units_only(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    async with database.transaction() as session:
        unit = await make_organisation(
            session, OwnerKind.POLICE, "police:cong-an-xa-vi-du", commune_code=COMMUNE
        )
        await make_organisation(session, OwnerKind.POLICE, "police:cong-an-thu", commune_code=COMMUNE)
        mine = await make_office(session, OfficeKind.COMMUNE_POLICE, "Công an xã", organisation_id=unit.id)
        own = await make_actor(session, Role.POLICE_OFFICER, mine)
        province = await make_actor(
            session, Role.POLICE_OFFICER, await make_office(session, OfficeKind.PROVINCE_POLICE)
        )
        demo = await make_organisation(session, OwnerKind.POLICE, "police:cong-an-mau", commune_code=COMMUNE)
        demo.is_example = True
    given = Given(source="công bố", verified_at=date(2026, 11, 1), owner_kind=OwnerKind.POLICE)
    rows = [
        ["Đơn vị", "Xã", "Số", "Loại đơn vị"],
        ["Công an xã Ví Dụ", "Ví Dụ", "0263 3822 001", ""],
        ["Công an thử", "Ví Dụ", "0263 3822 002", ""],
        ["Công an xã mới", "Ví Dụ", "0263 3822 003", ""],
        ["Công an xã mới", "Ví Dụ", "0263 3822 004", ""],
        ["Công an mẫu", "Ví Dụ", "0263 3822 005", ""],
        ["Chợ Rẫy", "Ví Dụ", "0263 3822 006", "bệnh viện"],
        ["Chợ Rẫy", "Ví Dụ", "0263 3822 006", "họ hàng"],
    ]
    seen = {}
    for name, actor in (("own", own), ("none", officer), ("province", province)):
        batch = await bring(database, actor, ImportKind.CONTACTS, csv_of(*rows), given=given)
        seen[name] = [why or outcome.value for _, outcome, why, _ in await report(database, batch)]
    assert seen["own"] == ["new", "outside", "outside", "outside", "outside", "not_your_kind", "owner_kind"]
    assert seen["none"] == ["outside"] * 5 + ["not_your_kind", "owner_kind"]
    assert seen["province"] == ["new", "new", "new", "new", "demo", "not_your_kind", "owner_kind"]
    await approve(database, supervisor, await proposed(database, province, batch.public_id))
    async with database.reading() as session:
        added = await organisations.organisation_with_key(session, OwnerKind.POLICE, "police:cong-an-xa-moi")
        assert added is not None
        theirs = await session.scalars(
            select(models.Contact.key).where(models.Contact.organisation_id == added.id)
        )
        assert set(theirs) == {"+842633822003", "+842633822004"}


@pytest.mark.parametrize("what", ["school", "contact", "owner", "protected", "many", "area", "unrelated"])
async def test_only_changes_that_concern_its_rows_make_an_import_stale(
    database: Database, teacher: Actor, supervisor: Actor, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with database.transaction() as session:
        school = await make_school(session, "Lê Lợi", level="th")
        other = await make_school(session, "Trần Phú", level="th")
    batch = await bring(
        database,
        teacher,
        ImportKind.CONTACTS,
        csv_of(["Tên trường", "Số"], ["TH Lê Lợi", "0263 3822 111"]),
        given=CONTACTS,
    )
    proposal = await proposed(database, teacher, batch.public_id)
    later = NOW + timedelta(minutes=1)
    async with database.transaction() as session:
        match what:
            case "school":
                await schools.withdraw_school(session, school.id, now=later)
            case "contact":
                await make_contact(session, other, "+842633822111")
            case "owner":
                await make_school(
                    session, "Lê Lợi", level="th", commune_code=await make_commune(session, "30000")
                )
                await schools.withdraw_school(session, other.id, now=later)
            case "protected":
                await protection.protect(
                    session,
                    kind=IdentifierKind.NUMBER,
                    key="+842633822111",
                    owner="Sở",
                    source="x",
                    approved_by="operator:test",
                    now=later,
                )
            case "many":
                monkeypatch.setattr("db.importing.rows._FEW_CHANGES", 1)
                for number in (1, 2, 3):
                    await make_contact(session, other, f"+84263382222{number}")
            case "area":
                await make_commune(session, "30000")
                session.add(models.OfficeCommune(office_id=teacher.office_id, commune_code="30000"))
            case _:
                await make_contact(session, other, "+842633822222")
    if what in ("owner", "many", "unrelated"):
        assert (await approve(database, supervisor, proposal)).status is ProposalStatus.ACTIVE
        return
    with pytest.raises(ImportStale):
        await approve(database, supervisor, proposal)


async def test_a_school_that_came_meanwhile_makes_an_import_of_schools_stale(
    database: Database, teacher: Actor, supervisor: Actor
) -> None:
    batch = await bring(
        database, teacher, ImportKind.SCHOOLS, csv_of(["Tên trường", "Xã"], ["TH Lê Lợi", "Ví Dụ"])
    )
    proposal = await proposed(database, teacher, batch.public_id)
    async with database.transaction() as session:
        await make_school(session, "Lê Lợi", level="th")
    with pytest.raises(ImportStale):
        await approve(database, supervisor, proposal)
