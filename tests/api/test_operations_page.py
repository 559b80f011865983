"""What docs/operations.md tells an operator to watch, set and type exists."""

import importlib.util
import os
import re
from pathlib import Path

import pytest
import typer
from prometheus_client import generate_latest
from typer.testing import CliRunner

from bot import metrics
from bot.settings import Settings
from scripts.goilai import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALERTS = re.findall(r"^\| [^|]+ \| `(.*goilai_.*)` \|$", PAGE, flags=re.MULTILINE)


def measured() -> str:
    return generate_latest(metrics.REGISTRY).decode()


def test_every_measure_that_an_alert_names_is_measured() -> None:
    named = set(re.findall(r"goilai_[a-z_]+", PAGE))
    assert len(named) >= 6
    assert named <= set(re.findall(r"goilai_[a-z_]+", measured()))


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_compares_sums_and_not_each_series_with_itself(alert: str) -> None:
    """A quotient of two vectors is taken label by label, and "refused / refused" is always one."""
    rated = re.findall(r"(?:rate|increase)\(", alert)
    added = re.findall(r"sum(?: by \(\w+\))? ?\((?:rate|increase)\(", alert)
    assert len(rated) == len(added), alert
    assert alert.count("(") == alert.count(")")


def test_an_alert_chooses_by_labels_that_the_measure_has() -> None:
    labels = {
        "goilai_events_accepted_total": metrics.ACCEPTED,
        "goilai_sends_total": metrics.SENDS,
    }
    chosen = [found for alert in ALERTS for found in re.findall(r"(goilai_\w+)\{(\w+)[=!~]", alert)]
    assert len(chosen) >= 2
    for name, label in chosen:
        assert label in labels[name]._labelnames


def test_success_is_watched_and_not_errors_alone() -> None:
    assert any("answered_total" in alert and "accepted_total" in alert for alert in ALERTS)


def test_every_command_of_goilai_is_there() -> None:
    found = re.findall(r"goilai ((?:[a-z-]+ ?){1,2})", PAGE)
    said = {tuple(words.split()) for words in found}
    group = typer.main.get_command(app)
    assert len(said) >= 5
    for words in said:
        command = CliRunner().invoke(app, [words[0], "--help"])
        assert command.exit_code == 0, words
        inner = getattr(getattr(group, "commands")[words[0]], "commands", None)  # noqa: B009 - click's, if a group
        assert inner is None or len(words) == 1 or words[1] in inner, words


def test_every_program_is_there_and_may_be_run() -> None:
    for program in set(re.findall(r"scripts/[a-z]+", PAGE)):
        assert os.access(ROOT / program, os.X_OK), program
    for module in set(re.findall(r"python -m ([a-z.]+[a-z])", PAGE)):
        assert importlib.util.find_spec(module), module


def test_every_setting_is_one() -> None:
    said = set(re.findall(r"`([A-Z][A-Z_]{3,})[`=]|^([A-Z][A-Z_]{3,})=", PAGE, flags=re.MULTILINE))
    names = {name for pair in said for name in pair if name}
    assert len(names) >= 8
    assert names - {field.upper() for field in Settings.model_fields} == set()
