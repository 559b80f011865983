"""The record of a proposal: how its rule sees it, which version it is, what the audit says of it."""

import hashlib
import json
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    audit,
    contact_rules,
    factor_rules,
    indicator_rules,
    models,
    office_rules,
    password_rules,
    rights,
    role_rules,
    school_rules,
    script_rules,
)
from db.approval_rules import Case, ProposalKind, Rule
from db.importing import rules as import_rules
from db.models import ProposalStatus
from db.rights import Actor

OPEN: Final = (ProposalStatus.PROPOSED, ProposalStatus.APPROVED)

RULES: Final[dict[ProposalKind, Rule]] = {
    **contact_rules.RULES,
    **indicator_rules.RULES,
    **script_rules.RULES,
    **role_rules.RULES,
    **factor_rules.RULES,
    **password_rules.RULES,
    **office_rules.RULES,
    **import_rules.RULES,
    **school_rules.RULES,
}
"""The registry: a kind that is not here can be neither proposed nor approved."""


class KindNotAvailable(ValueError):
    """Nothing is registered for this kind of change."""


async def case_of(session: AsyncSession, proposal: models.Proposal) -> tuple[Rule, Case]:
    """A proposal as its rule sees it, with the proposer as they are now."""
    proposer = await session.scalar(
        select(models.Membership)
        .options(*rights.with_person_and_office())
        .where(models.Membership.id == proposal.proposer_membership_id)
        .execution_options(populate_existing=True)
    )
    assert proposer is not None  # noqa: S101  # a foreign key says so
    return rule_for(ProposalKind(proposal.kind)), Case(
        payload=payload_of(proposal),
        proposer=proposer,
        subject=proposal.subject,
        school_id=proposal.school_id,
        reason=proposal.reason,
        document=proposal.document,
    )


def payload_of(proposal: models.Proposal) -> dict[str, str]:
    """The fields of a proposal."""
    read: dict[str, str] = json.loads(proposal.payload)
    return read


def rule_for(kind: ProposalKind) -> Rule:
    """The rule of a kind.

    Raises:
        KindNotAvailable: see there.
    """
    rule = RULES.get(kind)
    if rule is None:
        raise KindNotAvailable(kind)
    return rule


async def may_decide(session: AsyncSession, rule: Rule, approver: models.Membership, case: Case) -> bool:
    """Whether this office may be the second one, as things are now; the demo decides on itself alone."""
    return approver.staff.is_example == case.is_example and await rule.may_approve(session, approver, case)


def version_of(proposal: models.Proposal) -> str:
    """The hash of everything that a decision is about."""
    content = audit.canonical(
        {
            "kind": proposal.kind,
            "version": proposal.version,
            "subject": proposal.subject,
            "payload": proposal.payload,
            "reason": proposal.reason,
            "document": proposal.document,
            "proposer": proposal.proposer_id,
            "membership": proposal.proposer_membership_id,
        }
    )
    return hashlib.sha256(content.encode()).hexdigest()


async def settle(
    session: AsyncSession, proposal: models.Proposal, status: ProposalStatus, now: datetime
) -> None:
    """Put a proposal where it stays."""
    proposal.status = status
    proposal.settled_at = now
    await session.flush()


async def activate(
    session: AsyncSession, proposal: models.Proposal, rule: Rule, case: Case, now: datetime
) -> None:
    """Make the change; what was in effect for the same subject is superseded."""
    result = await rule.apply(session, case, now)
    await session.execute(
        update(models.Proposal)
        .where(models.Proposal.subject == proposal.subject, models.Proposal.status == ProposalStatus.ACTIVE)
        .values(status=ProposalStatus.SUPERSEDED, settled_at=now)
    )
    proposal.result = result
    await settle(session, proposal, ProposalStatus.ACTIVE, now)
    await note(session, None, "activate", proposal, now=now)


async def note(
    session: AsyncSession,
    actor: Actor | None,
    action: str,
    proposal: models.Proposal,
    *,
    reason: str = "",
    now: datetime,
) -> None:
    """Write what happened to a proposal into the audit."""
    facts = {"kind": proposal.kind, "version": proposal.version_hash[:16]}
    if action == "activate":
        facts["result"] = proposal.result
    await audit.record(
        session,
        actor=actor,
        action=f"proposal.{action}",
        subject=f"proposal:{proposal.public_id}",
        facts=facts,
        reason=reason,
        now=now,
    )
