"""The webhook's door: only Telegram, only updates, and 200 only for what is kept."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.webhooks import MAX_UPDATE_BYTES
from tests.channels.peer import Peer
from tests.channels.phones import Phone
from tests.channels.running import SECRET, RunningBot, running
from tests.servers import NO_CERTIFICATES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningBot]:
    database = tmp_path_factory.mktemp("webhook") / "goilai.db"
    shutil.copy(template, database)
    async with Peer().serving() as peer, running(peer, database, "webhook") as started:
        await peer.until(lambda: peer.webhook is not None)
        yield started


async def posted(bot: RunningBot, body: bytes, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=bot.url or "", trust_env=False, verify=NO_CERTIFICATES) as client:
        return await client.post(PATH, content=body, headers=headers)


def update(bot: RunningBot, number: int, person: int) -> bytes:
    message = Phone(bot.peer, person).message(text="0912 345 678")
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_an_update_with_the_secret_is_taken_and_answered(bot: RunningBot) -> None:
    response = await posted(bot, update(bot, 9001, 801), **{HEADER: SECRET})

    assert response.status_code == 200
    assert response.content == b""
    await Phone(bot.peer, 801).sees(1)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "mật-khẩu"])
async def test_without_the_right_secret_nothing_is_even_read(bot: RunningBot, secret: str | None) -> None:
    headers: dict[str, Any] = {} if secret is None else {HEADER: secret.encode()}

    response = await posted(bot, update(bot, 9002, 802), **headers)

    assert response.status_code == 403
    assert SECRET not in response.text
    assert Phone(bot.peer, 802).screen == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"[" * 100_000, b'{"update_id": NaN']
)
async def test_what_is_no_update_is_refused(bot: RunningBot, body: bytes) -> None:
    response = await posted(bot, body, **{HEADER: SECRET})

    assert response.status_code == 400


@pytest.mark.parametrize(
    "body", [b"{}", b'{"update_id": 1, "message": {"text": 5}}', b'{"update_id": 9003, "poll": {}}']
)
async def test_an_update_that_makes_no_sense_is_acknowledged_or_it_would_return_for_ever(
    bot: RunningBot, body: bytes
) -> None:
    response = await posted(bot, body, **{HEADER: SECRET})

    assert response.status_code == 200


async def test_a_body_larger_than_any_update_is_refused(bot: RunningBot) -> None:
    body = b'{"update_id": 9004, "x": "' + b"a" * MAX_UPDATE_BYTES + b'"}'

    response = await posted(bot, body, **{HEADER: SECRET})

    assert response.status_code == 413


async def test_the_same_update_again_is_acknowledged_and_not_answered_again(bot: RunningBot) -> None:
    body = update(bot, 9005, 805)

    statuses = [(await posted(bot, body, **{HEADER: SECRET})).status_code for _ in range(3)]

    assert statuses == [200, 200, 200]
    parent = Phone(bot.peer, 805)
    await parent.sees(1)
    await posted(bot, update(bot, 9006, 805), **{HEADER: SECRET})
    await parent.sees(2)
    assert len(parent.screen) == 2


async def test_503_with_a_time_to_come_again_when_nothing_can_be_recorded(bot: RunningBot) -> None:
    body = update(bot, 9007, 807)

    async with bot.refusing_messages():
        refused = await posted(bot, body, **{HEADER: SECRET})
        again = await posted(bot, body, **{HEADER: SECRET})
        await Phone(bot.peer, 807).sees(1)
    taken = await posted(bot, body, **{HEADER: SECRET})

    assert (refused.status_code, again.status_code, taken.status_code) == (503, 503, 200)
    assert refused.headers["Retry-After"] == "5"
    await Phone(bot.peer, 807).sees(2)


async def test_only_post_is_taken(bot: RunningBot) -> None:
    async with httpx.AsyncClient(base_url=bot.url or "", trust_env=False, verify=NO_CERTIFICATES) as client:
        response = await client.get(PATH)

    assert response.status_code == 405


async def test_where_telegram_is_polled_there_is_no_door(template: Path, tmp_path: Path) -> None:
    from api.app import create_app  # noqa: PLC0415
    from tests.channels.peer import served  # noqa: PLC0415
    from tests.channels.running import make_settings  # noqa: PLC0415

    database = tmp_path / "goilai.db"
    shutil.copy(template, database)
    async with Peer().serving() as peer:
        app = create_app(make_settings(peer, database, telegram_mode="polling"))
        async with (
            served(app, lifespan="on") as url,
            httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_CERTIFICATES) as client,
        ):
            response = await client.post(PATH, json={"update_id": 1}, headers={HEADER: SECRET})

    assert response.status_code == 404
