"""What an office works for is changed by two administrators: tied to communes or a school, and untied."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, models, rights
from db.approval_rules import PayloadUnreadable, ProposalKind, RecordNotFound
from db.approvals import SamePerson
from db.engine import Database
from db.models import OfficeKind, Role
from db.office_rules import OfficeChanged
from db.offices import CommunesMissing, OfficeExists
from db.rights import Actor, NotAllowed
from db.staff import OfficeNotFound
from tests.builders import NOW
from tests.db.builders import COMMUNE, make_commune, make_school
from tests.db.desk import audit_of, make_actor, make_office

OTHER = "24999"


async def propose(
    session: AsyncSession, actor: Actor, office: models.Office, **fields: str
) -> models.Proposal:
    payload = {"office": office.public_id, "version": str(office.version), **fields}
    return await approvals.propose(
        session,
        actor=actor,
        kind=ProposalKind.CHANGE_OFFICE,
        payload=payload,
        reason="quyết định 5",
        now=NOW,
    )


async def approve(session: AsyncSession, actor: Actor, proposal: models.Proposal) -> None:
    await approvals.approve(
        session,
        actor=actor,
        proposal_id=proposal.public_id,
        version_hash=proposal.version_hash,
        reason="đã xem quyết định",
        now=NOW,
    )


async def two_administrators(session: AsyncSession) -> tuple[Actor, Actor]:
    office = await make_office(session, OfficeKind.OPERATOR)
    return (
        await make_actor(session, Role.ADMINISTRATOR, office),
        await make_actor(session, Role.ADMINISTRATOR, office),
    )


async def test_an_office_gets_communes_and_loses_others(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await two_administrators(session)
        here = await make_school(session)
        await make_commune(session, OTHER, "xã Khác")
        there = await make_school(session, "Lê Ví Dụ", commune_code=OTHER)
        office = await make_office(session, OfficeKind.EDUCATION_OFFICE)
        for communes, covers in (
            (f"{COMMUNE}, {OTHER}", (True, True)),
            (OTHER, (False, True)),
        ):
            proposal = await propose(session, first, office, communes=communes)
            with pytest.raises(SamePerson):
                await approve(session, first, proposal)
            await approve(session, second, proposal)
            await session.refresh(office)
            assert (
                await rights.responsible_for(session, office, here.id),
                await rights.responsible_for(session, office, there.id),
            ) == covers
        assert (await audit_of(session)).count(("proposal.activate", "done")) == 2


async def test_a_schools_office_is_untied_and_tied_to_another_school(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await two_administrators(session)
        old, new = await make_school(session), await make_school(session, "Lê Ví Dụ")
        office = await make_office(session, OfficeKind.SCHOOL, school_id=old.id)
        for school, covers in (("none", (False, False)), (str(new.id), (False, True))):
            await approve(session, second, await propose(session, first, office, school=school))
            await session.refresh(office)
            assert (
                await rights.responsible_for(session, office, old.id),
                await rights.responsible_for(session, office, new.id),
            ) == covers
        other = await make_office(session, OfficeKind.SCHOOL, "Khác", school_id=old.id)
        with pytest.raises(OfficeExists):
            await propose(session, first, other, school=str(new.id))


async def test_what_cannot_be_an_area_is_refused_while_proposing(database: Database) -> None:
    async with database.transaction() as session:
        first, _ = await two_administrators(session)
        police = await make_office(session, OfficeKind.COMMUNE_POLICE)
        school = await make_office(session, OfficeKind.SCHOOL, "Trường Ví Dụ")
        province = await make_office(session, OfficeKind.PROVINCE_POLICE)
        demo = await make_office(session, OfficeKind.COMMUNE_POLICE, "Thử", is_example=True)
        for office, fields, refusal in (
            (police, {"communes": f"{COMMUNE} 99999"}, CommunesMissing),
            (police, {"communes": ","}, CommunesMissing),
            (police, {"school": "1"}, PayloadUnreadable),
            (police, {"communes": COMMUNE, "school": "1"}, PayloadUnreadable),
            (police, {"communes": COMMUNE, "version": "99"}, OfficeChanged),
            (school, {"communes": COMMUNE}, PayloadUnreadable),
            (school, {"school": "999999"}, RecordNotFound),
            (province, {"communes": COMMUNE}, PayloadUnreadable),
            (demo, {"communes": COMMUNE}, OfficeNotFound),
        ):
            with pytest.raises(refusal):
                await propose(session, first, office, **fields)
        officer = await make_actor(session, Role.POLICE_OFFICER, police)
        with pytest.raises(NotAllowed):
            await propose(session, officer, police, communes=COMMUNE)
        assert ("proposal.activate", "done") not in await audit_of(session)
