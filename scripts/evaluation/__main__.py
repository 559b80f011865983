"""Measure the product: `scripts/evaluate [--json] [FILE…]`; without files, on the set we ship."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from scripts import fitting
from scripts.evaluation import document, identifiers, overlap, printing, schools, texts
from scripts.evaluation.rows import Kind, Row, UnknownRow, read_rows

OWN: Final = Path(__file__).resolve().parents[2] / "tests" / "evaluation" / "own"


def own_files() -> list[Path]:
    """Our own shipped set: everything that the fit has not seen."""
    return sorted(path for path in OWN.glob("*.jsonl") if not path.name.startswith("train_"))


def own_overlap() -> overlap.Overlap:
    """How alike our own test texts are with each other and with what the fit has seen."""
    taught = _texts(sorted(OWN.glob("train_*.jsonl")))
    return overlap.measure(_texts(own_files()), [row for row in taught if row["id"] not in fitting.LEFT_OUT])


def write_docs(files: list[Path]) -> None:
    """Write `docs/accuracy.md`: our own set, the given files as one more, the curve of the training texts."""
    sets = {"our own texts": texts.measure([_texts(own_files())])}
    if files:
        sets["other labelled texts"] = texts.measure([_texts(files)])
    trained = fitting.curve(fitting.cross_validated(fitting.labelled(sorted(OWN.glob("train_*.jsonl")))))
    document.DOCUMENT.write_text(document.document(sets, own_overlap(), trained), encoding="utf-8")


def _texts(paths: list[Path]) -> list[Row]:
    return [row for file in read_rows(paths)[Kind.TEXT] for row in file]


def main(arguments: list[str] | None = None) -> int:
    """Print the figures. Returns 0, or 2 when a file cannot be used."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    parser.add_argument(
        "--own", action="store_true", help="also how alike our own test and training texts are"
    )
    parser.add_argument("--write-docs", action="store_true", help="write docs/accuracy.md from these figures")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="JSON Lines files of any kind")
    asked = parser.parse_args(arguments)
    try:
        rows = read_rows(asked.files or own_files())
    except (OSError, UnknownRow) as error:
        print(error, file=sys.stderr)
        return 2
    if asked.write_docs:
        write_docs(asked.files)
        return 0
    report: dict[str, object] = {}
    lines: list[str] = []
    if files := rows[Kind.TEXT]:
        judged = texts.measure(files)
        report["texts"] = judged.as_json()
        lines += printing.text_lines(judged)
    if files := rows[Kind.NUMBER]:
        read = identifiers.measure_numbers(files)
        report["numbers"] = read.as_json()
        lines += printing.number_lines(read)
    if files := rows[Kind.LOOKALIKE]:
        told_apart = identifiers.measure_lookalikes(files)
        report["lookalikes"] = told_apart.as_json()
        lines += printing.lookalike_lines(told_apart)
    if files := rows[Kind.SCHOOL]:
        found = schools.measure(files)
        report["schools"] = found.as_json()
        lines += printing.school_lines(found)
    if asked.own:
        found_alike = own_overlap()
        report["own"] = {
            "near_duplicates": found_alike.near_duplicates.as_json(),
            "trained_on": found_alike.trained_on.as_json(),
        }
        lines += overlap.lines(found_alike)
    print(json.dumps(report, ensure_ascii=False, indent=2) if asked.json else "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
