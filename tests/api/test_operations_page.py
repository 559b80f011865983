"""What docs/operations.md tells an operator to watch exists."""

import re
from pathlib import Path

from prometheus_client import generate_latest

from bot import metrics

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_measure_that_an_alert_names_is_measured() -> None:
    named = set(re.findall(r"goilai_[a-z_]+", PAGE.read_text(encoding="utf-8")))
    measured = set(re.findall(r"goilai_[a-z_]+", generate_latest(metrics.REGISTRY).decode()))

    assert len(named) >= 6
    assert named <= measured
