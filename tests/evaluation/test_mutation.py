"""The figures of `scripts/mutants` are counted from what mutmut notes."""

import json
from pathlib import Path

from scripts.mutation import document, results, survivors, table

NOTED = {"a": 1, "b": 36, "c": 0, "d": 33, "e": None}


def test_a_change_is_noticed_survives_meets_no_test_or_was_not_tried(tmp_path: Path) -> None:
    (tmp_path / "verdict.py.meta").write_text(json.dumps({"exit_code_by_key": NOTED}), encoding="utf-8")
    (tmp_path / "quiet.py.meta").write_text(json.dumps({"exit_code_by_key": {}}), encoding="utf-8")
    tried = results(tmp_path)
    assert table(tried).splitlines()[2:] == [
        "| verdict.py | 4 | 2 (50.0%) | 1 | 1 | 1 |",
        "| All | 4 | 2 (50.0%) | 1 | 1 | 1 |",
    ]
    assert survivors(tried) == ["c", "d"]
    assert "- `c`\n- `d`" in document(tried)


def test_where_nothing_was_tried_nothing_is_claimed() -> None:
    assert table({"verdict.py": {"a": None}}).endswith("| All | 0 | 0 | 0 | 0 | 1 |")
    assert document({}).rstrip().endswith("None.")
