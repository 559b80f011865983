"""The refresh token works once: never used twice, stored before it serves, and people are called when lost."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.zalo_oa import AccessUnavailable
from bot.channels.zalo_oa_tokens import OaTokens
from db import channel_tokens
from db.engine import Database
from db.models import TokenState
from db.sealing import Sealer
from tests.channels.peer import Fault, Garbage, Hang, Refuse
from tests.channels.zalo_oa_peer import APP_ID, APP_SECRET, FIRST_REFRESH, OA_ID, ZaloOaPeer
from tests.channels.zalo_platform import AcceptThenHang

ROOT = Path(__file__).parents[2]
PLACE = {"channel": "zalo_oa", "bot_account": OA_ID}
SECOND = "refresh-token-from-a-new-consent"


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloOaPeer]:
    async with ZaloOaPeer().serving() as serving:
        yield serving
    assert serving.complaints == []


# The fixture of this folder is a SQLite file; these tests run on both databases.
@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


Make = Callable[..., OaTokens]


@pytest.fixture
async def make(zalo: ZaloOaPeer, database: Database, clock: Clock) -> AsyncIterator[Make]:
    made: list[OaTokens] = []

    def make_tokens(given: str = FIRST_REFRESH, secret: bytes = b"s" * 32, **values: Any) -> OaTokens:
        settings: dict[str, Any] = {
            "oauth_base": zalo.url,
            "read_timeout": 0.5,
            "app_secret": APP_SECRET,
            **values,
        }
        made.append(
            OaTokens(
                values.pop("database", database),
                Sealer(secret),
                oa_id=OA_ID,
                app_id=APP_ID,
                given=given,
                clock=clock,
                **{name: value for name, value in settings.items() if name != "database"},
            )
        )
        return made[-1]

    yield make_tokens
    for tokens in made:
        await tokens.close()


async def stored(database: Database) -> channel_tokens.StoredToken:
    async with database.reading() as session:
        token = await channel_tokens.token_of(session, **PLACE)
    assert token is not None
    return token


@contextlib.asynccontextmanager
async def looking_after(tokens: OaTokens, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr("bot.channels.zalo_oa_tokens.KEEP_SECONDS", 0.05)
    stop = asyncio.Event()
    keeping = asyncio.create_task(tokens.keep(stop))
    try:
        yield
    finally:
        stop.set()
        await keeping


async def test_the_first_token_comes_from_what_the_operator_gave(zalo: ZaloOaPeer, make: Make) -> None:
    tokens = make()
    assert await tokens.current() == zalo.access_token
    assert await tokens.current() == zalo.access_token
    assert zalo.used == [FIRST_REFRESH]


async def test_after_a_restart_the_stored_token_serves(zalo: ZaloOaPeer, make: Make) -> None:
    first = await make().current()
    assert await make().current() == first
    assert len(zalo.used) == 1


async def test_the_database_holds_no_token_in_the_clear(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    await make().current()
    token = await stored(database)
    assert zalo.access_token not in repr(token)
    assert zalo.refresh_token not in repr(token)
    assert FIRST_REFRESH not in repr(token)
    assert FIRST_REFRESH not in repr(make())


async def test_many_answers_at_once_renew_one_time(zalo: ZaloOaPeer, make: Make) -> None:
    tokens = make()
    old = await tokens.current()
    zalo.expire_access()

    got = await asyncio.gather(*(tokens.current(refused=old) for _ in range(10)))

    assert set(got) == {zalo.access_token}
    assert len(zalo.used) == 2


async def test_two_replicas_renew_one_time(zalo: ZaloOaPeer, make: Make) -> None:
    replicas = [make() for _ in range(4)]
    old = await replicas[0].current()
    zalo.expire_access()

    got = await asyncio.gather(*(tokens.current(refused=old) for tokens in replicas for _ in range(3)))

    assert set(got) == {zalo.access_token}
    assert len(zalo.used) == 2


async def test_a_token_is_renewed_while_it_still_works(
    zalo: ZaloOaPeer, make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = make()
    old = await tokens.current()
    clock.forward(hours=21)  # of 25
    async with looking_after(tokens, monkeypatch):
        await zalo.until(lambda: len(zalo.used) == 2)
    assert zalo.access_token != old
    assert not tokens.needs_people


async def test_zalo_that_cannot_be_reached_costs_no_token(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    with pytest.raises(AccessUnavailable):
        await make(oauth_base="http://127.0.0.1:1").current()
    assert (await stored(database)).state is TokenState.USABLE
    assert await make().current() == zalo.access_token


@pytest.mark.parametrize(
    "fault",
    [Hang(), AcceptThenHang(), Garbage(502, "<html>"), Garbage(200, "{}"), Refuse(500, "x")],
    ids=["hang", "done-then-hang", "bad-gateway", "nothing", "server-error"],
)
async def test_where_nobody_can_know_the_token_is_not_used_again_and_people_are_called(
    zalo: ZaloOaPeer, make: Make, database: Database, clock: Clock, fault: Fault | AcceptThenHang
) -> None:
    tokens = make()
    zalo.play("access_token", fault)
    with capture_logs() as logs, pytest.raises(AccessUnavailable):
        await tokens.current()
    with pytest.raises(AccessUnavailable):
        await make().current()

    assert tokens.needs_people
    assert "zalo_oa.link_needed" in [line["event"] for line in logs if line["log_level"] == "error"]
    assert (await stored(database)).state is TokenState.UNKNOWN
    assert len(zalo.made("access_token")) == 1


async def test_the_old_access_token_serves_while_people_are_awaited(
    zalo: ZaloOaPeer, make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    tokens = make()
    old = await tokens.current()
    zalo.play("access_token", Hang())
    clock.forward(hours=21)
    async with looking_after(tokens, monkeypatch):
        await zalo.until(lambda: len(zalo.made("access_token")) == 2)
        while not tokens.needs_people:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)

    assert await make().current() == old
    clock.forward(hours=5)
    with pytest.raises(AccessUnavailable):
        await make().current()


async def test_a_new_consent_links_the_account_again(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    zalo.play("access_token", Hang())
    with pytest.raises(AccessUnavailable):
        await make().current()

    zalo.refresh_token = SECOND
    tokens = make(given=SECOND)
    assert await tokens.current() == zalo.access_token
    # A replica that still has the old setting does not bring the old token back.
    assert await make(given=FIRST_REFRESH).current() == zalo.access_token
    assert zalo.used == [SECOND]


async def test_people_may_try_the_kept_token_once_more(
    zalo: ZaloOaPeer, make: Make, database: Database, clock: Clock
) -> None:
    zalo.play("access_token", Hang())
    with pytest.raises(AccessUnavailable):
        await make().current()
    async with database.transaction() as session:
        assert await channel_tokens.allow_one_more_try(session, **PLACE, now=clock())

    assert await make().current() == zalo.access_token


@pytest.mark.parametrize("known", ["the new key", APP_SECRET])
async def test_while_the_applications_key_is_being_changed_zalo_may_know_either(
    zalo: ZaloOaPeer, make: Make, known: str
) -> None:
    zalo.app_secret = known
    tokens = make(app_secret="the new key", old_app_secret=APP_SECRET)
    assert await tokens.current() == zalo.access_token
    assert zalo.used == [FIRST_REFRESH]


async def test_what_zalo_did_not_answer_is_not_asked_again_with_the_other_key(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    zalo.play("access_token", AcceptThenHang())
    tokens = make(app_secret=APP_SECRET, old_app_secret="the key before")
    with pytest.raises(AccessUnavailable):
        await tokens.current()
    assert (await stored(database)).state is TokenState.UNKNOWN
    assert zalo.used == [FIRST_REFRESH]


async def test_a_refused_token_is_not_offered_again(zalo: ZaloOaPeer, make: Make, database: Database) -> None:
    zalo.refresh_token = SECOND
    tokens = make()
    for _ in range(3):
        with pytest.raises(AccessUnavailable):
            await tokens.current()
    assert (await stored(database)).state is TokenState.REFUSED
    assert zalo.used == [FIRST_REFRESH]


async def test_an_account_that_was_never_linked_calls_for_people(make: Make) -> None:
    tokens = make(given="")
    with pytest.raises(AccessUnavailable):
        await tokens.current()
    assert tokens.needs_people


async def test_with_another_secret_the_tokens_are_unreadable_and_not_thrown_away(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    access = await make().current()
    with pytest.raises(AccessUnavailable):
        await make(given="", secret=b"t" * 32).current()
    assert await make().current() == access


async def test_a_pair_that_cannot_be_stored_is_not_used_and_not_lost(
    zalo: ZaloOaPeer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.zalo_oa_tokens._STORE_PAUSE", 0.001)
    tokens = make()
    keep = channel_tokens.store_pair

    async def disk_full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(channel_tokens, "store_pair", disk_full)
    with pytest.raises(AccessUnavailable):
        await tokens.current()
    monkeypatch.setattr(channel_tokens, "store_pair", keep)

    assert await tokens.current() == zalo.access_token
    assert len(zalo.used) == 1


async def test_a_sender_that_is_cut_off_while_renewing_does_not_lose_the_answer(
    zalo: ZaloOaPeer, make: Make, database: Database
) -> None:
    tokens = make()
    asking = asyncio.create_task(tokens.current())
    await zalo.until(lambda: len(zalo.made("access_token")) == 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    await tokens.close()

    assert (await stored(database)).state is TokenState.USABLE
    assert await make().current() == zalo.access_token
    assert len(zalo.used) == 1


# Processes that race, and one that is killed


@contextlib.asynccontextmanager
async def processes(
    count: int, url: str, zalo: ZaloOaPeer
) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.channels.refreshing_process",
            url,
            zalo.url,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        yield started
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def got_by(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        async for line in process.stdout:
            if line.startswith(b"got "):
                return line.decode().removeprefix("got ").strip()
    raise AssertionError("it ended without a word")


async def test_processes_that_race_use_the_token_once(zalo: ZaloOaPeer, postgresql_url: str) -> None:
    async with processes(4, postgresql_url, zalo) as racing:
        got = [await got_by(process) for process in racing]

    assert set(got) == {zalo.access_token}
    assert zalo.used == [FIRST_REFRESH]


async def test_killed_between_zalo_s_answer_and_the_commit_the_next_process_calls_for_people(
    zalo: ZaloOaPeer, database_url: str, clock: Clock
) -> None:
    zalo.play("access_token", AcceptThenHang())
    async with processes(1, database_url, zalo) as (victim,):
        await zalo.until(lambda: len(zalo.used) == 1, seconds=30)
        victim.kill()
        await victim.wait()

    database = Database(database_url)
    tokens = OaTokens(
        database,
        Sealer(b"s" * 32),
        oa_id=OA_ID,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        given=FIRST_REFRESH,
        oauth_base=zalo.url,
        clock=clock,
    )
    clock.now = datetime.now(UTC) + timedelta(seconds=50)  # within the minute that was promised
    with pytest.raises(AccessUnavailable):
        await tokens.current()
    state = (await stored(database)).state
    await tokens.close()
    await database.close()

    assert tokens.needs_people
    assert state is TokenState.UNKNOWN
    assert zalo.used == [FIRST_REFRESH]
