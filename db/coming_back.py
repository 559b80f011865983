"""What a lost second factor and a forgotten password share: the old one ends, a link is made for a new one.

The link proves nothing, nor does the code told by voice, for whoever made the link has both: the person
proves the factor that they still have. So of the two only one starts anew at a time, and who lost both is a
stranger, who is invited like one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import identity, invitations, models, notices, rights, staff
from db.approval_rules import Case, Prepared, Rule
from db.models import Renewal, Role, StaffStatus
from db.rights import Permission


class NothingToKnowThemBy(PermissionError):
    """The other factor is gone too: by the link alone, anybody who has it would become the person."""


async def person_of(session: AsyncSession, case: Case) -> tuple[models.StaffMember, models.Membership]:
    """Who a proposal is about, with the role that they have had longest.

    Raises:
        StaffNotFound: nobody of this id has a role now.
    """
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


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    """Another administrator, who is not the person either."""
    return approver.role is Role.ADMINISTRATOR and approver.staff.public_id != case.payload["staff"]


async def begin(
    session: AsyncSession, membership: models.Membership, renews: Renewal, granted_by: str, now: datetime
) -> models.Invitation:
    """End every sign-in, chat and open link of the person, and write down what a new link is to renew."""
    person = membership.staff
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
        granted_by=granted_by,
        created_at=now,
        expires_at=now + invitations.INVITATION_LASTS,
        staff_id=person.id,
        renews=renews,
    )
    session.add(invitation)
    await session.flush()
    return invitation


def rule(
    *,
    prepare: Callable[[AsyncSession, Case, datetime], Awaitable[Prepared]],
    apply: Callable[[AsyncSession, Case, datetime], Awaitable[str]],
    topic: str,
) -> Rule:
    """What the engine asks for either: two administrators, and the person's offices are told on `topic`."""

    async def tell(session: AsyncSession, case: Case, now: datetime) -> None:
        # Colleagues know whether somebody really lost a phone, or forgot.
        offices = await session.scalars(
            select(models.Membership.office_id)
            .join(models.Membership.staff)
            .where(
                models.StaffMember.public_id == case.payload["staff"],
                models.StaffMember.status == StaffStatus.ACTIVE,
                models.Membership.until.is_(None),
            )
        )
        await notices.tell(session, offices, topic=topic, subject=case.subject, now=now)

    return Rule(
        propose=frozenset({Permission.PROPOSE_ROLE}),
        approve=frozenset({Permission.APPROVE_ROLE}),
        required=frozenset({"staff"}),
        optional=frozenset(),
        prepare=prepare,
        may_approve=_may_approve,
        on_approved=tell,
        apply=apply,
    )
