"""With the records gone: the words are still judged, nothing is called unknown, 113 is always there."""

import pytest

from bot.conversation import respond_without_records
from bot.messages import Channel, ConversationId, Incoming, Reply
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.knowledge import KnowledgeUnavailable
from scamcheck.reasons import Level
from tests.bot.conftest import Chat, assert_presentable
from tests.builders import NOW

EMERGENCY = "Con anh bị tai nạn đang cấp cứu ở Chợ Rẫy, chuyển ngay 30 triệu vào tài khoản này để mổ gấp"


async def answer(text: str = "", *, channel: Channel = Channel.TELEGRAM, **more: object) -> Reply:
    incoming = Incoming(ConversationId(channel, "bot", "1"), "1", NOW, text=text, **more)  # pyright: ignore[reportArgumentType]
    (reply,) = await respond_without_records(incoming, NOW)
    assert_presentable(reply, incoming.language)
    assert "113" in [call.dial for call in reply.calls]
    return reply


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_blatant_scam_is_still_suspicious(channel: Channel) -> None:
    reply = await answer(EMERGENCY, channel=channel)
    assert reply.level is Level.SUSPICIOUS
    assert "chưa xem được danh sách" in reply.reasons[-1]


@pytest.mark.parametrize(
    "text", ["0912 345 678", "mai 7h họp phụ huynh nhé", "chào bạn", "", "   ", "/trogiup", "1"]
)
async def test_anything_else_cannot_be_checked_and_gets_the_steps(text: str) -> None:
    reply = await answer(text)
    assert reply.level is Level.CANNOT_CHECK
    assert reply.headline.startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")
    assert len(reply.steps) >= 3


async def test_a_tap_on_what_was_said_is_judged() -> None:
    assert (await answer(action="said:child_emergency")).level is Level.SUSPICIOUS


@pytest.mark.parametrize("action", ["school:1", "said:lies", "report:abc", "nonsense"])
async def test_other_taps_cannot_be_answered_now(action: str) -> None:
    assert (await answer(action=action)).level is Level.CANNOT_CHECK


async def test_a_picture_cannot_be_read_either() -> None:
    assert "chưa đọc được ảnh" in (await answer(unreadable=True)).headline


@pytest.mark.parametrize(
    ("more", "begins"),
    [({"action": "sent_money"}, "GỌI NGÂN HÀNG"), ({"text": "tôi đang nghe máy"}, "CÚP MÁY")],
)
async def test_the_help_of_the_minute_needs_no_records(more: dict[str, str], begins: str) -> None:
    assert (await answer(**more)).headline.startswith(begins)  # pyright: ignore[reportArgumentType]


async def test_no_choice_needs_a_record() -> None:
    assert not any(":" in choice.token for choice in (await answer(EMERGENCY)).choices)


async def test_english_is_answered_in_english() -> None:
    assert (await answer("", language="en")).headline.startswith("🔧 COULD NOT CHECK")


async def test_records_that_vanish_mid_check_leave_the_words_judged(
    text_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gather(*_: object) -> None:
        raise KnowledgeUnavailable

    monkeypatch.setattr(SqlKnowledgeBase, "gather", gather)
    suspicious = await text_chat.say(EMERGENCY)
    assert suspicious.level is Level.SUSPICIOUS
    assert "chưa xem được danh sách" in suspicious.reasons[-1]
    text_chat.address = "somebody else"
    unknown = await text_chat.say("0912 345 678")
    assert unknown.level is Level.CANNOT_CHECK


async def test_records_that_vanish_while_a_school_is_searched_are_a_fault_not_an_answer(
    text_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def search_schools(*_: object) -> None:
        raise KnowledgeUnavailable

    monkeypatch.setattr(SqlKnowledgeBase, "search_schools", search_schools)
    assert (await text_chat.say("/tim thcs ví dụ")).level is Level.CANNOT_CHECK
