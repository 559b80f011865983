"""The log of a real process at DEBUG, on a bad day on every channel and at the desk: no secret and no word in it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from tests.channels import zalo_bot_peer, zalo_oa_peer
from tests.channels.everywhere import TELEGRAM_SECRET, ZALO_SECRET
from tests.channels.peer import TOKEN, AcceptThenDrop, Garbage, Peer, Refuse, address_of, free_listener
from tests.channels.phones import Phone
from tests.channels.zalo_bot_peer import ZaloBotPeer, ZaloPhone
from tests.channels.zalo_oa_peer import OaPhone, ZaloOaPeer
from tests.servers import NO_CERTIFICATES

ROOT = Path(__file__).parents[2]
PLANTED = "Con chị Hạnh lớp 3A đang cấp cứu, gọi 0912 345 678, chuyển 17 triệu vào 0531 000 222 444"
PERSON = "co.hanh@vi-du.example"
OF_THE_SERVICE = {
    "SECRET": "service-secret-nobody-else-knows-0123456789",
    "METRICS_TOKEN": "metrics-token-nobody-else-knows",
    "TELEGRAM_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
    "TELEGRAM_WEBHOOK_SECRET_OLD": "telegram-secret-of-before",
    "ZALO_BOT_TOKEN": zalo_bot_peer.TOKEN,
    "ZALO_BOT_WEBHOOK_SECRET": ZALO_SECRET,
    "ZALO_OA_SECRET": zalo_oa_peer.OA_SECRET,
    "ZALO_OA_APP_SECRET": zalo_oa_peer.APP_SECRET,
    "ZALO_OA_REFRESH_TOKEN": zalo_oa_peer.FIRST_REFRESH,
}
EVERYTHING_HEARD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from scripts.serve import main
sys.exit(main())
"""
"""The service where somebody also lets every library say all it can."""
TYPED = {
    "password": "password-nobody-else-knows",
    "code": "739146",
    "invitation": "invitation-nobody-else-knows",
    "cookie": "cookie-nobody-else-knows",
}
DATABASE_PASSWORD = "database-password-nobody-else-knows"
SECRETS = (
    *OF_THE_SERVICE.values(),
    *TYPED.values(),
    DATABASE_PASSWORD,
    "nobody-else-knows",  # every token that the platforms gave out, too
    PERSON,
    "Hạnh",
    "H\\u1ea1nh",
    "H%E1%BA%A1nh",
    "17 triệu",
    "912345678",
    "0912 345 678",
    "0531000222444",
    "0531 000 222 444",
)


@dataclass
class Bad:
    """The service, its platforms, and its records, which will fail."""

    url: str
    database_url: str
    log: Path
    telegram: Peer
    bot: ZaloBotPeer
    account: ZaloOaPeer

    async def change(self, *statements: str) -> None:
        await asyncio.to_thread(self._change, statements)

    def _change(self, statements: tuple[str, ...]) -> None:
        if self.database_url.startswith("sqlite"):
            import sqlite3  # noqa: PLC0415

            path = self.database_url.removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
                for statement in statements:
                    connection.execute(statement)
            return
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]

    @contextlib.asynccontextmanager
    async def refusing_messages(self) -> AsyncIterator[None]:
        """The record takes nothing in, and says whole rows when it says why."""
        if self.database_url.startswith("sqlite"):
            refuse = ("CREATE TRIGGER refuse BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END",)
            take = ("DROP TRIGGER refuse",)
        else:
            refuse = ("ALTER TABLE inbox ADD CONSTRAINT refuse CHECK (channel = 'nothing') NOT VALID",)
            take = ("ALTER TABLE inbox DROP CONSTRAINT refuse",)
        await self.change(*refuse)
        try:
            yield
        finally:
            await self.change(*take)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> str:
    if request.param == "sqlite":
        path = tmp_path / "goilai.db"
        path.write_bytes(template.read_bytes())
        return f"sqlite:///{path}"
    url = make_url(str(request.getfixturevalue("postgresql_url"))).set(drivername="postgresql")
    with_password = url if url.password else url.set(password=DATABASE_PASSWORD)
    return with_password.render_as_string(hide_password=False)


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Bad]:
    async with (
        Peer().serving() as telegram,
        ZaloBotPeer().serving() as bot,
        ZaloOaPeer().serving() as account,
    ):
        with contextlib.closing(free_listener()) as listener:
            url = address_of(listener)
        environment = {
            **OF_THE_SERVICE,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "DEBUG",
            "PORT": url.rpartition(":")[2],
            "PUBLIC_URL": url,
            "DATABASE_URL": database_url,
            "ERASURE_LEDGER": str(tmp_path / "erasures.jsonl"),
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_API_BASE": telegram.url,
            "ZALO_BOT_MODE": "webhook",
            "ZALO_BOT_API_BASE": bot.url,
            "ZALO_OA_ID": zalo_oa_peer.OA_ID,
            "ZALO_OA_APP_ID": zalo_oa_peer.APP_ID,
            "ZALO_OA_API_BASE": account.url,
            "ZALO_OA_OAUTH_BASE": account.url,
            "DRAIN_NOTICE_SECONDS": "0",
        }
        log = tmp_path / "log"
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                EVERYTHING_HEARD,
                cwd=tmp_path,
                env=environment,
                stdout=written,
                stderr=written,
            )
        try:
            account.listen_at(f"{url}/webhooks/zalo-oa")
            await telegram.until(lambda: telegram.webhook is not None, seconds=60)
            await bot.until(lambda: bot.webhook_url is not None, seconds=60)
            yield Bad(url, database_url, log, telegram, bot, account)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_nothing_secret_is_in_it(service: Bad) -> None:
    phones = Phone(service.telegram, 71), ZaloPhone(service.bot, "71"), OaPhone(service.account, "71")
    service.telegram.play("sendMessage", Garbage(200, PLANTED), Refuse(500, PLANTED), AcceptThenDrop())
    service.bot.play("sendMessage", Garbage(200, PLANTED), Refuse(500, PLANTED), AcceptThenDrop())
    service.account.play("cs", Garbage(502, PLANTED), Refuse(-200, PLANTED), AcceptThenDrop())
    async with httpx.AsyncClient(
        base_url=service.url, trust_env=False, verify=NO_CERTIFICATES, timeout=30
    ) as web:
        async with service.refusing_messages():
            for phone in phones:
                await phone.says(PLANTED)
            asked = await web.post("/chat", data={"text": PLANTED, "event_id": str(uuid4())})
            assert asked.status_code == 503
            for peer in (service.telegram, service.bot, service.account):
                await peer.until(lambda peer=peer: 503 in peer.webhook_answers, seconds=30)
        for phone in phones:
            await phone.sees(1, seconds=60)
        await visit(web)
        service.account.play("access_token", Refuse(-14014, PLANTED))
        service.account.expire_access()
        await phones[2].says(PLANTED)
        await service.account.until(lambda: len(service.account.made("access_token")) >= 2, seconds=40)
        await forge(web)
        wrong = {"Authorization": f"Bearer {OF_THE_SERVICE['SECRET']}"}
        assert (await web.get("/metrics", headers=wrong)).status_code == 404
        allowed = {"Authorization": f"Bearer {OF_THE_SERVICE['METRICS_TOKEN']}"}
        figures = (await web.get("/metrics", headers=allowed)).text
    assert "goilai_events_answered_total" in figures
    written = service.log.read_text(encoding="utf-8", errors="replace") + figures
    for event in ("delivery.not_accepted", "sending.not_sent", "webhook.refused", "zalo_oa.link_needed"):
        assert event in written
    assert "DEBUG:asyncio:" in written  # what libraries say at that level is there
    assert [secret for secret in SECRETS if secret in written] == []


async def visit(web: httpx.AsyncClient) -> None:
    """What people type on pages, and what a browser brings along."""
    web.cookies.set("goilai-desk", TYPED["cookie"])
    signing_in = {"email": PERSON, "password": TYPED["password"], "code": TYPED["code"]}
    assert (await web.post("/console/sign-in", data=signing_in)).status_code == 422
    await web.get(f"/console/join/{TYPED['invitation']}")
    await web.post(f"/console/join/{TYPED['invitation']}", data={"password": TYPED["password"]})
    await web.get("/console")
    await web.get("/danh-ba", params={"q": PLANTED})
    await web.post("/khieu-nai", data={"kind": "number", "typed": "0912 345 678", "words": PLANTED})
    assert (await web.post("/chat", data={"text": PLANTED, "event_id": str(uuid4())})).status_code == 200
    assert (await web.post("/v1/checks", json={"text": PLANTED})).status_code == 200
    await web.post("/v1/checks", json={"text": PLANTED, "more": PLANTED, "at": PLANTED})
    await web.post("/v1/checks", content=f'{{"text": "{PLANTED}')


async def forge(web: httpx.AsyncClient) -> None:
    """Secrets where they do not belong."""
    for path in ("telegram", "zalo-bot", "zalo-oa"):
        for secret in OF_THE_SERVICE.values():
            headers = {"X-ZEvent-Signature": secret, "X-Bot-Api-Secret-Token": f"x{secret}"}
            response = await web.post(
                f"/webhooks/{path}", params={"secret": secret}, content=PLANTED.encode(), headers=headers
            )
            assert response.status_code in (403, 415)
