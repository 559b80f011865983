"""What is held about a person: shown to them, erased when they say so, forgotten when its time is over."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import linking, models
from db.models import ChannelName
from db.people import followed_schools, utc_day
from scamcheck import knowledge
from scamcheck.verdict import Level

QUIET_CONVERSATION_KEPT: Final = timedelta(days=30)
"""A conversation with nothing attached (follows, reports, wishes) is forgotten after this long unseen.

A consent goes with it: the report that it was for names the version agreed to."""


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """One check as it is held: the day and the answer."""

    day: date
    level: Level


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One report as it is held."""

    case_code: str
    status: models.ReportStatus
    filed_on: date


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """One consent as it is held."""

    kind: str
    version: str
    given_on: date


@dataclass(frozen=True, slots=True)
class StoredData:
    """Everything held about a conversation and its person."""

    channel: ChannelName
    address: str
    first_seen: date
    last_seen: date
    dialogue: bool
    """A dialogue is under way (it is forgotten within minutes)."""
    linked: tuple[models.Conversation, ...] = ()
    """The person's conversations on other channels."""
    linking: bool = False
    """A code to link channels by is open (it is forgotten within minutes)."""
    follows: tuple[knowledge.School, ...] = ()
    consents: tuple[StoredConsent, ...] = ()
    checks: tuple[StoredCheck, ...] = ()
    reports: tuple[StoredReport, ...] = ()
    disputes: int = 0
    corrections_wanted: int = 0
    works_here: bool = False
    """Linked to a role at the desk."""
    messages_waiting: int = 0
    """Messages in and out that are not finished."""


async def stored_data(session: AsyncSession, conversation: models.Conversation, now: datetime) -> StoredData:
    """Everything held about this conversation and its person, for them to read."""
    mine = conversation.id
    consents = await session.scalars(
        select(models.Consent)
        .where(models.Consent.person_id == conversation.person_id)
        .order_by(models.Consent.id)
    )
    checks = await session.scalars(
        select(models.Check).where(models.Check.conversation_id == mine).order_by(models.Check.id)
    )
    reports = await session.scalars(
        select(models.Report).where(models.Report.conversation_id == mine).order_by(models.Report.id)
    )
    disputes = await session.scalars(select(models.Dispute.id).where(models.Dispute.conversation_id == mine))
    corrections = await session.scalars(
        select(models.CorrectionRequest.id).where(models.CorrectionRequest.conversation_id == mine)
    )
    works_here = await session.scalar(
        select(models.ChatLink.id).where(
            models.ChatLink.conversation_id == mine, models.ChatLink.ended_at.is_(None)
        )
    )
    waiting = [
        *await session.scalars(
            select(models.Inbox.id).where(
                _addressed(models.Inbox, conversation), models.Inbox.payload.is_not(None)
            )
        ),
        *await session.scalars(
            select(models.Outbox.id).where(
                _addressed(models.Outbox, conversation), models.Outbox.payload.is_not(None)
            )
        ),
    ]
    return StoredData(
        channel=conversation.channel,
        address=conversation.address,
        first_seen=utc_day(conversation.created_at),
        last_seen=conversation.last_seen_on,
        dialogue=conversation.dialogue_state is not None,
        linked=tuple(await linking.others_of(session, conversation)),
        linking=await linking.is_open(session, conversation, now),
        follows=await followed_schools(session, conversation),
        consents=tuple(StoredConsent(row.kind, row.version, utc_day(row.given_at)) for row in consents),
        checks=tuple(StoredCheck(row.day, row.level) for row in checks),
        reports=tuple(StoredReport(row.case_code, row.status, utc_day(row.filed_at)) for row in reports),
        disputes=len(disputes.all()),
        corrections_wanted=len(corrections.all()),
        works_here=works_here is not None,
        messages_waiting=len(waiting),
    )


async def erase(session: AsyncSession, conversation: models.Conversation) -> None:
    """Forget this conversation and, when it was their only one, its person.

    Reports and disputes stay for the police, without any link to who made them. Messages still waiting to
    be sent are dropped, except those that are queued after this; messages still being processed finish and
    are erased then. `conversation` can still be answered, but not stored to.
    """
    await session.flush()
    # Emptied, not deleted: SQLite gives the number of a deleted row to the next, and a sender that is just
    # about to record one of these as sent would record the next, unsent, in its place.
    await session.execute(
        update(models.Outbox)
        .where(_addressed(models.Outbox, conversation))
        .values(
            status=models.OutboxStatus.FAILED,
            detail="Erased",
            payload=None,
            address=None,
            inbox_id=None,
            claimed_until=None,
        )
    )
    await session.execute(
        update(models.Inbox)
        .where(
            _addressed(models.Inbox, conversation),
            models.Inbox.status == models.InboxStatus.SET_ASIDE,
        )
        .values(payload=None, address=None)
    )
    for table in (models.Report, models.Dispute):
        await session.execute(
            update(table).where(table.conversation_id == conversation.id).values(conversation_id=None)
        )
    # Checks and wishes for corrections go with the conversation, follows and consents with the person.
    await session.execute(delete(models.Conversation).where(models.Conversation.id == conversation.id))
    await _delete_people_without_conversation(session, models.Person.id == conversation.person_id)
    session.expunge(conversation)


async def forget_old(session: AsyncSession, now: datetime) -> int:
    """Forget expired dialogues, and conversations unseen for 30 days that nothing is attached to."""
    await session.execute(
        update(models.Conversation)
        .where(models.Conversation.dialogue_expires_at < now)
        .values(dialogue_state=None, dialogue_data=None, dialogue_expires_at=None)
    )
    attached = or_(
        exists().where(models.Subscription.person_id == models.Conversation.person_id),
        exists().where(models.Report.conversation_id == models.Conversation.id),
        exists().where(models.CorrectionRequest.conversation_id == models.Conversation.id),
        exists().where(
            models.ChatLink.conversation_id == models.Conversation.id, models.ChatLink.ended_at.is_(None)
        ),
    )
    forgotten = await session.execute(
        delete(models.Conversation).where(
            models.Conversation.last_seen_on < utc_day(now - QUIET_CONVERSATION_KEPT), ~attached
        )
    )
    await _delete_people_without_conversation(
        session, models.Person.created_at < now - QUIET_CONVERSATION_KEPT
    )
    assert isinstance(forgotten, CursorResult)  # noqa: S101  # what a DELETE returns
    return forgotten.rowcount


def _addressed(
    table: type[models.Inbox | models.Outbox], conversation: models.Conversation
) -> ColumnElement[bool]:
    return and_(
        table.channel == conversation.channel,
        table.bot_account == conversation.bot_account,
        table.address == conversation.address,
    )


async def _delete_people_without_conversation(session: AsyncSession, which: ColumnElement[bool]) -> None:
    await session.execute(
        delete(models.Person).where(which, ~exists().where(models.Conversation.person_id == models.Person.id))
    )
