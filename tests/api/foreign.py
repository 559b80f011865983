"""Records of another province, school and office, as real as those of the demo's people, for whom they are not there."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    chat_staff,
    contacts,
    identity,
    indicators,
    models,
    notices,
    organisations,
    places,
    protection,
    rights,
    schools,
    scripts,
    signing_in,
    staff,
)
from db.approval_rules import ProposalKind
from db.importing import staging
from db.importing.reading import Given
from db.keys import Keys
from db.models import ImportKind, OfficeKind, Role
from db.rights import Actor
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind, Script
from scamcheck.red_flags import Scenario
from scamcheck.verdict import Level
from tests.api.console import Person, Site
from tests.db.builders import make_conversation
from tests.db.desk import contact_payload, make_actor

COMMUNE: Final = "99001"
PROVINCE: Final = "Tỉnh Xa Ví Dụ"
COOKIE: Final = "goilai-desk"
WATCHED: Final = (
    models.Contact,
    models.School,
    models.Indicator,
    models.Script,
    models.ProtectedIdentifier,
    models.Proposal,
    models.Approval,
    models.ImportBatch,
    models.IncidentNote,
    models.Notice,
    models.ChatLink,
    models.Membership,
    models.StaffMember,
    models.Invitation,
    models.Office,
)
BY_CLOCK: Final = frozenset({"told_at"})
"""Columns that the service writes by itself meanwhile."""


@dataclass
class Foreign:
    """Ids of what lies outside the area of everybody of the demo, by the name that routes give them."""

    ids: dict[str, str] = field(default_factory=dict)
    of_role: dict[tuple[str, str], str] = field(default_factory=dict)
    """What is foreign to one role only: others of the demo may see it."""
    owners: dict[str, Person] = field(default_factory=dict)
    """Those to whom it is not foreign."""

    def id_of(self, name: str, role: str) -> str | None:
        return self.of_role.get((name, role), self.ids.get(name))


async def far_office(
    session: AsyncSession, kind: OfficeKind, now: datetime, *, is_example: bool = True, **ties: int
) -> models.Office:
    of_communes = kind in (OfficeKind.EDUCATION_OFFICE, OfficeKind.COMMUNE_POLICE)
    return await staff.add_office(
        session,
        actor=None,
        kind=kind,
        name=f"Cơ quan xa {kind.value}",
        province=PROVINCE,
        communes=(COMMUNE,) if of_communes else (),
        levels=rights.LEVELS_OF_A_COMMUNE if kind is OfficeKind.EDUCATION_OFFICE else "",
        is_example=is_example,
        now=now,
        **ties,
    )


async def at_the_desk(site: Site, session: AsyncSession, actor: Actor, now: datetime) -> Person:
    """The browser of somebody who signed in elsewhere."""
    client = await site.visitor()
    token = f"token-of-{actor.public_id}"
    membership = await session.get_one(models.Membership, actor.membership_id)
    await session.refresh(membership, ["staff", "office"])
    await signing_in.begin_session(session, membership, token, now)
    client.cookies.set(COOKIE, token)
    return Person(client, site.clock)


async def make_foreign(site: Site) -> Foreign:
    """Fill the record of the site with what belongs to others."""
    now, found = site.clock.now, Foreign()
    async with site.services.database.transaction() as session:
        await places.put_commune(
            session,
            code=COMMUNE,
            name="xã Xa Ví Dụ",
            province=PROVINCE,
            source="a test",
            approved_by="operator:test",
            now=now,
        )
        await _example_records(site, session, found, now)
        await _real_records(session, found, now)
    return found


async def _example_records(site: Site, session: AsyncSession, found: Foreign, now: datetime) -> None:
    school = await _school(session, "Ví Dụ Xa", now, is_example=True)
    unit = await organisations.add_organisation(
        session,
        kind=OwnerKind.POLICE,
        key="police:vi-du-xa",
        name="Công an xã Xa Ví Dụ",
        short_name="Công an xã Xa Ví Dụ",
        commune_code=COMMUNE,
        source="a test",
        approved_by="operator:test",
        is_example=True,
        now=now,
    )
    schools_office = await far_office(session, OfficeKind.SCHOOL, now, school_id=school.id)
    education = await far_office(session, OfficeKind.EDUCATION_OFFICE, now)
    police = await far_office(session, OfficeKind.COMMUNE_POLICE, now, organisation_id=unit.id)
    teacher = await make_actor(session, Role.SCHOOL_STAFF, schools_office, is_example=True, now=now)
    officer = await make_actor(session, Role.EDUCATION_OFFICER, education, is_example=True, now=now)
    policeman = await make_actor(session, Role.POLICE_OFFICER, police, is_example=True, now=now)
    contact = await _contact(session, school, "+842630111901", now)
    of_unit = await _contact(session, unit, "+842630111902", now)
    proposal = await approvals.propose(
        session,
        actor=teacher,
        kind=ProposalKind.ADD_CONTACT,
        payload=contact_payload(f"school:{school.id}", "+842630111903", verified_at=f"{now:%Y-%m-%d}"),
        reason="trường đề nghị",
        now=now,
    )
    batch, _ = await staging.stage(
        session,
        actor=officer,
        kind=ImportKind.SCHOOLS,
        file_name="truong.csv",
        content="Tên trường,Xã\r\nTH Xa Ví Dụ,xã Xa Ví Dụ".encode(),
        given=Given(source="công văn", verified_at=date(2026, 11, 1)),
        now=now,
    )
    batch.status = models.ImportStatus.READY  # as if it had been read
    await notices.tell(session, [education.id], topic="contact.approved", subject="contact:1", now=now)
    notice = await session.scalar(select(models.Notice.id).where(models.Notice.office_id == education.id))
    conversation = await make_conversation(session, "far-away", now=now)
    keys = Keys(b"a secret of this test only, long enough")
    code = await chat_staff.new_code(session, actor=policeman, keys=keys, now=now)
    await chat_staff.link(session, conversation, code, keys=keys, now=now)
    link = await session.scalar(select(models.ChatLink.id))
    session.add(
        models.Report(
            case_code="GL-XAXA-XA",
            status=models.ReportStatus.RECEIVED,
            check_public_id="far",
            conversation_id=conversation.id,
            level=Level.SUSPICIOUS,
            reasons=[],
            school_id=school.id,
            consent_version="2026-11",
            filed_at=now,
        )
    )
    found.ids |= {
        "contact_id": str(contact.id),
        "school_id": str(school.id),
        "proposal_id": proposal.public_id,
        "import_id": batch.public_id,
        "notice_id": str(notice),
        "link_id": str(link),
        "case_code": "GL-XAXA-XA",
    }
    for role in ("administrator", "information"):  # both look after, or speak of, the schools of all places
        found.of_role["contact_id", role] = str(of_unit.id)
    found.owners = {
        "teacher": await at_the_desk(site, session, teacher, now),
        "officer": await at_the_desk(site, session, officer, now),
        "policeman": await at_the_desk(site, session, policeman, now),
    }


async def _real_records(session: AsyncSession, found: Foreign, now: datetime) -> None:
    """The demo's people keep the demo's records; those of the service itself are foreign to them."""
    school = await _school(session, "Có Thật", now, is_example=False)
    for role in ("administrator", "information"):
        found.of_role["school_id", role] = str(school.id)
    indicator = await indicators.confirm_indicator(
        session,
        kind=IdentifierKind.NUMBER,
        key="+84912000099",
        confirmed_by="Công an",
        source="a test",
        verified_at=now.date(),
        approved_by="operator:test",
        now=now,
    )
    await scripts.put_script(
        session,
        Script(
            "co-that",
            "Kịch bản có thật",
            "con chị bị tai nạn đang cấp cứu chuyển tiền ngay để mổ",
            Scenario.CHILD_EMERGENCY,
        ),
        approved_by="operator:test",
        now=now,
    )
    script = await session.scalar(select(models.Script.id).where(models.Script.key == "co-that"))
    protected = await protection.protect(
        session,
        kind=IdentifierKind.NUMBER,
        key="+842633822117",
        owner="Sở",
        source="a test",
        approved_by="operator:test",
        now=now,
    )
    operator = await far_office(session, OfficeKind.OPERATOR, now, is_example=False)
    person = await make_actor(session, Role.ADMINISTRATOR, operator, now=now)
    granting = await approvals.propose(
        session,
        actor=person,
        kind=ProposalKind.GRANT_ROLE,
        payload={
            "office": operator.public_id,
            "role": Role.AUDITOR.value,
            "name": "Người Thật",
            "email": "khac@vi-du.example",
        },
        reason="người mới",
        now=now,
    )
    found.of_role["proposal_id", "administrator"] = granting.public_id
    invitation = models.Invitation(
        public_id=identity.new_public_id(),
        name="Người Thật",
        email="that@vi-du.example",
        email_key="that@vi-du.example",
        office_id=operator.id,
        role=Role.ADMINISTRATOR,
        granted_by="operator:test",
        created_at=now,
        expires_at=now + timedelta(hours=72),
    )
    session.add(invitation)
    await session.flush()
    found.ids |= {
        "indicator_id": str(indicator.id),
        "script_id": str(script),
        "protected_id": str(protected.id),
        "membership_id": str(person.membership_id),
        "invitation_id": invitation.public_id,
        "staff": person.public_id,
        "office": operator.public_id,
    }


async def _school(session: AsyncSession, name: str, now: datetime, *, is_example: bool) -> models.School:
    return await schools.add_school(
        session,
        level="th",
        name=name,
        commune_code=COMMUNE,
        source="a test",
        approved_by="operator:test",
        is_example=is_example,
        now=now,
    )


async def _contact(
    session: AsyncSession, owner: models.School | models.Organisation, key: str, now: datetime
) -> models.Contact:
    return await contacts.add_contact(
        session,
        owner=owner,
        kind=IdentifierKind.NUMBER,
        key=key,
        label="đường dây nóng",
        source="a test",
        verified_at=now.date(),
        expires_at=now + timedelta(days=100),
        approved_by="operator:test",
        is_example=True,
        now=now,
    )


async def state_of(site: Site) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a foreign hand could have changed, row by row."""
    async with site.services.database.reading() as session:
        return {
            table.__tablename__: [
                tuple(row)
                for row in await session.execute(
                    select(*(one for one in table.__table__.columns if one.name not in BY_CLOCK)).order_by(
                        table.id
                    )
                )
            ]
            for table in WATCHED
        }
