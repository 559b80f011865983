"""Appeals: anyone may say that a listed identifier is theirs and listed wrongly; a supervisor decides.

An appeal never changes what is answered: one that is upheld becomes a proposal to withdraw, which a second
person approves.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, audit, changes, indicators, models, proposal_record, reports, rights
from db.approval_rules import ProposalKind
from db.models import AppealStatus
from db.rights import Actor, NotAllowed, Permission
from db.upsert import insert_or_ignore
from scamcheck.knowledge import IdentifierKind

LONGEST_WORDS: Final = 1000
APPEALS_KEPT: Final = timedelta(days=730)
MOST_OPEN_PER_IDENTIFIER: Final = 20
"""More say nothing new, and would bury the rest of the queue."""

_PREFIX: Final = "KN"


class AppealTooLong(ValueError):
    """The words are longer than a thousand characters."""


class TooManyAppeals(ValueError):
    """Twenty appeals of this identifier wait for a decision already."""


class AppealNotFound(LookupError):
    """No appeal with this case code waits for a decision."""


def new_case_code() -> str:
    """A random case code such as "KN-7K3M-92"."""
    return f"{_PREFIX}{reports.new_case_code()[2:]}"


async def file_appeal(
    session: AsyncSession,
    *,
    kind: IdentifierKind,
    key: str,
    words: str,
    conversation: models.Conversation | None = None,
    now: datetime,
    case_code: Callable[[], str] = new_case_code,
) -> models.Appeal:
    """Keep an appeal; its case code is all that is needed to ask how it stands.

    Anyone may appeal, of any identifier: whether it is listed is not told by the answer.

    Raises:
        AppealTooLong, TooManyAppeals: see there.
    """
    if len(words) > LONGEST_WORDS:
        raise AppealTooLong
    open_ = (
        await session.scalars(
            select(models.Appeal.id)
            .where(
                models.Appeal.kind == kind,
                models.Appeal.key == key,
                models.Appeal.status == AppealStatus.RECEIVED,
            )
            .limit(MOST_OPEN_PER_IDENTIFIER)
        )
    ).all()
    if len(open_) == MOST_OPEN_PER_IDENTIFIER:
        raise TooManyAppeals(key)
    appeal_id = None
    while appeal_id is None:  # None: the case code is taken already
        appeal_id = await insert_or_ignore(
            session,
            models.Appeal,
            case_code=case_code(),
            status=AppealStatus.RECEIVED,
            kind=kind,
            key=key,
            words=words,
            conversation_id=None if conversation is None else conversation.id,
            filed_at=now,
            decision="",
        )
    return await session.get_one(models.Appeal, appeal_id)


async def appeal_status(session: AsyncSession, case_code: str) -> models.Appeal | None:
    """The appeal with this case code, typed in capitals or not, with or without its dashes."""
    letters = reports.code_letters(case_code).removeprefix(_PREFIX)
    return await session.scalar(
        select(models.Appeal).where(models.Appeal.case_code == f"{_PREFIX}-{letters[:4]}-{letters[4:]}")
    )


async def open_appeals(session: AsyncSession, *, limit: int = 100) -> tuple[models.Appeal, ...]:
    """Appeals that wait for a decision, the oldest first."""
    return tuple(
        await session.scalars(
            select(models.Appeal)
            .where(models.Appeal.status == AppealStatus.RECEIVED)
            .order_by(models.Appeal.id)
            .limit(limit)
        )
    )


async def uphold(
    session: AsyncSession, *, actor: Actor, case_code: str, reason: str, now: datetime
) -> models.Proposal | None:
    """Say that an appeal is right: that proposes to withdraw the entry. None when it is not listed now.

    Raises:
        AppealNotFound: see there.
        NotAllowed, NotEligible: see `db.rights`.
        ReasonMissing: see `db.approvals`.
    """
    appeal = await _decide(session, actor, case_code, AppealStatus.UPHELD, reason, now=now)
    listed = await indicators.listed_indicator(session, appeal.kind, appeal.key)
    if listed is None:
        return None
    waiting = await session.scalar(
        select(models.Proposal).where(
            models.Proposal.kind == ProposalKind.WITHDRAW_INDICATOR.value,
            models.Proposal.subject == f"indicator:{listed.id}",
            models.Proposal.status.in_(proposal_record.OPEN),
        )
    )
    proposal = waiting or await approvals.propose(
        session,
        actor=actor,
        kind=ProposalKind.WITHDRAW_INDICATOR,
        payload={"indicator": str(listed.id), "version": str(listed.version)},
        reason=reason,
        document=case_code,
        now=now,
    )
    appeal.proposal_id = proposal.id
    await session.flush()
    return proposal


async def dismiss(
    session: AsyncSession, *, actor: Actor, case_code: str, reason: str, now: datetime
) -> models.Appeal:
    """Say that an appeal is not right; whoever appealed can read the reason.

    Raises:
        AppealNotFound, NotAllowed, NotEligible, ReasonMissing: see `uphold`.
    """
    return await _decide(session, actor, case_code, AppealStatus.DISMISSED, reason, now=now)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget who appealed in chat after 90 days, and appeals after 24 months."""
    await session.execute(
        update(models.Appeal)
        .where(models.Appeal.filed_at < now - reports.REPORTER_KNOWN)
        .values(conversation_id=None)
    )
    await session.execute(delete(models.Appeal).where(models.Appeal.filed_at < now - APPEALS_KEPT))


async def _decide(
    session: AsyncSession, actor: Actor, case_code: str, to: AppealStatus, reason: str, *, now: datetime
) -> models.Appeal:
    await changes.one_at_a_time(session)
    member = await rights.standing(session, actor.membership_id)
    if Permission.DECIDE_APPEAL not in rights.RIGHTS[member.role]:
        raise NotAllowed(Permission.DECIDE_APPEAL)
    if not reason.strip():
        raise approvals.ReasonMissing
    decided = await session.scalar(
        update(models.Appeal)
        .where(models.Appeal.case_code == case_code, models.Appeal.status == AppealStatus.RECEIVED)
        .values(status=to, decided_by=actor.staff_id, decided_at=now, decision=reason.strip())
        .returning(models.Appeal.id)
    )
    if decided is None:
        raise AppealNotFound(case_code)
    appeal = await session.get_one(models.Appeal, decided, populate_existing=True)
    if member.staff.is_example and not await _about_an_example(session, appeal):
        raise AppealNotFound(case_code)
    await audit.record(
        session,
        actor=actor,
        action=f"appeal.{to.value}",
        subject=f"appeal:{case_code}",
        reason=reason.strip(),
        now=now,
    )
    return appeal


async def _about_an_example(session: AsyncSession, appeal: models.Appeal) -> bool:
    """Whether an entry of the demo is meant: everybody knows the sign-ins of its people."""
    example = await session.scalar(
        select(models.Indicator.id)
        .where(
            models.Indicator.kind == appeal.kind,
            models.Indicator.key == appeal.key,
            models.Indicator.is_example.is_(True),
        )
        .limit(1)
    )
    return example is not None
