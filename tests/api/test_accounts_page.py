"""/toilaai lists which accounts are ours: the place to look when one seems false."""

import re

import pytest

from api.app import create_app
from tests.api.doubles import NOW, Desk, make_settings
from tests.api.serving import served, visiting

ZALO = {
    "demo": False,
    "public_url": "https://goilai.example",
    "telegram_token": "4242:x",
    "telegram_name": "goilai_vidu_bot",
    "zalo_bot_token": "12:x",
    "zalo_bot_name": "Bot Gọi Lại <thử>",
    "zalo_bot_link": "javascript:alert(1)",
    "zalo_oa_id": "388613280878808645",
    "zalo_oa_app_id": "1",
    "zalo_oa_secret": "x",
    "zalo_oa_app_secret": "x",
}


async def page_of(desk: Desk, language: str = "vi") -> str:
    app = create_app(desk.settings, opening=desk.open, clock=lambda: NOW)
    async with served(app) as url, visiting(url) as client:
        client.cookies.set("ngon_ngu", language)
        return (await client.get("/toilaai")).text


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_open_channel_is_listed_and_can_be_opened(language: str) -> None:
    page = await page_of(Desk(settings=make_settings(**ZALO)), language)
    links = re.findall(r'<a href="(https://[^"]+)" rel="noopener">([^<]+)</a>', page)
    assert links == [
        ("https://zalo.me/388613280878808645", "https://zalo.me/388613280878808645"),
        ("https://goilai.example", "goilai.example"),
        ("https://t.me/goilai_vidu_bot", "@goilai_vidu_bot"),
    ]
    assert "Zalo Bot: Bot Gọi Lại &lt;thử&gt;" in page
    assert "javascript" not in page


async def test_without_any_channel_there_is_no_list() -> None:
    assert 'id="accounts"' not in await page_of(Desk())
