"""Setting a new password after the old one was forgotten: link, spoken code and second factor, all three."""

import secrets
from datetime import datetime

from pwdlib import PasswordHash

from db import audit, changes, identity, joining, passwords, second_factor
from db.engine import Database
from db.joining import InvitationNotValid
from db.models import Outcome, Renewal
from db.sealing import Sealer
from db.signing_in import SignedIn, SignInRefused, begin_session


async def renew_password(
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
) -> SignedIn:
    """Use the link up and set the password; the code is one of the second factor, or a recovery code.

    Tries of the code are limited like those of a sign-in. A wrong one leaves the link good.

    Raises:
        InvitationNotValid: also when the person was disabled, or has no role, meanwhile.
        PasswordRefused: see `db.passwords`; the code is not used up.
        SignInRefused: the code is wrong or was used, or there were too many tries.
    """
    async with database.transaction() as session:
        invitation = await joining.spoken_for(session, token, spoken_code, now)
    if invitation is None or invitation.renews != Renewal.PASSWORD:
        raise InvitationNotValid
    passwords.require_good(password, about=(invitation.name, invitation.email, invitation.email_key))
    hash_ = await passwords.hashed(password, hasher)
    session_token = secrets.token_urlsafe(identity.TOKEN_BYTES)
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        invitation = await joining.invitation_of(session, token, now)
        membership = await joining.membership_of(session, invitation)
        member = membership.staff
        signed_in = None
        if await second_factor.accept_code(session, member, code, address=address, sealer=sealer, now=now):
            await joining.use_up(session, invitation, token, now)
            member.password_hash = hash_
            actor = await begin_session(session, membership, session_token, now)
            signed_in = SignedIn(session_token, actor)
        await audit.record(
            session,
            actor=None if signed_in is None else signed_in.actor,
            action="password.renew",
            subject=f"staff:{member.public_id}",
            outcome=Outcome.REFUSED if signed_in is None else Outcome.DONE,
            now=now,
        )
    if signed_in is None:
        raise SignInRefused
    return signed_in
