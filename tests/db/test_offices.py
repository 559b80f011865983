"""Opening offices: each tied to what it works for, and none that could do nothing."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, offices, rights
from db.approval_rules import RecordNotFound
from db.engine import Database
from db.models import OfficeKind, Role
from db.offices import CommunesMissing, OfficeExists, ProvinceMissing, SchoolMissing
from db.rights import Actor, NotAllowed
from scamcheck.claims import OwnerKind
from tests.builders import NOW
from tests.db.builders import COMMUNE, make_commune, make_organisation, make_school
from tests.db.desk import PROVINCE, make_actor


async def opened(session: AsyncSession, actor: Actor, kind: OfficeKind, **fields: object) -> models.Office:
    return await offices.open_office(
        session,
        actor=actor,
        kind=kind,
        name=str(fields.pop("name", "Đơn vị Ví Dụ")),
        now=NOW,
        **fields,  # pyright: ignore[reportArgumentType]
    )


async def test_a_schools_office_is_tied_to_its_school_and_works_for_it_alone(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.ADMINISTRATOR)
        school, other = await make_school(session), await make_school(session, "Trường Khác")
        office = await opened(session, actor, OfficeKind.SCHOOL, school_id=school.id)
        assert await rights.responsible_for(session, office, school.id)
        assert not await rights.responsible_for(session, office, other.id)
        assert office.province == PROVINCE
        with pytest.raises(OfficeExists):
            await opened(session, actor, OfficeKind.SCHOOL, school_id=school.id)
        with pytest.raises(SchoolMissing):
            await opened(session, actor, OfficeKind.SCHOOL)
        with pytest.raises(RecordNotFound):
            await opened(session, actor, OfficeKind.SCHOOL, school_id=999_999)


async def test_an_office_of_communes_needs_communes_that_there_are(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.ADMINISTRATOR)
        school = await make_school(session)
        office = await opened(session, actor, OfficeKind.EDUCATION_OFFICE, communes=[COMMUNE, COMMUNE])
        assert (office.levels, office.province) == (rights.LEVELS_OF_A_COMMUNE, PROVINCE)
        assert await rights.responsible_for(session, office, school.id)
        for codes in ([], ["99999"], [COMMUNE, "99999"]):
            with pytest.raises(CommunesMissing):
                await opened(session, actor, OfficeKind.COMMUNE_POLICE, communes=codes)


async def test_an_office_of_the_province_needs_a_province_that_there_is(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.ADMINISTRATOR)
        await make_commune(session, COMMUNE)
        office = await opened(session, actor, OfficeKind.EDUCATION_DEPARTMENT, province=PROVINCE)
        assert (office.province, office.organisation_id) == (PROVINCE, None)
        with pytest.raises(ProvinceMissing):
            await opened(session, actor, OfficeKind.PROVINCE_POLICE, province="Tỉnh không có")


async def test_a_police_unit_gets_the_record_of_its_contacts(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.ADMINISTRATOR)
        await make_commune(session, COMMUNE)
        known = await make_organisation(session, OwnerKind.POLICE, "ca-vi-du")
        tied = await opened(
            session, actor, OfficeKind.COMMUNE_POLICE, name="Ngân hàng Ví Dụ", communes=[COMMUNE]
        )
        assert tied.organisation_id == known.id
        with pytest.raises(OfficeExists):
            await opened(
                session, actor, OfficeKind.COMMUNE_POLICE, name="Ngân hàng Ví Dụ", communes=[COMMUNE]
            )
        new = await opened(session, actor, OfficeKind.COMMUNE_POLICE, name="Công an Mới", communes=[COMMUNE])
        made = await session.scalar(
            select(models.Organisation).where(models.Organisation.id == new.organisation_id)
        )
        assert made is not None
        assert (made.name, made.commune_code) == ("Công an Mới", COMMUNE)
        of_province = await opened(
            session, actor, OfficeKind.PROVINCE_POLICE, name="Công an tỉnh", province=PROVINCE
        )
        assert of_province.organisation_id is not None


async def test_only_administrators_open_offices(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(NotAllowed):
            await opened(session, await make_actor(session), OfficeKind.INFORMATION_OFFICE)
