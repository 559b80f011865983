"""What the desk looks through: only what lies within one's own area is found."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, audit, contacts, desk_lists, indicators, signing_in
from db.approval_rules import RecordNotFound
from db.desk_lists import AuditFilter
from db.engine import Database
from db.models import IndicatorState, OfficeKind, Outcome, Role
from scamcheck.claims import OwnerKind
from tests.builders import NOW
from tests.db.builders import make_contact, make_indicator, make_organisation, make_school
from tests.db.desk import make_actor, make_confirmation, make_office

ELSEWHERE = "24675"


async def test_a_school_sees_its_own_contacts_and_no_other_schools(database: Database) -> None:
    async with database.transaction() as session:
        own, other = await make_school(session, "Một"), await make_school(session, "Hai")
        mine = await make_contact(session, own, "+842613546278")
        foreign = await make_contact(session, other, "+842613546279")
        office = await make_office(session, OfficeKind.SCHOOL, school_id=own.id)
        teacher = await make_actor(session, Role.SCHOOL_STAFF, office)
        assert [row.id for row in await desk_lists.contacts_of(session, teacher)] == [mine.id]
        assert (await desk_lists.contact_for(session, teacher, mine.id)).school is own
        assert [row.id for row in await desk_lists.schools_of(session, teacher)] == [own.id]
        assert (await desk_lists.school_for(session, teacher, own.id)).commune.name
        with pytest.raises(RecordNotFound):
            await desk_lists.contact_for(session, teacher, foreign.id)
        with pytest.raises(RecordNotFound):
            await desk_lists.school_for(session, teacher, other.id)


async def test_police_see_their_own_unit_and_the_schools_of_their_place(database: Database) -> None:
    async with database.transaction() as session:
        near = await make_school(session, "Gần")
        far = await make_school(session, "Xa", commune_code=ELSEWHERE)
        unit = await make_organisation(session, OwnerKind.POLICE, "police:vi-du")
        bank = await make_organisation(session)
        numbers = ("+842613546278", "+842613546279", "+842613546280", "+842613546281")
        for owner, key in zip((near, far, unit, bank), numbers, strict=True):
            await make_contact(session, owner, key)
        office = await make_office(session, organisation_id=unit.id)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        seen = await desk_lists.contacts_of(session, officer)
        assert {row.key for row in seen} == {"+842613546278", "+842613546280"}
        assert [row.id for row in await desk_lists.owned_by(session, officer)] == [unit.id]


async def test_an_administrator_sees_every_school_and_banks_but_no_police(database: Database) -> None:
    async with database.transaction() as session:
        await make_school(session, "Một", commune_code=ELSEWHERE)
        bank = await make_organisation(session)
        await make_organisation(session, OwnerKind.POLICE, "police:vi-du")
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        assert len(await desk_lists.schools_of(session, administrator)) == 1
        assert [row.id for row in await desk_lists.owned_by(session, administrator)] == [bank.id]


async def test_contacts_are_found_by_owner_label_and_number(database: Database) -> None:
    async with database.transaction() as session:
        bank = await make_organisation(session)
        school = await make_school(session, "Kim Đồng")
        await make_contact(session, bank, "+842613546278")
        await make_contact(session, school, "+842613546279")
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        assert len(await desk_lists.contacts_of(session, administrator, query="kim dong")) == 1
        assert len(await desk_lists.contacts_of(session, administrator, query="3546278")) == 1
        assert await desk_lists.contacts_of(session, administrator, query="không có") == ()


async def test_schools_without_a_shown_number_have_none(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await make_school(session, "Một"), await make_school(session, "Hai")
        await make_contact(session, first)
        frozen = await make_contact(session, second, "+842613546279")
        await contacts.freeze_contact(session, frozen.id, now=NOW)
        found = await desk_lists.hotlines_per_school(session, [first.id, second.id])
    assert found == {first.id: 1}


async def test_the_scam_list_is_searched_filtered_and_paged(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_lists, "PAGE", 2)
    async with database.transaction() as session:
        rows = [await make_indicator(session, f"+8491200009{digit}") for digit in range(3)]
        await make_indicator(session, "+84530000113", is_example=True)
        await indicators.withdraw_indicator(session, rows[0].id, version=1, reason="nhầm", now=NOW)
        officer = await make_actor(session)
        first = await desk_lists.indicators_like(session, officer)
        assert ([row.id for row in first.rows], first.more) == ([rows[2].id, rows[1].id], True)
        rest = await desk_lists.indicators_like(session, officer, before=rows[1].id)
        assert ([row.id for row in rest.rows], rest.more) == ([rows[0].id], False)
        one = await desk_lists.indicators_like(session, officer, fragment="000091")
        assert [row.id for row in one.rows] == [rows[1].id]
        gone = await desk_lists.indicators_like(session, officer, states=[IndicatorState.WITHDRAWN])
        assert [row.id for row in gone.rows] == [rows[0].id]


async def test_an_entry_is_found_with_all_that_its_identifier_had(database: Database) -> None:
    async with database.transaction() as session:
        old = await make_indicator(session)
        await indicators.withdraw_indicator(session, old.id, version=1, reason="nhầm", now=NOW)
        new = await make_indicator(session)
        demo = await make_indicator(session, "+84530000113", is_example=True)
        officer = await make_actor(session)
        row = await desk_lists.indicator_for(session, officer, new.id)
        assert [entry.id for entry in await desk_lists.entries_of_key(session, row)] == [new.id, old.id]
        for id_ in (demo.id, 999_999):
            with pytest.raises(RecordNotFound):
                await desk_lists.indicator_for(session, officer, id_)


async def test_one_sees_ones_own_sign_ins_and_roles(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        await make_actor(session)
        since = NOW - signing_in.ABSOLUTE
        assert [row.id for row in await desk_lists.sign_ins_of(session, officer, since=since)] == [
            officer.session_id
        ]
        assert await desk_lists.sign_ins_of(session, officer, since=NOW + timedelta(hours=1)) == ()
        assert [row.id for row in await desk_lists.roles_of(session, officer)] == [officer.membership_id]


async def test_the_demos_people_see_the_demos_offices(database: Database) -> None:
    async with database.transaction() as session:
        demo = await make_office(session, OfficeKind.OPERATOR, "Ví Dụ", is_example=True)
        actor = await make_actor(session, Role.ADMINISTRATOR, demo, is_example=True)
        await make_office(session)
        assert [row.id for row in await desk_lists.active_offices(session, actor)] == [demo.id]


async def _note(session: AsyncSession, action: str, subject: str, outcome: Outcome = Outcome.DONE) -> int:
    return await audit.record(session, actor=None, action=action, subject=subject, outcome=outcome, now=NOW)


async def test_the_audit_is_filtered_and_paged(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_lists, "PAGE", 2)
    async with database.transaction() as session:
        officer = await make_actor(session)
        first = await _note(session, "proposal.approve", "proposal:a")
        second = await _note(session, "proposal.reject", "proposal:b", Outcome.REFUSED)
        third = await audit.record(session, actor=officer, action="sign_in", subject="staff:x", now=NOW)

        async def found(**which: object) -> tuple[list[int], bool]:
            page = await desk_lists.audit_entries(session, AuditFilter(**which))  # pyright: ignore[reportArgumentType]
            return [entry.seq for entry in page.rows], page.more

        assert await found() == ([third, second], True)
        assert (await found(before=second))[0][0] == first
        assert await found(actor=officer.public_id) == ([third], False)
        assert await found(action="proposal.") == ([second, first], False)
        assert await found(subject="proposal:a") == ([first], False)
        assert await found(refused_only=True) == ([second], False)
        assert await desk_lists.names_of(session, [officer.public_id, ""]) == {
            officer.public_id: officer.name
        }


async def test_a_decision_is_found_with_the_names_of_both(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session, name="Một")
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, name="Hai")
        proposal = await make_confirmation(session, officer)
        assert await desk_lists.decision_on(session, proposal.id) is None
        await approvals.approve(
            session,
            actor=supervisor,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="Đã xem.",
            now=NOW,
        )
        decision = await desk_lists.decision_on(session, proposal.id)
        assert decision is not None
        names = await desk_lists.people_with(session, [proposal.proposer_id, decision.staff_id])
    assert names == {officer.staff_id: "Một", supervisor.staff_id: "Hai"}


async def test_an_administrator_finds_people_with_a_role_and_offices_of_their_own_world(
    database: Database,
) -> None:
    async with database.transaction() as session:
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        officer = await make_actor(session)
        demo = await make_actor(session, office=await make_office(session, is_example=True), is_example=True)
        person, roles = await desk_lists.person_for(session, administrator, officer.public_id)
        assert (person.public_id, [role.id for role in roles]) == (officer.public_id, [officer.membership_id])
        office = await desk_lists.office_for(session, administrator, officer.office_public_id)
        assert (office.id, len(office.communes)) == (officer.office_id, 1)
        for nobody in (demo.public_id, "khong-co"):
            with pytest.raises(RecordNotFound):
                await desk_lists.person_for(session, administrator, nobody)
        for nowhere in (demo.office_public_id, "khong-co"):
            with pytest.raises(RecordNotFound):
                await desk_lists.office_for(session, administrator, nowhere)
