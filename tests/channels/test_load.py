"""The measurement of the whole way finds what was lost, and a short one loses nothing."""

from pathlib import Path

import pytest

from scripts.loading import document
from scripts.loading.__main__ import measure
from scripts.loading.run import Run


def run_of(events: int, *, acknowledged: float = 0.1, answered: float = 0.2) -> Run:
    run = Run(100, 1)
    run.asked = dict.fromkeys(range(events), 0.0)
    run.acknowledged = dict.fromkeys(range(events), acknowledged)
    run.answered = dict.fromkeys(range(events), answered)
    return run


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_short_measurement_answers_every_update_once_and_tells_who_used_the_processor(
    kind: str,
) -> None:
    (found,) = await measure(kind, [10], 2, indicators=50, workers=0)
    assert found["asked"] == 20
    assert (found["lost"], found["refused"], found["complaints"], found["overloaded"]) == (0, 0, 0, 0)
    assert found["cpu_ms"].keys() == {"service", "generator and platform"} | (
        {"database server"} if kind == "postgresql" else set()
    )
    assert found["memory_last_mb"] > 0


def test_an_update_that_was_acknowledged_and_not_answered_is_lost() -> None:
    run = run_of(100)
    del run.answered[7]
    figures = run.figures("sqlite")
    assert figures["lost"] == 1
    assert not figures["kept"]


@pytest.mark.parametrize(
    ("acknowledged", "answered", "kept"), [(1.0, 1.5, True), (1.1, 1.5, False), (1.0, 1.6, False)]
)
def test_what_is_late_is_not_kept(acknowledged: float, answered: float, kept: bool) -> None:
    assert run_of(100, acknowledged=acknowledged, answered=answered).figures("sqlite")["kept"] is kept


def test_figures_take_the_place_of_older_ones_and_leave_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "speed.md"
    page.write_text(
        f"before\n\n{document.marked(document.STEADY, 'old')}\n\n{document.marked(document.KNEE, 'knee')}\nafter\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(document, "DOCS", page)
    run = run_of(100)
    run.cpu = {"service": 0.5, "generator and platform": 0.1}
    document.write([run.figures("sqlite")], indicators=1_000_000, knee=False)
    written = page.read_text(encoding="utf-8")
    assert "1,000,000 confirmed numbers" in written
    assert "| sqlite | 100 | 100 | 0 | 0 | 100 | 100 | 100 | 200 | 200 | 200 | 5.0 | – | 1.0 |" in written
    assert document.section(document.KNEE, written) == "knee"
    assert "old" not in written
    assert (written.startswith("before"), written.endswith("after\n")) == (True, True)
