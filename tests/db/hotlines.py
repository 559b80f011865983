"""Builders for tests of hotlines: a school with its staff, proposals about its contacts, and decisions."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, contacts, models
from db.approval_rules import ProposalKind
from db.models import OfficeKind, Role
from db.rights import Actor
from tests.builders import NOW
from tests.db.builders import make_contact, make_school
from tests.db.desk import contact_payload, make_actor, make_office

HOTLINE = "+842633111222"
NEW = "+842633111333"
MOBILE = "+84912000001"


@dataclass(frozen=True, slots=True)
class School:
    """A school with one person, and the education office with two."""

    school: models.School
    person: Actor
    officer: Actor
    second: Actor

    @property
    def owner(self) -> str:
        return f"school:{self.school.id}"


async def make_school_with_staff(session: AsyncSession, name: str = "Nguyễn Ví Dụ") -> School:
    school = await make_school(session, name)
    office = await make_office(session, OfficeKind.SCHOOL, f"Trường {name}", school_id=school.id)
    education = await session.scalar(
        select(models.Office).where(models.Office.kind == OfficeKind.EDUCATION_OFFICE)
    ) or await make_office(session, OfficeKind.EDUCATION_OFFICE)
    return School(
        school,
        await make_actor(session, Role.SCHOOL_STAFF, office),
        await make_actor(session, Role.EDUCATION_OFFICER, education),
        await make_actor(session, Role.EDUCATION_OFFICER, education),
    )


async def add(
    session: AsyncSession, actor: Actor, owner: str, key: str = HOTLINE, **fields: str
) -> models.Proposal:
    return await approvals.propose(
        session,
        actor=actor,
        kind=ProposalKind.ADD_CONTACT,
        payload=contact_payload(owner, key, **fields),
        reason="trường đề nghị",
        now=NOW,
    )


async def change(
    session: AsyncSession, actor: Actor, contact: models.Contact, key: str = NEW, **fields: str
) -> models.Proposal:
    payload = contact_payload("", key, contact=str(contact.id), version=str(contact.version), **fields)
    del payload["owner"]
    return await approvals.propose(
        session, actor=actor, kind=ProposalKind.CHANGE_CONTACT, payload=payload, reason="đổi số", now=NOW
    )


async def about(
    session: AsyncSession, actor: Actor, contact: models.Contact, kind: ProposalKind, /, **fields: str
) -> models.Proposal:
    return await approvals.propose(
        session,
        actor=actor,
        kind=kind,
        payload={"contact": str(contact.id), "version": str(contact.version), **fields},
        reason="lý do",
        now=NOW,
    )


async def approve(
    session: AsyncSession, actor: Actor, proposal: models.Proposal, **changed: object
) -> models.Proposal:
    arguments: dict[str, object] = {
        "actor": actor,
        "proposal_id": proposal.public_id,
        "version_hash": proposal.version_hash,
        "reason": "đã gọi lại theo số khác",
        "callback_code": proposal.callback_code,
        "now": NOW,
        **changed,
    }
    return await approvals.approve(session, **arguments)  # type: ignore[arg-type]


async def shown(session: AsyncSession) -> list[str]:
    return [contact.key for contact in await contacts.active_contacts(session, NOW)]


async def hotline_of(session: AsyncSession, school: School, key: str = HOTLINE) -> models.Contact:
    return await make_contact(session, school.school, key, expires_at=NOW + timedelta(days=100))
