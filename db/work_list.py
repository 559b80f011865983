"""What waits for somebody at the desk, as counts and codes: all that may be told in a chat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import contact_desk, incidents, models, proposal_lists, proposal_record, report_queue, rights
from db.approval_rules import ProposalKind
from db.rights import Actor, Permission

SHOWN: Final = 5
"""So many codes of each kind; the count says how many there are."""


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal that this person could decide on in the console."""

    public_id: str
    kind: ProposalKind
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkList:
    """How much waits; None where the role has nothing to do with it."""

    queue: int | None = None
    """Identifiers with open reports in the office's area."""
    reports: tuple[str, ...] = ()
    """Case codes of the latest open reports there."""
    proposals: int | None = None
    waiting: tuple[WaitingProposal, ...] = ()
    incidents: int | None = None
    """Reports that name the school and that it has said nothing about."""
    unmarked: tuple[str, ...] = ()
    """Their case codes."""
    reconfirmations: int | None = None
    contacts: tuple[int, ...] = ()
    """Ids of the contacts to reconfirm."""


async def work_list(session: AsyncSession, *, actor: Actor, now: datetime) -> WorkList:
    """What waits for this person.

    Raises:
        NotEligible: see `db.rights`.
    """
    office = (await rights.standing(session, actor.membership_id)).office
    queue = proposals = unmarked = due = None
    reports: tuple[str, ...] = ()
    if actor.may(Permission.READ_QUEUE):
        queue = len(await report_queue.clusters(session, now, office=office, limit=1000))
        reports = await report_queue.open_codes(session, office, limit=SHOWN)
    if any(rule.approve & rights.RIGHTS[actor.role] for rule in proposal_record.RULES.values()):
        proposals = await proposal_lists.waiting_for(session, actor=actor)
    if actor.may(Permission.MARK_INCIDENT):
        found = await incidents.incidents_of(session, actor=actor)
        unmarked = [one.case_code for one in found if not one.notes]
    if actor.may(Permission.RECONFIRM_CONTACT):
        due = await contact_desk.due_for_reconfirmation(session, now, office=office)
    return WorkList(
        queue=queue,
        reports=reports,
        proposals=None if proposals is None else len(proposals),
        waiting=tuple(_waiting(proposal) for proposal in (proposals or ())[:SHOWN]),
        incidents=None if unmarked is None else len(unmarked),
        unmarked=tuple((unmarked or [])[:SHOWN]),
        reconfirmations=None if due is None else len(due),
        contacts=tuple(contact.id for contact in (due or ())[:SHOWN]),
    )


def _waiting(proposal: models.Proposal) -> WaitingProposal:
    return WaitingProposal(proposal.public_id, ProposalKind(proposal.kind), proposal.expires_at)
