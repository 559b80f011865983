"""What is written to a web visitor lies ready for that browser alone, until it was read or grew old."""

from datetime import timedelta

from sqlalchemy import select

from db import left_messages, mailbox, outbox
from db.engine import Database
from db.models import Lane, Outbox, OutboxStatus
from tests.builders import NOW
from tests.db.builders import make_conversation


async def test_it_is_there_until_it_was_read_and_for_nobody_else(database: Database) -> None:
    async with database.transaction() as session:
        visitor = await make_conversation(session, "visit-1", channel="web")
        other = await make_conversation(session, "visit-2", channel="web")
        chat = await make_conversation(session, "visit-1", channel="telegram")
        for lane, words in ((Lane.BULK, "đính chính"), (Lane.ANSWER, "trả lời")):
            await outbox.queue(
                session, conversation=visitor, inbox_id=None, lane=lane, payload=words, now=NOW
            )
        [(id_, payload)] = await left_messages.waiting(session, visitor)
        assert payload == "đính chính"
        assert await left_messages.waiting(session, other) == ()
        assert await left_messages.waiting(session, chat) == ()
        await left_messages.note_read(session, other, [id_], NOW)
        assert len(await left_messages.waiting(session, visitor)) == 1
        await left_messages.note_read(session, visitor, [id_, 10**100], NOW)
        assert await left_messages.waiting(session, visitor) == ()
        read = await session.get_one(Outbox, id_, populate_existing=True)
        assert (read.status, read.payload, read.address) == (OutboxStatus.SENT, None, None)


async def test_a_day_does_not_erase_it_but_ninety_do(database: Database) -> None:
    async with database.transaction() as session:
        visitor = await make_conversation(session, "visit-1", channel="web")
        await outbox.queue(
            session, conversation=visitor, inbox_id=None, lane=Lane.BULK, payload="đính chính", now=NOW
        )
    for later, kept in ((timedelta(days=2), 1), (left_messages.LEFT_FOR + timedelta(seconds=1), 0)):
        async with database.transaction() as session:
            await mailbox.forget_old(session, NOW + later)
            await left_messages.forget_old(session, NOW + later)
            assert len(await left_messages.waiting(session, visitor)) == kept
    async with database.reading() as session:
        row = (await session.scalars(select(Outbox))).one()
    assert (row.status, row.payload, row.address) == (OutboxStatus.FAILED, None, None)
