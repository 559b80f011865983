"""Setting up a new second factor after the old one was lost: link, spoken code and password, all three."""

import secrets
from datetime import datetime

from pwdlib import PasswordHash
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, identity, joining, login_limits, models, passwords, second_factor
from db.engine import Database
from db.joining import Accepted, InvitationNotValid
from db.models import Outcome, Renewal
from db.sealing import Sealer
from db.signing_in import SignedIn, SignInRefused, begin_session


async def renew_second_factor(
    database: Database,
    token: str,
    spoken_code: str,
    *,
    password: str,
    code: str,
    address: str,
    sealer: Sealer,
    now: datetime,
    hasher: PasswordHash = passwords.HASHER,
) -> Accepted:
    """Use the link up and set up the new second factor; the password is the one from before.

    Tries of the password count like those of a sign-in, written down before anything is compared.

    Raises:
        InvitationNotValid: also when the person was disabled, or has no role, meanwhile.
        SignInRefused: the password or the code is wrong; the link stays good.
        TooManyAttempts: see `db.login_limits`.
    """
    async with database.transaction() as session:
        invitation = await joining.spoken_for(session, token, spoken_code, now)
        member = None
        if invitation is not None and invitation.renews == Renewal.SECOND_FACTOR:
            member = await session.get_one(models.StaffMember, invitation.staff_id)
        attempt_id = None if member is None else await _noted_try(session, member, address, sealer, now)
    if invitation is None or member is None or attempt_id is None:
        raise InvitationNotValid
    secret = joining.enrolment_secret(token, spoken_code, sealer)
    right = await passwords.fits(password, member.password_hash, hasher)
    step = second_factor.step_of(secret, code, now) if right else None
    session_token = secrets.token_urlsafe(identity.TOKEN_BYTES)
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        accepted = None
        if step is None:
            await audit.record(
                session,
                actor=None,
                action="second_factor.renew",
                subject=f"staff:{member.public_id}",
                outcome=Outcome.REFUSED,
                now=now,
            )
        else:
            await joining.use_up(session, invitation, token, now)
            membership = await joining.membership_of(session, invitation)
            await session.execute(
                update(models.StaffMember)
                .where(models.StaffMember.id == member.id)
                .values(totp_secret=sealer.seal(secret), totp_last_step=step)
            )
            codes = await second_factor.new_recovery_codes(session, member.id)
            actor = await begin_session(session, membership, session_token, now)
            await login_limits.forgive(session, attempt_id)
            await audit.record(
                session,
                actor=actor,
                action="second_factor.renew",
                subject=f"staff:{member.public_id}",
                now=now,
            )
            accepted = Accepted(SignedIn(session_token, actor), codes)
    if accepted is None:
        raise SignInRefused
    return accepted


async def _noted_try(
    session: AsyncSession, member: models.StaffMember, address: str, sealer: Sealer, now: datetime
) -> int:
    return await login_limits.note_password_try(
        session,
        sealer.hmac("login-name", member.email_key),
        sealer.hmac("login-address", address),
        now,
    )
