"""Offices and their staff: who is invited, who has which role where, and who is out at once."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from db import audit, changes, models, rights
from db.models import OfficeKind, Role
from db.rights import Actor, Permission

INVITATION_LASTS: Final = timedelta(hours=72)
TOKEN_BYTES: Final = 32
SPOKEN_DIGITS: Final = 6
ENOUGH_ADMINISTRATORS: Final = 2
"""From then on they grant each other's roles, and the machine's operator cannot make one."""

_PUBLIC_ID_BYTES: Final = 9
_DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Mail services for which dots in the name mean nothing."""


class OfficeNotFound(LookupError):
    """There is no active office with this id."""


class StaffNotFound(LookupError):
    """There is no such staff member."""


class RoleDoesNotFit(ValueError):
    """No office of this kind has staff of this role."""


class AlreadyStaff(ValueError):
    """The person has this role at this office already, or is invited to it."""


class AdministratorsExist(ValueError):
    """There are administrators enough; they invite further ones."""


class LastAdministrator(ValueError):
    """Without this person nobody could grant a role any more."""


class InvitationNotFound(LookupError):
    """There is no open invitation with this id."""


class EmailUnreadable(ValueError):
    """This is no e-mail address."""


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """What an invited person needs: the token comes in a link, the code is told them by voice. Shown once."""

    public_id: str
    token: str = field(repr=False)
    spoken_code: str = field(repr=False)


def person_key(email: str) -> str:
    """The mailbox behind an address, so that one person cannot be two.

    Raises:
        EmailUnreadable: see there.
    """
    local, at, host = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    local = local.split("+", 1)[0]
    if not (at and local and "." in host) or any(letter.isspace() for letter in email.strip()):
        raise EmailUnreadable(email)
    if host in _DOTLESS:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def token_hash(token: str) -> str:
    """How a token is kept. It has 256 random bits, so a plain hash protects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_public_id() -> str:
    """A random id."""
    return secrets.token_urlsafe(_PUBLIC_ID_BYTES)


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
        public_id=new_public_id(),
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
    key = person_key(email)
    await changes.one_at_a_time(session)
    staff = await session.scalar(select(models.StaffMember).where(models.StaffMember.email_key == key))
    if staff is None:
        return await _invite(
            session, office=office, role=role, name=name, email=email, granted_by=granted_by, now=now
        )
    held = await session.scalar(
        select(models.Membership.id).where(
            models.Membership.staff_id == staff.id,
            models.Membership.office_id == office.id,
            models.Membership.role == role,
            models.Membership.until.is_(None),
        )
    )
    if held is not None:
        raise AlreadyStaff(key)
    staff.status = models.StaffStatus.ACTIVE
    staff.disabled_at = None
    membership = models.Membership(
        staff_id=staff.id, office_id=office.id, role=role, granted_by=granted_by, since=now
    )
    session.add(membership)
    await session.flush()
    return membership


async def make_link(
    session: AsyncSession, *, actor: Actor | None, invitation_id: str, now: datetime
) -> InvitationLink:
    """Make the link of an open invitation, and the code to be told by voice; an earlier link ends with it.

    Raises:
        InvitationNotFound: it was used, withdrawn, or never was.
        NotAllowed, NotEligible: see `db.rights`.
    """
    if actor is not None:
        rights.require(actor, Permission.MANAGE_STAFF)
        await rights.standing(session, actor.membership_id)
    invitation = await _open_invitation(session, invitation_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    spoken = f"{secrets.randbelow(10**SPOKEN_DIGITS):0{SPOKEN_DIGITS}}"
    invitation.token_hash = token_hash(token)
    invitation.code_hash = token_hash(f"{token}\n{spoken}")
    invitation.wrong_codes = 0
    invitation.expires_at = now + INVITATION_LASTS
    await audit.record(
        session, actor=actor, action="invitation.link", subject=f"invitation:{invitation_id}", now=now
    )
    return InvitationLink(invitation.public_id, token, spoken)


async def withdraw_invitation(
    session: AsyncSession, *, actor: Actor, invitation_id: str, reason: str, now: datetime
) -> None:
    """End an open invitation.

    Raises:
        InvitationNotFound, NotAllowed, NotEligible: see there.
    """
    rights.require(actor, Permission.MANAGE_STAFF)
    await rights.standing(session, actor.membership_id)
    invitation = await _open_invitation(session, invitation_id)
    invitation.withdrawn_at = now
    await audit.record(
        session,
        actor=actor,
        action="invitation.withdraw",
        subject=f"invitation:{invitation_id}",
        reason=reason,
        now=now,
    )


async def first_administrator(
    session: AsyncSession, *, name: str, email: str, operator: str, now: datetime
) -> InvitationLink:
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
        raise AlreadyStaff(email)
    await audit.record(
        session,
        actor=None,
        action="staff.first_administrator",
        subject=f"invitation:{invitation.public_id}",
        facts={"operator": operator},
        now=now,
    )
    return await make_link(session, actor=None, invitation_id=invitation.public_id, now=now)


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
        .where(models.Membership.id == membership_id, models.Membership.until.is_(None))
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


async def open_invitations(session: AsyncSession) -> tuple[models.Invitation, ...]:
    """Invitations that nobody has used yet, the latest first; expired ones too, for a new link."""
    return tuple(
        await session.scalars(
            select(models.Invitation)
            .where(models.Invitation.used_at.is_(None), models.Invitation.withdrawn_at.is_(None))
            .order_by(models.Invitation.id.desc())
        )
    )


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


async def _invite(
    session: AsyncSession,
    *,
    office: models.Office,
    role: Role,
    name: str,
    email: str,
    granted_by: str,
    now: datetime,
) -> models.Invitation:
    key = person_key(email)
    invited = await session.scalar(
        select(models.Invitation.id).where(
            models.Invitation.email_key == key,
            models.Invitation.office_id == office.id,
            models.Invitation.role == role,
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
        )
    )
    if invited is not None:
        raise AlreadyStaff(key)
    invitation = models.Invitation(
        public_id=new_public_id(),
        name=name,
        email=email.strip(),
        email_key=key,
        office_id=office.id,
        role=role,
        granted_by=granted_by,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    await session.flush()
    return invitation


async def _open_invitation(session: AsyncSession, public_id: str) -> models.Invitation:
    invitation = await session.scalar(
        select(models.Invitation).where(
            models.Invitation.public_id == public_id,
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
        )
    )
    if invitation is None:
        raise InvitationNotFound(public_id)
    return invitation


async def _keep_an_administrator(
    session: AsyncSession, staff: models.StaffMember, ending: Iterable[models.Membership]
) -> None:
    loses = any(membership.role is Role.ADMINISTRATOR for membership in ending)
    if loses and not staff.is_example and await administrators(session) <= 1:
        raise LastAdministrator(staff.public_id)
