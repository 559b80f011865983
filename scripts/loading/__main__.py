"""Load on the whole way: webhook, commit, answer, send. `scripts/load --help` tells the options."""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from scripts.benchmarks.databases import postgresql_server
from scripts.loading import document, generator, service
from scripts.loading.platform import Platform
from scripts.loading.run import Run, line
from scripts.loading.service import Service

STEP: Final = 25
STRETCH_SECONDS: Final = 20.0
MOST: Final = 600
PATIENCE_SECONDS: Final = 60.0


@dataclass(slots=True)
class Stand:
    """Everything that takes part in one measurement."""

    name: str
    people: generator.Generator
    platform: Platform
    service: Service
    database_server: int | None
    """Its process; None where the database is a file."""

    async def stretch(self, rate: float, seconds: float) -> Run:
        """One stretch of steady load, until everything is answered or nothing more comes."""
        run = self.platform.run = Run(rate, seconds)
        began, before = time.perf_counter(), self._cpu()
        async with service.memory_noted(self.service, run.memory):
            await self.people.drive(rate, seconds)
            end = time.perf_counter() + PATIENCE_SECONDS
            while not run.complete and time.perf_counter() < end:  # noqa: ASYNC110 - it is looked at, not told
                await asyncio.sleep(0.1)
        run.seconds = time.perf_counter() - began
        run.cpu = {who: used - before[who] for who, used in self._cpu().items()}
        return run

    def _cpu(self) -> dict[str, float]:
        used = {"service": self.service.cpu(), "generator and platform": time.process_time()}
        if self.database_server is not None:
            used["database server"] = service.family_cpu_seconds(self.database_server)
        return used


@contextlib.contextmanager
def databases(kind: str) -> Generator[tuple[str, int | None]]:
    """The address of an empty database, and the process of its server."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="goilai-load-") as folder:
            yield f"sqlite:///{folder}/goilai.db", None
        return
    with postgresql_server() as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        told = (Path(row[0] if row else "") / "postmaster.pid").read_text(encoding="ascii")
        yield url, int(told.split("\n", 1)[0])


async def measure(
    kind: str, rates: Iterable[float], seconds: float, *, indicators: int, workers: int
) -> list[dict[str, Any]]:
    """The figures of each rate, up to the first that is not kept."""
    found: list[dict[str, Any]] = []
    platform = Platform()
    name = f"{kind}, {workers} workers beside the web server" if workers else kind
    with databases(kind) as (url, database_server):
        print(f"… {kind}: recording {indicators:,} numbers", file=sys.stderr, flush=True)
        await asyncio.to_thread(service.fill, url, indicators)
        async with platform.serving() as address:
            with service.running(url, address, alone=not workers) as served:
                await service.until_ready(served)
                served.join(workers)
                people = generator.Generator(served.port, platform)
                await people.open()
                stand = Stand(name, people, platform, served, database_server)
                await stand.stretch(20, 3)  # files into the cache, statements prepared
                for rate in rates:
                    found.append((await stand.stretch(rate, seconds)).figures(name))
                    print(line(found[-1]), file=sys.stderr, flush=True)
                    if not found[-1]["kept"]:
                        break
                people.close()
    return found


def main() -> int:
    """Measure; 0 when the service kept up, or the knee was looked for."""
    parser = argparse.ArgumentParser(prog="scripts/load", description=__doc__)
    parser.add_argument("--rate", type=float, help="checks a second: 100, and 50 to begin with --knee")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--indicators", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--workers", type=int, default=0, help="processes beside the web server (PostgreSQL)")
    parser.add_argument(
        "--knee",
        action="store_true",
        help=f"from --rate on, {STEP} more every {STRETCH_SECONDS:.0f} s until it is too much",
    )
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--write-docs", action="store_true", help="also write them into docs/speed.md")
    asked = parser.parse_args()
    rate = asked.rate or (50 if asked.knee else 100)
    found: list[dict[str, Any]] = []
    for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        rates: Iterable[float] = range(int(rate), MOST + 1, STEP) if asked.knee else (rate,)
        seconds = STRETCH_SECONDS if asked.knee else asked.seconds
        workers = asked.workers if kind == "postgresql" else 0
        found += asyncio.run(measure(kind, rates, seconds, indicators=asked.indicators, workers=workers))
    if asked.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    if asked.write_docs:
        document.write(found, indicators=asked.indicators, knee=asked.knee)
    return 0 if asked.knee or all(figures["kept"] for figures in found) else 1


if __name__ == "__main__":
    sys.exit(main())
