"""Staff in chat: linked with a code from the console; counts and proposals there, decisions never.

A link says in which role a conversation works; the role is looked up anew each time, so whoever is out at
the desk is out in chat. What an actor of a chat can do is bounded by their having no sign-in: nothing that
asks for the second factor lets them through. The way to a decision is a link into the console, which is good
for one person, one version of one proposal, once and for minutes.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql import Select

from db import audit, changes, identity, models, outbox, proposal_lists, rights
from db.approvals import AlreadyDecided, ProposalChanged
from db.keys import Keys
from db.models import Lane, Outcome, ProposalStatus
from db.rights import Actor, NotEligible, Permission, StepUpNeeded
from db.second_factor import letters_of

CODE_LASTS: Final = timedelta(minutes=10)
DECISION_LINK_LASTS: Final = timedelta(minutes=10)
KEPT: Final = timedelta(days=1)
"""Codes and links into the console, used or not, are forgotten after this."""
ENDED_KEPT: Final = timedelta(days=180)
PREFIX: Final = "LK"

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 12
"""60 random bits for ten minutes, kept under a key that is not in the database."""
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_SIGN_IN: Final = 0
_AT_ONCE: Final = 50


class ChatCodeNotValid(PermissionError):
    """The code was used, has expired, was never given out, or its person has no such role any more."""


class ChatLinkNotFound(LookupError):
    """This person has no such conversation linked."""


class DecisionLinkNotFound(LookupError):
    """The link was used, has expired, or is somebody else's; which of them is not said."""


@dataclass(frozen=True, slots=True)
class _Place:
    channel: str
    bot_account: str
    address: str


async def new_code(session: AsyncSession, *, actor: Actor, keys: Keys, now: datetime) -> str:
    """A code for one conversation, to be shown once; an earlier one that was not used ends.

    Raises:
        NotAllowed, NotEligible: see `db.rights`.
        StepUpNeeded: the second factor was not proven just now.
    """
    rights.require(actor, Permission.LINK_CHAT)
    if not actor.stepped_up(now):
        raise StepUpNeeded
    await rights.standing(session, actor.membership_id)
    await session.execute(
        delete(models.ChatCode).where(
            models.ChatCode.used_at.is_(None),
            models.ChatCode.membership_id.in_(
                select(models.Membership.id).where(models.Membership.staff_id == actor.staff_id)
            ),
        )
    )
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    session.add(
        models.ChatCode(
            code_hmac=_hmac(keys, letters),
            membership_id=actor.membership_id,
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    await session.flush()
    await audit.record(session, actor=actor, action="chat.code", subject=f"staff:{actor.public_id}", now=now)
    return "-".join((PREFIX, letters[:4], letters[4:8], letters[8:]))


async def link(
    session: AsyncSession, conversation: models.Conversation, code: str, *, keys: Keys, now: datetime
) -> Actor | None:
    """Link the conversation of whoever sent the code; None, with an entry in the audit, when it is not good.

    It is used up by the first who sends it. What the conversation was linked to before ends.
    """
    await changes.one_at_a_time(session)
    membership = await _use_code(session, code, keys, now)
    if membership is None:
        await audit.record(
            session,
            actor=None,
            action="chat.link",
            subject=f"conversation:{conversation.id}",
            facts={"because": ChatCodeNotValid.__name__},
            outcome=Outcome.REFUSED,
            now=now,
        )
        return None
    await _end(session, now, models.ChatLink.conversation_id == conversation.id)
    row = models.ChatLink(membership_id=membership.id, conversation_id=conversation.id, linked_at=now)
    session.add(row)
    await session.flush()
    actor = _actor(membership, row.id)
    await audit.record(
        session,
        actor=actor,
        action="chat.link",
        subject=f"chat:{row.id}",
        facts={"channel": conversation.channel.value},
        now=now,
    )
    return actor


async def burn(session: AsyncSession, code: str, *, keys: Keys, now: datetime) -> None:
    """Use up a code that others could read, in a group: nobody shall link with it."""
    await changes.one_at_a_time(session)
    await _use_code(session, code, keys, now)


async def actor_in(session: AsyncSession, conversation: models.Conversation) -> Actor | None:
    """Who works in this conversation at this moment, and in which role; None for everybody else."""
    row = await session.scalar(_current().where(models.ChatLink.conversation_id == conversation.id))
    return None if row is None else _actor(row.membership, row.id)


async def unlink(session: AsyncSession, conversation: models.Conversation, *, now: datetime) -> bool:
    """End the link of a conversation, from the chat; False when there was none."""
    actor = await actor_in(session, conversation)
    if actor is None:
        return False
    ended = await _end(session, now, models.ChatLink.conversation_id == conversation.id)
    await _record_end(session, actor, ended, now)
    return True


async def end_link(session: AsyncSession, *, actor: Actor, link_id: int, now: datetime) -> None:
    """End a link of the actor's own, from the console.

    Raises:
        ChatLinkNotFound: see there.
    """
    own = models.ChatLink.membership_id.in_(
        select(models.Membership.id).where(models.Membership.staff_id == actor.staff_id)
    )
    ended = await _end(session, now, models.ChatLink.id == link_id, own)
    if not ended:
        raise ChatLinkNotFound(link_id)
    await _record_end(session, actor, ended, now)


async def links_of(session: AsyncSession, actor: Actor) -> tuple[models.ChatLink, ...]:
    """The conversations that the actor has linked, the latest first."""
    return tuple(
        await session.scalars(
            _current()
            .options(joinedload(models.ChatLink.conversation))
            .where(models.Membership.staff_id == actor.staff_id)
            .order_by(models.ChatLink.id.desc())
        )
    )


async def decision_link(session: AsyncSession, *, actor: Actor, proposal_id: str, now: datetime) -> str:
    """The token of a link into the console, to a proposal as it is now; good for this person, once.

    Raises:
        ProposalNotFound: it is none of this office's business.
        AlreadyDecided: there is nothing to decide any more.
    """
    proposal = await proposal_lists.proposal_for(session, actor=actor, proposal_id=proposal_id)
    if proposal.status is not ProposalStatus.PROPOSED:
        raise AlreadyDecided(proposal_id)
    token = secrets.token_urlsafe(identity.TOKEN_BYTES)
    session.add(
        models.DecisionLink(
            token_hash=identity.token_hash(token),
            chat_link_id=actor.chat_link_id,
            staff_id=actor.staff_id,
            proposal_id=proposal.id,
            version_hash=proposal.version_hash,
            created_at=now,
            expires_at=now + DECISION_LINK_LASTS,
        )
    )
    await session.flush()
    await audit.record(
        session, actor=actor, action="chat.decision_link", subject=f"proposal:{proposal_id}", now=now
    )
    return token


async def require_decision_link(session: AsyncSession, *, actor: Actor, token: str, now: datetime) -> None:
    """Refuse whoever may not use this link. Looking at it, however often, uses nothing up.

    Raises:
        DecisionLinkNotFound: see there.
    """
    await _decision_link(session, actor, token, now)


async def use_decision_link(session: AsyncSession, *, actor: Actor, token: str, now: datetime) -> str:
    """Use the link up; the public id of the proposal it leads to.

    Raises:
        DecisionLinkNotFound: see there.
        ProposalChanged: it is not what the chat spoke of any more.
        StepUpNeeded: the second factor was not proven just now.
    """
    if not actor.stepped_up(now):
        raise StepUpNeeded
    await changes.one_at_a_time(session)
    found = await _decision_link(session, actor, token, now)
    proposal = await session.get_one(models.Proposal, found.proposal_id)
    if proposal.version_hash != found.version_hash:
        raise ProposalChanged(proposal.public_id)
    found.used_at = now
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="chat.decision_link_used",
        subject=f"proposal:{proposal.public_id}",
        now=now,
    )
    return proposal.public_id


async def queue_notices(
    session: AsyncSession, *, payload: Callable[[models.Notice], str], now: datetime
) -> int:
    """Queue what offices are told for the chats of those who work there; how many messages.

    To be called every few seconds; each notice goes out once. A browser is told in the console.
    """
    waiting = (
        await session.scalars(
            select(models.Notice)
            .where(models.Notice.told_at.is_(None))
            .order_by(models.Notice.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    ).all()
    queued = 0
    for notice in waiting:
        for place in await _places_of(session, notice.office_id):
            await outbox.queue(
                session,
                conversation=place,
                inbox_id=None,
                lane=Lane.STAFF,
                payload=payload(notice),
                now=now,
            )
            queued += 1
        notice.told_at = now
    await session.flush()
    return queued


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget codes and links into the console after a day, and links that ended after 180 days."""
    await session.execute(delete(models.ChatCode).where(models.ChatCode.expires_at < now - KEPT))
    await session.execute(delete(models.DecisionLink).where(models.DecisionLink.expires_at < now - KEPT))
    await session.execute(delete(models.ChatLink).where(models.ChatLink.ended_at < now - ENDED_KEPT))


async def _places_of(session: AsyncSession, office_id: int) -> list[_Place]:
    rows = await session.execute(
        select(models.Conversation.channel, models.Conversation.bot_account, models.Conversation.address)
        .join(models.ChatLink, models.ChatLink.conversation_id == models.Conversation.id)
        .join(models.ChatLink.membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .where(
            models.ChatLink.ended_at.is_(None),
            rights.current(),
            models.Membership.office_id == office_id,
            models.Conversation.channel != models.ChannelName.WEB,
            models.Conversation.dead_since.is_(None),
        )
        .order_by(models.ChatLink.id)
    )
    return [_Place(*row) for row in rows]


def _current() -> Select[models.ChatLink]:
    """Links whose person, role and office are active, whoever ended what."""
    return (
        select(models.ChatLink)
        .join(models.ChatLink.membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(
            contains_eager(models.ChatLink.membership).options(
                contains_eager(models.Membership.staff), contains_eager(models.Membership.office)
            )
        )
        .where(models.ChatLink.ended_at.is_(None), rights.current())
        .execution_options(populate_existing=True)
    )


async def _use_code(session: AsyncSession, code: str, keys: Keys, now: datetime) -> models.Membership | None:
    membership_id = await session.scalar(
        update(models.ChatCode)
        .where(
            models.ChatCode.code_hmac == _hmac(keys, letters_of(code).removeprefix(PREFIX)),
            models.ChatCode.used_at.is_(None),
            models.ChatCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(models.ChatCode.membership_id)
    )
    if membership_id is None:
        return None
    try:
        return await rights.standing(session, membership_id)
    except NotEligible:
        return None


async def _end(session: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> list[int]:
    ended = await session.scalars(
        update(models.ChatLink)
        .where(models.ChatLink.ended_at.is_(None), *which)
        .values(ended_at=now)
        .returning(models.ChatLink.id)
    )
    return list(ended)


async def _record_end(session: AsyncSession, actor: Actor, ended: list[int], now: datetime) -> None:
    for link_id in ended:
        await audit.record(session, actor=actor, action="chat.unlink", subject=f"chat:{link_id}", now=now)


async def _decision_link(
    session: AsyncSession, actor: Actor, token: str, now: datetime
) -> models.DecisionLink:
    found = await session.scalar(
        select(models.DecisionLink)
        .join(models.ChatLink, models.ChatLink.id == models.DecisionLink.chat_link_id)
        .where(
            models.DecisionLink.token_hash == identity.token_hash(token),
            models.DecisionLink.staff_id == actor.staff_id,
            models.DecisionLink.used_at.is_(None),
            models.DecisionLink.expires_at > now,
            models.ChatLink.ended_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise DecisionLinkNotFound
    return found


def _actor(membership: models.Membership, link_id: int) -> Actor:
    return Actor(
        staff_id=membership.staff_id,
        public_id=membership.staff.public_id,
        name=membership.staff.name,
        person_key=membership.staff.email_key,
        membership_id=membership.id,
        office_id=membership.office_id,
        office_public_id=membership.office.public_id,
        office_kind=membership.office.kind,
        office_name=membership.office.name,
        role=membership.role,
        session_id=_NO_SIGN_IN,
        stepped_up_at=_NEVER,
        is_example=membership.staff.is_example,
        chat_link_id=link_id,
    )


def _hmac(keys: Keys, letters: str) -> str:
    return keys.hmac(f"chat-code:{letters}")
