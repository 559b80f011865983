"""Calling back: whoever approves a hotline calls the school, and types the digits that the proposer sees."""

import hmac
import secrets
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models
from db.models import Outcome
from db.rights import Actor

CALLBACK_DIGITS: Final = 6
MOST_WRONG_CODES: Final = 5


class CallbackCodeWrong(ValueError):
    """The digits are not those that the proposer sees; was the right school called?"""


class TooManyWrongCodes(PermissionError):
    """The digits were wrong too often; it must be proposed anew."""


def new_callback_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CALLBACK_DIGITS):0{CALLBACK_DIGITS}}"


def callback_code_for(proposal: models.Proposal, actor: Actor) -> str:
    """The digits to say when the office calls back: for the proposer's eyes only."""
    return proposal.callback_code if proposal.proposer_id == actor.staff_id else ""


async def require_callback(session: AsyncSession, proposal: models.Proposal, code: str) -> None:
    """Refuse digits that are not the proposer's.

    Raises:
        CallbackCodeWrong, TooManyWrongCodes: see there.
    """
    wrong = await session.scalar(
        select(func.count())
        .select_from(models.AuditEntry)
        .where(
            models.AuditEntry.subject == f"proposal:{proposal.public_id}",
            models.AuditEntry.outcome == Outcome.REFUSED,
            models.AuditEntry.facts.contains(CallbackCodeWrong.__name__, autoescape=True),
        )
    )
    if (wrong or 0) >= MOST_WRONG_CODES:
        raise TooManyWrongCodes(proposal.public_id)
    typed = "".join(letter for letter in code if letter.isdigit())
    if not hmac.compare_digest(typed.encode(), proposal.callback_code.encode()):
        raise CallbackCodeWrong(proposal.public_id)
