"""One person on several channels: joined by a code, with a yes on both sides, and parted again.

A code proves only that somebody could read it. So it opens nothing by itself: the conversation where it is
typed says yes first, then the one that asked for it, each knowing on which channel the other is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import models
from db.keys import Keys
from db.models import Conversation, LinkRequest, Person, Subscription
from db.upsert import insert_or_ignore

ALPHABET: Final = "23456789BCDFGHJKMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and nothing that is easily taken for something else."""
CODE_LENGTH: Final = 8
CODE_LIVES: Final = timedelta(minutes=10)
"""From the asking to the typing, and once more from there to the last yes."""
MOST_CONVERSATIONS: Final = 6
"""Of one person: the channels there are, and a second browser or phone."""


class CodeNotOpen(ValueError):
    """Nobody asked for this code, or it has expired, or it has been typed already."""


class CodeOfThisConversation(ValueError):
    """The code was typed where it was given out."""


class LinkedAlready(ValueError):
    """Both conversations are one person's already."""


class TooMuchToLink(ValueError):
    """Together they would have more conversations, or follow more schools, than one person may."""


class LinkNotOpen(ValueError):
    """There is no such request of this conversation any more, or it is not this one's turn."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two conversations that are about to be one person's."""

    id: int
    asking: Conversation
    answering: Conversation
    asked_at: datetime


async def ask(
    session: AsyncSession, conversation: Conversation, *, code: str, keys: Keys, now: datetime
) -> None:
    """Open a code for this conversation; one that it had before is worth nothing from now on."""
    await session.execute(delete(LinkRequest).where(LinkRequest.asking_id == conversation.id))
    session.add(
        LinkRequest(
            code_hmac=_hashed(keys, code),
            asking_id=conversation.id,
            agreed=False,
            created_at=now,
            expires_at=now + CODE_LIVES,
        )
    )
    await session.flush()


async def type_in(
    session: AsyncSession, conversation: Conversation, *, code: str, keys: Keys, now: datetime
) -> Link:
    """The code was typed here: spend it, so that it opens nothing anywhere else. Nothing is linked yet.

    Raises:
        CodeNotOpen, CodeOfThisConversation, LinkedAlready: see there.
    """
    request = await session.scalar(
        select(LinkRequest)
        .where(
            LinkRequest.code_hmac == _hashed(keys, code),
            LinkRequest.answering_id.is_(None),
            LinkRequest.expires_at > now,
        )
        .with_for_update()
    )
    if request is None:
        raise CodeNotOpen
    if request.asking_id == conversation.id:
        raise CodeOfThisConversation
    link = await _link(session, request, conversation)
    if link.asking.person_id == conversation.person_id:
        raise LinkedAlready
    # One that was typed here before and left open makes room.
    await session.execute(delete(LinkRequest).where(LinkRequest.answering_id == conversation.id))
    request.answering_id = conversation.id
    request.expires_at = now + CODE_LIVES
    await session.flush()
    return link


async def agree(session: AsyncSession, conversation: Conversation, *, link_id: int, now: datetime) -> Link:
    """The yes of the conversation where the code was typed.

    Raises:
        LinkNotOpen: see there.
    """
    request = await _open(session, link_id, now)
    if request is None or request.answering_id != conversation.id:
        raise LinkNotOpen
    request.agreed = True
    await session.flush()
    return await _link(session, request, conversation)


async def waiting_for(session: AsyncSession, conversation: Conversation, now: datetime) -> Link | None:
    """The other conversation that has said yes to this one's code; None while there is none."""
    request = await session.scalar(
        select(LinkRequest).where(
            LinkRequest.asking_id == conversation.id, LinkRequest.agreed, LinkRequest.expires_at > now
        )
    )
    if request is None:
        return None
    answering = await session.get_one(Conversation, request.answering_id)
    return Link(request.id, conversation, answering, request.created_at)


async def link(
    session: AsyncSession, conversation: Conversation, *, link_id: int, most_followed: int, now: datetime
) -> Link:
    """The last yes, of the conversation that asked: from now on both are one person's.

    What either follows and has agreed to is the person's. Checks and reports stay with the conversation in
    which they were made.

    Raises:
        LinkNotOpen, TooMuchToLink: see there.
    """
    request = await _open(session, link_id, now)
    if request is None or request.asking_id != conversation.id or not request.agreed:
        raise LinkNotOpen
    answering = await session.get_one(Conversation, request.answering_id)
    linked = Link(request.id, conversation, answering, request.created_at)
    keeps, joins = conversation.person_id, answering.person_id
    # Held until the commit: what either begins to follow meanwhile would else be lost.
    await session.scalars(
        select(Person).where(Person.id.in_((keeps, joins))).order_by(Person.id).with_for_update()
    )
    followed = await session.scalar(
        select(func.count(func.distinct(Subscription.school_id))).where(
            Subscription.person_id.in_((keeps, joins))
        )
    )
    conversations = await session.scalar(
        select(func.count()).select_from(Conversation).where(Conversation.person_id.in_((keeps, joins)))
    )
    if (followed or 0) > most_followed or (conversations or 0) > MOST_CONVERSATIONS:
        raise TooMuchToLink
    await _copy_wishes(session, source=joins, target=keeps)
    await session.execute(update(Conversation).where(Conversation.person_id == joins).values(person_id=keeps))
    if keeps != joins:
        await session.execute(delete(Person).where(Person.id == joins))
    await session.delete(request)
    await session.flush()
    return linked


async def refuse(session: AsyncSession, conversation: Conversation) -> None:
    """A no, of either side: everything that is open with this conversation is void."""
    await session.execute(
        delete(LinkRequest).where(
            (LinkRequest.asking_id == conversation.id) | (LinkRequest.answering_id == conversation.id)
        )
    )


async def others_of(session: AsyncSession, conversation: Conversation) -> Sequence[Conversation]:
    """The person's other conversations, the oldest first."""
    return (
        await session.scalars(
            select(Conversation)
            .where(Conversation.person_id == conversation.person_id, Conversation.id != conversation.id)
            .order_by(Conversation.id)
        )
    ).all()


async def part(session: AsyncSession, conversation: Conversation, now: datetime) -> Sequence[Conversation]:
    """Make this conversation a person of its own again; the ones it was linked with.

    Both keep what they follow: nobody loses a school's warnings by it.
    """
    others = await others_of(session, conversation)
    if others:
        alone = Person(created_at=now)
        session.add(alone)
        await session.flush()
        await _copy_wishes(session, source=conversation.person_id, target=alone.id)
        conversation.person_id = alone.id
        await session.flush()
    return others


async def is_open(session: AsyncSession, conversation: Conversation, now: datetime) -> bool:
    """Whether anything of this conversation waits for a code or a yes."""
    return (
        await session.scalar(
            select(LinkRequest.id)
            .where(
                (LinkRequest.asking_id == conversation.id) | (LinkRequest.answering_id == conversation.id),
                LinkRequest.expires_at > now,
            )
            .limit(1)
        )
    ) is not None


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget codes and requests that have expired."""
    await session.execute(delete(LinkRequest).where(LinkRequest.expires_at <= now))


async def _copy_wishes(session: AsyncSession, *, source: int, target: int) -> None:
    """What one person follows and has agreed to, for another; what that one has already stays as it is."""
    for followed in await session.scalars(
        select(Subscription).where(Subscription.person_id == source).order_by(Subscription.id)
    ):
        await insert_or_ignore(
            session,
            Subscription,
            person_id=target,
            school_id=followed.school_id,
            commune_code=followed.commune_code,
            created_at=followed.created_at,
        )
    for consent in await session.scalars(
        select(models.Consent).where(models.Consent.person_id == source).order_by(models.Consent.id)
    ):
        await insert_or_ignore(
            session,
            models.Consent,
            person_id=target,
            kind=consent.kind,
            version=consent.version,
            given_at=consent.given_at,
        )


async def _open(session: AsyncSession, link_id: int, now: datetime) -> LinkRequest | None:
    return await session.scalar(
        select(LinkRequest).where(LinkRequest.id == link_id, LinkRequest.expires_at > now).with_for_update()
    )


async def _link(session: AsyncSession, request: LinkRequest, answering: Conversation) -> Link:
    asking = await session.get_one(Conversation, request.asking_id)
    return Link(request.id, asking, answering, request.created_at)


def _hashed(keys: Keys, code: str) -> str:
    return keys.hmac(f"link:{code}")
