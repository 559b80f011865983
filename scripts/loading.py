"""Load on the whole way: webhook, commit, answer, send. Generator, platform and service share one machine."""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from db.migrate import upgrade

TOKEN = "4242:load-token-of-nobody"  # noqa: S105 - invented
SECRET = "load-secret_1"  # noqa: S105 - invented
FIRST_UPDATE = 1_000_000
CHECKS_PER_CHAT = 10
SAID = (
    "Có người gọi từ {number} bảo con tôi bị tai nạn đang cấp cứu, chuyển tiền ngay",
    "{number} có phải lừa đảo không",
    "Số {number} xưng là công an yêu cầu chuyển tiền vào tài khoản an toàn",
    "{number}",
)


@dataclass
class Run:
    """What was asked and what came of it. Times are in seconds of this machine's steady counter."""

    asked: dict[int, float] = field(default_factory=dict)
    acknowledged: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    refused: int = 0
    late_starts: int = 0
    memory: list[int] = field(default_factory=list)
    waiting: dict[int, list[int]] = field(default_factory=dict)
    """By chat: the events not yet answered, the oldest first."""


class Platform:
    """As little of Telegram as it takes: every call is true, every message is noted."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._messages = 0

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free loopback port; gives its address."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                content = json.dumps(
                    {"ok": True, "result": self._result(head.split(" ", 2)[1], body)}
                ).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                    + str(len(content)).encode()
                    + b"\r\n\r\n"
                    + content
                )
                await writer.drain()
        writer.close()

    def _result(self, path: str, body: bytes) -> object:
        method = path.rpartition("/")[2].partition("?")[0]
        if method == "getMe":
            return {"id": 4242, "is_bot": True, "first_name": "Gọi Lại", "username": "load_bot"}
        if method not in {"sendMessage", "sendContact"}:
            return True
        chat = int(re.search(rb"chat_id=(\d+)", body)[1])  # pyright: ignore[reportOptionalSubscript]
        if method == "sendMessage" and (left := self._run.waiting.get(chat)):
            self._run.answered[left.pop(0)] = time.perf_counter()
        self._messages += 1
        return {
            "message_id": self._messages,
            "date": 1_795_500_000,
            "chat": {"id": chat, "type": "private", "first_name": "x"},
        }


def fill(path: Path, count: int) -> None:
    """A database with this many confirmed numbers, quickly."""
    asyncio.run(upgrade(f"sqlite:///{path}"))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        rows = ((f"+8432{number:07d}", now[:10], now, now) for number in range(count))
        connection.executemany(
            "INSERT INTO indicator (status, kind, key, norm_version, confirmed_by, reason, version, source,"
            " document, approved_by, is_example, verified_at, created_at, updated_at)"
            " VALUES ('confirmed', 'number', ?, 1, 'x', '', 1, 'x', '', 'release:load', 0, ?, ?, ?)",
            rows,
        )
        connection.execute("ANALYZE")
        connection.commit()


def update_of(number: int) -> tuple[int, bytes]:
    """The chat and the body of one event; every person asks ten times."""
    chat = 10_000 + number // (CHECKS_PER_CHAT * 50) * 50 + number % 50
    text = SAID[number % len(SAID)].format(number=f"03{20_000_000 + number * 7:08d}")
    person = {"id": chat, "is_bot": False, "first_name": "Phụ huynh", "language_code": "vi"}
    message = {
        "message_id": number + 1,
        "date": 1_795_500_000,
        "chat": {"id": chat, "type": "private", "first_name": "Phụ huynh"},
        "from": person,
        "text": text,
    }
    return chat, json.dumps({"update_id": FIRST_UPDATE + number, "message": message}).encode()


async def ask(client: httpx.AsyncClient, url: str, number: int, run: Run) -> None:
    """Post one event and note when it was acknowledged."""
    chat, body = update_of(number)
    run.waiting.setdefault(chat, []).append(number)
    run.asked[number] = time.perf_counter()
    try:
        response = await client.post(url, content=body)
    except httpx.HTTPError:
        run.refused += 1
        return
    if response.status_code == httpx.codes.OK:
        run.acknowledged[number] = time.perf_counter()
    else:
        run.refused += 1


async def drive(url: str, rate: float, seconds: float, run: Run, process: int) -> None:
    """Ask at a steady rate, whatever the answers do."""
    headers = {"content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    first = len(run.asked)
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=30, limits=limits) as client:
        tasks: set[asyncio.Task[None]] = set()
        began = time.perf_counter()
        for step in range(int(rate * seconds)):
            due = began + step / rate
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            elif pause < -0.1:
                run.late_starts += 1
            task = asyncio.create_task(ask(client, url, first + step, run))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            if step % int(rate) == 0:
                run.memory.append(resident(process))
        await asyncio.gather(*tasks)


def resident(process: int) -> int:
    """Megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cpu_seconds(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def service(database: Path, platform: str):  # noqa: ANN201 - a process and its address
    """The service as `scripts/run` starts it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.serve"],
        env={
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            "DATABASE_URL": f"sqlite:///{database}",
            "PORT": str(port),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": platform,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_SENDS_PER_SECOND": "2000",
            "PUBLIC_URL": url,
            "LOG_LEVEL": "WARNING",
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process, url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


async def until_ready(url: str) -> None:
    """Wait for the service's first readiness."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)


async def settled(run: Run, seconds: float = 60.0) -> None:
    """Wait until everything acknowledged is answered, or nothing more comes."""
    end = time.perf_counter() + seconds
    while len(run.answered) < len(run.acknowledged) and time.perf_counter() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def report(name: str, run: Run, rate: float, cpu: float) -> bool:
    """Print the figures; whether the service kept up."""
    acks = [at - run.asked[number] for number, at in run.acknowledged.items()]
    replies = [at - run.asked[number] for number, at in run.answered.items()]
    lost = len(run.acknowledged) - len(run.answered)
    kept = bool(replies) and percentile(acks, 99) <= 1 and percentile(replies, 95) <= 1.5 and lost == 0
    print(
        f"{name}: {rate:.0f}/s, asked {len(run.asked)}, refused {run.refused}, lost {lost}; "
        f"acknowledged p50 {percentile(acks, 50) * 1000:.0f} ms p99 {percentile(acks, 99) * 1000:.0f} ms; "
        f"answered p50 {percentile(replies, 50) * 1000:.0f} ms p95 {percentile(replies, 95) * 1000:.0f} ms; "
        f"memory {run.memory[0]} to {run.memory[-1]} MB (highest {max(run.memory)}); "
        f"service {cpu / max(1, len(run.asked)) * 1000:.1f} ms of processor a check; "
        f"generator late {run.late_starts} times: {'kept' if kept else 'NOT kept'}",
        flush=True,
    )
    return kept


def percentile(values: list[float], which: int) -> float:
    """The value below which that many in a hundred are; 0 without values."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[which - 1]


async def measure(arguments: argparse.Namespace, database: Path) -> bool:
    """Run the steady load, or raise the rate until the service does not keep up."""
    run = Run()
    async with Platform(run).serving() as platform:
        with service(database, platform) as (process, url):
            await until_ready(url)
            webhook = f"{url}/webhooks/telegram"
            await drive(webhook, 20, 3, run, process.pid)  # warm
            await settled(run)
            kept = True
            rates = range(50, 601, 50) if arguments.knee else [arguments.rate]
            for rate in rates:
                before = cpu_seconds(process.pid)
                numbers = set(run.asked)
                run.refused = run.late_starts = 0
                run.memory.clear()
                await drive(webhook, rate, 15 if arguments.knee else arguments.seconds, run, process.pid)
                await settled(run)
                part = Run(refused=run.refused, late_starts=run.late_starts, memory=list(run.memory))
                for name in ("asked", "acknowledged", "answered"):
                    times: dict[int, float] = getattr(run, name)
                    getattr(part, name).update({key: at for key, at in times.items() if key not in numbers})
                kept = report("SQLite", part, rate, cpu_seconds(process.pid) - before)
                if not kept:
                    break
            return kept


def main() -> int:
    """Measure; 0 when the service kept up, or the knee was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--indicators", type=int, default=1_000_000)
    parser.add_argument(
        "--knee", action="store_true", help="raise the rate by 50 every 15 s until it is too much"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="goilai-load-") as folder:
        database = Path(folder) / "goilai.db"
        fill(database, arguments.indicators)
        kept = asyncio.run(measure(arguments, database))
    return 0 if kept or arguments.knee else 1


if __name__ == "__main__":
    sys.exit(main())
