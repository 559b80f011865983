"""The registry starts empty: every journey is still answered well, on every kind of channel."""

from collections.abc import AsyncIterator

import pytest

from bot.limits import Limits
from bot.messages import Channel
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.reasons import Level
from tests.bot.conftest import Chat, Clock, make_chat

EMERGENCY = "Có người gọi nói con tôi đang cấp cứu ở Chợ Rẫy, bảo chuyển 30 triệu gấp để mổ"


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture(params=[Channel.WEB, Channel.TELEGRAM, Channel.ZALO_BOT])
def chat(request: pytest.FixtureRequest, database: Database, clock: Clock, limits: Limits) -> Chat:
    return make_chat(database, SqlKnowledgeBase(database), clock, limits, request.param)


async def test_an_emergency_is_answered_with_steps_hospital_and_police_in_words(chat: Chat) -> None:
    reply = await chat.say(EMERGENCY)
    assert reply.level is Level.SUSPICIOUS
    advice = " ".join(reply.advice)
    assert "Con học trường nào?" in advice
    assert "số đã lưu sẵn trong máy" in advice
    assert "đến thẳng" in advice
    assert "công an xã, phường nơi bạn ở" in advice
    assert "113" in advice


async def test_a_school_nobody_recorded_is_not_invented(chat: Chat) -> None:
    await chat.say(EMERGENCY)
    reply = await chat.say("thcs nguyễn du xã đức lập")
    assert not [call for call in reply.calls if len(call.dial) > 3]
    assert not any(choice.token.startswith("school:") for choice in reply.choices)


async def test_looking_up_says_that_it_is_not_found_and_how_to_search(chat: Chat) -> None:
    await chat.say("/tim")
    assert "thcs … xã …" in (await chat.say("/tim thcs nguyễn du")).headline


@pytest.mark.parametrize("said", ["tôi đang nghe máy", "tôi đã chuyển tiền"])
async def test_the_help_of_the_minute_always_has_113(chat: Chat, said: str) -> None:
    assert "113" in [call.dial for call in (await chat.say(said)).calls]


async def test_a_number_is_unknown_and_the_obvious_question_is_asked(chat: Chat) -> None:
    reply = await chat.say("0977 111 222")
    assert reply.level is Level.UNKNOWN
    assert reply.question == "Người gọi nói gì?"


async def test_following_finds_no_school_and_says_so(chat: Chat) -> None:
    assert "chưa theo dõi" in (await chat.say("/theodoi")).headline
    assert "Không tìm thấy trường" in (await chat.say("/theodoi nguyễn du")).headline
