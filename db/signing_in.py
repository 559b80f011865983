"""Signing in: password and second factor, sessions, and the limits, which fail closed.

Every function here that lets somebody in opens its own transactions: a try is written down and committed
before anything is compared, and hashing a password must not hold up every writer. When the record cannot be
reached nobody gets in. Nothing but `db.models.StaffSession` says who somebody is, and it is read anew for
every request, so whoever is disabled is out at once.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pwdlib import PasswordHash
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from db import audit, changes, identity, login_limits, models, passwords, rights, second_factor
from db.engine import Database
from db.models import Outcome
from db.rights import Actor, NotEligible
from db.sealing import Sealer

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)
"""A request writes down that somebody is at work only this often."""
SESSIONS_KEPT: Final = timedelta(days=30)


class SignInRefused(PermissionError):
    """Name, password or code is wrong, or the person has no role now; which of them is not said."""


class NotSignedIn(PermissionError):
    """There is no such session, or it has ended."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: its token goes into a cookie and nowhere else."""

    token: str = field(repr=False)
    actor: Actor


async def sign_in(
    database: Database,
    *,
    email: str,
    password: str,
    code: str,
    address: str,
    sealer: Sealer,
    now: datetime,
    demo: bool = False,
    hasher: PasswordHash = passwords.HASHER,
) -> SignedIn:
    """Let a staff member in; the code is one of the second factor, or a recovery code.

    A new token is made each time: one that a browser brought along is never adopted. Unknown names are
    answered with the same work as known ones. Only where the demo is served (`demo`) do its staff get in:
    everybody knows their passwords.

    Raises:
        SignInRefused, TooManyAttempts: see there.
    """
    try:
        key = identity.person_key(email)
    except identity.EmailUnreadable:
        key = unicodedata.normalize("NFKC", email).casefold()[:320]
    name_hmac, address_hmac = sealer.hmac("login-name", key), sealer.hmac("login-address", address)
    async with database.transaction() as session:
        attempt_id = await login_limits.note_password_try(session, name_hmac, address_hmac, now)
        member = await session.scalar(select(models.StaffMember).where(models.StaffMember.email_key == key))
    right = await passwords.fits(password, None if member is None else member.password_hash, hasher)
    token = secrets.token_urlsafe(identity.TOKEN_BYTES)
    actor = None
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        if (
            right
            and member is not None
            and (demo or not member.is_example)
            and await second_factor.accept_code(
                session, member, code, address=address, sealer=sealer, now=now
            )
        ):
            actor = await _enter(session, member.id, token, now)
        if actor is not None:
            await login_limits.forgive(session, attempt_id)
            await audit.record(
                session, actor=actor, action="sign_in", subject=f"staff:{actor.public_id}", now=now
            )
        elif member is not None:
            await _refused(session, member.public_id, "sign_in", now)
    if actor is None:
        raise SignInRefused
    return SignedIn(token, actor)


async def session_of(database: Database, token: str, now: datetime) -> Actor | None:
    """Who a token stands for at this moment; None once the session, the person, role or office has ended."""
    async with database.reading() as session:
        row = await _session_row(session, token, now)
        actor = None if row is None else await _actor(session, row)
    if row is not None and actor is not None and now - row.last_seen_at >= SEEN_EVERY:
        async with database.transaction() as session:
            await session.execute(
                update(models.StaffSession)
                .where(models.StaffSession.id == row.id, models.StaffSession.ended_at.is_(None))
                .values(last_seen_at=now)
            )
    return actor


async def sign_out(database: Database, token: str, now: datetime) -> None:
    """End a session; an unknown token ends nothing."""
    async with database.transaction() as session:
        row = await _session_row(session, token, now)
        if row is None:
            return
        actor = await _actor(session, row)
        row.ended_at = now
        await audit.record(session, actor=actor, action="sign_out", subject=f"session:{row.id}", now=now)


async def end_sessions(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """End every other session of the actor's own; how many there were."""
    ended = (
        await session.scalars(
            update(models.StaffSession)
            .where(
                models.StaffSession.staff_id == actor.staff_id,
                models.StaffSession.id != actor.session_id,
                models.StaffSession.ended_at.is_(None),
            )
            .values(ended_at=now)
            .returning(models.StaffSession.id)
        )
    ).all()
    await audit.record(
        session,
        actor=actor,
        action="sessions.end",
        subject=f"staff:{actor.public_id}",
        facts={"ended": str(len(ended))},
        now=now,
    )
    return len(ended)


async def step_up(
    database: Database, token: str, code: str, *, address: str, sealer: Sealer, now: datetime
) -> SignedIn:
    """Prove the second factor again, for five minutes of deciding. The session gets a new token.

    Raises:
        NotSignedIn: see there.
        SignInRefused: the code is wrong, was used, or there were too many tries.
    """
    renewed = secrets.token_urlsafe(identity.TOKEN_BYTES)
    actor = None
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        row = await _session_row(session, token, now)
        if row is None:
            raise NotSignedIn
        member = await session.get_one(models.StaffMember, row.staff_id)
        if await second_factor.accept_code(session, member, code, address=address, sealer=sealer, now=now):
            row.token_hash = identity.token_hash(renewed)
            row.stepped_up_at = row.last_seen_at = now
            await session.flush()
            actor = await _actor(session, row)
            await audit.record(session, actor=actor, action="step_up", subject=f"session:{row.id}", now=now)
        else:
            await _refused(session, member.public_id, "step_up", now)
    if actor is None:
        raise SignInRefused
    return SignedIn(renewed, actor)


async def act_as(database: Database, token: str, membership_id: int, now: datetime) -> Actor:
    """Go on in another of one's own roles.

    Raises:
        NotEligible: it is not one of theirs, or not any more.
        NotSignedIn: see there.
    """
    async with database.transaction() as session:
        await changes.one_at_a_time(session)
        row = await _session_row(session, token, now)
        if row is None:
            raise NotSignedIn
        membership = await _standing(session, membership_id)
        actor = None
        if membership is not None and membership.staff_id == row.staff_id:
            row.membership_id = membership_id
            await session.flush()
            actor = _actor_in(membership, row)
        await audit.record(
            session,
            actor=actor,
            action="act_as",
            subject=f"session:{row.id}",
            facts={"membership": str(membership_id)},
            outcome=Outcome.REFUSED if actor is None else Outcome.DONE,
            now=now,
        )
    if actor is None:
        raise NotEligible(membership_id)
    return actor


def form_token(token: str) -> str:
    """What every form of this session carries: derived from its token, useless without the cookie."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def form_token_fits(token: str, sent: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(form_token(token), sent.encode("ascii", "replace").decode())


async def renew_recovery_codes(session: AsyncSession, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones end.

    Raises:
        StepUpNeeded: the second factor was not proven just now.
    """
    if not actor.stepped_up(now):
        raise rights.StepUpNeeded
    await rights.standing(session, actor.membership_id)
    codes = await second_factor.new_recovery_codes(session, actor.staff_id)
    await audit.record(
        session, actor=actor, action="recovery_codes.renew", subject=f"staff:{actor.public_id}", now=now
    )
    return codes


async def change_password(
    database: Database,
    *,
    actor: Actor,
    password: str,
    now: datetime,
    hasher: PasswordHash = passwords.HASHER,
) -> None:
    """Set a new password; every other session of the person ends.

    Raises:
        NotEligible: see `db.rights`.
        PasswordRefused: see `db.passwords`.
        StepUpNeeded: the second factor was not proven just now.
    """
    if not actor.stepped_up(now):
        raise rights.StepUpNeeded
    passwords.require_good(password, about=(actor.name, actor.person_key))
    hash_ = await passwords.hashed(password, hasher)
    async with database.transaction() as session:
        member = (await rights.standing(session, actor.membership_id)).staff
        member.password_hash = hash_
        await end_sessions(session, actor=actor, now=now)
        await audit.record(
            session, actor=actor, action="password.change", subject=f"staff:{actor.public_id}", now=now
        )


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget tries after a day, and sessions 30 days after they began."""
    await login_limits.forget_old(session, now)
    await session.execute(
        delete(models.StaffSession).where(models.StaffSession.created_at < now - SESSIONS_KEPT)
    )


async def begin_session(
    session: AsyncSession, membership: models.Membership, token: str, now: datetime
) -> Actor:
    """Begin a session of this membership; its token is kept as a hash only."""
    row = models.StaffSession(
        token_hash=identity.token_hash(token),
        staff_id=membership.staff_id,
        membership_id=membership.id,
        created_at=now,
        last_seen_at=now,
        stepped_up_at=now,
    )
    session.add(row)
    await session.flush()
    return _actor_in(await rights.standing(session, membership.id), row)


async def _enter(session: AsyncSession, staff_id: int, token: str, now: datetime) -> Actor | None:
    membership = await session.scalar(
        select(models.Membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(contains_eager(models.Membership.staff), contains_eager(models.Membership.office))
        .where(models.Membership.staff_id == staff_id, rights.current())
        .order_by(models.Membership.id)
        .limit(1)
    )
    return None if membership is None else await begin_session(session, membership, token, now)


def is_open(row: models.StaffSession, now: datetime) -> bool:
    """Whether a session has neither ended, nor been idle or lasted too long."""
    return row.ended_at is None and row.last_seen_at > now - IDLE and row.created_at > now - ABSOLUTE


async def _session_row(session: AsyncSession, token: str, now: datetime) -> models.StaffSession | None:
    row = await session.scalar(
        select(models.StaffSession)
        .where(models.StaffSession.token_hash == identity.token_hash(token))
        .execution_options(populate_existing=True)
    )
    return row if row is not None and is_open(row, now) else None


async def _actor(session: AsyncSession, row: models.StaffSession) -> Actor | None:
    membership = await _standing(session, row.membership_id)
    return None if membership is None else _actor_in(membership, row)


async def _standing(session: AsyncSession, membership_id: int) -> models.Membership | None:
    try:
        return await rights.standing(session, membership_id)
    except NotEligible:
        return None


def _actor_in(membership: models.Membership, row: models.StaffSession) -> Actor:
    return Actor(
        staff_id=membership.staff_id,
        public_id=membership.staff.public_id,
        name=membership.staff.name,
        person_key=membership.staff.email_key,
        membership_id=membership.id,
        office_id=membership.office_id,
        office_public_id=membership.office.public_id,
        office_kind=membership.office.kind,
        office_name=membership.office.name,
        role=membership.role,
        session_id=row.id,
        stepped_up_at=row.stepped_up_at,
        is_example=membership.staff.is_example,
    )


async def _refused(session: AsyncSession, public_id: str, action: str, now: datetime) -> None:
    await audit.record(
        session, actor=None, action=action, subject=f"staff:{public_id}", outcome=Outcome.REFUSED, now=now
    )
