"""A service as real processes, its platform, and an outside record of what it acknowledged."""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.channels.peer import TOKEN, Peer, free_listener

ROOT = Path(__file__).parents[2]
SECRET = "webhook-secret_1"
READ_ONLY_SETTING = "FAULTS_READ_ONLY"
"""Names a file; while it is there, SQLite is read-only in the started process."""
SERVICE_SECRET = "s" * 40
CHATS_AT_ONCE = 8
EVENTS_PER_CHAT = 8
"""Below what one person may ask in a minute."""


class Spawner:
    """The process that starts others, as one test sees it."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    @property
    def log(self) -> Path:
        """What all processes wrote."""
        return self._folder / "service.log"

    @property
    def ambiguous_sends(self) -> int:
        """Sends of which the service could not know whether they arrived; it may repeat them."""
        return self._said('"result": "ambiguous"')

    @property
    def helped_directly(self) -> int:
        """Events that got the fixed steps at once because they could not be committed; their answers followed."""
        return self._said('"event": "intake.helped_directly"')

    @property
    def lost_leases(self) -> int:
        """How often a living process stood still for so long that another took its task over."""
        return self._said('"event": "lease.lost"')

    def _said(self, words: str) -> int:
        return self.log.read_text(encoding="utf-8").count(words) if self.log.exists() else 0

    async def start(self, environment: dict[str, str], part: str = "serve") -> int:
        order = {"part": part, "environment": environment, "log": str(self.log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(await asyncio.to_thread(self._process.stdout.readline))


@contextlib.contextmanager
def spawning_process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.spawner"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def free_port() -> int:
    with contextlib.closing(free_listener()) as listener:
        return listener.getsockname()[1]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@dataclass
class Replica:
    """One process of the service, at an address of its own; it may be dead."""

    spawner: Spawner
    peer: Peer
    database_url: str
    port: int = field(default_factory=free_port)
    process: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    part: str = "serve"
    plan: str = ""
    """At which named point it kills itself, after how many passes; empty: at none."""
    killed: bool = False
    """By us, and not at its named point."""

    @property
    def failpoint(self) -> str:
        """Name of the point."""
        return self.plan.partition(":")[0]

    @property
    def alive(self) -> bool:
        return self.process != 0 and is_alive(self.process)

    async def start(self, plan: str = "") -> None:
        self.plan, self.killed = plan, False
        self.process = await self.spawner.start(
            {
                "DATABASE_URL": self.database_url,
                "PORT": str(self.port),
                "SECRET": SERVICE_SECRET,
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_API_BASE": self.peer.url,
                "TELEGRAM_MODE": "webhook",
                "TELEGRAM_WEBHOOK_SECRET": SECRET,
                "TELEGRAM_SENDS_PER_SECOND": "1000",
                "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
                "GOILAI_FAILPOINT": plan,
                "DRAIN_NOTICE_SECONDS": "0",
                **self.environment,
            },
            self.part,
        )

    async def ready(self, *, seconds: float = 30.0) -> bool:
        """Wait until it listens; False when it died before."""
        async with asyncio.timeout(seconds):
            while self.alive:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return True
                await asyncio.sleep(0.02)
        return False

    async def kill(self) -> None:
        if not self.process:
            return  # to the system, process 0 is everybody in this group
        self.killed = self.alive
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        await self.gone()

    async def gone(self, *, seconds: float = 20.0) -> float:
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while self.alive:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
        return time.monotonic() - began


@dataclass
class World:
    """What happened, as seen from outside: what was posted, and what of it was acknowledged."""

    peer: Peer
    rng: random.Random
    posted: dict[int, dict[str, Any]] = field(default_factory=dict)
    acknowledged: set[int] = field(default_factory=set)
    _client: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(
            trust_env=False, timeout=20, limits=httpx.Limits(max_keepalive_connections=0)
        )
    )

    def new_event(self) -> dict[str, Any]:
        """The next event: its number stands in the text, so that its answer is recognised."""
        number = len(self.posted)
        group = number // (CHATS_AT_ONCE * EVENTS_PER_CHAT)
        chat = 1000 + group * CHATS_AT_ONCE + number % CHATS_AT_ONCE
        update = {
            "update_id": 10_000 + number,
            "message": {
                "message_id": number + 1,
                "date": 1_795_500_000,
                "chat": {"id": chat, "type": "private", "first_name": "Phụ huynh"},
                "from": {"id": chat, "is_bot": False, "first_name": "Phụ huynh", "language_code": "vi"},
                "text": phone_number(number),
            },
        }
        self.posted[number] = update
        return update

    async def post(self, replica: Replica, update: dict[str, Any]) -> bool:
        """Post as the platform does; a 200 is what we hold the service to."""
        try:
            response = await self._client.post(
                f"http://127.0.0.1:{replica.port}/webhooks/telegram",
                json=update,
                headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
            )
        except httpx.HTTPError:
            return False
        if response.status_code == 200:
            self.acknowledged.add(update["update_id"] - 10_000)
        return response.status_code == 200

    def burst(self, count: int) -> list[dict[str, Any]]:
        """New events with 30 % of them once more, shuffled among different chats."""
        new = [self.new_event() for _ in range(count)]
        doubled = new + [event for event in new if self.rng.random() < 0.3]
        self.rng.shuffle(doubled)
        return doubled

    async def close(self) -> None:
        await self._client.aclose()


HEADS = tuple(f"09{operator}{digit}" for digit in "23456789" for operator in "0134678")
"""Beginnings of mobile numbers, each good for a thousand events."""
_SHOWN = re.compile(r"(09\d\d) ••• (\d{3})")


def phone_number(number: int) -> str:
    """A mobile number whose shown digits tell the event apart."""
    return f"{HEADS[number // 1000]} 345 {number % 1000:03d}"


def events_in(text: str) -> list[int]:
    """The events that an answer is about, by the masked numbers in it."""
    return [1000 * HEADS.index(head) + int(rest) for head, rest in _SHOWN.findall(text)]
