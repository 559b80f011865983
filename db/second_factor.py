"""The second factor: codes of a time step, each accepted once, and recovery codes that stand in for them."""

import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Final

from pyotp.totp import TOTP
from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import login_limits, models
from db.identity import token_hash
from db.sealing import Sealer

STEP_SECONDS: Final = 30
CODE_DIGITS: Final = 6
RECOVERY_CODES: Final = 10
ISSUER: Final = "Gọi Lại"

_RECOVERY_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RECOVERY_LENGTH: Final = 15
"""75 random bits, so a plain hash protects them."""


async def accept_code(
    session: AsyncSession,
    member: models.StaffMember,
    code: str,
    *,
    address: str,
    sealer: Sealer,
    now: datetime,
) -> bool:
    """Whether the code is right; the try is counted and the code used up in this transaction.

    False also when there were too many tries: then not even the right code is accepted.
    """
    attempt_id = await login_limits.note_code_try(
        session,
        sealer.hmac("login-code", member.public_id),
        sealer.hmac("login-address", address),
        now,
    )
    if attempt_id is None:
        return False
    if len(letters_of(code)) == CODE_DIGITS:
        accepted = await _use_time_step(session, member, code, sealer, now)
    else:
        accepted = await _use_recovery_code(session, member, code, now)
    if accepted:
        await login_limits.forgive(session, attempt_id)
    return accepted


async def new_recovery_codes(session: AsyncSession, staff_id: int) -> tuple[str, ...]:
    """Ten recovery codes, to be shown once; earlier ones end."""
    await session.execute(delete(models.RecoveryCode).where(models.RecoveryCode.staff_id == staff_id))
    codes = [
        "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(models.RecoveryCode(staff_id=staff_id, code_hash=token_hash(code)) for code in codes)
    await session.flush()
    return tuple("-".join((code[:5], code[5:10], code[10:])) for code in codes)


def letters_of(code: str) -> str:
    """A code as it was meant: full-width digits are digits, spaces and dashes are nothing."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one, or the one before or after; None when of neither."""
    typed = letters_of(code).encode()
    totp = TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            found = step
    return found


def code_at(secret: str, now: datetime) -> str:
    """The code of this moment, as an authenticator shows it."""
    return TOTP(secret, interval=STEP_SECONDS).at(now)


def provisioning_uri(secret: str, email: str) -> str:
    """What a QR code tells an authenticator."""
    return TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


async def _use_time_step(
    session: AsyncSession, member: models.StaffMember, code: str, sealer: Sealer, now: datetime
) -> bool:
    # Empty once it was lost: until the new one is set up no code is right.
    step = step_of(sealer.open(member.totp_secret), code, now) if member.totp_secret else None
    if step is None:
        return False
    used = await session.scalar(
        update(models.StaffMember)
        .where(
            models.StaffMember.id == member.id,
            or_(models.StaffMember.totp_last_step.is_(None), models.StaffMember.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .returning(models.StaffMember.id)
    )
    return used is not None


async def _use_recovery_code(
    session: AsyncSession, member: models.StaffMember, code: str, now: datetime
) -> bool:
    used = await session.scalar(
        update(models.RecoveryCode)
        .where(
            models.RecoveryCode.staff_id == member.id,
            models.RecoveryCode.code_hash == token_hash(letters_of(code)),
            models.RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(models.RecoveryCode.id)
    )
    return used is not None
