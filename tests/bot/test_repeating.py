"""Work done again and again: it survives its failures, and ends when it should."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.repeating import repeated


async def test_the_work_is_done_at_once_and_then_again() -> None:
    rounds = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            enough.set()

    async with repeated(0.001, work, failed="work.failed"):
        await enough.wait()
    done = rounds
    await asyncio.sleep(0.01)
    assert rounds == done


async def test_a_failed_round_is_told_and_the_next_one_tries_again() -> None:
    outcomes = iter([RuntimeError("first"), None])
    succeeded = asyncio.Event()

    async def work() -> None:
        if error := next(outcomes, None):
            raise error
        succeeded.set()

    with capture_logs() as logs:
        async with repeated(0.001, work, failed="work.failed"):
            await succeeded.wait()
    assert [(entry["event"], entry["error"]) for entry in logs] == [("work.failed", "RuntimeError")]


async def test_a_round_at_work_is_waited_for_when_the_block_ends() -> None:
    begun = asyncio.Event()
    release = asyncio.Event()
    finished = False

    async def work() -> None:
        nonlocal finished
        begun.set()
        await release.wait()
        finished = True

    async with repeated(60, work, failed="work.failed"):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.01, release.set)
    assert finished


async def test_the_work_ends_even_when_what_it_stands_beside_fails() -> None:
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1

    async def stand_beside() -> None:
        async with repeated(0.001, work, failed="work.failed"):
            await asyncio.sleep(0.005)
            raise RuntimeError("beside")

    with pytest.raises(RuntimeError, match="beside"):
        await stand_beside()
    done = rounds
    await asyncio.sleep(0.01)
    assert done >= 1
    assert rounds == done
