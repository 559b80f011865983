"""/noi: a parent's channels become one person's, as seen in the conversations themselves."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.conversation import follow_school
from bot.limits import Limits
from bot.messages import Channel, Reply
from db import left_messages
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from tests.bot.conftest import SETTINGS, Chat, Clock, make_chat

SCHOOL = "thcs ví dụ bằng lăng xã đức lập"
CODE = re.compile(r"[2-9B-Z]{4}-[2-9B-Z]{4}")


class Family:
    """The same person on two channels, and a stranger; all answered by the same delivery."""

    def __init__(self, here: Chat, another: Callable[[str, Channel], Chat]) -> None:
        self.here, self.another = here, another
        self.there = another("there", Channel.ZALO_OA)
        self.stranger = another("a stranger", Channel.TELEGRAM)

    async def code(self) -> str:
        found = CODE.search((await self.here.say("/noi")).headline)
        assert found
        return found[0]

    async def link(self) -> Reply:
        asked = await self.there.say(f"/noi {await self.code()}")
        await self.there.pick(asked, "link_yes:")
        return await self.here.pick(await self.here.say("/noi"), "link_join:")

    def heard(self, chat: Chat) -> list[Reply]:
        """Whoever of them sent it: two on one channel share its sender."""
        everything = (
            pair for one in (self.here, self.there, self.stranger) for pair in one.platform.received
        )
        return [reply for address, reply in everything if address == chat.address]


@pytest.fixture
def family(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits, chat: Chat
) -> Family:
    def another(address: str, channel: Channel) -> Chat:
        made = make_chat(database, knowledge, clock, limits, channel)
        made.address = address
        made.events = 1000 * len(address)
        return made

    return Family(chat, another)


async def test_two_channels_are_linked_by_a_code_and_a_yes_on_each(family: Family) -> None:
    await family.there.say("/theodoi")
    await family.there.pick(await family.there.say(SCHOOL), "follow:")
    done = await family.link()
    assert done.headline == "Đã nối với Zalo OA (tài khoản chính thức)"
    listed = await family.here.say("/theodoi")
    assert any("Bằng Lăng" in line for line in listed.steps)
    held = await family.here.say("/dulieu")
    assert any(line.startswith("Đã nối với: Zalo OA") for line in held.steps)


async def test_before_the_yes_it_is_said_what_linking_means_and_where_the_other_is(family: Family) -> None:
    asked = await family.there.say(f"nối kênh {(await family.code()).lower()}")
    assert "Nối cuộc trò chuyện này với một cuộc trò chuyện trên" in asked.headline
    assert any("10:00" in step for step in asked.steps)
    assert any("xóa được dữ liệu" in step for step in asked.steps)
    noted = await family.there.pick(asked, "link_yes:")
    assert "Còn một bước" in noted.headline
    confirm = await family.here.say("/noi")
    assert confirm.headline.endswith("Có phải chính bạn không?")
    assert "Zalo OA" in confirm.headline


async def test_a_code_that_leaked_links_nothing_without_the_owners_yes(family: Family) -> None:
    asked = await family.stranger.say(f"/noi {await family.code()}")
    await family.stranger.pick(asked, "link_yes:")
    refused = await family.here.pick(await family.here.say("/noi"), "link_no")
    assert refused.headline.startswith("Không nối gì cả")
    held = await family.stranger.say("/dulieu")
    assert not any("Đã nối" in line for line in held.steps)
    too_late = await family.stranger.tap(asked.choices[0])
    assert too_late.headline == "Yêu cầu nối kênh này không còn hiệu lực"


async def test_who_is_told_to_send_a_code_can_say_no_in_words(family: Family) -> None:
    asked = await family.there.say(f"/noi {await family.code()}")
    assert any("chọn “Không phải tôi”" in step for step in asked.steps)
    assert (await family.there.say("không nối")).headline.startswith("Không nối gì cả")
    assert (await family.here.tap("link_seen")).headline.startswith("Chưa thấy mã")


@pytest.mark.parametrize(
    "token", ["link_yes:1", "link_join:1", "link_yes:x", "link_join:", f"link_yes:{'9' * 30}"]
)
async def test_a_made_up_token_links_nothing(family: Family, token: str) -> None:
    await family.there.say(f"/noi {await family.code()}")
    assert (await family.stranger.tap(token)).headline == "Yêu cầu nối kênh này không còn hiệu lực"


async def test_looking_whether_it_was_typed_keeps_the_code_usable(family: Family) -> None:
    code = await family.code()
    again = await family.here.tap("link_seen")
    assert again.headline.startswith("Chưa thấy mã")
    asked = await family.there.say(f"/noi {code}")
    await family.there.pick(asked, "link_yes:")
    assert (await family.here.pick(again, "link_seen")).headline.endswith("Có phải chính bạn không?")


async def test_what_cannot_be_linked_is_said(family: Family) -> None:
    code = await family.code()
    assert (await family.here.say(f"/noi {code}")).headline.startswith("Mã này để nhập ở kênh khác")
    assert (await family.there.say("/noi 2222-2222")).headline.startswith("Mã này không có")
    family.here.clock.forward(minutes=11)
    assert (await family.there.say(f"/noi {code}")).headline.startswith("Mã này không có")
    await family.link()
    assert (
        await family.there.say(f"/noi {await family.code()}")
    ).headline == "Hai kênh này đã nối với nhau rồi"


async def test_codes_cannot_be_tried_out_or_collected(family: Family) -> None:
    tried = [await family.there.say(f"/noi 2222-222{digit}") for digit in "23456789BCD"]
    assert [reply.headline.startswith("Bạn đã lấy hoặc nhập mã nhiều lần") for reply in tried] == [
        False
    ] * 10 + [True]
    asked = [await family.stranger.say("/noi") for _ in range(6)]
    assert [bool(CODE.search(reply.headline)) for reply in asked] == [True] * 5 + [False]


async def test_too_many_schools_together_are_not_linked(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    await family.there.say("/theodoi")
    await family.there.pick(await family.there.say(SCHOOL), "follow:")
    monkeypatch.setattr("bot.conversation.link_channels.MAX_FOLLOWED", 0)
    assert (await family.link()).headline.startswith("Chưa nối được")


async def test_the_other_side_is_written_to_unless_it_is_a_web_page(family: Family) -> None:
    await family.link()
    await family.there.deliver()
    heard = [reply.headline for reply in family.heard(family.here)]
    typed = "Mã nối kênh của bạn vừa được nhập trên Zalo OA (tài khoản chính thức)"
    # A page is answered when it asks; a message to it would wait for nobody.
    assert (typed in heard) is (family.here.platform.channel is not Channel.WEB)
    assert any(reply.headline.startswith("Đã nối với ") for reply in family.heard(family.there))


async def test_a_page_finds_at_its_next_visit_that_it_was_linked_and_parted(
    family: Family, database: Database
) -> None:
    page = family.another("a page", Channel.WEB)
    zalo = family.there
    code = CODE.search((await zalo.say("/noi")).headline)
    assert code
    await page.pick(await page.say(f"/noi {code[0]}"), "link_yes:")
    await zalo.pick(await zalo.say("/noi"), "link_join:")
    await zalo.pick(await zalo.say("/noi"), "unlink")
    async with database.reading() as session:
        found = [payload for _, payload in await left_messages.waiting(session, page.place)]
    assert len(found) == 2
    assert "Đã nối với" in found[0]
    assert "không còn nối" in found[1]


async def test_unlinking_tells_the_other_side_and_keeps_what_is_followed(family: Family) -> None:
    await family.there.say("/theodoi")
    await family.there.pick(await family.there.say(SCHOOL), "follow:")
    await family.link()
    offered = await family.here.say("/noi")
    assert any(line.startswith("Cuộc trò chuyện này đang nối với: Zalo OA") for line in offered.advice)
    assert (await family.here.pick(offered, "unlink")).headline == "Đã tách kênh này ra"
    await family.there.deliver()
    told = [reply.headline for reply in family.heard(family.there)]
    assert any(headline.endswith("không còn nối với cuộc trò chuyện này") for headline in told)
    assert any("Bằng Lăng" in line for line in (await family.here.say("/theodoi")).steps)
    assert (await family.here.tap("unlink")).headline == "Kênh này chưa nối với kênh nào"


async def test_stopping_on_one_channel_stops_on_all(family: Family) -> None:
    await family.there.say("0530 000 113")
    assert (await family.there.say("báo tôi nếu kết luận thay đổi")).headline.startswith("Được.")
    await family.link()
    await family.here.say("/dung")
    held = await family.there.say("/dulieu")
    assert not any("Lần hẹn báo" in line for line in held.steps)


async def test_deleting_says_where_and_deletes_on_every_linked_channel(family: Family) -> None:
    await family.there.say("0977 111 222")
    await family.link()
    asked = await family.here.say("/xoa")
    assert any("xóa ở tất cả các kênh đó" in line and "Zalo OA" in line for line in asked.advice)
    erased = await family.here.pick(asked, "erase_yes")
    assert any(line.startswith("Đã xóa ở: ") and "Zalo OA" in line for line in erased.steps)
    for chat in (family.there, family.here):
        held = await chat.say("/dulieu")
        assert held.steps == ("Địa chỉ để trả lời bạn trên kênh này.",)


async def test_deleting_here_only_leaves_the_other_channel_and_says_so(family: Family) -> None:
    await family.there.say("/theodoi")
    await family.there.pick(await family.there.say(SCHOOL), "follow:")
    await family.link()
    erased = await family.here.pick(await family.here.say("/xoa"), "erase_here")
    assert any(line.startswith("Chỉ xóa ở: ") for line in erased.steps)
    held = await family.there.say("/dulieu")
    assert any("Bằng Lăng" in line for line in held.steps)
    assert not any("Đã nối" in line for line in held.steps)
    assert not any("Bằng Lăng" in line for line in (await family.here.say("/dulieu")).steps)


async def test_deleting_the_only_channel_alone_says_nothing_of_others(text_chat: Chat) -> None:
    erased = await text_chat.tap("erase_here")
    assert erased.headline.startswith("Đã xóa hết")
    assert not any("Chỉ xóa" in line for line in erased.steps)


async def test_what_was_erased_on_all_channels_is_in_the_ledger_for_each(family: Family) -> None:
    before = lines_of(SETTINGS.erasures_file)
    await family.link()
    await family.here.pick(await family.here.say("/xoa"), "erase_yes")
    assert lines_of(SETTINGS.erasures_file) == before + 2


def lines_of(ledger: Path) -> int:
    return len(ledger.read_bytes().splitlines()) if ledger.exists() else 0


async def test_an_open_code_is_among_what_is_held(family: Family) -> None:
    await family.code()
    held = await family.here.say("/dulieu")
    assert any("Một mã nối kênh" in line for line in held.steps)


async def test_the_deep_link_carries_the_code_to_telegram(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    settings = SETTINGS.model_copy(
        update={
            "telegram_token": SecretStr("1:t"),
            "telegram_name": "GoiLaiBot",
            "public_url": "https://goilai.example",
        }
    )
    web = make_chat(database, knowledge, clock, limits, Channel.WEB, settings)
    telegram = make_chat(database, knowledge, clock, limits, Channel.TELEGRAM, settings)
    telegram.address, telegram.events = "phone", 1000
    offered = await web.say("/noi")
    (link,) = offered.links
    assert link.url.startswith("https://t.me/GoiLaiBot?start=l_")
    assert link.scan
    asked = await telegram.say(start=link.url.partition("start=")[2])
    assert asked.headline.startswith("Nối cuộc trò chuyện này với một cuộc trò chuyện trên Trang web")
    await telegram.pick(asked, "link_yes:")
    assert (await web.pick(offered, "link_seen")).headline.endswith("Có phải chính bạn không?")


async def test_a_school_to_follow_is_still_followed_by_its_link(text_chat: Chat) -> None:
    unknown = await text_chat.say(start=f"{follow_school.LINK_PREFIX}999")
    assert "Mã trường này không còn dùng" in unknown.headline
    assert (await text_chat.say(start="something_else")).headline.startswith("Chào bạn")


async def test_a_group_is_never_linked(family: Family) -> None:
    family.stranger.is_group = True
    code = await family.code()
    assert "nhắn riêng" in (await family.stranger.say(f"/noi {code}")).headline
    assert (await family.there.say(f"/noi {code}")).headline.startswith("Nối cuộc trò chuyện này")
