"""Measure speed and size: `scripts/bench [--json] [--quick] [--write-docs]`."""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from scamcheck.check import check
from scripts.benchmarks import databases, messages, records, report, searches, serving
from scripts.benchmarks.timing import Times, each

DOCS = Path(__file__).resolve().parents[2] / "docs" / "speed.md"


async def whole_checks(url: str, asked: Sequence[str]) -> Times:
    """The times of whole checks in this process: read, look up, match, decide."""
    database = Database(url)
    knowledge = SqlKnowledgeBase(database)
    await knowledge.warm_up()

    async def one(text: str) -> None:
        await check(text, knowledge, now=databases.NOW)

    await each(asked[: len(asked) // 4], one)  # files into the cache, statements prepared
    times = await each(asked, one)
    await database.close()
    return times


def measure(*, quick: bool) -> dict[str, Any]:
    """Every figure, by name."""
    full = records.QUICK if quick else records.FULL
    found: dict[str, Any] = {"sizes": {}, "whole_check": {}, "start": {}}
    many = 300 if quick else 1_000
    with databases.postgresql_server() as server, tempfile.TemporaryDirectory(prefix="goilai-") as folder:
        for size in (records.DEMO, records.ONE, full):
            _say(f"{size.name}: making records")
            made = records.make(size)
            asked = messages.make(made, many)
            found["sizes"][size.name] = asdict(size)
            for kind in ("sqlite", "postgresql"):
                _say(f"{size.name}: filling {kind}")
                with databases.filled(kind, server, Path(folder), made) as url:
                    _say(f"{size.name}: whole checks on {kind}")
                    times = asyncio.run(whole_checks(url, asked))
                    found["whole_check"][f"{size.name} {kind}"] = asdict(times)
                    if size is not records.ONE:
                        _say(f"{size.name}: the served product on {kind}")
                        found["start"][f"{size.name} {kind}"] = _served(url, made, asked, loaded=size is full)
        found["http"] = _http(found)
    made = records.make(full)
    _say("searches: look-alikes")
    found["lookalikes"] = searches.lookalikes(_numbers(full.indicators), 6 if not quick else 20)
    _say("searches: scripts")
    found["scripts"] = searches.scripts(made, 100 if quick else 300)
    _say("searches: schools")
    found["schools"] = searches.schools(made, 30 if quick else 60)
    found["machine"] = _machine()
    found["goals"] = report.goals(found, full.name)
    return found


def _served(url: str, made: records.Records, asked: tuple[str, ...], *, loaded: bool) -> dict[str, float]:
    listed = next(found for found in made.indicators() if found.kind == "number")
    with serving.product(url) as served:
        seconds = serving.seconds_until(served, messages.national(listed.key), "CONFIRMED_SCAM")
        facts = {"seconds": seconds, "resident_mb": served.resident_mb()}
        if loaded:
            facts["cpu_ms_per_check"] = serving.cpu_per_check(served, asked[:500]) * 1000
            facts["resident_mb_after"] = served.resident_mb()
            if url.startswith("postgresql"):
                numbers, hotlines = serving.freshness(served, url, 40)
                facts |= {"fresh_number_p99_ms": numbers.p99, "fresh_hotline_p99_ms": hotlines.p99}
    return facts


def _http(found: dict[str, Any]) -> dict[str, float]:
    with serving.hello() as served:
        greeting = serving.cpu_per_hello(served, 2_000) * 1000
    facts = {"cpu_ms_per_hello": greeting}
    for name, start in found["start"].items():
        if "cpu_ms_per_check" in start:
            facts[f"share of a hello per core, {name}"] = greeting / start["cpu_ms_per_check"]
    return facts


def _numbers(count: int) -> list[str]:
    rng = Random(records.SEED + 9)  # noqa: S311 - numbers, not secrets
    return [f"+84{'35789'[at % 5]}{digits:08}" for at, digits in enumerate(rng.sample(range(10**8), count))]


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Print the table. Returns 0, or 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures and goals as one JSON object")
    parser.add_argument("--quick", action="store_true", help="a tenth of the full size, fewer repetitions")
    parser.add_argument("--write-docs", action="store_true", help="also write docs/speed.md")
    asked = parser.parse_args(arguments)
    found = measure(quick=asked.quick)
    if asked.write_docs:
        before = DOCS.read_text(encoding="utf-8") if DOCS.exists() else ""
        DOCS.write_text(report.document(found, before), encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=2) if asked.json else report.table(found))
    return 0 if all(goal["met"] for goal in found["goals"]) else 1


if __name__ == "__main__":
    sys.exit(main())
