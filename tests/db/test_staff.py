"""Offices, roles and areas: who may be what, where, and who is out at once."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    demo,
    demo_staff,
    identity,
    invitations,
    models,
    places,
    reference,
    rights,
    schools,
    signing_in,
    staff,
)
from db.approval_rules import PayloadUnreadable, ProposalKind
from db.approvals import ProposalNotFound, SamePerson, approve, propose
from db.engine import Database
from db.identity import EmailUnreadable
from db.invitations import AlreadyStaff, InvitationNotFound
from db.models import OfficeKind, Role
from db.rights import Actor, NotAllowed, NotEligible, Permission
from db.sealing import Sealer
from db.signing_in import SignInRefused
from db.staff import AdministratorsExist, LastAdministrator, OfficeNotFound, RoleDoesNotFit, StaffNotFound
from tests.builders import NOW
from tests.db.builders import make_commune, make_school
from tests.db.desk import ADDRESS, HASHER, PROVINCE, SEALER, audit_of, make_actor, make_office

BOTH = "staff:a+b"


async def administrators(session: AsyncSession, count: int = 2) -> list[Actor]:
    office = await make_office(session, OfficeKind.OPERATOR)
    return [await make_actor(session, Role.ADMINISTRATOR, office) for _ in range(count)]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("an@vi-du.example", "an@vi-du.example"),
        (" AN+desk@Vi-Du.example ", "an@vi-du.example"),
        ("an.vi.du+1@gmail.com", "anvidu@gmail.com"),
        ("anvidu@googlemail.com", "anvidu@gmail.com"),
        ("ａｎ@vi-du.example", "an@vi-du.example"),
    ],
)
def test_one_mailbox_is_one_person(written: str, key: str) -> None:
    assert identity.person_key(written) == key


@pytest.mark.parametrize(
    "written", ["", "an", "@vi-du.example", "an@", "an@host", "a n@vi-du.example", "+x@a.b"]
)
def test_what_is_no_address_names_nobody(written: str) -> None:
    with pytest.raises(EmailUnreadable):
        identity.person_key(written)


# Offices


async def test_administrators_keep_offices_and_nobody_else(database: Database) -> None:
    async with database.transaction() as session:
        (administrator,) = await administrators(session, 1)
        officer = await make_actor(session, Role.POLICE_OFFICER)
        office = await staff.add_office(
            session, actor=administrator, kind=OfficeKind.INFORMATION_OFFICE, name="Phòng Ví Dụ", now=NOW
        )
        assert await staff.office_of(session, office.public_id) == office
        with pytest.raises(NotAllowed):
            await staff.add_office(session, actor=officer, kind=OfficeKind.COMMUNE_POLICE, name="x", now=NOW)
        with pytest.raises(NotAllowed):
            await staff.close_office(session, actor=officer, public_id=office.public_id, reason="x", now=NOW)
        await staff.close_office(
            session, actor=administrator, public_id=office.public_id, reason="giải thể", now=NOW
        )
        with pytest.raises(OfficeNotFound):
            await staff.office_of(session, office.public_id)
        with pytest.raises(OfficeNotFound):  # nor the operator's own: nobody could open it again
            await staff.close_office(
                session, actor=administrator, public_id=administrator.office_public_id, reason="x", now=NOW
            )
        assert await audit_of(session, f"office:{office.public_id}") == [
            ("office.add", "done"),
            ("office.close", "done"),
        ]


# Roles


@pytest.mark.parametrize(("role", "kinds"), rights.OFFICES_OF.items())
async def test_a_role_is_had_where_it_belongs(
    database: Database, role: Role, kinds: frozenset[OfficeKind]
) -> None:
    async with database.transaction() as session:
        for kind in OfficeKind:
            office = await make_office(session, kind)
            give = staff.give_role(
                session,
                office=office,
                role=role,
                name="An",
                email=f"{kind.value}@vi-du.example",
                granted_by=BOTH,
                now=NOW,
            )
            if kind in kinds:
                assert isinstance(await give, models.Invitation)
            else:
                with pytest.raises(RoleDoesNotFit):
                    await give


async def test_every_role_has_rights_and_an_auditor_changes_nothing() -> None:
    assert set(rights.RIGHTS) == set(Role) == set(rights.OFFICES_OF)
    assert all(right.value.startswith("read_") for right in rights.RIGHTS[Role.AUDITOR])
    administrator = rights.RIGHTS[Role.ADMINISTRATOR]
    assert not administrator & {
        Permission.APPROVE_INDICATOR,
        Permission.APPROVE_SCHOOL_CONTACT,
        Permission.APPROVE_POLICE_CONTACT,
        Permission.READ_QUEUE,
        Permission.READ_INCIDENTS,
    }


async def grant(session: AsyncSession, actor: Actor, office: str, **changed: str) -> models.Proposal:
    return await propose(
        session,
        actor=actor,
        kind=ProposalKind.GRANT_ROLE,
        payload={
            "office": office,
            "role": "police_officer",
            "name": "Bình Ví Dụ",
            "email": "binh@vi-du.example",
            **changed,
        },
        reason="nhận việc",
        now=NOW,
    )


async def agree(session: AsyncSession, actor: Actor, proposal: models.Proposal) -> models.Proposal:
    return await approve(
        session,
        actor=actor,
        proposal_id=proposal.public_id,
        version_hash=proposal.version_hash,
        reason="đúng người",
        now=NOW,
    )


async def test_a_role_needs_two_administrators(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await administrators(session)
        office = await make_office(session)
        proposal = await grant(session, first, office.public_id)
        with pytest.raises(SamePerson):
            await agree(session, first, proposal)
        await agree(session, second, proposal)
        (invitation,) = await invitations.open_invitations(session)
        assert proposal.result == f"invitation:{invitation.public_id}"
        assert invitation.granted_by == f"staff:{first.public_id}+{second.public_id}"
        assert invitation.token_hash is None  # until somebody makes the link
        entries = (await session.scalars(select(models.AuditEntry))).all()
        assert not any("binh@" in entry.facts + entry.subject for entry in entries)


async def test_who_is_staff_already_has_the_role_at_once(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await administrators(session)
        officer = await make_actor(session, email="binh@vi-du.example")
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        proposal = await grant(session, first, office.public_id, role="police_supervisor")
        await agree(session, second, proposal)
        held = [found.role for found in await staff.people_of(session) if found.staff_id == officer.staff_id]
        assert sorted(held) == [Role.POLICE_OFFICER, Role.POLICE_SUPERVISOR]
        (supervisor,) = await staff.people_of(session, office.id)
        assert (supervisor.staff.name, supervisor.office.id) == (officer.name, office.id)
        again = await grant(session, first, office.public_id, role="police_supervisor")
        with pytest.raises(AlreadyStaff):
            await agree(session, second, again)


async def test_nobody_grants_a_role_to_themselves(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await administrators(session)
        office = await make_office(session)
        proposal = await grant(session, first, office.public_id, email=second.person_key)
        with pytest.raises(ProposalNotFound):
            await agree(session, second, proposal)


async def test_roles_are_asked_for_rightly(database: Database) -> None:
    async with database.transaction() as session:
        (administrator,) = await administrators(session, 1)
        office = await make_office(session)
        demo_office = await make_office(session, is_example=True)
        with pytest.raises(RoleDoesNotFit):
            await grant(session, administrator, office.public_id, role="administrator")
        with pytest.raises(PayloadUnreadable, match="role"):
            await grant(session, administrator, office.public_id, role="king")
        with pytest.raises(EmailUnreadable):
            await grant(session, administrator, office.public_id, email="không có")
        for unknown in ("khong-co", demo_office.public_id):
            with pytest.raises(OfficeNotFound):
                await grant(session, administrator, unknown)


async def test_one_invitation_of_a_person_to_a_role_is_open(database: Database) -> None:
    async with database.transaction() as session:
        office = await make_office(session)

        async def invite() -> models.Invitation | models.Membership:
            return await staff.give_role(
                session,
                office=office,
                role=Role.POLICE_OFFICER,
                name="An",
                email="an@vi-du.example",
                granted_by=BOTH,
                now=NOW,
            )

        await invite()
        with pytest.raises(AlreadyStaff):
            await invite()


async def test_links_are_made_and_withdrawn_by_administrators(database: Database) -> None:
    async with database.transaction() as session:
        (administrator,) = await administrators(session, 1)
        officer = await make_actor(session)
        invitation = await staff.give_role(
            session,
            office=await make_office(session),
            role=Role.POLICE_OFFICER,
            name="An",
            email="an@vi-du.example",
            granted_by=BOTH,
            now=NOW,
        )
        assert isinstance(invitation, models.Invitation)
        wanted = {"invitation_id": invitation.public_id, "now": NOW}
        for refused in (
            invitations.make_link(session, actor=officer, **wanted),  # type: ignore[arg-type]
            invitations.withdraw_invitation(session, actor=officer, reason="x", **wanted),  # type: ignore[arg-type]
        ):
            with pytest.raises(NotAllowed):
                await refused
        link = await invitations.make_link(session, actor=administrator, **wanted)  # type: ignore[arg-type]
        assert invitation.token_hash == identity.token_hash(link.token)
        await invitations.withdraw_invitation(session, actor=administrator, reason="nhầm", **wanted)  # type: ignore[arg-type]
        with pytest.raises(InvitationNotFound):
            await invitations.make_link(session, actor=administrator, **wanted)  # type: ignore[arg-type]
        assert await invitations.open_invitations(session) == ()


async def test_the_machine_makes_administrators_until_there_are_two(database: Database) -> None:
    async def first(session: AsyncSession, email: str) -> None:
        await staff.first_administrator(session, name="An", email=email, operator="root", now=NOW)

    async with database.transaction() as session:
        await first(session, "an@vi-du.example")
        with pytest.raises(AlreadyStaff):
            await first(session, "an@vi-du.example")
        await first(session, "binh@vi-du.example")
        operators = (
            await session.scalars(select(models.Office).where(models.Office.kind == OfficeKind.OPERATOR))
        ).all()
        assert len(operators) == 1
        await make_actor(session, Role.ADMINISTRATOR, operators[0], email="chi@vi-du.example")
        officer = await make_actor(session, email="dung@vi-du.example")
        with pytest.raises(AlreadyStaff):  # staff get roles from administrators
            await first(session, "dung@vi-du.example")
        await make_actor(session, Role.ADMINISTRATOR, operators[0])
        assert officer.role is Role.POLICE_OFFICER
        with pytest.raises(AdministratorsExist):
            await first(session, "em@vi-du.example")


async def test_a_role_ends_at_once_and_by_administrators_only(database: Database) -> None:
    async with database.transaction() as session:
        administrator, _ = await administrators(session)
        officer = await make_actor(session)
        arguments = {"membership_id": officer.membership_id, "reason": "chuyển công tác", "now": NOW}
        with pytest.raises(NotAllowed):
            await staff.end_role(session, actor=officer, **arguments)  # type: ignore[arg-type]
        await staff.end_role(session, actor=administrator, **arguments)  # type: ignore[arg-type]
        with pytest.raises(NotEligible):
            await rights.standing(session, officer.membership_id)
        row = await session.get_one(models.StaffSession, officer.session_id, populate_existing=True)
        assert row.ended_at == NOW
        with pytest.raises(StaffNotFound):
            await staff.end_role(session, actor=administrator, **arguments)  # type: ignore[arg-type]


async def test_the_last_administrator_stays(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await administrators(session)
        await staff.disable(session, actor=first, public_id=second.public_id, reason="nghỉ", now=NOW)
        with pytest.raises(LastAdministrator):
            await staff.disable(session, actor=first, public_id=first.public_id, reason="nghỉ", now=NOW)
        with pytest.raises(LastAdministrator):
            await staff.end_role(
                session, actor=first, membership_id=first.membership_id, reason="nghỉ", now=NOW
            )


async def test_only_administrators_disable_and_once(database: Database) -> None:
    async with database.transaction() as session:
        administrator, _ = await administrators(session)
        officer = await make_actor(session)
        with pytest.raises(NotAllowed):
            await staff.disable(
                session, actor=officer, public_id=administrator.public_id, reason="x", now=NOW
            )
        await staff.disable(session, actor=administrator, public_id=officer.public_id, reason="nghỉ", now=NOW)
        with pytest.raises(StaffNotFound):
            await staff.disable(
                session, actor=administrator, public_id=officer.public_id, reason="nghỉ", now=NOW
            )


async def test_who_was_disabled_comes_back_with_the_new_role_alone(database: Database) -> None:
    async with database.transaction() as session:
        administrator, _ = await administrators(session)
        officer = await make_actor(session, email="an@vi-du.example")
        await staff.disable(session, actor=administrator, public_id=officer.public_id, reason="nghỉ", now=NOW)
        given = await staff.give_role(
            session,
            office=await make_office(session, OfficeKind.INFORMATION_OFFICE),
            role=Role.INFORMATION_OFFICER,
            name="",
            email="an@vi-du.example",
            granted_by=BOTH,
            now=NOW,
        )
        assert (await rights.standing(session, given.id)).role is Role.INFORMATION_OFFICER
        with pytest.raises(NotEligible):
            await rights.standing(session, officer.membership_id)


# Areas


@pytest.mark.parametrize(
    ("level", "commune", "province"),
    [
        ("mầm non", True, False),
        ("tiểu học", True, False),
        ("thcs", True, False),
        ("TH&THCS", True, False),
        ("thpt", False, True),
        ("THCS&THPT", False, True),
        ("PTDTNT", False, True),
    ],
)
async def test_a_school_belongs_to_the_office_of_its_highest_level(
    database: Database, level: str, commune: bool, province: bool
) -> None:
    async with database.transaction() as session:
        local = await make_office(session, OfficeKind.EDUCATION_OFFICE)
        elsewhere = await make_office(session, OfficeKind.EDUCATION_OFFICE, communes=("24700",))
        department = await make_office(session, OfficeKind.EDUCATION_DEPARTMENT)
        far = await make_office(session, OfficeKind.EDUCATION_DEPARTMENT, province="Tỉnh khác")
        police = await make_office(session, OfficeKind.COMMUNE_POLICE)
        operator = await make_office(session, OfficeKind.OPERATOR)
        school = await make_school(session, level=level)
        responsible = {
            office.id
            for office in (local, elsewhere, department, far, police, operator)
            if await rights.responsible_for(session, office, school.id)
        }
        assert (local.id in responsible) is commune
        assert (department.id in responsible) is province
        assert responsible - {local.id, department.id} == {police.id}
        await schools.withdraw_school(session, school.id, now=NOW)
        assert not await rights.responsible_for(session, local, school.id)


async def test_the_department_is_second_where_a_communes_office_has_one_person(database: Database) -> None:
    async with database.transaction() as session:
        department = await make_office(session, OfficeKind.EDUCATION_DEPARTMENT)
        far = await make_office(session, OfficeKind.EDUCATION_DEPARTMENT, province="Tỉnh khác")
        school = await make_school(session)
        assert await rights.second_for(session, department, school.id)
        local = await make_office(session, OfficeKind.EDUCATION_OFFICE)
        await make_actor(session, Role.EDUCATION_OFFICER, local)
        assert await rights.second_for(session, department, school.id)
        assert not await rights.second_for(session, far, school.id)
        assert not await rights.second_for(session, local, school.id)
        await make_actor(session, Role.EDUCATION_OFFICER, local)
        assert not await rights.second_for(session, department, school.id)
        await session.execute(
            update(models.Office).where(models.Office.id == local.id).values(levels="MN,TH")
        )
        await session.refresh(local)
        assert await rights.second_for(session, department, school.id)


def test_the_highest_of_several_levels() -> None:
    assert rights.highest_level("TH&THCS") == "THCS"
    assert rights.highest_level("trung tâm") == "trung tâm"


# The demo


async def test_the_demo_has_staff_for_every_role_that_get_in_with_what_is_printed(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
        await demo.load_demo(session, NOW)
        for _ in range(2):
            await demo_staff.load_demo_staff(session, sealer=SEALER, now=NOW, hasher=HASHER)
        assert {person.role for person in demo_staff.PEOPLE} == set(Role)
        assert len(await staff.people_of(session)) == len(demo_staff.PEOPLE)
        assert all("Ví Dụ" in name for name in [person.name for person in demo_staff.PEOPLE])
        school = await session.scalar(select(models.Office).where(models.Office.kind == OfficeKind.SCHOOL))
        assert school is not None
        assert school.school_id is not None
        office = next(
            found for found in await staff.people_of(session) if found.role is Role.EDUCATION_OFFICER
        )
        assert await rights.second_for(
            session, office.office, school.school_id
        ) or await rights.responsible_for(session, office.office, school.school_id)
        assert await staff.administrators(session) == 0  # those of the demo are none
    for person in demo_staff.PEOPLE:
        signed_in = await signing_in.sign_in(
            database,
            email=person.email,
            password=demo_staff.PASSWORD,
            code=demo_staff.code_now(NOW),
            address=ADDRESS,
            sealer=SEALER,
            now=NOW,
            demo=True,
            hasher=HASHER,
        )
        assert (signed_in.actor.role, signed_in.actor.is_example) == (person.role, True)


async def test_a_demo_started_with_another_secret_still_lets_its_staff_in(database: Database) -> None:
    other = Sealer(b"made anew at each start")
    async with database.transaction() as session:
        await make_commune(session, demo.XUAN_HUONG)
        await demo_staff.load_demo_staff(session, sealer=SEALER, now=NOW, hasher=HASHER)
        await demo_staff.load_demo_staff(session, sealer=other, now=NOW, hasher=HASHER)
    signed_in = await signing_in.sign_in(
        database,
        email="congan@vi-du.example",
        password=demo_staff.PASSWORD,
        code=demo_staff.code_now(NOW),
        address=ADDRESS,
        sealer=other,
        now=NOW,
        demo=True,
        hasher=HASHER,
    )
    assert signed_in.token


async def test_removing_the_demo_puts_its_staff_out(database: Database) -> None:
    async with database.transaction() as session:
        await reference.load_reference(session, NOW)
        await demo.load_demo(session, NOW)
        await demo_staff.load_demo_staff(session, sealer=SEALER, now=NOW, hasher=HASHER)
    signed_in = await signing_in.sign_in(
        database,
        email="congan@vi-du.example",
        password=demo_staff.PASSWORD,
        code=demo_staff.code_now(NOW),
        address=ADDRESS,
        sealer=SEALER,
        now=NOW,
        demo=True,
        hasher=HASHER,
    )
    async with database.transaction() as session:
        assert await demo_staff.remove_demo_staff(session, now=NOW) == len(demo_staff.PEOPLE)
        assert await demo_staff.remove_demo_staff(session, now=NOW) == 0
        await demo.remove_demo(session, NOW)
        assert await staff.people_of(session) == ()
    assert await signing_in.session_of(database, signed_in.token, NOW) is None
    with pytest.raises(SignInRefused):
        await signing_in.sign_in(
            database,
            email="congan@vi-du.example",
            password=demo_staff.PASSWORD,
            code=demo_staff.code_now(NOW),
            address="192.0.2.2",
            sealer=SEALER,
            now=NOW,
            demo=True,
            hasher=HASHER,
        )


async def test_an_area_is_where_its_communes_are(database: Database) -> None:
    async with database.transaction() as session:
        local = await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700", "24701", "24700"))
        province = await make_office(session, OfficeKind.PROVINCE_POLICE)
        await make_commune(session, "24702")
        await places.put_commune(
            session,
            code="99999",
            name="xã Xa",
            province="Tỉnh khác",
            source="a test",
            approved_by="operator:test",
            now=NOW,
        )

        async def area(office: models.Office) -> list[str]:
            return list(
                await session.scalars(
                    select(models.Commune.code)
                    .where(rights.covers_commune(office))
                    .order_by(models.Commune.code)
                )
            )

        assert await area(local) == ["24700", "24701"]
        assert await area(province) == ["24700", "24701", "24702"]
        assert province.province == PROVINCE


async def test_the_demos_administrators_let_nobody_in_or_out_of_the_service(database: Database) -> None:
    async with database.transaction() as session:
        own = await make_office(session, OfficeKind.OPERATOR)
        first, second = [await make_actor(session, Role.ADMINISTRATOR, own) for _ in range(2)]
        police = await make_office(session)
        demo_office = await make_office(session, OfficeKind.OPERATOR, "Nhóm Ví Dụ", is_example=True)
        demo = await make_actor(session, Role.ADMINISTRATOR, demo_office, is_example=True)
        invitation = await staff.give_role(
            session,
            office=own,
            role=Role.AUDITOR,
            name="Người Mới",
            email="moi@vi-du.example",
            granted_by=BOTH,
            now=NOW,
        )
        assert isinstance(invitation, models.Invitation)
        for attempt, refusal in (
            (
                staff.disable(session, actor=demo, public_id=second.public_id, reason="x", now=NOW),
                StaffNotFound,
            ),
            (
                staff.end_role(session, actor=demo, membership_id=second.membership_id, reason="x", now=NOW),
                StaffNotFound,
            ),
            (
                staff.close_office(session, actor=demo, public_id=police.public_id, reason="x", now=NOW),
                OfficeNotFound,
            ),
            (
                invitations.make_link(session, actor=demo, invitation_id=invitation.public_id, now=NOW),
                InvitationNotFound,
            ),
            (
                invitations.withdraw_invitation(
                    session, actor=demo, invitation_id=invitation.public_id, reason="x", now=NOW
                ),
                InvitationNotFound,
            ),
            (
                staff.give_role(
                    session,
                    office=demo_office,
                    role=Role.AUDITOR,
                    name="",
                    email=(await session.get_one(models.StaffMember, first.staff_id)).email,
                    granted_by=BOTH,
                    now=NOW,
                ),
                RoleDoesNotFit,
            ),
        ):
            with pytest.raises(refusal):
                await attempt
        await invitations.make_link(session, actor=first, invitation_id=invitation.public_id, now=NOW)
