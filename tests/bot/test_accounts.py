"""/toilaai names our accounts, so that a false one can be told."""

from typing import Any

import pytest

from bot.accounts import official_accounts
from bot.messages import Channel, Link
from bot.settings import Settings
from bot.text_form import as_text
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from tests.bot.conftest import Clock, Limits, make_chat

EVERYWHERE: dict[str, Any] = {
    "demo": False,
    "public_url": "https://goilai.example",
    "telegram_token": "4242:x",
    "telegram_name": "@goilai_vidu_bot",
    "zalo_bot_token": "12:x",
    "zalo_bot_name": "Bot Gọi Lại",
    "zalo_bot_link": "https://zalo.example/bot",
    "zalo_oa_id": "388613280878808645",
    "zalo_oa_app_id": "360846524940903967",
    "zalo_oa_secret": "x",
    "zalo_oa_app_secret": "x",
    "zalo_oa_name": "Gọi Lại Lâm Đồng",
}


def make_settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue]


def test_every_open_channel_is_listed_with_its_name_and_what_opens_it() -> None:
    accounts = official_accounts(make_settings(**EVERYWHERE))
    assert [(account.channel, account.name, account.link) for account in accounts] == [
        (Channel.ZALO_OA, "Gọi Lại Lâm Đồng", "https://zalo.me/388613280878808645"),
        (Channel.ZALO_BOT, "Bot Gọi Lại", "https://zalo.example/bot"),
        (Channel.WEB, "goilai.example", "https://goilai.example"),
        (Channel.TELEGRAM, "@goilai_vidu_bot", "https://t.me/goilai_vidu_bot"),
    ]


def test_a_channel_that_is_off_is_not_listed() -> None:
    assert official_accounts(make_settings()) == ()


def test_an_open_channel_without_a_stated_name_is_listed_all_the_same() -> None:
    (account,) = official_accounts(make_settings(demo=False, telegram_token="4242:x"))
    assert (account.channel, account.name, account.link) == (Channel.TELEGRAM, "", "")


def test_a_link_that_is_none_is_not_made_one() -> None:
    (account,) = official_accounts(
        make_settings(demo=False, zalo_bot_token="1:x", zalo_bot_link="javascript:1")
    )
    assert account.link == ""


@pytest.mark.parametrize("channel", list(Channel))
async def test_asked_who_it_is_it_lists_them_on_every_channel(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits, channel: Channel
) -> None:
    chat = make_chat(database, knowledge, clock, limits, channel, make_settings(**EVERYWHERE))

    reply = await chat.say("/toilaai")

    text = as_text(reply, numbered=True)
    assert "Zalo OA (tài khoản chính thức): Gọi Lại Lâm Đồng" in text
    assert "Zalo Bot: Bot Gọi Lại" in text
    assert "Telegram: @goilai_vidu_bot" in text
    assert "tự xưng Gọi Lại là giả" in text
    assert Link("https://zalo.me/388613280878808645", "Mở Zalo OA (tài khoản chính thức)") in reply.links


async def test_without_any_account_nothing_is_listed(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    reply = await make_chat(database, knowledge, clock, limits).say("/toilaai")
    assert reply.advice == ()
    assert reply.links == ()


async def test_content_that_zalo_withholds_is_answered_with_another_way_in(
    database: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    chat = make_chat(database, knowledge, clock, limits, Channel.ZALO_BOT, make_settings(**EVERYWHERE))

    reply = await chat.say(unreadable=True, withheld=True)

    assert reply.headline.startswith("🔧 CHƯA KIỂM TRA ĐƯỢC – Zalo không cho máy đọc")
    assert reply.links == (Link("https://goilai.example", "Kiểm tra trên trang web"),)
    assert [call.dial for call in reply.calls] == ["113"]
