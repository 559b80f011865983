"""The two-person engine: every sensitive change is proposed by one person and approved by another.

Who that is follows from the rows as they are in the transaction of the decision, never from what a request
says: both persons active, in offices that may, and two human beings. A decision names the version it is
about by its hash. What is approved is applied in the same transaction, or waits for its cool-off.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, callbacks, changes, identity, models, rights, signing_in
from db import proposal_record as record
from db.approval_rules import Case, ProposalKind, Rule, require_fields
from db.models import ProposalStatus
from db.rights import Actor, NotAllowed, NotEligible, StepUpNeeded
from db.upsert import insert_or_ignore

WAITS_FOR: Final = timedelta(hours=72)


class ProposalNotFound(LookupError):
    """There is no such proposal, or it is none of this office's business."""


class AlreadyProposed(ValueError):
    """The same kind of change of the same thing waits for a decision already."""


class AlreadyDecided(ValueError):
    """Somebody decided on it before, it was taken back, or it expired."""


class ProposalChanged(ValueError):
    """It is not what the person saw when they decided."""


class ReasonMissing(ValueError):
    """A decision needs a reason in words."""


class SamePerson(PermissionError):
    """Nobody is both of the two persons."""


class ProposerNotEligible(PermissionError):
    """Whoever proposed may not do so any more."""


async def propose(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: ProposalKind,
    payload: Mapping[str, str],
    reason: str,
    document: str = "",
    draft: bool = False,
    now: datetime,
) -> models.Proposal:
    """Propose a change, or keep it as a draft that only its author sees.

    Raises:
        AlreadyProposed, ReasonMissing: see there.
        KindNotAvailable, PayloadUnreadable: see `db.proposal_record`, `db.approval_rules`.
        NotAllowed, NotEligible: see `db.rights`.
        RecordNotFound: what it is about is not there, or not in the proposer's area.
        ValueError, LookupError: what the rule of this kind raises, such as `AlreadyConfirmed`.
    """
    await changes.one_at_a_time(session)
    rule = record.rule_for(kind)
    proposer = await _proposer(session, actor, rule)
    case = Case(payload=dict(payload), proposer=proposer, reason=_words(reason), document=document)
    require_fields(case.payload, rule)
    prepared = await rule.prepare(session, case, now)
    case = replace(case, subject=prepared.subject, school_id=prepared.school_id)
    proposal = models.Proposal(
        public_id=identity.new_public_id(),
        kind=kind.value,
        status=ProposalStatus.DRAFT,
        version_hash="",
        subject=prepared.subject,
        payload=audit.canonical(case.payload),
        reason=case.reason,
        document=document,
        callback_code=callbacks.new_callback_code() if rule.callback else "",
        proposer_id=proposer.staff_id,
        proposer_membership_id=proposer.id,
        proposer_email_key=proposer.staff.email_key,
        office_id=proposer.office_id,
        school_id=prepared.school_id,
        created_at=now,
        version=1,
    )
    proposal.version_hash = record.version_of(proposal)
    session.add(proposal)
    await session.flush()
    if not draft:
        await _submit(session, proposal, rule, case, now)
    await record.note(session, actor, "draft" if draft else "propose", proposal, reason=case.reason, now=now)
    return proposal


async def submit(session: AsyncSession, *, actor: Actor, proposal_id: str, now: datetime) -> models.Proposal:
    """Propose a draft of one's own, as it stands.

    Raises:
        AlreadyDecided: it is no draft any more.
        ProposalNotFound: it is not theirs.
        ValueError, LookupError, PermissionError: what `propose` raises.
    """
    proposal, rule, case = await _own(session, actor, proposal_id, (ProposalStatus.DRAFT,))
    await rule.prepare(session, case, now)
    await _submit(session, proposal, rule, case, now)
    await record.note(session, actor, "propose", proposal, reason=case.reason, now=now)
    return proposal


async def revise(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: str,
    payload: Mapping[str, str],
    reason: str,
    document: str = "",
    now: datetime,
) -> models.Proposal:
    """Change a draft or a proposal of one's own. Whoever had it before them can approve it no more.

    Raises:
        AlreadyDecided, ProposalNotFound: see there.
        ProposalChanged: it would be about something else; that is another proposal.
        ValueError, LookupError, PermissionError: what `propose` raises.
    """
    proposal, rule, case = await _own(
        session, actor, proposal_id, (ProposalStatus.DRAFT, ProposalStatus.PROPOSED)
    )
    case = replace(case, payload=dict(payload), reason=_words(reason), document=document)
    require_fields(case.payload, rule)
    prepared = await rule.prepare(session, case, now)
    if prepared.subject != proposal.subject:
        raise ProposalChanged(prepared.subject)
    proposal.payload = audit.canonical(case.payload)
    proposal.reason = case.reason
    proposal.document = document
    proposal.version += 1
    proposal.version_hash = record.version_of(proposal)
    await session.flush()
    await record.note(session, actor, "revise", proposal, reason=case.reason, now=now)
    return proposal


async def take_back(
    session: AsyncSession, *, actor: Actor, proposal_id: str, reason: str, now: datetime
) -> None:
    """Take back a draft or proposal of one's own, also during its cool-off.

    Raises:
        AlreadyDecided, ProposalNotFound, ReasonMissing: see there.
    """
    words = _words(reason)
    proposal, _, _ = await _own(session, actor, proposal_id, (ProposalStatus.DRAFT, *record.OPEN))
    await record.settle(session, proposal, ProposalStatus.REJECTED, now)
    await record.note(session, actor, "take_back", proposal, reason=words, now=now)


async def approve(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: str,
    version_hash: str,
    reason: str,
    callback_code: str = "",
    now: datetime,
) -> models.Proposal:
    """Approve a proposal as the second person; it takes effect here, or after its cool-off.

    Raises:
        AlreadyDecided, ProposalChanged, ProposalNotFound, ProposerNotEligible, ReasonMissing, SamePerson:
            see there.
        CallbackCodeWrong, TooManyWrongCodes: see `db.callbacks`.
        NotAllowed, NotEligible, StepUpNeeded: see `db.rights`.
        ValueError, LookupError: what the change itself raises; the proposal stays proposed.
    """
    proposal, rule, case, approver = await _deciding(
        session, actor, proposal_id, version_hash, reason=reason, now=now
    )
    if rule.callback:
        await callbacks.require_callback(session, proposal, callback_code)
    await _decide(session, proposal, approver, approved=True, reason=reason, now=now)
    wait = timedelta() if rule.cool_off is None else await rule.cool_off(session, case)
    proposal.effective_at = now + wait
    await session.flush()
    await record.note(session, actor, "approve", proposal, reason=reason, now=now)
    if rule.on_approved is not None:
        await rule.on_approved(session, case, now)
    if not wait:
        await record.activate(session, proposal, rule, replace(case, approved_by=_both(case, approver)), now)
    return proposal


async def reject(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: str,
    version_hash: str,
    reason: str,
    now: datetime,
) -> models.Proposal:
    """Reject a proposal as the second person.

    Raises:
        ValueError, LookupError, PermissionError: as `approve`, without the call-back.
    """
    proposal, _, _, approver = await _deciding(
        session, actor, proposal_id, version_hash, reason=reason, now=now
    )
    await _decide(session, proposal, approver, approved=False, reason=reason, now=now)
    proposal.settled_at = now
    await session.flush()
    await record.note(session, actor, "reject", proposal, reason=reason, now=now)
    return proposal


async def _submit(
    session: AsyncSession, proposal: models.Proposal, rule: Rule, case: Case, now: datetime
) -> None:
    waiting = await session.scalar(
        select(models.Proposal.id).where(
            models.Proposal.kind == proposal.kind,
            models.Proposal.subject == proposal.subject,
            models.Proposal.status.in_(record.OPEN),
        )
    )
    if waiting is not None:
        raise AlreadyProposed(proposal.subject)
    proposal.status = ProposalStatus.PROPOSED
    proposal.proposed_at = now
    proposal.expires_at = now + WAITS_FOR
    await session.flush()
    if rule.on_proposed is not None:
        await rule.on_proposed(session, case, now)


async def _deciding(
    session: AsyncSession, actor: Actor, proposal_id: str, version_hash: str, *, reason: str, now: datetime
) -> tuple[models.Proposal, Rule, Case, models.Membership]:
    """Everything that must hold for a decision, in this transaction."""
    await changes.one_at_a_time(session)
    _words(reason)
    approver = await rights.standing(session, actor.membership_id)
    await _require_step_up(session, actor, now)
    proposal = await session.scalar(
        select(models.Proposal)
        .where(models.Proposal.public_id == proposal_id)
        .execution_options(populate_existing=True)
    )
    if proposal is None or proposal.status is ProposalStatus.DRAFT:
        raise ProposalNotFound(proposal_id)
    rule, case = await record.case_of(session, proposal)
    if not rule.approve & rights.RIGHTS[approver.role]:
        raise NotAllowed(proposal.kind)
    if approver.staff_id == proposal.proposer_id or approver.staff.email_key in (
        proposal.proposer_email_key,
        case.proposer.staff.email_key,
    ):
        raise SamePerson(proposal_id)
    if not await record.may_decide(session, rule, approver, case):
        raise ProposalNotFound(proposal_id)
    if (
        proposal.status is not ProposalStatus.PROPOSED
        or proposal.expires_at is None
        or proposal.expires_at <= now
    ):
        raise AlreadyDecided(proposal_id)
    if not (
        hmac.compare_digest(version_hash, proposal.version_hash)
        and hmac.compare_digest(version_hash, record.version_of(proposal))
    ):
        raise ProposalChanged(proposal_id)
    await _require_proposer(session, proposal, rule, case)
    return proposal, rule, case, approver


async def _require_step_up(session: AsyncSession, actor: Actor, now: datetime) -> None:
    row = await session.get(models.StaffSession, actor.session_id, populate_existing=True)
    if row is None or row.staff_id != actor.staff_id or not signing_in.is_open(row, now):
        raise NotEligible(actor.session_id)
    if now - row.stepped_up_at > rights.STEP_UP_LASTS:
        raise StepUpNeeded


async def _require_proposer(session: AsyncSession, proposal: models.Proposal, rule: Rule, case: Case) -> None:
    try:
        proposer = await rights.standing(session, proposal.proposer_membership_id)
    except NotEligible:
        raise ProposerNotEligible(proposal.public_id) from None
    permitted = bool(rule.propose & rights.RIGHTS[proposer.role])
    if permitted and rule.may_still_propose is not None:
        permitted = await rule.may_still_propose(session, proposer, case)
    if not permitted:
        raise ProposerNotEligible(proposal.public_id)


async def _decide(
    session: AsyncSession,
    proposal: models.Proposal,
    approver: models.Membership,
    *,
    approved: bool,
    reason: str,
    now: datetime,
) -> None:
    to = ProposalStatus.APPROVED if approved else ProposalStatus.REJECTED
    decided = await insert_or_ignore(
        session,
        models.Approval,
        proposal_id=proposal.id,
        approved=approved,
        version_hash=proposal.version_hash,
        staff_id=approver.staff_id,
        office_id=approver.office_id,
        reason=reason,
        at=now,
    )
    moved = await session.scalar(
        update(models.Proposal)
        .where(
            models.Proposal.id == proposal.id,
            models.Proposal.status == ProposalStatus.PROPOSED,
            models.Proposal.version_hash == proposal.version_hash,
        )
        .values(status=to)
        .returning(models.Proposal.id)
    )
    if decided is None or moved is None:
        raise AlreadyDecided(proposal.public_id)
    await session.refresh(proposal)


async def _own(
    session: AsyncSession, actor: Actor, proposal_id: str, statuses: tuple[ProposalStatus, ...]
) -> tuple[models.Proposal, Rule, Case]:
    await changes.one_at_a_time(session)
    proposal = await session.scalar(
        select(models.Proposal)
        .where(models.Proposal.public_id == proposal_id, models.Proposal.proposer_id == actor.staff_id)
        .execution_options(populate_existing=True)
    )
    if proposal is None:
        raise ProposalNotFound(proposal_id)
    rule, case = await record.case_of(session, proposal)
    await rights.standing(session, proposal.proposer_membership_id)
    if proposal.status not in statuses:
        raise AlreadyDecided(proposal_id)
    return proposal, rule, case


async def _proposer(session: AsyncSession, actor: Actor, rule: Rule) -> models.Membership:
    proposer = await rights.standing(session, actor.membership_id)
    if not rule.propose & rights.RIGHTS[proposer.role]:
        raise NotAllowed(", ".join(sorted(rule.propose)))
    return proposer


def _words(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise ReasonMissing
    return words


def _both(case: Case, approver: models.Membership) -> str:
    return f"staff:{case.proposer.staff.public_id}+{approver.staff.public_id}"
