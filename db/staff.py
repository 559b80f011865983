"""Offices and their staff: who is invited, who has which role where, and who is out at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from db import audit, changes, identity, invitations, models, rights
from db.models import OfficeKind, Role
from db.rights import Actor, Permission

ENOUGH_ADMINISTRATORS: Final = 2
"""From then on they grant each other's roles, and the machine's operator cannot make one."""


class OfficeNotFound(LookupError):
    """There is no active office with this id."""


class StaffNotFound(LookupError):
    """There is no such staff member."""


class RoleDoesNotFit(ValueError):
    """No office of this kind has staff of this role."""


class AdministratorsExist(ValueError):
    """There are administrators enough; they invite further ones."""


class LastAdministrator(ValueError):
    """Without this person nobody could grant a role any more."""


async def add_office(
    session: AsyncSession,
    *,
    actor: Actor | None,
    kind: OfficeKind,
    name: str,
    province: str = "",
    communes: Iterable[str] = (),
    levels: str = "",
    school_id: int | None = None,
    organisation_id: int | None = None,
    is_example: bool = False,
    now: datetime,
) -> models.Office:
    """Add an office; without an actor it is the operator at the machine who does so.

    Raises:
        NotAllowed: the actor does not manage offices.
    """
    if actor is not None:
        rights.require(actor, Permission.MANAGE_OFFICES)
        await rights.standing(session, actor.membership_id)
    office = models.Office(
        public_id=identity.new_public_id(),
        kind=kind,
        name=name,
        province=province,
        levels=levels,
        school_id=school_id,
        organisation_id=organisation_id,
        is_example=is_example,
        created_at=now,
        communes=[models.OfficeCommune(commune_code=code) for code in sorted(set(communes))],
    )
    session.add(office)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="office.add",
        subject=f"office:{office.public_id}",
        facts={"kind": kind.value, "name": name},
        now=now,
    )
    return office


async def close_office(
    session: AsyncSession, *, actor: Actor, public_id: str, reason: str, now: datetime
) -> None:
    """Close an office: from the commit on, none of its staff may do anything there.

    Raises:
        NotAllowed, NotEligible: see `db.rights`.
        OfficeNotFound: see there.
    """
    rights.require(actor, Permission.MANAGE_OFFICES)
    await changes.one_at_a_time(session)
    await rights.standing(session, actor.membership_id)
    closed = await session.scalar(
        update(models.Office)
        .where(
            models.Office.public_id == public_id,
            models.Office.active,
            models.Office.is_example == actor.is_example,
            models.Office.kind != OfficeKind.OPERATOR,
        )
        .values(active=False, version=models.Office.version + 1)
        .returning(models.Office.id)
    )
    if closed is None:
        raise OfficeNotFound(public_id)
    await audit.record(
        session, actor=actor, action="office.close", subject=f"office:{public_id}", reason=reason, now=now
    )


async def office_of(session: AsyncSession, public_id: str) -> models.Office:
    """The active office with this id.

    Raises:
        OfficeNotFound: see there.
    """
    office = await session.scalar(
        select(models.Office).where(models.Office.public_id == public_id, models.Office.active)
    )
    if office is None:
        raise OfficeNotFound(public_id)
    return office


async def name_of(session: AsyncSession, public_id: str) -> str:
    """Name of one of the staff, past or present; empty when there is none."""
    return (
        await session.scalar(select(models.StaffMember.name).where(models.StaffMember.public_id == public_id))
        or ""
    )


async def give_role(
    session: AsyncSession,
    *,
    office: models.Office,
    role: Role,
    name: str,
    email: str,
    granted_by: str,
    now: datetime,
) -> models.Membership | models.Invitation:
    """Give a person a role: at once when they are staff, else as an invitation. Only after its approvals.

    Somebody who was disabled comes back with this role alone.

    Raises:
        AlreadyStaff, EmailUnreadable, RoleDoesNotFit: see there.
    """
    if office.kind not in rights.OFFICES_OF[role]:
        raise RoleDoesNotFit(f"{role} at {office.kind}")
    key = identity.person_key(email)
    await changes.one_at_a_time(session)
    staff = await session.scalar(select(models.StaffMember).where(models.StaffMember.email_key == key))
    if staff is None:
        return await invitations.invite(
            session, office=office, role=role, name=name, email=email, granted_by=granted_by, now=now
        )
    if staff.is_example != office.is_example:  # nobody works in the demo and in the service
        raise RoleDoesNotFit(f"{role} at {office.name}")
    held = await session.scalar(
        select(models.Membership.id).where(
            models.Membership.staff_id == staff.id,
            models.Membership.office_id == office.id,
            models.Membership.role == role,
            models.Membership.until.is_(None),
        )
    )
    if held is not None:
        raise invitations.AlreadyStaff(key)
    staff.status = models.StaffStatus.ACTIVE
    staff.disabled_at = None
    membership = models.Membership(
        staff_id=staff.id, office_id=office.id, role=role, granted_by=granted_by, since=now
    )
    session.add(membership)
    await session.flush()
    return membership


async def first_administrator(
    session: AsyncSession, *, name: str, email: str, operator: str, now: datetime
) -> invitations.InvitationLink:
    """Invite an administrator from the machine itself, while there are fewer than two.

    Raises:
        AdministratorsExist: see there.
        AlreadyStaff, EmailUnreadable: see there.
    """
    await changes.one_at_a_time(session)
    if await administrators(session) >= ENOUGH_ADMINISTRATORS:
        raise AdministratorsExist
    office = await session.scalar(
        select(models.Office)
        .where(models.Office.kind == OfficeKind.OPERATOR, models.Office.active, ~models.Office.is_example)
        .order_by(models.Office.id)
        .limit(1)
    )
    if office is None:
        office = await add_office(
            session, actor=None, kind=OfficeKind.OPERATOR, name="Nhóm vận hành", now=now
        )
    granted_by = f"operator:{operator}"
    invitation = await give_role(
        session,
        office=office,
        role=Role.ADMINISTRATOR,
        name=name,
        email=email,
        granted_by=granted_by,
        now=now,
    )
    if isinstance(invitation, models.Membership):
        raise invitations.AlreadyStaff(email)
    await audit.record(
        session,
        actor=None,
        action="staff.first_administrator",
        subject=f"invitation:{invitation.public_id}",
        facts={"operator": operator},
        now=now,
    )
    return await invitations.make_link(session, actor=None, invitation_id=invitation.public_id, now=now)


async def administrators(session: AsyncSession) -> int:
    """How many real administrators there are now; those of the demo are none."""
    return (
        await session.scalar(
            select(func.count(models.StaffMember.id.distinct()))
            .select_from(models.Membership)
            .join(models.Membership.staff)
            .join(models.Membership.office)
            .where(
                models.Membership.role == Role.ADMINISTRATOR,
                ~models.StaffMember.is_example,
                rights.current(),
            )
        )
        or 0
    )


async def end_role(
    session: AsyncSession, *, actor: Actor, membership_id: int, reason: str, now: datetime
) -> None:
    """End a role of a person at once; sign-ins in that role end with it.

    Raises:
        LastAdministrator, NotAllowed, NotEligible: see there.
        StaffNotFound: nobody has this role now.
    """
    rights.require(actor, Permission.MANAGE_STAFF)
    await changes.one_at_a_time(session)
    await rights.standing(session, actor.membership_id)
    membership = await session.scalar(
        select(models.Membership)
        .join(models.Membership.staff)
        .options(contains_eager(models.Membership.staff))
        .where(
            models.Membership.id == membership_id,
            models.Membership.until.is_(None),
            models.StaffMember.is_example == actor.is_example,
        )
    )
    if membership is None:
        raise StaffNotFound(membership_id)
    await _keep_an_administrator(session, membership.staff, [membership])
    membership.until = now
    await session.execute(
        update(models.StaffSession)
        .where(models.StaffSession.membership_id == membership.id, models.StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    await _end_chats(session, [membership], now)
    await audit.record(
        session,
        actor=actor,
        action="role.end",
        subject=f"staff:{membership.staff.public_id}",
        facts={"role": membership.role.value},
        reason=reason,
        now=now,
    )


async def disable(session: AsyncSession, *, actor: Actor, public_id: str, reason: str, now: datetime) -> None:
    """Put a person out: every role and every sign-in of theirs ends with the commit.

    Raises:
        LastAdministrator, NotAllowed, NotEligible, StaffNotFound: see there.
    """
    rights.require(actor, Permission.MANAGE_STAFF)
    await changes.one_at_a_time(session)
    await rights.standing(session, actor.membership_id)
    staff = await session.scalar(
        select(models.StaffMember).where(
            models.StaffMember.public_id == public_id,
            models.StaffMember.status == models.StaffStatus.ACTIVE,
            models.StaffMember.is_example == actor.is_example,
        )
    )
    if staff is None:
        raise StaffNotFound(public_id)
    memberships = (
        await session.scalars(
            select(models.Membership).where(
                models.Membership.staff_id == staff.id, models.Membership.until.is_(None)
            )
        )
    ).all()
    await _keep_an_administrator(session, staff, memberships)
    staff.status = models.StaffStatus.DISABLED
    staff.disabled_at = now
    for membership in memberships:
        membership.until = now
    await session.execute(
        update(models.StaffSession)
        .where(models.StaffSession.staff_id == staff.id, models.StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    await _end_chats(session, memberships, now)
    await session.execute(
        update(models.Invitation)
        .where(
            models.Invitation.staff_id == staff.id,
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    await audit.record(
        session, actor=actor, action="staff.disable", subject=f"staff:{public_id}", reason=reason, now=now
    )


async def people_of(session: AsyncSession, office_id: int | None = None) -> tuple[models.Membership, ...]:
    """Everyone with a role now, with person and office; of one office, or of all."""
    statement = (
        select(models.Membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(contains_eager(models.Membership.staff), contains_eager(models.Membership.office))
        .where(rights.current())
        .order_by(models.Office.name, models.StaffMember.name, models.Membership.id)
    )
    if office_id is not None:
        statement = statement.where(models.Membership.office_id == office_id)
    return tuple(await session.scalars(statement))


async def end_chats_of(session: AsyncSession, staff_id: int, now: datetime) -> None:
    """End every chat in which a person works."""
    memberships = await session.scalars(
        select(models.Membership).where(
            models.Membership.staff_id == staff_id, models.Membership.until.is_(None)
        )
    )
    await _end_chats(session, memberships, now)


async def _end_chats(session: AsyncSession, memberships: Iterable[models.Membership], now: datetime) -> None:
    await session.execute(
        update(models.ChatLink)
        .where(
            models.ChatLink.membership_id.in_([membership.id for membership in memberships]),
            models.ChatLink.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


async def _keep_an_administrator(
    session: AsyncSession, staff: models.StaffMember, ending: Iterable[models.Membership]
) -> None:
    loses = any(membership.role is Role.ADMINISTRATOR for membership in ending)
    if loses and not staff.is_example and await administrators(session) <= 1:
        raise LastAdministrator(staff.public_id)
