"""Rules of the two-person engine for scam scripts: what can be compared at all, and whose it is."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import models, scripts
from db.approval_rules import Case, PayloadUnreadable, Prepared, ProposalKind, RecordNotFound, Rule, choice_in
from db.contact_rules import same_or_province
from db.models import Role
from db.rights import Permission
from scamcheck import knowledge
from scamcheck.observables import extract
from scamcheck.red_flags import Scenario
from scamcheck.scripts import masked
from scamcheck.thresholds import SCRIPT_MIN_LETTERS

LONGEST_TEXT: Final = 4000
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9:.-]{2,59}")


class ScriptTooShort(ValueError):
    """So few letters, without numbers and slots, would match texts that have nothing to do with it."""


class ScriptTooLong(ValueError):
    """Longer than any message that was ever one script."""


class ScriptHoldsIdentifier(ValueError):
    """A number, account or link stands in the text: it changes with every victim, and may be a victim's."""


async def may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    """A police supervisor of the same office, or of the province."""
    return approver.role is Role.POLICE_SUPERVISOR and same_or_province(approver.office, case.proposer.office)


def require_comparable(text: str) -> None:
    """Refuse a text that cannot stand for a family of messages.

    Raises:
        ScriptHoldsIdentifier, ScriptTooLong, ScriptTooShort: see there.
    """
    if len(text) > LONGEST_TEXT:
        raise ScriptTooLong
    seen = extract(text)
    if len(masked(seen.text.folded)) < SCRIPT_MIN_LETTERS:
        raise ScriptTooShort
    if seen.has_identifier:
        raise ScriptHoldsIdentifier


async def _prepare_add(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    key = case.payload["key"]
    choice_in(case.payload, "scenario", Scenario)
    if not _KEY.fullmatch(key):
        raise PayloadUnreadable("key")
    require_comparable(case.payload["text"])
    await _own(session, case)
    return Prepared(f"script:{key}")


async def _apply_add(session: AsyncSession, case: Case, now: datetime) -> str:
    payload = case.payload
    await scripts.put_script(
        session,
        knowledge.Script(
            id=payload["key"],
            name=payload["name"],
            text=payload["text"],
            scenario=choice_in(payload, "scenario", Scenario).value,
            source=payload["source"],
        ),
        document=case.document,
        verified_at=now.date(),
        expires_at=now + scripts.CONFIRMATION_LASTS,
        approved_by=case.approved_by,
        is_example=case.is_example,
        now=now,
    )
    return case.subject


async def _prepare_withdraw(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    key = case.payload["key"]
    if await _own(session, case) is None:
        raise scripts.ScriptNotActive(key)
    return Prepared(f"script:{key}")


async def _apply_withdraw(session: AsyncSession, case: Case, now: datetime) -> str:
    await scripts.withdraw_script(session, case.payload["key"], now=now)
    return case.subject


async def _own(session: AsyncSession, case: Case) -> models.Script | None:
    """The active script with this key; one of the other world (demo or not) is not there for the proposer."""
    row = await scripts.active_script(session, case.payload["key"])
    if row is not None and row.is_example != case.is_example:
        raise RecordNotFound(case.payload["key"])
    return row


RULES: Final = {
    ProposalKind.ADD_SCRIPT: Rule(
        propose=frozenset({Permission.PROPOSE_INDICATOR}),
        approve=frozenset({Permission.APPROVE_INDICATOR}),
        required=frozenset({"key", "name", "text", "scenario", "source"}),
        optional=frozenset(),
        prepare=_prepare_add,
        may_approve=may_approve,
        apply=_apply_add,
    ),
    ProposalKind.WITHDRAW_SCRIPT: Rule(
        propose=frozenset({Permission.PROPOSE_INDICATOR}),
        approve=frozenset({Permission.APPROVE_INDICATOR}),
        required=frozenset({"key"}),
        optional=frozenset(),
        prepare=_prepare_withdraw,
        may_approve=may_approve,
        apply=_apply_withdraw,
    ),
}
