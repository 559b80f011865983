"""Rules of the two-person engine for a forgotten password: two administrators agree that it starts anew.

The old one and every sign-in end with the approval; the second factor stays, with its recovery codes, and is
asked for before a new password is set. So neither the administrator who makes the link nor a thief of it gets
in.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, coming_back
from db.approval_rules import Case, Prepared, ProposalKind
from db.coming_back import NothingToKnowThemBy
from db.models import Renewal

NO_PASSWORD: Final = ""


class OwnPassword(PermissionError):
    """Nobody starts their own password anew, or helps to: whoever is signed in changes it themselves."""


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    person, _ = await coming_back.person_of(session, case)
    if case.proposer.staff_id == person.id:
        raise OwnPassword(person.public_id)
    if not person.totp_secret:
        raise NothingToKnowThemBy(person.public_id)
    return Prepared(f"staff:{person.public_id}")


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    person, membership = await coming_back.person_of(session, case)
    person.password_hash = NO_PASSWORD
    invitation = await coming_back.begin(session, membership, Renewal.PASSWORD, case.approved_by, now)
    await audit.record(
        session, actor=None, action="password.end", subject=f"staff:{person.public_id}", now=now
    )
    return f"invitation:{invitation.public_id}"


RULES: Final = {
    ProposalKind.RESET_PASSWORD: coming_back.rule(prepare=_prepare, apply=_apply, topic="password.reset")
}
