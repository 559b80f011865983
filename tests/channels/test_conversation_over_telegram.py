"""Parents talk with the whole service over HTTP, by polling and by webhook."""

import itertools
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.channels.peer import Peer
from tests.channels.phones import Phone, named_bot
from tests.channels.running import SCAM, WAYS, RunningBot, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOTLINES = {"+842630111001", "+84530111001"}
"""Of the invented school, in and outside its duty hours."""
STRANGERS = itertools.count(1000)
"""Each test is somebody whom the service does not know yet."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bots(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, RunningBot]]:
    """The service twice, with its invented records: polling, and taking webhooks."""
    started: dict[str, RunningBot] = {}
    async with AsyncExitStack() as stack:
        for way in WAYS:
            database = tmp_path_factory.mktemp(way) / "goilai.db"
            shutil.copy(template, database)
            peer = await stack.enter_async_context(Peer().serving())
            started[way] = await stack.enter_async_context(running(peer, database, way))
            await started[way].load_records()
        yield started
    assert [bot.peer.complaints for bot in started.values()] == [[], []]


@pytest.fixture(params=WAYS)
def bot(bots: dict[str, RunningBot], request: pytest.FixtureRequest) -> RunningBot:
    return bots[request.param]


@pytest.fixture
def parent(bot: RunningBot) -> Phone:
    return Phone(bot.peer, next(STRANGERS))


@pytest.fixture
def group(bot: RunningBot, parent: Phone) -> Phone:
    return Phone(bot.peer, parent.person, group=-100_000 - parent.person)


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
    await parent.says("0912 345 678")
    asked = await parent.sees(1)
    assert "❔" in asked
    assert any("cấp cứu" in label for label in parent.buttons)

    await parent.taps("cấp cứu")
    judged = await parent.sees(2)
    assert judged.startswith("⚠️")

    await parent.says("tiểu học Ví Dụ Hoa Sen, Xuân Hương Đà Lạt")
    await parent.sees(3)
    if any("Hoa Sen" in label for label in parent.buttons):  # one candidate is still asked about
        await parent.taps("Hoa Sen")
    await bot.peer.until(lambda: len(parent.cards) == 1)

    assert parent.cards[0]["phone_number"] in HOTLINES
    assert parent.texts[-1].startswith("⚠️")
    assert "Hoa Sen" in parent.texts[-1]


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
    origin = {"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "Cô Lan"}
    await parent.says(SCAM, forward_origin=origin)
    forwarded = await parent.sees(1)
    assert forwarded.startswith("⚠️")

    await parent.does(contact={"phone_number": "+84530000113", "first_name": "Bác sĩ"})
    await parent.sees(2)

    assert parent.texts[-1].startswith("⛔ ĐỪNG CHUYỂN TIỀN")


async def test_a_hidden_link_target_is_checked(bot: RunningBot, parent: Phone) -> None:
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
    await parent.says("0912 345 679")
    await parent.sees(1)

    await parent.edits("0530 000 113")
    await parent.sees(2)

    assert parent.texts[-1].startswith("⛔")


async def test_a_photo_without_words_is_answered_with_what_to_do_instead(parent: Phone) -> None:
    await parent.does(photo=[{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}])

    assert (await parent.sees(1)).startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")


async def test_it_leaves_a_group_when_told_and_says_so_first(bot: RunningBot, group: Phone) -> None:
    await group.says("/roinhom")

    answer = await group.sees(1)
    await bot.peer.until(lambda: group.chat in bot.peer.left)

    assert answer.startswith("Vâng, tôi rời nhóm ngay")
    assert group.chat in bot.peer.left


async def test_in_private_there_is_nothing_to_leave(bot: RunningBot, parent: Phone) -> None:
    await parent.says("/roinhom")

    await parent.sees(1)

    assert parent.chat not in bot.peer.left


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
