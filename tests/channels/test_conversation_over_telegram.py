"""Parents talk with the whole service over HTTP, by polling and by webhook."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.peer import AcceptThenDrop, Peer, too_many
from tests.channels.phones import Phone, named_bot
from tests.channels.running import WAYS, RunningBot, running

PARENT, OTHER, GROUP = 71, 72, -100500
HOTLINES = {"+842630111001", "+84530111001"}
"""Of the invented school, in and outside its duty hours."""
SCAM = "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở Chợ Rẫy, chuyển ngay 30 triệu vào tài khoản để mổ"


@pytest.fixture(params=WAYS)
async def bot(peer: Peer, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[RunningBot]:
    async with running(peer, tmp_path / "goilai.db", request.param) as started:
        await peer.until(lambda: peer.webhook is not None or len(peer.made("getUpdates")) > 0)
        yield started


@pytest.fixture
def parent(bot: RunningBot) -> Phone:
    return Phone(bot.peer, PARENT)


@pytest.fixture
def group(bot: RunningBot) -> Phone:
    return Phone(bot.peer, PARENT, group=GROUP)


async def test_a_greeting_is_greeted_back_by_a_machine_that_says_so(parent: Phone) -> None:
    await parent.says("/start")

    answer = await parent.sees(1)

    assert answer.startswith("Chào bạn")
    assert "máy trả lời tự động" in answer


async def test_a_scam_is_called_one_with_113_and_nothing_of_it_to_tap(parent: Phone) -> None:
    await parent.says(SCAM + " 0912345678 http://vidu-lua.example/x")

    answer = await parent.sees(1)

    first_line = answer.splitlines()[0]
    assert first_line.startswith("⚠️")
    assert "LỪA ĐẢO" in first_line
    assert len(first_line) <= 160
    assert "113" in answer
    assert "0912345678" not in answer.replace(" ", "")
    assert "http://vidu-lua" not in answer


async def test_a_number_then_a_tap_then_the_school_lead_to_its_hotline(
    bot: RunningBot, parent: Phone
) -> None:
    await bot.load_records()
    await parent.says("0912 345 678")
    asked = await parent.sees(1)
    assert "❔" in asked
    assert any("cấp cứu" in label for label in parent.buttons)

    await parent.taps("cấp cứu")
    judged = await parent.sees(2)
    assert judged.startswith("⚠️")

    await parent.says("tiểu học Ví Dụ Hoa Sen, Xuân Hương Đà Lạt")
    await parent.sees(3)
    if not parent.cards:  # one candidate is still asked about: "Có phải … ?"
        await parent.taps("Hoa Sen")
    await bot.peer.until(lambda: len(parent.cards) == 1)

    assert parent.cards[0]["phone_number"] in HOTLINES
    assert parent.texts[-1].startswith("⚠️")
    assert "Hoa Sen" in parent.texts[-1]


async def test_with_empty_records_a_parent_still_hears_what_to_do(parent: Phone) -> None:
    await parent.says(SCAM + ", cháu học trường tiểu học Nguyễn Du")

    answer = await parent.sees(1)

    assert answer.startswith("⚠️")
    assert "113" in answer
    assert "số đã lưu" in answer or "không dùng số trong tin" in answer
    assert parent.cards == []


async def test_a_report_needs_consent_and_gives_a_case_code(parent: Phone) -> None:
    await parent.says(SCAM)
    await parent.sees(1)
    await parent.taps("Báo")
    consent = await parent.sees(2)
    assert "đồng ý" in consent

    await parent.taps("ồng ý")

    filed = await parent.sees(3)
    assert re.search(r"GL-[A-Z0-9]{4}-[A-Z0-9]{2}", filed)


async def test_a_poster_is_followed_and_from_then_on_the_hotline_comes_with_every_warning(
    bot: RunningBot, parent: Phone
) -> None:
    await bot.load_records()
    (school,) = [each.school for each in await bot.services.knowledge.search_schools("Ví Dụ Hoa Sen")][:1]
    await parent.says(f"/start s_{school.id}")
    followed = await parent.sees(1)
    assert "Hoa Sen" in followed
    before = len(parent.screen)

    await parent.says(SCAM)
    await bot.peer.until(lambda: len(parent.screen) > before and parent.texts[-1].startswith("⚠️"))
    await bot.peer.until(lambda: parent.cards != [])

    assert parent.cards[-1]["phone_number"] in HOTLINES


async def test_a_forwarded_message_and_a_contact_card_are_checked(bot: RunningBot, parent: Phone) -> None:
    await bot.load_records()
    origin = {"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "Cô Lan"}
    await parent.says(SCAM, forward_origin=origin)
    forwarded = await parent.sees(1)
    assert forwarded.startswith("⚠️")

    await parent.does(contact={"phone_number": "+84530000113", "first_name": "Bác sĩ"})
    await parent.sees(2)

    assert parent.texts[-1].startswith("⛔ ĐỪNG CHUYỂN TIỀN")


async def test_a_hidden_link_target_is_checked(bot: RunningBot, parent: Phone) -> None:
    await bot.load_records()
    text = "Nhà trường hoàn học phí, phụ huynh bấm vào đây"
    hidden = {
        "type": "text_link",
        "offset": len(text) - len("vào đây"),
        "length": len("vào đây"),
        "url": "https://hoan-hoc-phi.vi-du.example/nhan",
    }
    await parent.says(text, entities=[hidden])

    answer = await parent.sees(1)

    assert answer.startswith("⛔ ĐỪNG CHUYỂN TIỀN")
    assert "https://hoan-hoc-phi" not in answer


async def test_an_edited_message_is_checked_anew(bot: RunningBot, parent: Phone) -> None:
    await bot.load_records()
    await parent.says("0912 345 679")
    await parent.sees(1)

    await parent.edits("0530 000 113")
    await parent.sees(2)

    assert parent.texts[-1].startswith("⛔")


async def test_a_photo_without_words_is_answered_with_what_to_do_instead(parent: Phone) -> None:
    await parent.does(photo=[{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}])

    assert (await parent.sees(1)).startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")


async def test_in_a_group_it_is_silent_until_called(group: Phone, parent: Phone) -> None:
    await group.says("Mai họp lúc 7 giờ, ai không đi được gọi 0912345678")
    await group.says(SCAM)
    text = f"@goilai_thu_bot {SCAM}"
    await group.says(text, entities=named_bot(text))

    answer = await group.sees(1)
    await parent.says("/start")
    await parent.sees(1)

    assert answer.startswith("⚠️")
    assert len(group.screen) == 1
    assert group.buttons == [] or all("http" not in label for label in group.buttons)


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

    bot.peer.blocked.clear()
    await parent.says("/start")
    assert (await parent.sees(1)).startswith("Chào bạn")


async def test_after_a_rate_limit_every_answer_arrives_once(bot: RunningBot, parent: Phone) -> None:
    other = Phone(bot.peer, OTHER)
    bot.peer.play("sendMessage", too_many(1), chat=PARENT)
    await parent.says("0912 345 678")
    await other.says("0912 345 678")

    await parent.sees(1)
    await other.sees(1)

    assert len(parent.screen) == 1
    assert len(other.screen) == 1


async def test_an_answer_whose_fate_is_unknown_is_sent_again(bot: RunningBot, parent: Phone) -> None:
    bot.peer.play("sendMessage", AcceptThenDrop())
    await parent.says("0912 345 678")

    await parent.sees(2, seconds=20)

    assert parent.texts[0] == parent.texts[1]


async def test_when_nothing_can_be_recorded_the_parent_is_helped_at_once_and_answered_later(
    bot: RunningBot, parent: Phone
) -> None:
    with bot.refusing_messages():
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
