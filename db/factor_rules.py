"""Rules of the two-person engine for a lost second factor: two administrators agree that it starts anew.

The old one, the recovery codes and every sign-in end with the approval; the password stays, and is asked for
before a new one is set up. So neither the administrator who makes the link nor a thief of it gets in.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, identity, invitations, models, notices, rights, staff
from db.approval_rules import Case, Prepared, ProposalKind, Rule
from db.models import Role, StaffStatus
from db.rights import Permission


class OwnSecondFactor(PermissionError):
    """Nobody starts their own second factor anew, or helps to."""


async def _person(session: AsyncSession, case: Case) -> tuple[models.StaffMember, models.Membership]:
    """Who lost it, with the role that they have had longest."""
    membership = await session.scalar(
        select(models.Membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(*rights.with_person_and_office())
        .where(
            models.StaffMember.public_id == case.payload["staff"],
            models.StaffMember.is_example == case.is_example,
            rights.current(),
        )
        .order_by(models.Membership.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if membership is None:
        raise staff.StaffNotFound(case.payload["staff"])
    return membership.staff, membership


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    person, _ = await _person(session, case)
    if case.proposer.staff_id == person.id:
        raise OwnSecondFactor(person.public_id)
    return Prepared(f"staff:{person.public_id}")


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    return approver.role is Role.ADMINISTRATOR and approver.staff.public_id != case.payload["staff"]


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    person, membership = await _person(session, case)
    person.totp_secret = ""
    person.totp_last_step = None
    await session.execute(delete(models.RecoveryCode).where(models.RecoveryCode.staff_id == person.id))
    await session.execute(
        update(models.StaffSession)
        .where(models.StaffSession.staff_id == person.id, models.StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    await staff.end_chats_of(session, person.id, now)
    # Also an invitation from before they were staff: it could not be used, and would be in the way.
    await session.execute(
        update(models.Invitation)
        .where(
            models.Invitation.email_key == person.email_key,
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    invitation = models.Invitation(
        public_id=identity.new_public_id(),
        name=person.name,
        email=person.email,
        email_key=person.email_key,
        office_id=membership.office_id,
        role=membership.role,
        granted_by=case.approved_by,
        created_at=now,
        expires_at=now + invitations.INVITATION_LASTS,
        staff_id=person.id,
    )
    session.add(invitation)
    await session.flush()
    await audit.record(
        session, actor=None, action="second_factor.end", subject=f"staff:{person.public_id}", now=now
    )
    return f"invitation:{invitation.public_id}"


async def _tell(session: AsyncSession, case: Case, now: datetime) -> None:
    """Colleagues know whether somebody really lost a phone."""
    offices = await session.scalars(
        select(models.Membership.office_id)
        .join(models.Membership.staff)
        .where(
            models.StaffMember.public_id == case.payload["staff"],
            models.StaffMember.status == StaffStatus.ACTIVE,
            models.Membership.until.is_(None),
        )
    )
    await notices.tell(session, offices, topic="second_factor.reset", subject=case.subject, now=now)


RULES: Final = {
    ProposalKind.RESET_SECOND_FACTOR: Rule(
        propose=frozenset({Permission.PROPOSE_ROLE}),
        approve=frozenset({Permission.APPROVE_ROLE}),
        required=frozenset({"staff"}),
        optional=frozenset(),
        prepare=_prepare,
        may_approve=_may_approve,
        on_approved=_tell,
        apply=_apply,
    ),
}
