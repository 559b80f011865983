"""People and conversations: what is remembered of them, for how long, and how it is forgotten."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db import linking, models, schools
from db.models import ChannelName
from db.outbox import Destination
from db.upsert import insert_or_ignore
from scamcheck import knowledge
from scamcheck.verdict import Level

_SUBSCRIPTION: Final = cast("Table", models.Subscription.__table__)
_SCHOOL: Final = cast("Table", models.School.__table__)

QUIET_CONVERSATION_KEPT: Final = timedelta(days=30)
"""A conversation with nothing attached (follows, reports, wishes) is forgotten after this long unseen.

A consent goes with it: the report that it was for names the version agreed to."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a dialogue stands: a state and what it needs to go on. Never a message's text."""

    state: str
    data: dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class _Place:
    channel: ChannelName
    bot_account: str
    address: str


_THERE: Final = select(
    models.Conversation, exists().where(models.Subscription.person_id == models.Conversation.person_id)
).where(
    models.Conversation.channel == bindparam("on_channel"),
    models.Conversation.bot_account == bindparam("of_account"),
    models.Conversation.address.in_(bindparam("addresses", expanding=True)),
)
_FOLLOWED: Final = (
    select(_SUBSCRIPTION.c.school_id)
    .join(_SCHOOL, _SCHOOL.c.id == _SUBSCRIPTION.c.school_id)
    .where(_SUBSCRIPTION.c.person_id == bindparam("person"), _SCHOOL.c.status == models.RecordState.ACTIVE)
    .order_by(_SUBSCRIPTION.c.id.desc())
)


class SchoolNotFound(ValueError):
    """There is no active school with this id; ids in buttons are input."""


async def conversation_for(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str, address: str, now: datetime
) -> models.Conversation:
    """The conversation at this address, made with a person of its own at the first message."""
    return (await conversations_for(session, [_Place(ChannelName(channel), bot_account, address)], now=now))[
        0
    ]


async def conversations_for(
    session: AsyncSession, places: Sequence[Destination], *, now: datetime
) -> list[models.Conversation]:
    """As `conversation_for` for each of several places, which are looked up together."""
    by_account: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for place in places:
        by_account[place.channel, place.bot_account].append(place.address)
    known: dict[tuple[str, str, str], models.Conversation] = {}
    for (channel, bot_account), addresses in by_account.items():
        asked = {"on_channel": ChannelName(channel), "of_account": bot_account, "addresses": addresses}
        for found, follows in await session.execute(_THERE, asked):
            known[channel, bot_account, found.address] = found
            if not follows:
                _without_follows(session).add(found.person_id)
    conversations: list[models.Conversation] = []
    for place in places:
        key = (place.channel, place.bot_account, place.address)
        found = known.get(key) or await _new_conversation(session, place, now)
        conversations.append(found)
        found.last_seen_on = _day(now)
        found.dead_since = None
    return conversations


def _without_follows(session: AsyncSession) -> set[int]:
    """Ids of people of whom this transaction knows that they follow nothing: most do not."""
    return session.info.setdefault("people_without_follows", set())


async def _new_conversation(session: AsyncSession, place: Destination, now: datetime) -> models.Conversation:
    at = {"channel": ChannelName(place.channel), "bot_account": place.bot_account, "address": place.address}
    person = models.Person(created_at=now)
    session.add(person)
    await session.flush()
    made = await insert_or_ignore(
        session, models.Conversation, **at, person_id=person.id, created_at=now, last_seen_on=_day(now)
    )
    if not made:  # another process made it a moment ago
        await session.delete(person)
    found = await _at(session, at)
    assert found is not None  # noqa: S101  # made just now, by us or by the other
    return found


def save_dialogue(
    conversation: models.Conversation,
    *,
    state: str | None,
    data: Mapping[str, object],
    expires_at: datetime | None,
) -> None:
    """Keep where the dialogue stands until `expires_at`; a `state` of None forgets it."""
    conversation.dialogue_state = state
    conversation.dialogue_data = None if state is None else dict(data)
    conversation.dialogue_expires_at = None if state is None else expires_at


def dialogue_of(conversation: models.Conversation, now: datetime) -> Dialogue | None:
    """Where the dialogue stands; None when there is none or it has expired."""
    if conversation.dialogue_state is None or not knowledge.active(conversation.dialogue_expires_at, now):
        return None
    return Dialogue(conversation.dialogue_state, conversation.dialogue_data or {})


async def follow_school(
    session: AsyncSession, conversation: models.Conversation, school_id: str | int, now: datetime
) -> knowledge.School:
    """Follow a school; following it again changes nothing.

    Raises:
        SchoolNotFound: there is no active school with this id.
    """
    school = await schools.school_by_id(session, school_id)
    if school is None:
        raise SchoolNotFound(school_id)
    _without_follows(session).discard(conversation.person_id)
    await insert_or_ignore(
        session,
        models.Subscription,
        person_id=conversation.person_id,
        school_id=int(school.id),
        created_at=now,
    )
    return school


async def unfollow_school(
    session: AsyncSession, conversation: models.Conversation, school_id: str | int
) -> bool:
    """Stop following a school; False when it was not followed."""
    school = await schools.school_by_id(session, school_id)
    if school is None:
        return False
    removed = await session.scalar(
        delete(models.Subscription)
        .where(
            models.Subscription.person_id == conversation.person_id,
            models.Subscription.school_id == int(school.id),
        )
        .returning(models.Subscription.id)
    )
    return removed is not None


async def followed_ids(session: AsyncSession, conversation: models.Conversation) -> tuple[str, ...]:
    """The ids of the active schools that this conversation's person follows, the latest first."""
    if conversation.person_id in _without_follows(session):
        return ()
    with session.no_autoflush:  # follows are written at once, and what else is pending may wait
        ids = await session.execute(_FOLLOWED, {"person": conversation.person_id})
    return tuple(str(id_) for (id_,) in ids)


async def followed_schools(
    session: AsyncSession, conversation: models.Conversation
) -> tuple[knowledge.School, ...]:
    """The active schools that this conversation's person follows, the latest first."""
    ids = list(
        await session.scalars(
            select(models.Subscription.school_id)
            .where(
                models.Subscription.person_id == conversation.person_id,
                models.Subscription.school_id.is_not(None),
            )
            .order_by(models.Subscription.id.desc())
        )
    )
    if not ids:
        return ()
    found = {
        school.id: school
        for school in await schools.schools_with_ids(session, [id_ for id_ in ids if id_ is not None])
    }
    return tuple(found[str(id_)] for id_ in ids if str(id_) in found)


async def give_consent(
    session: AsyncSession, conversation: models.Conversation, *, kind: str, version: str, now: datetime
) -> None:
    """Record that the person agreed to this version of this text; the first time is the one that counts."""
    await insert_or_ignore(
        session,
        models.Consent,
        person_id=conversation.person_id,
        kind=kind,
        version=version,
        given_at=now,
    )


async def address_gone(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str, address: str, now: datetime
) -> None:
    """Note that nothing can be sent there any more. The next message from there clears it."""
    conversation = await _at(
        session, {"channel": ChannelName(channel), "bot_account": bot_account, "address": address}
    )
    if conversation is not None and conversation.dead_since is None:
        conversation.dead_since = now


async def address_moved(
    session: AsyncSession, *, channel: ChannelName | str, bot_account: str, old: str, new: str
) -> None:
    """The same conversation now has another address; what waits for the old one goes to the new one.

    When a conversation at the new address exists already, the old one is left as it is.
    """
    channel = ChannelName(channel)
    place = {"channel": channel, "bot_account": bot_account}
    conversation = await _at(session, {**place, "address": old})
    if conversation is not None and await _at(session, {**place, "address": new}) is None:
        conversation.address = new
    await session.execute(
        update(models.Outbox)
        .where(
            models.Outbox.channel == channel,
            models.Outbox.bot_account == bot_account,
            models.Outbox.address == old,
        )
        .values(address=new)
    )


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
        first_seen=_day(conversation.created_at),
        last_seen=conversation.last_seen_on,
        dialogue=conversation.dialogue_state is not None,
        linked=tuple(await linking.others_of(session, conversation)),
        linking=await linking.is_open(session, conversation, now),
        follows=await followed_schools(session, conversation),
        consents=tuple(StoredConsent(row.kind, row.version, _day(row.given_at)) for row in consents),
        checks=tuple(StoredCheck(row.day, row.level) for row in checks),
        reports=tuple(StoredReport(row.case_code, row.status, _day(row.filed_at)) for row in reports),
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
            models.Conversation.last_seen_on < _day(now - QUIET_CONVERSATION_KEPT), ~attached
        )
    )
    await _delete_people_without_conversation(
        session, models.Person.created_at < now - QUIET_CONVERSATION_KEPT
    )
    assert isinstance(forgotten, CursorResult)  # noqa: S101  # what a DELETE returns
    return forgotten.rowcount


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


async def _at(session: AsyncSession, place: Mapping[str, str]) -> models.Conversation | None:
    return await session.scalar(select(models.Conversation).filter_by(**place))


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
