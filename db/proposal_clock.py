"""What becomes of proposals without a decision: they expire, are stopped, or take effect after a cool-off."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, models
from db import proposal_record as record
from db.approval_rules import ProposalKind
from db.models import Outcome, ProposalStatus
from db.rights import Actor


async def stop_changes(session: AsyncSession, *, actor: Actor, subject: str, now: datetime) -> int:
    """End every open change of what somebody froze, but a wish to unfreeze it; how many there were."""
    await changes.one_at_a_time(session)
    stopped = (
        await session.scalars(
            select(models.Proposal).where(
                models.Proposal.subject == subject,
                models.Proposal.status.in_(record.OPEN),
                models.Proposal.kind != ProposalKind.UNFREEZE_CONTACT.value,
            )
        )
    ).all()
    for proposal in stopped:
        await record.settle(session, proposal, ProposalStatus.REJECTED, now)
        await record.note(session, actor, "stop", proposal, now=now)
    return len(stopped)


async def expire_old(session: AsyncSession, now: datetime) -> int:
    """Let proposals that nobody decided on within 72 hours expire; how many there were."""
    await changes.one_at_a_time(session)
    old = (
        await session.scalars(
            select(models.Proposal).where(
                models.Proposal.status == ProposalStatus.PROPOSED, models.Proposal.expires_at <= now
            )
        )
    ).all()
    for proposal in old:
        await record.settle(session, proposal, ProposalStatus.EXPIRED, now)
        await record.note(session, None, "expire", proposal, now=now)
    return len(old)


async def activate_due(session: AsyncSession, now: datetime) -> int:
    """Let approved changes take effect whose cool-off is over; how many did.

    One that cannot any more (its contact was given up meanwhile, its number is listed now) is rejected, and
    the audit says why.
    """
    await changes.one_at_a_time(session)
    due = (
        await session.scalars(
            select(models.Proposal)
            .where(models.Proposal.status == ProposalStatus.APPROVED, models.Proposal.effective_at <= now)
            .order_by(models.Proposal.id)
        )
    ).all()
    activated = 0
    for proposal in due:
        approver = await session.scalar(
            select(models.StaffMember.public_id)
            .join(models.Approval, models.Approval.staff_id == models.StaffMember.id)
            .where(models.Approval.proposal_id == proposal.id)
        )
        rule, case = await record.case_of(session, proposal)
        both = f"staff:{case.proposer.staff.public_id}+{approver}"
        try:
            async with session.begin_nested():
                await record.activate(session, proposal, rule, replace(case, approved_by=both), now)
        except (ValueError, LookupError) as refused:
            await session.refresh(proposal)
            await record.settle(session, proposal, ProposalStatus.REJECTED, now)
            await audit.record(
                session,
                actor=None,
                action="proposal.activate",
                subject=f"proposal:{proposal.public_id}",
                facts={"because": type(refused).__name__, "kind": proposal.kind},
                outcome=Outcome.REFUSED,
                now=now,
            )
        else:
            activated += 1
    return activated
