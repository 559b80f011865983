"""Joining: an invited person uses up the link, sets a password and proves the second factor.

The link alone opens nothing: a spoken code, told by voice, is asked before anything is shown. Looking at a
link, as mail scanners do, uses nothing up.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pwdlib import PasswordHash
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, identity, invitations, models, passwords, rights, second_factor
from db.engine import Database
from db.models import Outcome
from db.sealing import Sealer
from db.second_factor import letters_of
from db.signing_in import SignedIn, SignInRefused, begin_session

MAX_WRONG_SPOKEN_CODES: Final = 5
_SECRET_BYTES: Final = 20


class InvitationNotValid(PermissionError):
    """The link was used, replaced or withdrawn, has expired, or the spoken code is wrong."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an invited person sees once link and spoken code fit: the second factor to set up."""

    name: str
    email: str
    office: str
    role: models.Role
    renews: models.Renewal | None
    """What one of the staff lost; None for somebody new."""
    totp_secret: str = field(repr=False)
    """Empty where the second factor stays as it is; so is `totp_uri`."""
    totp_uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted invitation: the person is signed in, and sees their recovery codes this once."""

    signed_in: SignedIn
    recovery_codes: tuple[str, ...] = field(repr=False)


async def invitation_of(session: AsyncSession, token: str, now: datetime) -> models.Invitation:
    """The open invitation of a link. Looking at it, however often, uses nothing up.

    Raises:
        InvitationNotValid: see there.
    """
    invitation = await session.scalar(
        select(models.Invitation).where(
            models.Invitation.token_hash == identity.token_hash(token),
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
            models.Invitation.expires_at > now,
            models.Invitation.wrong_codes < MAX_WRONG_SPOKEN_CODES,
        )
    )
    if invitation is None:
        raise InvitationNotValid
    return invitation


async def open_invitation(
    database: Database, token: str, spoken_code: str, *, sealer: Sealer, now: datetime
) -> Enrolment:
    """Show what is to be set up, once the spoken code fits. Five wrong codes end the link.

    Raises:
        InvitationNotValid: see there.
    """
    async with database.transaction() as session:
        invitation = await spoken_for(session, token, spoken_code, now)
        office = None if invitation is None else await session.get_one(models.Office, invitation.office_id)
    if invitation is None or office is None:
        raise InvitationNotValid
    renews = None if invitation.renews is None else models.Renewal(invitation.renews)
    keeps = renews is models.Renewal.PASSWORD
    secret = "" if keeps else enrolment_secret(token, spoken_code, sealer)
    return Enrolment(
        name=invitation.name,
        email=invitation.email,
        office=office.name,
        role=invitation.role,
        renews=renews,
        totp_secret=secret,
        totp_uri="" if keeps else second_factor.provisioning_uri(secret, invitation.email),
    )


async def accept_invitation(
    database: Database,
    token: str,
    spoken_code: str,
    *,
    password: str,
    code: str,
    sealer: Sealer,
    now: datetime,
    hasher: PasswordHash = passwords.HASHER,
) -> Accepted:
    """Become staff: use the link up, set the password, and prove that the second factor works.

    Raises:
        AlreadyStaff: somebody with this mailbox is staff meanwhile.
        InvitationNotValid: see there.
        PasswordRefused: see `db.passwords`.
        SignInRefused: the code of the second factor is wrong; the link stays good.
    """
    async with database.transaction() as session:
        invitation = await spoken_for(session, token, spoken_code, now)
    if invitation is None or invitation.staff_id is not None:
        raise InvitationNotValid
    passwords.require_good(password, about=(invitation.name, invitation.email, invitation.email_key))
    secret = enrolment_secret(token, spoken_code, sealer)
    step = second_factor.step_of(secret, code, now)
    if step is None:
        raise SignInRefused
    hash_ = await passwords.hashed(password, hasher)
    session_token = secrets.token_urlsafe(identity.TOKEN_BYTES)
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        await use_up(session, invitation, token, now)
        office = await session.get_one(models.Office, invitation.office_id)
        member, membership = await add_member(
            session,
            name=invitation.name,
            email=invitation.email,
            password_hash=hash_,
            totp_secret=sealer.seal(secret),
            totp_last_step=step,
            office_id=invitation.office_id,
            role=invitation.role,
            granted_by=invitation.granted_by,
            is_example=office.is_example,
            now=now,
        )
        codes = await second_factor.new_recovery_codes(session, member.id)
        actor = await begin_session(session, membership, session_token, now)
        await audit.record(
            session,
            actor=actor,
            action="invitation.accept",
            subject=f"invitation:{invitation.public_id}",
            now=now,
        )
    return Accepted(SignedIn(session_token, actor), codes)


async def use_up(session: AsyncSession, invitation: models.Invitation, token: str, now: datetime) -> None:
    """Use a link up, in the transaction of what it is for; of many at once one does.

    Raises:
        InvitationNotValid: see there.
    """
    used = await session.scalar(
        update(models.Invitation)
        .where(
            models.Invitation.id == invitation.id,
            models.Invitation.token_hash == identity.token_hash(token),
            models.Invitation.used_at.is_(None),
            models.Invitation.withdrawn_at.is_(None),
            models.Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(models.Invitation.id)
    )
    if used is None:
        raise InvitationNotValid


async def add_member(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    password_hash: str,
    totp_secret: str,
    totp_last_step: int | None,
    office_id: int,
    role: models.Role,
    granted_by: str,
    is_example: bool = False,
    now: datetime,
) -> tuple[models.StaffMember, models.Membership]:
    """Write down a new staff member with a first role; for an accepted invitation, and for the demo.

    Raises:
        AlreadyStaff: somebody has this mailbox.
    """
    key = identity.person_key(email)
    taken = await session.scalar(select(models.StaffMember.id).where(models.StaffMember.email_key == key))
    if taken is not None:
        raise invitations.AlreadyStaff(key)
    member = models.StaffMember(
        public_id=identity.new_public_id(),
        name=name,
        email=email,
        email_key=key,
        status=models.StaffStatus.ACTIVE,
        password_hash=password_hash,
        totp_secret=totp_secret,
        totp_last_step=totp_last_step,
        is_example=is_example,
        created_at=now,
    )
    session.add(member)
    await session.flush()
    membership = models.Membership(
        staff_id=member.id, office_id=office_id, role=role, granted_by=granted_by, since=now
    )
    session.add(membership)
    await session.flush()
    return member, membership


async def membership_of(session: AsyncSession, invitation: models.Invitation) -> models.Membership:
    """The role that one of the staff, whom a link lets come back, has had longest; with the person.

    Raises:
        InvitationNotValid: they have none any more.
    """
    membership = await session.scalar(
        select(models.Membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(*rights.with_person_and_office())
        .where(models.Membership.staff_id == invitation.staff_id, rights.current())
        .order_by(models.Membership.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if membership is None:
        raise InvitationNotValid
    return membership


def enrolment_secret(token: str, spoken_code: str, sealer: Sealer) -> str:
    """The second factor that a link and its spoken code make."""
    # Derived, so that looking at a link writes nothing; with the spoken code, so that a stolen link shows
    # nobody the second factor of whoever accepts it.
    derived = sealer.derived("enrolment", f"{token}\n{letters_of(spoken_code)}")
    return base64.b32encode(derived[:_SECRET_BYTES]).decode("ascii")


async def spoken_for(
    session: AsyncSession, token: str, spoken_code: str, now: datetime
) -> models.Invitation | None:
    """The invitation when the spoken code fits; a wrong one is counted: this returns, so that it commits."""
    await changes.one_at_a_time(session)
    try:
        invitation = await invitation_of(session, token, now)
    except InvitationNotValid:
        return None
    if hmac.compare_digest(
        invitation.code_hash or "", identity.token_hash(f"{token}\n{letters_of(spoken_code)}")
    ):
        return invitation
    invitation.wrong_codes += 1
    await audit.record(
        session,
        actor=None,
        action="invitation.open",
        subject=f"invitation:{invitation.public_id}",
        outcome=Outcome.REFUSED,
        now=now,
    )
    return None
