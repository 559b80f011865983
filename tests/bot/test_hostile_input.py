"""Whatever comes in gets a clear answer, and nothing is lost."""

import pytest

from bot.limits import Limits
from bot.text_form import as_text
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.reasons import Level
from tests.bot.conftest import Chat, Clock, make_chat

HOSTILE = {
    "a megabyte": "con cấp cứu chuyển tiền " * 45_000,
    "a megabyte without spaces": "a" * 1_000_000,
    "binary": bytes(range(256)).decode("latin-1") * 40,
    "only emoji": "😀🎉🚑" * 300,
    "invisible": "\u200b\u2060\ufeff\u00ad" * 500,
    "turned around": "\u202e0912 345 678\u202c",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='https://vi-du.example'>0912 345 678</a>",
    "markdown": "*_`[x](tg://user?id=1)`_* [bấm](https://vi-du.example/x) @everyone /xoa",
    "braces": "{thing} {0} {it!r} %s ${x} {{}}",
    "combining marks": "a" + "\u0301" * 5_000,
    "a flood of lines": "\n" * 50_000,
    "lone surrogate letters": "x\ud800y".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "digits only": "0" * 100_000,
    "a huge menu answer": "1" * 5_000,
    "a huge command": "/kiemtra" + " x" * 100_000,
    "sql": "'; DROP TABLE inbox; --",
    "null": "\x00\x00",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_gets_a_clear_answer(text_chat: Chat, name: str) -> None:
    reply = await text_chat.say(HOSTILE[name])
    assert len(as_text(reply, numbered=True)) <= 2000
    assert "<script" not in as_text(reply, numbered=True)
    assert "https://" not in as_text(reply, numbered=True)


async def test_nothing_readable_is_said_to_be_unreadable_not_unknown(text_chat: Chat) -> None:
    assert (await text_chat.say("😀🎉🚑")).level is Level.CANNOT_CHECK


async def test_five_hundred_numbers_are_more_than_anybody_needs(text_chat: Chat) -> None:
    reply = await text_chat.say("\n".join(f"09{number:08}" for number in range(10_000_000, 10_000_500)))
    assert "hỏi rất nhiều" in reply.headline
    assert reply.calls[0].dial == "113"


async def test_twenty_questions_a_minute_are_answered_and_the_next_gets_the_steps(text_chat: Chat) -> None:
    for _ in range(20):
        assert (await text_chat.say("0977 111 222")).level is Level.UNKNOWN
    refused = await text_chat.say("0977 111 222")
    assert "hỏi rất nhiều" in refused.headline
    assert (await text_chat.say("tôi đã chuyển tiền")).headline.startswith("GỌI NGÂN HÀNG")
    text_chat.clock.forward(minutes=1)
    assert (await text_chat.say("0977 111 222")).level is Level.UNKNOWN


async def test_more_reports_than_anybody_needs_are_refused(text_chat: Chat) -> None:
    for number in range(11):
        asked = await text_chat.pick(
            await text_chat.say(f"09771112{number:02} đòi chuyển tiền gấp"), "report:"
        )
        answer = await text_chat.pick(asked, "report_yes:")
        text_chat.clock.forward(minutes=1)
    assert "hỏi rất nhiều" in answer.headline


async def test_when_everybody_asks_at_once_the_steps_are_given(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock
) -> None:
    chat = make_chat(database, knowledge, clock, Limits(clock.seconds, checks_by_all=1))
    await chat.say("0977 111 222")
    assert (await chat.say("0977 111 222")).headline.startswith("Máy đang quá tải")


async def test_a_decoy_hotline_in_the_text_is_never_shown_as_a_contact(text_chat: Chat) -> None:
    reply = await text_chat.say(
        "Trường THCS Ví Dụ Bằng Lăng xã Đức Lập báo con bị tai nạn cấp cứu, chuyển tiền gấp. "
        "Đường dây nóng của trường: 0977 111 222, công an 0977 111 333, 1900 1234"
    )
    dials = [call.dial for call in reply.calls]
    assert dials[0] == "+842610111003"
    assert not {"+84977111222", "+84977111333", "19001234"} & set(dials)
    assert "977 111" not in as_text(reply, numbered=True)
