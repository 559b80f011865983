"""No token, secret or word of a parent is in any log, at the most talkative level, on a day when all goes wrong."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import structlog

from tests.channels.everywhere import TELEGRAM_SECRET, ZALO_SECRET, Everywhere, everywhere
from tests.channels.peer import TOKEN as TELEGRAM_TOKEN
from tests.channels.peer import AcceptThenDrop, Garbage, Refuse
from tests.channels.test_token_secrecy import Everything, everything  # noqa: F401 - a fixture
from tests.channels.zalo_bot_peer import TOKEN, ZaloPhone
from tests.channels.zalo_oa_peer import APP_SECRET, FIRST_REFRESH, OA_SECRET, OaPhone
from tests.servers import NO_CERTIFICATES

PLANTED = "Con chị Hạnh lớp 3A đang cấp cứu, chuyển 17 triệu"
SECRETS = (
    TELEGRAM_TOKEN,
    TELEGRAM_SECRET,
    TOKEN,
    ZALO_SECRET,
    OA_SECRET,
    APP_SECRET,
    FIRST_REFRESH,
    "access-token-nobody-else-knows",
    "refresh-token-nobody-else-knows",
    "token-nobody-else-knows",
    "Hạnh",
)


@pytest.fixture
async def service(template: Path, tmp_path: Path) -> AsyncIterator[Everywhere]:
    async with everywhere(Path(shutil.copy(template, tmp_path / "goilai.db")), records=False) as started:
        yield started


async def test_nothing_secret_is_found_anywhere(
    service: Everywhere,
    everything: Everything,  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    structlog.reset_defaults()
    logging.getLogger("tests").debug("the handler hears")
    bot, account = ZaloPhone(service.zalo_bot, "71"), OaPhone(service.zalo_oa, "71")
    service.zalo_bot.play("sendMessage", Garbage(200, PLANTED), Refuse(500, PLANTED), AcceptThenDrop())
    service.zalo_oa.play("cs", Garbage(502, PLANTED), Refuse(-200, PLANTED), AcceptThenDrop())
    await service.zalo_oa.until(lambda: service.zalo_oa.access_token != "")
    await bot.says(PLANTED)
    await account.says(PLANTED)
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, verify=NO_CERTIFICATES) as client:
        for path in ("/webhooks/zalo-bot", "/webhooks/zalo-oa"):
            await client.post(path, content=PLANTED.encode(), headers={"X-ZEvent-Signature": OA_SECRET})
    await asyncio.gather(bot.sees(1, seconds=40), account.sees(1, seconds=40))
    service.zalo_oa.play("access_token", Refuse(-14014, FIRST_REFRESH))
    service.zalo_oa.expire_access()
    await account.says(PLANTED)
    await service.zalo_oa.until(lambda: len(service.zalo_oa.made("access_token")) >= 2, seconds=40)
    await asyncio.sleep(0.2)

    written = capfd.readouterr()
    heard = "\n".join((*everything.lines, written.out, written.err))
    assert "the handler hears" in heard
    assert "zalo_oa.link_needed" in heard
    assert "webhook.refused" in heard
    assert [secret for secret in SECRETS if secret in heard] == []
    assert [secret for secret in SECRETS if secret in repr(service.services.doors)] == []
    assert [secret for secret in SECRETS if secret in repr(service.services.settings)] == []
