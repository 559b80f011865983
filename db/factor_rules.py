"""Rules of the two-person engine for a lost second factor: two administrators agree that it starts anew.

The old one, the recovery codes and every sign-in end with the approval; the password stays, and is asked for
before a new one is set up. So neither the administrator who makes the link nor a thief of it gets in.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, coming_back, models
from db.approval_rules import Case, Prepared, ProposalKind
from db.coming_back import NothingToKnowThemBy
from db.models import Renewal


class OwnSecondFactor(PermissionError):
    """Nobody starts their own second factor anew, or helps to."""


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    person, _ = await coming_back.person_of(session, case)
    if case.proposer.staff_id == person.id:
        raise OwnSecondFactor(person.public_id)
    if not person.password_hash:
        raise NothingToKnowThemBy(person.public_id)
    return Prepared(f"staff:{person.public_id}")


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    person, membership = await coming_back.person_of(session, case)
    person.totp_secret = ""
    person.totp_last_step = None
    await session.execute(delete(models.RecoveryCode).where(models.RecoveryCode.staff_id == person.id))
    invitation = await coming_back.begin(session, membership, Renewal.SECOND_FACTOR, case.approved_by, now)
    await audit.record(
        session, actor=None, action="second_factor.end", subject=f"staff:{person.public_id}", now=now
    )
    return f"invitation:{invitation.public_id}"


RULES: Final = {
    ProposalKind.RESET_SECOND_FACTOR: coming_back.rule(
        prepare=_prepare, apply=_apply, topic="second_factor.reset"
    )
}
