"""Forged, replayed and odd posts at the webhooks: 500 of 500 refused on each channel, before any is parsed."""

import hashlib
import inspect
import itertools
import json
import random
import shutil
import string
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from api import webhooks
from bot.channels import zalo_oa_signature
from db.models import Inbox
from tests.channels.everywhere import TELEGRAM_SECRET, ZALO_SECRET, Everywhere, everywhere
from tests.channels.zalo_bot_peer import ZaloPhone
from tests.channels.zalo_oa_peer import APP_ID, HOUR_MS, OA_ID, OA_SECRET, OaPhone
from tests.servers import NO_CERTIFICATES

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORGERIES = 500
JSON = "application/json"
TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/html",
    "application/xml",
    "image/png",
)
METHODS = ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = {
    "telegram": "/webhooks/telegram",
    "zalo_bot": "/webhooks/zalo-bot",
    "zalo_oa": "/webhooks/zalo-oa",
}


@dataclass(frozen=True)
class Forgery:
    """One post that must not be taken."""

    body: bytes
    headers: dict[str, str | bytes] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everywhere]:
    database = tmp_path_factory.mktemp("forgery") / "goilai.db"
    shutil.copy(template, database)
    async with everywhere(database, records=False) as started:
        yield started


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that were parsed."""
    seen: list[bytes] = []
    parse: Callable[[bytes], dict[str, object]] = webhooks._object

    def noted(body: bytes) -> dict[str, object]:
        seen.append(body)
        return parse(body)

    monkeypatch.setattr(webhooks, "_object", noted)
    return seen


async def inbox_rows(service: Everywhere) -> int:
    async with service.services.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Inbox)) or 0


def wrong_secrets(secret: str, chance: random.Random) -> Iterator[str | bytes]:
    yield ""
    yield f"{secret} x"
    yield f"{secret}{secret}"
    yield secret.upper()
    yield "mật-khẩu".encode()
    yield secret.encode() + b"\xff"
    for length in range(len(secret)):
        yield secret[:length]
    for position in range(len(secret)):
        yield f"{secret[:position]}{'~' if secret[position] != '~' else '!'}{secret[position + 1 :]}"
    while True:
        yield "".join(chance.choices(string.ascii_letters + string.digits, k=chance.randint(1, 64)))


def with_a_header(header: str, secret: str, body: bytes, path: str) -> Iterator[Forgery]:
    """Wrong secrets, and the right secret with a wrong method, type or place."""
    chance = random.Random(20261124)  # noqa: S311 - the same tries every time
    genuine: dict[str, str | bytes] = {header: secret, "content-type": JSON}
    yield Forgery(body, {"content-type": JSON})
    yield Forgery(body, {"authorization": f"Bearer {secret}", "content-type": JSON})
    yield Forgery(body, {"content-type": JSON}, path=f"{path}?{header}={secret}")
    for method in METHODS:
        yield Forgery(body, genuine, method=method)
    for declared in TYPES:
        yield Forgery(body, {**genuine, "content-type": declared})
    for other in (f"{path}/", f"{path}2", "/webhooks", "/webhooks/", path.upper(), f"/v1{path}"):
        yield Forgery(body, genuine, path=other)
    yield Forgery(b" " * (webhooks.MAX_UPDATE_BYTES + 1), genuine)
    for wrong in wrong_secrets(secret, chance):
        yield Forgery(body, {header: wrong, "content-type": JSON})


def with_a_mark(body: bytes, now_ms: int, path: str) -> Iterator[Forgery]:
    """Wrong marks, marks for another body, time or account, old and early ones, and the right one elsewhere."""
    chance = random.Random(20261124)  # noqa: S311 - the same tries every time

    def marked(
        body: bytes, stamp: str, *, first: str = APP_ID, secret: str = OA_SECRET
    ) -> dict[str, str | bytes]:
        digest = hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()
        return {"X-ZEvent-Signature": f"mac={digest}", "content-type": JSON}

    def at(milliseconds: int) -> tuple[bytes, str]:
        return json.dumps({**json.loads(body), "timestamp": str(milliseconds)}).encode(), str(milliseconds)

    stamp = json.loads(body)["timestamp"]
    genuine = marked(body, stamp)
    yield Forgery(body, {"content-type": JSON})
    for method in METHODS:
        yield Forgery(body, genuine, method=method)
    for declared in TYPES:
        yield Forgery(body, {**genuine, "content-type": declared})
    for other in (f"{path}/", f"{path}2", "/webhooks", path.upper()):
        yield Forgery(body, genuine, path=other)
    yield Forgery(b" " * (webhooks.MAX_UPDATE_BYTES + 1), genuine)
    for length in range(len(OA_SECRET)):
        yield Forgery(body, marked(body, stamp, secret=OA_SECRET[:length]))
    yield Forgery(body, marked(body, stamp, first=""))
    yield Forgery(body, marked(body, stamp, first=OA_ID[::-1]))
    yield Forgery(body, marked(body, ""))
    yield Forgery(body[:-1], genuine)
    yield Forgery(body + b" ", genuine)
    yield Forgery(b"", genuine)
    # HMAC in place of the plain hash, and other hashes.
    for name in ("md5", "sha1", "sha512"):
        digest = hashlib.new(name, APP_ID.encode() + body + stamp.encode() + OA_SECRET.encode()).hexdigest()
        yield Forgery(body, {"X-ZEvent-Signature": f"mac={digest}", "content-type": JSON})
    # Recordings: the mark is right and the time is not.
    for hours in (24.01, 25, 48, 24 * 7, 24 * 365, 24 * 365 * 40, -0.2, -1, -24, -24 * 3650):
        old, when = at(int(now_ms - hours * HOUR_MS))
        yield Forgery(old, marked(old, when))
    yield from _damaged(body, genuine, chance)


def _damaged(body: bytes, genuine: dict[str, str | bytes], chance: random.Random) -> Iterator[Forgery]:
    """One digit of the mark, one byte of the body, or the whole mark is another."""
    while True:
        kind = chance.randrange(3)
        if kind == 0:  # one digit of the mark is another
            mark = str(genuine["X-ZEvent-Signature"])
            place = chance.randrange(4, len(mark))
            other_digit = chance.choice([digit for digit in "0123456789abcdef" if digit != mark[place]])
            yield Forgery(
                body, {**genuine, "X-ZEvent-Signature": mark[:place] + other_digit + mark[place + 1 :]}
            )
        elif kind == 1:  # one byte of the body is another
            place = chance.randrange(len(body))
            changed = body[:place] + bytes([body[place] ^ (1 << chance.randrange(7))]) + body[place + 1 :]
            yield Forgery(changed, genuine)
        else:
            random_mark = "".join(
                chance.choices("0123456789abcdef", k=chance.choice((0, 1, 32, 63, 64, 65, 4000)))
            )
            yield Forgery(body, {**genuine, "X-ZEvent-Signature": f"mac={random_mark}"})


def forgeries(service: Everywhere, channel: str) -> Iterator[Forgery]:
    path = PATHS[channel]
    if channel == "telegram":
        message = {"message_id": 1, "date": 1, "chat": {"id": 9, "type": "private"}, "text": "0912 345 678"}
        body = json.dumps({"update_id": 1, "message": message}).encode()
        return with_a_header("X-Telegram-Bot-Api-Secret-Token", TELEGRAM_SECRET, body, path)
    if channel == "zalo_bot":
        event = service.zalo_bot.event("666", "text", text="0912 345 678")
        body = json.dumps({"ok": True, "result": event}).encode()
        return with_a_header("X-Bot-Api-Secret-Token", ZALO_SECRET, body, path)
    event = service.zalo_oa.event("666", "user_send_text", text="0912 345 678")
    return with_a_mark(json.dumps(event).encode(), service.zalo_oa.now_ms(), path)


@pytest.mark.parametrize("channel", PATHS)
async def test_every_forgery_is_refused_and_none_is_parsed(
    service: Everywhere, parsed: list[bytes], channel: str
) -> None:
    before = await inbox_rows(service)
    statuses: list[int] = []
    async with httpx.AsyncClient(
        base_url=service.url, trust_env=False, verify=NO_CERTIFICATES, timeout=30
    ) as client:
        for forged in itertools.islice(forgeries(service, channel), FORGERIES):
            response = await client.request(
                forged.method, forged.path or PATHS[channel], content=forged.body, headers=forged.headers
            )
            statuses.append(response.status_code)
            for secret in (TELEGRAM_SECRET, ZALO_SECRET, OA_SECRET):
                assert secret not in response.text

    assert len(statuses) == FORGERIES
    assert set(statuses) <= {403, 404, 405, 413, 415, 307}, statuses
    assert parsed == []
    assert await inbox_rows(service) == before


async def test_the_genuine_ones_are_taken_once_and_then_acknowledged(service: Everywhere) -> None:
    """The same events that the forgeries imitate, or the refusals above would prove nothing."""
    account = service.zalo_oa
    event = account.event("777", "user_send_text", text="/start")
    body, headers = account.envelope(event)
    bot_event = service.zalo_bot.event("777", "text", text="/start")
    bot_body, bot_headers = service.zalo_bot.envelope(bot_event)
    async with httpx.AsyncClient(
        base_url=service.url, trust_env=False, verify=NO_CERTIFICATES, timeout=30
    ) as client:
        for _ in range(3):
            assert (await client.post(PATHS["zalo_oa"], content=body, headers=headers)).status_code == 200
            posted = await client.post(PATHS["zalo_bot"], content=bot_body, headers=bot_headers)
            assert posted.status_code == 200
    await OaPhone(account, "777").sees(1)
    await ZaloPhone(service.zalo_bot, "777").sees(1)
    await OaPhone(account, "777").says("/start")
    await ZaloPhone(service.zalo_bot, "777").says("/start")
    await OaPhone(account, "777").sees(2)
    await ZaloPhone(service.zalo_bot, "777").sees(2)

    assert len(account.shown["777"]) == 2
    assert len(service.zalo_bot.shown["777"]) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_signed_and_no_event_is_refused(service: Everywhere, body: bytes) -> None:
    stamp = str(service.zalo_oa.now_ms())
    headers = {
        "X-ZEvent-Signature": service.zalo_oa.sign(body, stamp),
        "X-ZEvent-Timestamp": stamp,
        "content-type": JSON,
    }
    bot_headers = {"X-Bot-Api-Secret-Token": ZALO_SECRET}
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, verify=NO_CERTIFICATES) as client:
        assert (await client.post(PATHS["zalo_oa"], content=body, headers=headers)).status_code == 400
        assert (await client.post(PATHS["zalo_bot"], content=body, headers=bot_headers)).status_code == 400


async def test_an_event_that_makes_no_sense_is_acknowledged_or_zalo_would_switch_us_off(
    service: Everywhere,
) -> None:
    stamp = str(service.zalo_oa.now_ms())
    body = json.dumps({"event_name": "user_send_text", "timestamp": stamp, "sender": 7}).encode()
    headers = {"X-ZEvent-Signature": service.zalo_oa.sign(body, stamp)}
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, verify=NO_CERTIFICATES) as client:
        assert (await client.post(PATHS["zalo_oa"], content=body, headers=headers)).status_code == 200


async def test_secrets_and_marks_are_compared_in_constant_time() -> None:
    for module in (webhooks, zalo_oa_signature):
        assert "hmac.compare_digest" in inspect.getsource(module)
