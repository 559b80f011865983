"""The part of docs/speed.md about load. `scripts/bench --write-docs` writes the rest and keeps this."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "speed.md"
STEADY: Final = "<!-- scripts/load --write-docs writes from here -->"
KNEE: Final = "<!-- scripts/load --knee --write-docs writes from here -->"
END: Final = "<!-- to here -->"
_UNMEASURED: Final = "Not measured yet on this version."


def section(mark: str, document: str) -> str:
    """What stands between a mark and its end; a sentence that says so when nothing was measured."""
    _, found, rest = document.partition(mark)
    return rest.partition(END)[0].strip() if found else _UNMEASURED


def marked(mark: str, text: str) -> str:
    """Text between its marks."""
    return f"{mark}\n\n{text}\n\n{END}"


def write(found: Sequence[dict[str, Any]], *, indicators: int, knee: bool) -> None:
    """Put the figures where they belong in docs/speed.md, which `scripts/bench` has written before."""
    mark = KNEE if knee else STEADY
    document = DOCS.read_text(encoding="utf-8")
    old = section(mark, document)
    DOCS.write_text(
        document.replace(marked(mark, old), marked(mark, text(found, indicators=indicators, knee=knee))),
        encoding="utf-8",
    )


def text(found: Sequence[dict[str, Any]], *, indicators: int, knee: bool) -> str:
    """The figures as Markdown."""
    today = datetime.now(UTC).date().isoformat()
    lines = [
        (
            f"Measured on {today}: {platform.system()} {platform.machine()},"
            f" Python {platform.python_version()}, {os.cpu_count()} cores, {indicators:,} confirmed numbers."
        ),
        "",
        (
            "| Database | asked/s | checks | lost | refused | acknowledged p50 ms | p95 ms | p99 ms"
            " | answered p50 ms | p95 ms | p99 ms | service: ms of processor a check | database server"
            " | generator and platform | memory MB | kept |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        cpu = row["cpu_ms"]
        server = f"{cpu['database server']:.1f}" if "database server" in cpu else "–"
        lines.append(
            f"| {row['name']} | {row['rate']:.0f} | {row['asked']:,} | {row['lost']} | {row['refused']}"
            f" | {row['acknowledged_p50_ms']:.0f} | {row['acknowledged_p95_ms']:.0f}"
            f" | {row['acknowledged_p99_ms']:.0f} | {row['answered_p50_ms']:.0f}"
            f" | {row['answered_p95_ms']:.0f} | {row['answered_p99_ms']:.0f}"
            f" | {cpu['service']:.1f} | {server} | {cpu['generator and platform']:.1f}"
            f" | {row['memory_first_mb']} → {row['memory_last_mb']} | {'yes' if row['kept'] else 'NO'} |"
        )
    if knee:
        lines += ["", *(_limit(name, found) for name in dict.fromkeys(row["name"] for row in found))]
    return "\n".join(lines)


def _limit(name: str, found: Sequence[dict[str, Any]]) -> str:
    """The highest rate that was kept, and who was busiest when it was not any more."""
    rows = [row for row in found if row["name"] == name]
    kept = max((row["rate"] for row in rows if row["kept"]), default=0)
    last = rows[-1]
    if last["kept"]:
        return f"- {name}: {kept:.0f} a second kept; more was not asked."
    busy = ", ".join(f"{who} {used:.2f}" for who, used in last["cores"].items())
    return (
        f"- {name}: {kept:.0f} a second kept, {last['rate']:.0f} not. Cores in use then: {busy}. One Python"
        " process uses one core at most, so a service near 1 is at its end whatever the database could do."
    )
