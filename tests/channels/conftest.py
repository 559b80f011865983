"""A peer per test, and the channel that talks to it. A test fails when any call was not as the Bot API wants it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramChannel
from tests.channels.peer import TOKEN, Peer
from tests.channels.running import make_template


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy must not stand between the bot and a peer on loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template") / "goilai.db")


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    """A database file of the test's own: shipped records, nothing else."""
    return shutil.copy(template, tmp_path / "goilai.db")


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with Peer().serving() as serving:
        yield serving
    assert serving.complaints == []


@pytest.fixture
async def channel(peer: Peer) -> AsyncIterator[TelegramChannel]:
    telegram = TelegramChannel(TOKEN, api_base=peer.url, read_timeout=0.3)
    yield telegram
    await telegram.close()
