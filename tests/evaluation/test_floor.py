"""The figures on our own shipped texts do not fall: a change that costs a parent an answer shows here.

Floors are a little under what `scripts/evaluate` prints; raise them when the figures rise.
"""

from pathlib import Path

import pytest

from scripts.evaluation import texts
from scripts.evaluation.__main__ import own_files
from scripts.evaluation.rows import Kind, read_rows

FLOOR_RECALL = 0.90
FLOOR_RECALL_CHILD = 0.88
CEILING_ALARMS = 0.06


@pytest.fixture(scope="module", name="figures")
def measured() -> texts.TextFigures:
    return texts.measure(read_rows(own_files())[Kind.TEXT])


def test_the_own_set_leaves_out_what_the_fit_has_seen() -> None:
    assert own_files()
    assert not [path for path in own_files() if Path(path).name.startswith("train_")]


def test_scams_are_found(figures: texts.TextFigures) -> None:
    assert figures.recall_without_very_short.value is not None
    assert figures.recall_without_very_short.value >= FLOOR_RECALL


def test_children_in_an_emergency_are_found(figures: texts.TextFigures) -> None:
    rate = figures.by["scenario"]["scam: child-accident-hospital"].value

    assert rate is not None
    assert rate >= FLOOR_RECALL_CHILD


def test_ordinary_texts_are_left_in_peace(figures: texts.TextFigures) -> None:
    assert figures.false_alarm_without_very_short.value is not None
    assert figures.false_alarm_without_very_short.value <= CEILING_ALARMS
