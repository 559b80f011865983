"""`goilai zalo`: how the link to the account stands, and what people may do about it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from db import channel_tokens
from db.engine import Database
from db.models import TokenState
from scripts.zalo_commands import zalo
from tests.channels.zalo_oa_peer import APP_ID, APP_SECRET, OA_ID, OA_SECRET

Run = Callable[..., Result]
PLACE = {"channel": "zalo_oa", "bot_account": OA_ID}


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {
        "DATABASE_URL": sqlite_url,
        "SECRET": "s" * 40,
        "ZALO_OA_ID": OA_ID,
        "ZALO_OA_APP_ID": APP_ID,
        "ZALO_OA_SECRET": OA_SECRET,
        "ZALO_OA_APP_SECRET": APP_SECRET,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments, typed="": CliRunner().invoke(zalo, list(arguments), input=typed)


def lose_the_token(url: str) -> None:
    async def lose() -> None:
        database = Database(url)
        async with database.transaction() as session:
            token = await channel_tokens.token_of(session, **PLACE)
            assert token is not None
            await channel_tokens.settle(session, token, TokenState.UNKNOWN, now=datetime.now(UTC))
        await database.close()

    asyncio.run(lose())


def test_an_account_is_linked_once_with_each_token_and_the_token_is_not_shown(run: Run) -> None:
    assert "Never linked" in run("status").output
    linked = run("link", typed="a-refresh-token\n")
    assert "Linked." in linked.output
    assert "a-refresh-token" not in linked.output
    assert "Linked." in run("status").output
    assert "Given before" in run("link", typed="a-refresh-token\n").output


def test_a_token_whose_fate_is_unknown_may_be_tried_once_more(run: Run, sqlite_url: str) -> None:
    run("link", typed="a-refresh-token\n")
    assert "nothing to try again" in run("retry").output
    lose_the_token(sqlite_url)
    assert "Nobody knows" in run("status").output
    assert "tried once more" in run("retry").output
    assert "Linked." in run("status").output


def test_without_an_account_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZALO_OA_ID")
    result = run("status")
    assert result.exit_code == 1
    assert "ZALO_OA_ID is not set" in result.output
