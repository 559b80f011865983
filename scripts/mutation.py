"""Runs mutmut as `[tool.mutmut]` in pyproject.toml says, and tells how many changes the tests noticed."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = ROOT / "mutants" / "scamcheck"
DOCUMENT: Final = ROOT / "docs" / "mutants.md"
GOAL: Final = 0.9
_NOTICED: Final = frozenset({1, 3, 24, 36, 152, 255, -24})
"""Exit codes of a change that a test failed for, or that never came to an end."""
_SURVIVED: Final = 0

MinutesOption = Annotated[float, typer.Option(help="Stop after so long; the next run goes on from there.")]
DocsOption = Annotated[bool, typer.Option("--write-docs", help="Write docs/mutants.md from what was tried.")]


def main(minutes: MinutesOption = 60.0, *, write_docs: DocsOption = False) -> None:
    """Try the changes that were not tried yet, and print the figures of all that were."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
    try:
        subprocess.run(command, cwd=ROOT, timeout=minutes * 60, check=True)
    except subprocess.TimeoutExpired:
        print("\nOut of time; the figures are of what was tried so far.")
    tried = results(RESULTS)
    print(table(tried))
    print(*survivors(tried), sep="\n")
    if write_docs:
        DOCUMENT.write_text(document(tried), encoding="utf-8")


Tried = Mapping[str, Mapping[str, int | None]]
"""Of each file, every change and the exit code of its tests; None when it was not tried yet."""


def results(folder: Path) -> dict[str, dict[str, int | None]]:
    """What mutmut noted of each file."""
    return {
        path.name.removesuffix(".meta"): json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        for path in sorted(folder.glob("*.py.meta"))
    }


def counted(codes: Mapping[str, int | None]) -> Counter[str]:
    """How many changes of one file were noticed, survived, met no test or were not tried."""
    return Counter(_fate(code) for code in codes.values())


def _fate(code: int | None) -> str:
    if code is None:
        return "not tried"
    if code in _NOTICED:
        return "noticed"
    return "survived" if code == _SURVIVED else "no test"


def table(tried: Tried) -> str:
    """The figures, one line per file and one for all."""
    lines = [
        "| File | Changes tried | Noticed | Survived | No test | Not tried |",
        "|---|---|---|---|---|---|",
    ]
    total: Counter[str] = Counter()
    for name, codes in tried.items():
        if codes:
            total += counted(codes)
            lines.append(_line(name, counted(codes)))
    return "\n".join([*lines, _line("All", total)])


def _line(name: str, counts: Counter[str]) -> str:
    judged = counts["noticed"] + counts["survived"] + counts["no test"]
    share = f"{counts['noticed']} ({counts['noticed'] / judged:.1%})" if judged else "0"
    cells = (name, judged, share, counts["survived"], counts["no test"], counts["not tried"])
    return "| " + " | ".join(map(str, cells)) + " |"


def survivors(tried: Tried) -> list[str]:
    """The names of the changes that no test noticed; `mutmut show NAME` shows one."""
    return sorted(
        key
        for codes in tried.values()
        for key, code in codes.items()
        if _fate(code) in {"survived", "no test"}
    )


def document(tried: Tried) -> str:
    """docs/mutants.md: what was measured, the figures, and what survived."""
    left = "\n".join(f"- `{name}`" for name in survivors(tried)) or "None."
    return f"""# What the tests notice

`scripts/mutants --write-docs` wrote this page; change nothing here by hand. mutmut changes the code that
decides in one small way at a time (a `<` to `<=`, an `and` to `or`, a number, a string, a call) and runs the
tests of the core that touch the changed function. A change that no test notices is a line that no test holds.
The goal is that {GOAL:.0%} are noticed. `[tool.mutmut]` of `pyproject.toml` names the files and the tests.

{table(tried)}

A change that survives is either one that makes no difference (an equal way to write the same) or a test that
is missing. `mutmut show NAME` shows one of these:

{left}
"""


if __name__ == "__main__":
    typer.run(main)
