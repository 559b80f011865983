"""Proposals as people look for them: what waits for them, what their office proposed, a record's history."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, models, proposal_record, rights
from db.models import ProposalStatus
from db.rights import Actor


async def proposal_for(session: AsyncSession, *, actor: Actor, proposal_id: str) -> models.Proposal:
    """A proposal that this actor proposed, or that their office may decide on as things are now.

    Raises:
        ProposalNotFound: it is neither.
    """
    proposal = await session.scalar(select(models.Proposal).where(models.Proposal.public_id == proposal_id))
    if proposal is not None and await _concerns(session, proposal, actor):
        return proposal
    raise approvals.ProposalNotFound(proposal_id)


async def waiting_for(
    session: AsyncSession, *, actor: Actor, limit: int = 100
) -> tuple[models.Proposal, ...]:
    """Proposals that this actor could decide on now, the oldest first."""
    member = await rights.standing(session, actor.membership_id)
    kinds = [
        kind.value
        for kind, rule in proposal_record.RULES.items()
        if rule.approve & rights.RIGHTS[member.role]
    ]
    found: list[models.Proposal] = []
    for proposal in await session.scalars(
        select(models.Proposal)
        .where(
            models.Proposal.status == ProposalStatus.PROPOSED,
            models.Proposal.kind.in_(kinds),
            models.Proposal.proposer_id != actor.staff_id,
        )
        .order_by(models.Proposal.id)
    ):
        rule, case = await proposal_record.case_of(session, proposal)
        if await proposal_record.may_decide(session, rule, member, case):
            found.append(proposal)
        if len(found) == limit:
            break
    return tuple(found)


async def proposals_of(
    session: AsyncSession, *, actor: Actor, limit: int = 100
) -> tuple[models.Proposal, ...]:
    """What the actor's office proposed, and their own drafts, the latest first."""
    return tuple(
        await session.scalars(
            select(models.Proposal)
            .where(
                models.Proposal.office_id == actor.office_id,
                (models.Proposal.status != ProposalStatus.DRAFT)
                | (models.Proposal.proposer_id == actor.staff_id),
            )
            .order_by(models.Proposal.id.desc())
            .limit(limit)
        )
    )


async def history_of(session: AsyncSession, subject: str) -> tuple[models.Proposal, ...]:
    """Every proposal about a subject, or that made it, the latest first; drafts are nobody's history."""
    return tuple(
        await session.scalars(
            select(models.Proposal)
            .where(
                (models.Proposal.subject == subject) | (models.Proposal.result == subject),
                models.Proposal.status != ProposalStatus.DRAFT,
            )
            .order_by(models.Proposal.id.desc())
        )
    )


async def _concerns(session: AsyncSession, proposal: models.Proposal, actor: Actor) -> bool:
    if proposal.proposer_id == actor.staff_id:
        return True
    if proposal.status is ProposalStatus.DRAFT:
        return False
    if proposal.office_id == actor.office_id:
        return True
    member = await rights.standing(session, actor.membership_id)
    rule, case = await proposal_record.case_of(session, proposal)
    permitted = bool(rule.approve & rights.RIGHTS[member.role])
    return permitted and await proposal_record.may_decide(session, rule, member, case)
