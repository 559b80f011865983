"""Invitations: how somebody who is no staff yet comes by a role, and the link that lets them in."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, models, rights
from db.identity import TOKEN_BYTES, new_public_id, person_key, token_hash
from db.models import Role
from db.rights import Actor, Permission

INVITATION_LASTS: Final = timedelta(hours=72)
SPOKEN_DIGITS: Final = 6


class AlreadyStaff(ValueError):
    """The person has this role at this office already, or is invited to it."""


class InvitationNotFound(LookupError):
    """There is no open invitation with this id."""


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """What an invited person needs: the token comes in a link, the code is told them by voice. Shown once."""

    public_id: str
    token: str = field(repr=False)
    spoken_code: str = field(repr=False)


async def invite(
    session: AsyncSession,
    *,
    office: models.Office,
    role: Role,
    name: str,
    email: str,
    granted_by: str,
    now: datetime,
) -> models.Invitation:
    """Invite a person to a role. Only after its approvals; a link is made separately.

    Raises:
        AlreadyStaff: they are invited to it already.
        EmailUnreadable: see there.
    """
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
    invitation = await _open_invitation(session, invitation_id, actor)
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
    invitation = await _open_invitation(session, invitation_id, actor)
    invitation.withdrawn_at = now
    await audit.record(
        session,
        actor=actor,
        action="invitation.withdraw",
        subject=f"invitation:{invitation_id}",
        reason=reason,
        now=now,
    )


async def open_invitations(session: AsyncSession) -> tuple[models.Invitation, ...]:
    """Invitations that nobody has used yet, the latest first; expired ones too, for a new link."""
    return tuple(
        await session.scalars(
            select(models.Invitation)
            .where(models.Invitation.used_at.is_(None), models.Invitation.withdrawn_at.is_(None))
            .order_by(models.Invitation.id.desc())
        )
    )


async def _open_invitation(session: AsyncSession, public_id: str, actor: Actor | None) -> models.Invitation:
    statement = (
        select(models.Invitation)
        .join(models.Office, models.Office.id == models.Invitation.office_id)
        .where(
            models.Invitation.public_id == public_id,
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
        )
    )
    if actor is not None:  # whoever tries the demo lets nobody in, or out, of the service itself
        statement = statement.where(models.Office.is_example == actor.is_example)
    invitation = await session.scalar(statement)
    if invitation is None:
        raise InvitationNotFound(public_id)
    return invitation
