"""The service as `scripts/run` starts it, on a database with many confirmed numbers."""

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg

from db.engine import accepted_url, sqlite_path
from db.migrate import upgrade
from scripts.loading.generator import SECRET
from scripts.loading.platform import TOKEN

_TICKS = os.sysconf("SC_CLK_TCK")
_COLUMNS = (
    "status, kind, key, norm_version, confirmed_by, reason, version, source, document, approved_by,"
    " is_example, verified_at, created_at, updated_at"
)


@dataclass(slots=True)
class Service:
    """The processes that are measured, and where the first of them listens."""

    processes: list[subprocess.Popen[bytes]]
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Address of the web server."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, module: str) -> None:
        """Start one process."""
        command = [sys.executable, "-m", module]
        self.processes.append(subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL))

    def join(self, workers: int) -> None:
        """Let processes that answer and send join the one that serves the web."""
        self.environment["PARTS"] = "work,send"
        for _ in range(workers):
            self.start("bot.worker")

    def stop(self) -> None:
        """Let all finish what they have begun, and end."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(30)

    def memory(self) -> int:
        """Megabytes that its processes hold."""
        return sum(_resident(process.pid) for process in self.processes)

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used."""
        return sum(cpu_seconds(process.pid) for process in self.processes)


def fill(url: str, count: int) -> None:
    """Migrate a database and confirm this many numbers in it, quickly."""
    asyncio.run(upgrade(url))
    if accepted_url(url).get_backend_name() == "sqlite":
        _fill_sqlite(sqlite_path(accepted_url(url)), count)
    else:
        _fill_postgresql(url, count)


def _rows(count: int, now: object) -> Iterator[tuple[object, ...]]:
    day = datetime.now(UTC).date().isoformat()
    for number in range(count):
        key = f"+8432{number:07d}"
        yield ("confirmed", "number", key, 1, "x", "", 1, "x", "", "release:load", False, day, now, now)


def _fill_sqlite(path: Path, count: int) -> None:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        marks = ", ".join("?" * 14)
        statement = f"INSERT INTO indicator ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 - names of our own
        connection.executemany(statement, _rows(count, now))
        connection.execute("ANALYZE")
        connection.commit()


def _fill_postgresql(url: str, count: int) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY indicator ({_COLUMNS}) FROM STDIN") as copy:  # pyright: ignore[reportCallIssue, reportArgumentType] - names of our own
            for row in _rows(count, datetime.now(UTC)):
                copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def running(database: str, platform: str, *, alone: bool) -> Generator[Service]:
    """A process that does everything `alone`, or one that serves the web for others to `join`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "DATABASE_URL": database,
        "PORT": str(port),
        "PARTS": "work,send,listen" if alone else "listen",
        "SECRET": "only for measuring " * 3,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": platform,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_SENDS_PER_SECOND": "2000",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    service = Service([], port, environment)
    service.start("scripts.serve")
    try:
        yield service
    finally:
        service.stop()


async def until_ready(service: Service, seconds: float = 60.0) -> None:
    """Wait for the first readiness."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{service.url}/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def memory_noted(service: Service, memory: list[int]) -> AsyncIterator[None]:
    """Note the service's memory once a second while the block runs."""

    async def note() -> None:
        while True:
            memory.append(service.memory())
            await asyncio.sleep(1)

    noting = asyncio.create_task(note())
    try:
        yield
    finally:
        noting.cancel()


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cpu_seconds(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def family_cpu_seconds(parent: int) -> float:
    """The same for a process, its children at work and those that have ended."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            if int(entry.name) == parent:
                total += sum(int(field) for field in fields[11:15]) / _TICKS
            elif int(fields[1]) == parent:
                total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total
