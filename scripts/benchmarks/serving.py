"""The served product as a process: its start, its memory, its time per request, its freshness."""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from db import contacts, indicators
from db.engine import Database
from db.models import School
from scamcheck.knowledge import IdentifierKind
from scripts.benchmarks.databases import NOW
from scripts.benchmarks.records import UNIT, VERIFIED
from scripts.benchmarks.timing import Times, summed

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_SECONDS = 180.0
_addresses = count(1)


@dataclass(slots=True)
class Served:
    """A server in a process of its own, and one connection to it."""

    process: subprocess.Popen[bytes]
    port: int
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def cpu_seconds(self) -> float:
        """Processor time the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mb(self) -> float:
        """Memory of the server, with what it shares with nobody else here."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def get(self, path: str) -> str:
        """The body at a path."""
        self.connection.request("GET", path)
        return self.connection.getresponse().read().decode()

    def level(self, text: str) -> str:
        """The level of a check; each asker has an address of its own, or the limits would answer."""
        asker = next(_addresses)
        headers = {
            "Content-Type": "application/json",
            "X-Forwarded-For": f"10.{asker >> 16 & 255}.{asker >> 8 & 255}.{asker & 255}",
        }
        self.connection.request("POST", "/v1/checks", json.dumps({"text": text}), headers)
        return str(json.loads(self.connection.getresponse().read()).get("level"))


@contextmanager
def product(url: str) -> Generator[Served]:
    """The product on this database."""
    settings = {
        "DATABASE_URL": url,
        "DEMO": "false",
        "SECRET": "only for measuring " * 3,
        "TRUSTED_PROXIES": '["127.0.0.1"]',
        "LOG_LEVEL": "ERROR",
    }
    with _running(["-m", "scripts.serve"], settings) as served:
        yield served


@contextmanager
def hello() -> Generator[Served]:
    """The bare application."""
    command = ["-m", "uvicorn", "scripts.benchmarks.hello:app", "--no-access-log", "--log-level", "error"]
    with _running(command, {}) as served:
        yield served


@contextmanager
def _running(command: list[str], settings: dict[str, str]) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    if command[1] == "uvicorn":
        command = [*command, "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **settings, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    served = Served(process, port)
    try:
        yield served
    finally:
        served.connection.close()
        process.terminate()
        process.wait(30)


def seconds_until(served: Served, text: str, level: str) -> float:
    """How long from now until the server answers this text with this level."""
    began = time.perf_counter()
    while served.process.poll() is None and time.perf_counter() - began < _PATIENCE_SECONDS:
        try:
            if served.level(text) == level:
                return time.perf_counter() - began
        except (ConnectionError, http.client.HTTPException):
            served.connection.close()
            time.sleep(0.02)
    raise TimeoutError(text)


def cpu_per_check(served: Served, texts: tuple[str, ...]) -> float:
    """Processor time of the server for one check over HTTP."""
    for text in texts[:50]:
        served.level(text)
    before = served.cpu_seconds()
    for text in texts:
        served.level(text)
    return (served.cpu_seconds() - before) / len(texts)


def cpu_per_hello(served: Served, requests: int) -> float:
    """Processor time of the server for one greeting."""
    while True:
        try:
            served.get("/")
            break
        except ConnectionError:
            served.connection.close()
            time.sleep(0.02)
    before = served.cpu_seconds()
    for _ in range(requests):
        served.get("/")
    return (served.cpu_seconds() - before) / requests


def freshness(served: Served, url: str, count_each: int) -> tuple[Times, Times]:
    """From the commit of a change here to its answer there: confirmed numbers, then new hotlines."""

    async def change() -> tuple[Times, Times]:
        database = Database(url)
        numbers: list[float] = []
        hotlines: list[float] = []
        for at in range(count_each):
            key = f"+8491200{at:04}"
            async with database.transaction() as session:
                await indicators.confirm_indicator(
                    session,
                    kind=IdentifierKind.NUMBER,
                    key=key,
                    confirmed_by=UNIT,
                    source="bench",
                    verified_at=VERIFIED,
                    approved_by="release:bench",
                    now=NOW,
                )
            numbers.append(seconds_until(served, f"0{key[3:]}", "CONFIRMED_SCAM"))
            hotline = f"+842613{at:06}"
            async with database.transaction() as session:
                school = await session.get(School, 1)
                if school is None:
                    raise LookupError(1)
                await contacts.add_contact(
                    session,
                    owner=school,
                    kind=IdentifierKind.NUMBER,
                    key=hotline,
                    source="bench",
                    verified_at=VERIFIED,
                    approved_by="release:bench",
                    now=NOW,
                )
            hotlines.append(seconds_until(served, f"0{hotline[3:]}", "OFFICIAL"))
        await database.close()
        return summed(numbers), summed(hotlines)

    return asyncio.run(change())
