"""Hotlines at the desk: who proposes and approves whose, the cool-off, freezing, and yearly reconfirmation."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db import (
    approvals,
    audit,
    callbacks,
    contact_desk,
    contacts,
    due,
    models,
    notices,
    proposal_clock,
    rights,
    schools,
)
from db.approval_rules import PayloadUnreadable, ProposalKind, RecordNotFound
from db.approvals import (
    AlreadyDecided,
    ProposalNotFound,
    ProposerNotEligible,
    SamePerson,
)
from db.callbacks import CallbackCodeWrong, TooManyWrongCodes
from db.contact_desk import ContactExpired
from db.contact_rules import OwnerConsentMissing
from db.contacts import AlreadyAContact, ContactNotActive, NumberCannotBeContact
from db.engine import Database
from db.models import OfficeKind, ProposalStatus, RecordState, Role
from db.notices import NoticeNotFound
from db.recordable import ExampleNumber, KeyNotCanonical, NotAnExampleNumber
from db.rights import NotAllowed
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import DutyHoursUnreadable
from scamcheck.showing import Showing
from tests.builders import NOW
from tests.db.builders import make_commune, make_contact, make_indicator, make_organisation, make_school
from tests.db.desk import SEALER, audit_of, contact_payload, later, make_actor, make_office
from tests.db.hotlines import (
    HOTLINE,
    MOBILE,
    NEW,
    about,
    add,
    approve,
    change,
    hotline_of,
    make_school_with_staff,
    shown,
)

# Adding


async def test_a_school_proposes_its_hotline_and_the_office_approves_after_calling_back(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        proposal = await add(session, school.person, school.owner, hours="T2-T6 07:00-17:00", backup="yes")
        assert await shown(session) == []
        assert len(callbacks.callback_code_for(proposal, school.person)) == 6
        assert callbacks.callback_code_for(proposal, school.officer) == ""
        await approve(
            session,
            school.officer,
            proposal,
            callback_code=f" {proposal.callback_code[:3]} {proposal.callback_code[3:]}",
        )
        (contact,) = await contacts.all_active_contacts(session)
        assert (contact.key, contact.hours, contact.is_backup) == (HOTLINE, "T2-T6 07:00-17:00", True)
        assert contact.expires_at is not None
        assert contact.expires_at.date().isoformat() == "2027-11-20"
        row = await session.get_one(models.Contact, int(contact.id))
        assert row.approved_by == f"staff:{school.person.public_id}+{school.officer.public_id}"
        topics = {(notice.office_id, notice.topic) for notice in await session.scalars(select(models.Notice))}
        assert (school.person.office_id, "contact.approved") in topics
        assert (school.officer.office_id, "contact.approved") in topics


async def test_without_the_digits_of_the_call_nothing_is_approved(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        proposal = await add(session, school.person, school.owner)
        right = proposal.callback_code
        public_id, version_hash = proposal.public_id, proposal.version_hash
    wrong = "000000" if right != "000000" else "111111"

    async def decide(code: str) -> None:
        async with audit.acting(
            database,
            actor=school.officer,
            action="proposal.approve",
            subject=f"proposal:{public_id}",
            now=NOW,
        ) as session:
            await approvals.approve(
                session,
                actor=school.officer,
                proposal_id=public_id,
                version_hash=version_hash,
                reason="đúng",
                callback_code=code,
                now=NOW,
            )

    for code in (wrong, "", "đ", wrong, wrong):
        with pytest.raises(CallbackCodeWrong):
            await decide(code)
    with pytest.raises(TooManyWrongCodes):
        await decide(right)


async def test_an_education_office_proposes_too_but_a_second_person_approves(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        proposal = await add(session, school.officer, school.owner)
        with pytest.raises(SamePerson):
            await approve(session, school.officer, proposal)
        await approve(session, school.second, proposal)
        assert await shown(session) == [HOTLINE]


async def test_the_department_approves_where_the_office_has_one_person_and_nowhere_else(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        department = await make_actor(
            session, Role.EDUCATION_OFFICER, await make_office(session, OfficeKind.EDUCATION_DEPARTMENT)
        )
        proposal = await add(session, school.officer, school.owner)
        with pytest.raises(ProposalNotFound):
            await approve(session, department, proposal)
        await session.execute(
            update(models.Membership)
            .where(models.Membership.id == school.second.membership_id)
            .values(until=NOW)
        )
        await approve(session, department, proposal)
        assert await shown(session) == [HOTLINE]


async def test_a_personal_mobile_needs_its_owners_consent(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        with pytest.raises(OwnerConsentMissing):
            await add(session, school.person, school.owner, MOBILE)
        proposal = await add(session, school.person, school.owner, MOBILE, owner_consent="cô An đồng ý")
        await approve(session, school.officer, proposal)
        assert await shown(session) == [MOBILE]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "bank_account", "key": "970436:0123456789"}, None),
        ({"key": "0263 311 1222"}, KeyNotCanonical),
        ({"key": "+84530111001"}, ExampleNumber),
        ({"key": "+841900545413"}, NumberCannotBeContact),
        ({"hours": "sáng"}, DutyHoursUnreadable),
        ({"verified_at": "hôm qua"}, PayloadUnreadable),
        ({"owner": "ward:1"}, PayloadUnreadable),
        ({"owner": "school:x"}, PayloadUnreadable),
        ({"owner": "school:999"}, RecordNotFound),
        ({"owner": "organisation:999"}, RecordNotFound),
    ],
)
async def test_what_is_proposed_is_looked_at_at_once(
    database: Database, fields: dict[str, str], error: type[Exception] | None
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        payload = {**contact_payload(school.owner), **fields}
        wanted = approvals.propose(
            session,
            actor=school.person,
            kind=ProposalKind.ADD_CONTACT,
            payload=payload,
            reason="đề nghị",
            now=NOW,
        )
        if error is None:
            assert (await wanted).subject == "bank_account:970436:0123456789"
        else:
            with pytest.raises(error):
                await wanted


# Other owners


async def test_a_police_unit_keeps_its_own_contacts_and_its_supervisors_approve(database: Database) -> None:
    async with database.transaction() as session:
        await make_commune(session)
        own = await make_organisation(session, OwnerKind.POLICE, "police:a")
        other = await make_organisation(session, OwnerKind.POLICE, "police:b")
        office = await make_office(session, OfficeKind.COMMUNE_POLICE, organisation_id=own.id)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        for actor, organisation in ((officer, other), (administrator, own)):
            with pytest.raises(RecordNotFound):
                await add(session, actor, f"organisation:{organisation.id}")
        proposal = await add(session, officer, f"organisation:{own.id}")
        education = await make_actor(session, Role.EDUCATION_OFFICER)
        with pytest.raises(ProposalNotFound):
            await approve(session, education, proposal)
        await approve(session, supervisor, proposal)
        assert await shown(session) == [HOTLINE]
        contact = await session.scalar(select(models.Contact))
        assert contact is not None
        moved = await change(session, officer, contact)
        await approve(session, supervisor, moved)
        assert moved.status is ProposalStatus.APPROVED
        assert (await session.scalars(select(models.Notice.office_id).distinct())).all() == [office.id]


async def test_an_administrator_proposes_contacts_of_hospitals_and_banks_and_a_supervisor_approves(
    database: Database,
) -> None:
    async with database.transaction() as session:
        bank = await make_organisation(session)
        administrator, colleague = [await make_actor(session, Role.ADMINISTRATOR) for _ in range(2)]
        officer = await make_actor(session)
        far = await make_office(session, OfficeKind.PROVINCE_POLICE, province="Tỉnh khác")
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, far)
        with pytest.raises(RecordNotFound):
            await add(session, officer, f"organisation:{bank.id}")
        proposal = await add(session, administrator, f"organisation:{bank.id}")
        with pytest.raises(NotAllowed):
            await approve(session, colleague, proposal)
        await approve(session, supervisor, proposal)
        assert await shown(session) == [HOTLINE]


# Changing


async def test_a_changed_number_shows_after_a_day_and_the_old_one_until_then(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        police = await make_office(session, OfficeKind.COMMUNE_POLICE)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact)
        await approve(session, school.officer, proposal)
        assert proposal.status is ProposalStatus.APPROVED
        assert await shown(session) == [HOTLINE]
        told = set(await session.scalars(select(models.Notice.office_id)))
        assert told >= {school.person.office_id, school.officer.office_id, police.id}
        day = timedelta(hours=24)
        assert await proposal_clock.activate_due(session, NOW + day - timedelta(seconds=1)) == 0
        assert await proposal_clock.activate_due(session, NOW + day) == 1
        assert await shown(session) == [NEW]
        assert proposal.status is ProposalStatus.ACTIVE
        row = await session.get_one(models.Contact, int(proposal.result.partition(":")[2]))
        assert row.approved_by == f"staff:{school.person.public_id}+{school.officer.public_id}"
        old = await session.get_one(models.Contact, contact.id, populate_existing=True)
        assert old.status is RecordState.WITHDRAWN


async def test_a_change_of_hours_alone_needs_no_cool_off_and_supersedes_nothing_twice(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact, HOTLINE, hours="T2-T6 07:00-17:00")
        await approve(session, school.officer, proposal)
        (now_shown,) = await contacts.all_active_contacts(session)
        assert (now_shown.key, now_shown.hours) == (HOTLINE, "T2-T6 07:00-17:00")


async def test_a_number_is_not_changed_to_another_schools(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        other = await make_school_with_staff(session, "Trần Ví Dụ")
        contact = await hotline_of(session, school)
        await hotline_of(session, other, NEW)
        with pytest.raises(AlreadyAContact):
            await change(session, school.person, contact, NEW)


async def test_a_lost_number_is_hidden_at_once_and_the_new_one_still_waits(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact, why="lost")
        assert await shown(session) == []
        await approve(session, school.officer, proposal)
        assert await shown(session) == []
        assert await proposal_clock.activate_due(session, NOW + timedelta(hours=24)) == 1
        assert await shown(session) == [NEW]


async def test_a_lost_number_stays_hidden_whatever_becomes_of_the_proposal(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT, why="lost")
        await approvals.take_back(
            session, actor=school.person, proposal_id=proposal.public_id, reason="đợi đã", now=NOW
        )
        assert await shown(session) == []
        contact = await session.get_one(models.Contact, contact.id, populate_existing=True)
        assert contact.status is RecordState.SUSPENDED
        again = await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT, why="lost")
        await approve(session, school.officer, again)
        assert (
            await session.get_one(models.Contact, contact.id, populate_existing=True)
        ).status is RecordState.WITHDRAWN


async def test_a_contact_is_withdrawn_by_two(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT)
        assert await shown(session) == [HOTLINE]
        await approve(session, school.officer, proposal)
        assert await shown(session) == []


async def test_an_older_version_of_a_contact_is_not_changed(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        with pytest.raises(ContactNotActive):
            await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT, version="7")
        with pytest.raises(RecordNotFound):
            await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT, contact="999")
        proposal = await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT)
        await contact_desk.reconfirm(session, actor=school.person, contact_id=contact.id, version=1, now=NOW)
        with pytest.raises(ContactNotActive):
            await approve(session, school.officer, proposal)


async def test_what_became_impossible_during_the_cool_off_is_rejected_and_said_so(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact)
        await approve(session, school.officer, proposal)
        await make_indicator(session, NEW)
        assert await proposal_clock.activate_due(session, NOW + timedelta(hours=24)) == 0
        assert await shown(session) == [HOTLINE]
        assert proposal.status is ProposalStatus.REJECTED
        assert (await audit_of(session, f"proposal:{proposal.public_id}"))[-1] == (
            "proposal.activate",
            "refused",
        )


async def test_the_proposer_can_take_a_change_back_during_the_cool_off(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact)
        await approve(session, school.officer, proposal)
        await approvals.take_back(
            session, actor=school.person, proposal_id=proposal.public_id, reason="nhầm", now=NOW
        )
        assert await proposal_clock.activate_due(session, NOW + timedelta(hours=24)) == 0
        with pytest.raises(AlreadyDecided):
            await approvals.take_back(
                session, actor=school.person, proposal_id=proposal.public_id, reason="nhầm", now=NOW
            )


async def test_a_later_change_supersedes_the_earlier_one_of_the_same_contact(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        await contact_desk.freeze(session, actor=school.person, contact_id=contact.id, reason="nghi", now=NOW)
        contact = await session.get_one(models.Contact, contact.id, populate_existing=True)
        first = await about(session, school.person, contact, ProposalKind.UNFREEZE_CONTACT)
        await approve(session, school.officer, first)
        contact = await session.get_one(models.Contact, contact.id, populate_existing=True)
        second = await about(session, school.person, contact, ProposalKind.WITHDRAW_CONTACT)
        await approve(session, school.officer, second)
        await session.refresh(first)
        assert (first.status, second.status) == (ProposalStatus.SUPERSEDED, ProposalStatus.ACTIVE)


# Freezing


async def test_any_one_of_school_office_and_police_freezes_and_two_unfreeze(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        police = await make_actor(session, Role.POLICE_OFFICER)
        contact = await hotline_of(session, school)
        for actor in (school.person, school.officer, police):
            await contact_desk.freeze(session, actor=actor, contact_id=contact.id, reason="nghi", now=NOW)
            assert await shown(session) == []
            with pytest.raises(ContactNotActive):
                await contact_desk.freeze(session, actor=actor, contact_id=contact.id, reason="nghi", now=NOW)
            contact = await session.get_one(models.Contact, contact.id, populate_existing=True)
            proposal = await about(session, school.person, contact, ProposalKind.UNFREEZE_CONTACT)
            with pytest.raises(NotAllowed):
                await approve(session, school.person, proposal)
            await approve(session, school.officer, proposal)
            assert await shown(session) == [HOTLINE]
            contact = await session.get_one(models.Contact, contact.id, populate_existing=True)
        topics = set(await session.scalars(select(models.Notice.topic)))
        assert "contact.frozen" in topics


async def test_freezing_stops_a_change_under_way(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        proposal = await change(session, school.person, contact)
        await approve(session, school.officer, proposal)
        await contact_desk.freeze(session, actor=school.second, contact_id=contact.id, reason="nghi", now=NOW)
        assert proposal.status is ProposalStatus.REJECTED
        assert await proposal_clock.activate_due(session, NOW + timedelta(hours=24)) == 0
        assert await shown(session) == []


async def test_a_frozen_number_is_still_its_schools(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        other = await make_school_with_staff(session, "Trần Ví Dụ")
        contact = await hotline_of(session, school)
        await contact_desk.freeze(session, actor=school.person, contact_id=contact.id, reason="nghi", now=NOW)
        with pytest.raises(AlreadyAContact):
            await add(session, other.person, other.owner)


async def test_who_is_not_responsible_freezes_nothing(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        other = await make_school_with_staff(session, "Trần Ví Dụ")
        contact = await hotline_of(session, school)
        bank_contact = await make_contact(session, await make_organisation(session), "+842633111777")
        elsewhere = await make_actor(
            session,
            Role.POLICE_OFFICER,
            await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700",)),
        )
        demo_police = await make_actor(
            session,
            Role.POLICE_OFFICER,
            await make_office(session, OfficeKind.COMMUNE_POLICE, is_example=True),
            is_example=True,
        )
        for actor, id_ in (
            (other.person, contact.id),
            (elsewhere, contact.id),
            (demo_police, contact.id),
            (elsewhere, bank_contact.id),
            (school.officer, 999),
        ):
            with pytest.raises(RecordNotFound):
                await contact_desk.freeze(session, actor=actor, contact_id=id_, reason="nghi", now=NOW)
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        with pytest.raises(NotAllowed):
            await contact_desk.freeze(
                session, actor=administrator, contact_id=contact.id, reason="nghi", now=NOW
            )
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        await contact_desk.freeze(
            session, actor=supervisor, contact_id=bank_contact.id, reason="nghi", now=NOW
        )


# A year later


@pytest.mark.parametrize(
    ("key", "days", "how"),
    [
        (HOTLINE, -1, Showing.CONFIRMED),
        (HOTLINE, 0, Showing.UNCONFIRMED),
        (HOTLINE, 89, Showing.UNCONFIRMED),
        (HOTLINE, 90, Showing.HIDDEN),
        (MOBILE, -1, Showing.CONFIRMED),
        (MOBILE, 0, Showing.HIDDEN),
    ],
)
async def test_an_expired_mobile_may_be_anybodys_a_landline_stays_where_it_is(
    database: Database, key: str, days: int, how: Showing
) -> None:
    async with database.transaction() as session:
        contact = await make_contact(session, await make_school(session), key, expires_at=NOW)
        assert contact_desk.showing(contact, NOW + timedelta(days=days)) is how


async def test_frozen_ones_are_hidden_and_those_without_end_confirmed(database: Database) -> None:
    async with database.transaction() as session:
        contact = await make_contact(session, await make_school(session), HOTLINE)
        assert contact_desk.showing(contact, NOW) is Showing.CONFIRMED
        contact.status = RecordState.SUSPENDED
        assert contact_desk.showing(contact, NOW) is Showing.HIDDEN


async def test_a_school_reconfirms_its_own_hotline_for_a_year(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        other = await make_school_with_staff(session, "Trần Ví Dụ")
        contact = await hotline_of(session, school)
        arguments = {"contact_id": contact.id, "version": 1, "now": NOW}
        with pytest.raises(RecordNotFound):
            await contact_desk.reconfirm(session, actor=other.person, **arguments)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            await contact_desk.reconfirm(session, actor=school.officer, **arguments)  # type: ignore[arg-type]
        await contact_desk.reconfirm(session, actor=school.person, **arguments)  # type: ignore[arg-type]
        row = await session.get_one(models.Contact, contact.id, populate_existing=True)
        assert row.expires_at == NOW + timedelta(days=365)
        assert row.verified_at == NOW.date()
        with pytest.raises(ContactNotActive):  # what they saw is older now
            await contact_desk.reconfirm(session, actor=school.person, **arguments)  # type: ignore[arg-type]


async def test_what_nobody_confirmed_for_long_needs_two_persons_again(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await make_contact(session, school.school, HOTLINE, expires_at=NOW - timedelta(days=90))
        with pytest.raises(ContactExpired):
            await contact_desk.reconfirm(
                session, actor=school.person, contact_id=contact.id, version=1, now=NOW
            )


async def test_schools_are_reminded_once_at_30_and_once_at_7_days(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        await make_contact(session, await make_organisation(session), "+842633111777", expires_at=NOW)

    async def told(days: int) -> list[str]:
        await due.run(database, NOW + timedelta(days=100 - days))
        async with database.reading() as session:
            rows = await session.scalars(
                select(models.Notice.topic).where(
                    models.Notice.office_id == school.person.office_id,
                    models.Notice.subject == f"contact:{contact.id}",
                )
            )
            return sorted(rows)

    assert await told(31) == []
    assert await told(30) == await told(20) == ["contact.reconfirm.30"]
    assert await told(7) == await told(1) == ["contact.reconfirm.30", "contact.reconfirm.7"]
    async with database.reading() as session:
        office = await session.get_one(models.Office, school.officer.office_id)
        soon = NOW + timedelta(days=99)
        assert [
            row.id for row in await contact_desk.due_for_reconfirmation(session, soon, office=office)
        ] == [contact.id]


# Notices


async def test_a_notice_is_there_until_somebody_of_the_office_has_seen_it(database: Database) -> None:
    async with database.transaction() as session:
        officer, colleague = [await make_actor(session) for _ in range(2)]
        await notices.tell(session, [officer.office_id, officer.office_id], topic="x", subject="y", now=NOW)
        (notice,) = await notices.unseen(session, officer)
        assert await notices.unseen(session, colleague) == ()
        with pytest.raises(NoticeNotFound):
            await notices.see(session, colleague, notice.id, now=NOW)
        await notices.see(session, officer, notice.id, now=NOW)
        assert await notices.unseen(session, officer) == ()
        with pytest.raises(NoticeNotFound):
            await notices.see(session, officer, notice.id, now=NOW)
        await notices.forget_old(session, NOW + timedelta(days=181))
        assert (await session.scalars(select(models.Notice))).all() == []


# Attacks


async def test_a_proposer_whose_school_was_moved_away_has_proposed_nothing(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        first = await add(session, school.officer, school.owner, "+842633111666")
        second = await change(session, school.officer, contact)
        await make_commune(session, "24700")
        await session.execute(
            update(models.OfficeCommune)
            .where(models.OfficeCommune.office_id == school.officer.office_id)
            .values(commune_code="24700")
        )
        near = await make_office(session, OfficeKind.EDUCATION_OFFICE, "Phòng mới")
        approver = await make_actor(session, Role.EDUCATION_OFFICER, near)
        for proposal in (first, second):
            with pytest.raises(ProposerNotEligible):
                await approve(session, approver, proposal)


async def test_demo_staff_keep_the_demos_records_only(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        office = await make_office(session, OfficeKind.EDUCATION_OFFICE, "Phòng Ví Dụ", is_example=True)
        demo = await make_actor(session, Role.EDUCATION_OFFICER, office, is_example=True)
        with pytest.raises(RecordNotFound):
            await add(session, demo, school.owner)
        example = await schools.add_school(
            session,
            level="th",
            name="Ví Dụ Hoa Sen",
            commune_code=school.school.commune_code,
            source="a test",
            approved_by="release:demo",
            is_example=True,
            now=NOW,
        )
        with pytest.raises(NotAnExampleNumber):
            await add(session, demo, f"school:{example.id}")
        proposal = await add(session, demo, f"school:{example.id}", "+842630111009")
        second = await make_actor(session, Role.EDUCATION_OFFICER, office, is_example=True)
        await approve(session, second, proposal)
        assert await shown(session) == ["+842630111009"]


async def test_the_checkpoint_is_written_by_the_clock_too(database: Database, tmp_path: object) -> None:
    from pathlib import Path  # noqa: PLC0415

    path = Path(str(tmp_path)) / "anchor.jsonl"
    assert not await due.anchor(database, path, sealer=SEALER, now=NOW)
    async with database.transaction() as session:
        actor = await make_actor(session)
    assert await due.anchor(database, path, sealer=SEALER, now=NOW)
    assert (actor.role, len(audit.read_anchors(path))) == (Role.POLICE_OFFICER, 1)


async def test_nobody_acts_by_an_old_actor(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        contact = await hotline_of(session, school)
        stale = school.person
        await later(session, stale, NOW)
        await session.execute(update(models.StaffMember).values(status=models.StaffStatus.DISABLED))
        for attempt in (
            contact_desk.freeze(session, actor=stale, contact_id=contact.id, reason="x", now=NOW),
            contact_desk.reconfirm(session, actor=stale, contact_id=contact.id, version=1, now=NOW),
        ):
            with pytest.raises(rights.NotEligible):
                await attempt
