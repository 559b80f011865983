"""`python -m bot` as its own process: started, stopped, killed and started again."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.peer import TOKEN, Hang, Peer
from tests.channels.phones import Phone

ROOT = Path(__file__).parents[2]


@pytest.fixture
def parent(peer: Peer) -> Phone:
    return Phone(peer, 71)


@contextlib.asynccontextmanager
async def bot_process(
    peer: Peer, database: Path, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=database.parent,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": f"sqlite:///{database}",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": peer.url,
            **environment,
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_answers_and_stops_cleanly_when_asked_to(peer: Peer, parent: Phone, database: Path) -> None:
    async with bot_process(peer, database) as process:
        await parent.says("/start")
        answer = await parent.sees(1, seconds=60)
        process.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(process.wait(), 15)

    assert answer.startswith("Chào bạn")
    assert status == 0


async def test_killed_between_taking_a_message_and_sending_its_answer_it_sends_it_once_afterwards(
    peer: Peer, parent: Phone, database: Path
) -> None:
    peer.play("sendMessage", Hang())
    async with bot_process(peer, database) as process:
        await parent.says("0912 345 678")
        await peer.until(lambda: len(peer.made("sendMessage")) == 1, seconds=60)
        process.kill()
        await process.wait()
    assert parent.screen == []

    async with bot_process(peer, database):
        await parent.sees(1, seconds=60)
        await peer.until(lambda: peer.unconfirmed == [], seconds=30)
        await parent.says("/start")
        await parent.sees(2, seconds=30)

    assert [text[0] for text in parent.texts] == ["❔", "C"]


async def test_stopped_while_an_answer_is_on_its_way_it_finishes_sending(
    peer: Peer, parent: Phone, database: Path
) -> None:
    async with bot_process(peer, database) as process:
        for number in range(5):
            await parent.says(f"0912 345 67{number}")
        await parent.sees(1, seconds=60)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0

    async with bot_process(peer, database):
        await parent.sees(5, seconds=60)
        await peer.until(lambda: peer.unconfirmed == [], seconds=30)

    assert len(set(parent.texts)) == len(parent.screen) == 5


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("", 2, "Neither TELEGRAM_TOKEN nor ZALO_BOT_TOKEN is set"),
        ("4242:wrong", 1, "TELEGRAM_TOKEN is refused"),
    ],
    ids=["none", "wrong"],
)
async def test_without_a_token_that_telegram_accepts_it_says_so_and_ends(
    peer: Peer, database: Path, token: str, status: int, said: str
) -> None:
    async with bot_process(peer, database, TELEGRAM_TOKEN=token) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == status
    assert said in errors.decode()
    assert "wrong" not in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_beside_a_running_service_on_the_same_file_it_says_so_and_ends(
    peer: Peer, parent: Phone, database: Path
) -> None:
    async with bot_process(peer, database):
        await parent.says("/start")
        await parent.sees(1, seconds=60)
        async with bot_process(peer, database) as second:
            _, errors = await asyncio.wait_for(second.communicate(), 60)

    assert second.returncode == 2
    assert "Traceback" not in errors.decode()
