"""Faults around a conversation: what is acknowledged is answered, once, in order, and to the right parent."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.messages import Channel, ConversationId, Reply
from bot.messages_json import reply_to_json
from db import outbox
from db.models import Conversation, Lane
from tests.channels.peer import BOT_ID, AcceptThenDrop, Peer, too_many
from tests.channels.phones import Phone
from tests.channels.running import SCAM, WAYS, RunningBot, running

PARENT, OTHER = 71, 72


@pytest.fixture(params=WAYS)
async def bot(peer: Peer, database: Path, request: pytest.FixtureRequest) -> AsyncIterator[RunningBot]:
    async with running(peer, database, request.param) as started:
        await peer.until(lambda: peer.webhook is not None or len(peer.made("getUpdates")) > 0)
        yield started


@pytest.fixture
def parent(bot: RunningBot) -> Phone:
    return Phone(bot.peer, PARENT)


async def dead_since(bot: RunningBot, chat: int) -> datetime | None:
    async with bot.services.database.reading() as session:
        query = select(Conversation.dead_since).where(Conversation.address == str(chat))
        return await session.scalar(query)


async def test_with_empty_records_a_parent_still_hears_what_to_do(parent: Phone) -> None:
    await parent.says(SCAM + ", cháu học trường tiểu học Nguyễn Du")

    answer = await parent.sees(1)

    assert answer.startswith("⚠️")
    assert "113" in answer
    assert "số đã lưu" in answer or "không dùng số trong tin" in answer
    assert parent.cards == []


async def test_an_update_delivered_twice_is_answered_once(bot: RunningBot, parent: Phone) -> None:
    await parent.says("0912 345 678")
    again = dict(bot.peer._pending[0]) if bot.peer._pending else None
    await parent.sees(1)
    if again is None:
        again = {"update_id": 700_001, "message": parent.message(text="0912 345 678")}

    await bot.peer.deliver_again(again)
    await bot.peer.until(lambda: bot.peer.unconfirmed == [])
    await parent.says("/start")
    await parent.sees(2)

    assert sum(text.startswith("❔") for text in parent.texts) == 1


async def test_quick_messages_of_one_parent_are_answered_in_their_order(
    bot: RunningBot, parent: Phone
) -> None:
    numbers = [f"0912 345 6{number:02}" for number in range(8)]
    for number in numbers:
        await parent.says(number)

    await parent.sees(len(numbers), seconds=30)

    tails = [re.search(r"••• (\d{3})", text) for text in parent.texts]
    assert [found and found[1] for found in tails] == [number[-3:] for number in numbers]


async def test_a_parent_who_blocked_the_bot_does_not_hold_up_the_others(
    bot: RunningBot, parent: Phone
) -> None:
    other = Phone(bot.peer, OTHER)
    bot.peer.blocked.add(PARENT)
    await parent.says("0912 345 678")
    await other.says("0912 345 678")
    await other.sees(1)

    await parent.blocks()
    await bot.peer.until(lambda: bot.peer.unconfirmed == [])
    assert parent.screen == []
    assert await dead_since(bot, PARENT) is not None

    bot.peer.blocked.clear()
    await parent.says("/start")
    assert (await parent.sees(1)).startswith("Chào bạn")
    assert await dead_since(bot, PARENT) is None


async def test_after_a_rate_limit_every_answer_arrives_once(bot: RunningBot, parent: Phone) -> None:
    other = Phone(bot.peer, OTHER)
    bot.peer.play("sendMessage", too_many(1), chat=PARENT)
    await parent.says("0912 345 678")
    await other.says("0912 345 678")

    await parent.sees(1)
    await other.sees(1)

    assert len(parent.screen) == 1
    assert len(other.screen) == 1


async def test_a_limit_on_bulk_messages_does_not_hold_up_an_answer(bot: RunningBot, parent: Phone) -> None:
    bot.peer.play("sendMessage", too_many(30), chat=OTHER)
    place = ConversationId(Channel.TELEGRAM, str(BOT_ID), str(OTHER))
    async with bot.services.database.transaction() as session:
        await outbox.queue(
            session,
            conversation=place,
            inbox_id=None,
            lane=Lane.BULK,
            payload=reply_to_json(Reply("Cảnh báo của trường")),
            now=datetime.now(UTC),
        )
    await bot.peer.until(lambda: len(bot.peer.made("sendMessage")) == 1)

    await parent.says("/start")

    assert (await parent.sees(1)).startswith("Chào bạn")
    assert Phone(bot.peer, OTHER).screen == []


async def test_an_answer_whose_fate_is_unknown_is_sent_again(bot: RunningBot, parent: Phone) -> None:
    bot.peer.play("sendMessage", AcceptThenDrop())
    await parent.says("0912 345 678")

    await parent.sees(2, seconds=20)

    assert parent.texts[0] == parent.texts[1]


async def test_when_nothing_can_be_recorded_the_parent_is_helped_at_once_and_answered_later(
    bot: RunningBot, parent: Phone
) -> None:
    async with bot.refusing_messages():
        await parent.says(SCAM)
        helped = await parent.sees(1)
        assert helped.startswith("⚠️")
        assert "113" in helped
        if bot.url is not None:
            await bot.peer.until(lambda: 503 in bot.peer.webhook_answers)
        assert bot.peer.unconfirmed != []
        await asyncio.sleep(0.2)
        assert len(parent.screen) == 1

    answered = await parent.sees(2, seconds=60)
    await bot.peer.until(lambda: bot.peer.unconfirmed == [], seconds=60)

    assert answered.startswith("⚠️")
    assert len(parent.screen) == 2


async def test_nothing_a_parent_wrote_stays_in_the_database_file(bot: RunningBot, parent: Phone) -> None:
    planted = "Bé Quỳnh Anh lớp 3A4 ngã ở sân, cô Mỹ Hạnh bảo chuyển 17 triệu"
    await parent.says(planted)
    await parent.sees(1)
    await parent.taps("Báo")
    await parent.sees(2)
    await parent.taps("ồng ý")
    await parent.sees(3)
    await bot.peer.until(lambda: bot.peer.unconfirmed == [])
    await bot.services.database.erase_traces()

    files = [path for path in bot.database.parent.iterdir() if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert b"goilai" in content or b"conversation" in content
    for trace in ("Quỳnh Anh", "Mỹ Hạnh", "3A4", "17 triệu"):
        assert trace.encode() not in content
        assert trace.encode("unicode_escape") not in content
        assert trace.encode("utf-16-le") not in content


async def test_a_group_that_became_a_supergroup_keeps_its_conversation(bot: RunningBot) -> None:
    old, new = Phone(bot.peer, PARENT, group=-55), Phone(bot.peer, PARENT, group=-100_900)
    await old.says("/trogiup")
    await old.sees(1)

    await old.does(migrate_to_chat_id=-100_900)
    await bot.peer.until(lambda: bot.peer.unconfirmed == [])
    await new.says("/trogiup")
    await new.sees(1)

    async with bot.services.database.reading() as session:
        addresses = await session.scalars(select(Conversation.address))
        assert list(addresses) == ["-100900"]
