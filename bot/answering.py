"""Answering claimed events: the effects, the outgoing messages and "done" are one transaction.

A failure is noted on its event; at the first one the person gets what can be said without the records.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.awaited_answers import Answered, AwaitedAnswers, EventKey
from bot.conversation import respond_without_records
from bot.failpoints import failpoint
from bot.messages import Channel, ConversationId, Incoming, Reply
from bot.messages_json import PayloadUnreadable, incoming_from_json, reply_to_json
from bot.replies import HEADLINE_LIMIT, fixed_steps, shortened
from bot.sending import Sender
from bot.texts import load
from db import inbox, outbox, people, wakeups
from db.engine import Database
from db.inbox import InboxItem
from db.models import Conversation, Lane, Outbox
from db.wakeups import Topic
from scamcheck.duty_hours import VIETNAM

LATE: Final = timedelta(minutes=2)
"""An answer later than this says to which message it belongs."""

Respond = Callable[[Incoming, AsyncSession, Conversation, datetime], Awaitable[tuple[Reply, ...]]]
"""Answers one event inside the given transaction, at the given time."""

log = structlog.get_logger(__name__)


class Answering:
    """Answers what waits in the inbox, and tells whoever waits for an answer or sends it.

    `clock` is the time of day, `record_clock` the time that processes share and that never jumps.
    """

    def __init__(  # noqa: PLR0913
        self,
        database: Database,
        respond: Respond,
        *,
        clock: Callable[[], datetime],
        record_clock: Callable[[], datetime],
        awaited: AwaitedAnswers,
        senders: Sequence[Sender],
    ) -> None:
        self._database = database
        self._respond = respond
        self._clock = clock
        self._record_clock = record_clock
        self._awaited = awaited
        self._senders = senders
        self._troubled = False

    def take_trouble(self) -> bool:
        """Whether a failure could not be noted since this was asked last: its event is due again at once."""
        troubled, self._troubled = self._troubled, False
        return troubled

    async def work_off(self, limit: int) -> int:
        """Claim and answer at most `limit` events in one transaction; what fails is done singly."""
        items: list[InboxItem] = []
        try:
            async with self._database.transaction() as session:
                items = await inbox.claim_inbox(session, now=self._record_clock(), limit=limit)
                answer = self._answer_alone if len(items) == 1 else self._answer_all
                answered = await answer(session, items)
        except Exception as error:
            if not items:
                raise
            for item in items:
                await self._answer_singly(item, error if len(items) == 1 else None)
        else:
            self._say_answered(answered)
        return len(items)

    async def _answer_all(
        self, session: AsyncSession, items: Sequence[InboxItem]
    ) -> list[tuple[InboxItem, Answered]]:
        """Answer claimed events inside the transaction that claimed them, and mark them as done."""
        if not items:
            return []
        failpoint("work.claimed")
        now = self._clock()
        conversations = await people.conversations_for(session, items, now=now)
        answered = [
            (item, await self._answer(session, item, conversation, now))
            for item, conversation in zip(items, conversations, strict=True)
        ]
        # Everything that the answers record is written together; their ids are known from here on.
        await session.flush()
        await inbox.finish_all(session, items, self._record_clock())
        await self._tell_others(session, items)
        failpoint("work.before_commit")
        return [
            (item, Answered(tuple(row.id for row in rows), replies)) for item, (rows, replies) in answered
        ]

    async def _answer(
        self, session: AsyncSession, item: InboxItem, conversation: Conversation, now: datetime
    ) -> tuple[list[Outbox], tuple[Reply, ...]]:
        incoming = incoming_from_json(item.payload)
        replies = marked_late(await self._respond(incoming, session, conversation, now), incoming, now)
        return [self._queue(session, incoming.conversation, item, reply) for reply in replies], replies

    async def _answer_alone(
        self, session: AsyncSession, items: Sequence[InboxItem]
    ) -> list[tuple[InboxItem, Answered]]:
        """Answer one claimed event or note its failure, its claim held: no other worker comes between."""
        try:
            async with session.begin_nested():
                return await self._answer_all(session, items)
        except Exception as error:  # noqa: BLE001 - the person gets the steps and it is tried again
            for item in items:
                await self._note_failure(session, item, error)
            return [(item, Answered((), ())) for item in items]

    async def _answer_singly(self, item: InboxItem, failed: Exception | None) -> None:
        """Once more, alone: one event's failure must not hold up those it was claimed with."""
        try:
            async with self._database.transaction() as session:
                # Empty when another worker has it meanwhile.
                again = await inbox.claim_inbox(session, now=self._record_clock(), limit=1, only=item.id)
                if failed is None:
                    answered = await self._answer_alone(session, again)
                else:  # what it was claimed in could not be committed
                    for claimed in again:
                        await self._note_failure(session, claimed, failed)
                    answered = [(claimed, Answered((), ())) for claimed in again]
        except Exception as error:  # noqa: BLE001 - it stays in the inbox and is tried again
            log.warning("delivery.failure_not_noted", channel=item.channel, error=type(error).__name__)
            self._troubled = True
            self._awaited.give_up(_key(item), error)
        else:
            self._say_answered(answered)

    async def _note_failure(self, session: AsyncSession, item: InboxItem, error: Exception) -> None:
        """Note a failure; at the first one the person gets what can be said without the records."""
        # Only the class: the words of an error may repeat what a parent wrote.
        log.error(
            "delivery.failed", channel=item.channel, error=type(error).__name__, failures=item.failures + 1
        )
        metrics.FAILED.labels(item.channel.value).inc()
        if item.failures == 0:
            for reply in await self._first_aid(item, self._clock()):
                self._queue(session, _place(item), item, reply)
        set_aside = await inbox.fail_inbox(
            session, item, error_class=type(error).__name__, now=self._record_clock()
        )
        await self._tell_others(session, [item])
        if set_aside:
            metrics.SET_ASIDE.labels(item.channel.value).inc()
            log.error("delivery.set_aside", channel=item.channel, error=type(error).__name__)

    async def _first_aid(self, item: InboxItem, now: datetime) -> tuple[Reply, ...]:
        try:
            return await respond_without_records(incoming_from_json(item.payload), now)
        except PayloadUnreadable:
            texts = load("vi")
            return (fixed_steps(texts, texts.get("headline.cannot_check")),)

    def _queue(self, session: AsyncSession, place: ConversationId, item: InboxItem, reply: Reply) -> Outbox:
        return outbox.enqueue(
            session,
            conversation=place,
            inbox_id=item.id,
            lane=Lane.ANSWER,
            payload=reply_to_json(reply),
            now=self._record_clock(),
        )

    async def _tell_others(self, session: AsyncSession, items: Sequence[InboxItem]) -> None:
        """Wake whoever sends these answers, or waits for them, in another process."""
        ours = {sender.account for sender in self._senders if sender.is_active}
        if any(
            _key(item) not in self._awaited and (item.channel.value, item.bot_account) not in ours
            for item in items
        ):
            await wakeups.tell(session, Topic.OUTBOX)

    def _say_answered(self, answered: Sequence[tuple[InboxItem, Answered]]) -> None:
        if answered:
            failpoint("work.committed")
        now = self._record_clock()
        for item, answer in answered:
            if answer.outbox_ids:
                metrics.ANSWERED.labels(item.channel.value).inc()
                metrics.ANSWER_SECONDS.observe((now - item.received_at).total_seconds())
            self._awaited.answered(_key(item), answer)
        for sender in self._senders:
            sender.wake()


def marked_late(replies: Sequence[Reply], incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
    """The replies as they are; late ones say to which message they belong."""
    if not replies or now - incoming.received_at <= LATE:
        return tuple(replies)
    at = incoming.received_at.astimezone(VIETNAM).strftime("%H:%M")
    first = f"{load(incoming.language).get('note.late', time=at)}. {replies[0].headline}"
    return (replace(replies[0], headline=shortened(first, HEADLINE_LIMIT)), *replies[1:])


def _key(item: InboxItem) -> EventKey:
    return item.channel.value, item.bot_account, item.event_id


def _place(item: InboxItem) -> ConversationId:
    return ConversationId(Channel(item.channel.value), item.bot_account, item.address)
