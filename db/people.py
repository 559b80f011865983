"""People and conversations: who asks from where, where a dialogue stands, which schools are followed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    Table,
    bindparam,
    delete,
    exists,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, schools
from db.models import ChannelName
from db.outbox import Destination
from db.upsert import insert_or_ignore
from scamcheck import knowledge

_SUBSCRIPTION: Final = cast("Table", models.Subscription.__table__)
_SCHOOL: Final = cast("Table", models.School.__table__)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a dialogue stands: a state and what it needs to go on. Never a message's text."""

    state: str
    data: dict[str, Any]


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
        found.last_seen_on = utc_day(now)
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
        session, models.Conversation, **at, person_id=person.id, created_at=now, last_seen_on=utc_day(now)
    )
    if made:
        _without_follows(session).add(person.id)
    else:  # another process made it a moment ago
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


def utc_day(moment: datetime) -> date:
    """The day that is kept instead of a time."""
    return moment.astimezone(UTC).date()


async def _at(session: AsyncSession, place: Mapping[str, str]) -> models.Conversation | None:
    return await session.scalar(select(models.Conversation).filter_by(**place))
