"""How alike our own texts are: near-duplicates among the test texts, and training texts that retell one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scamcheck.match import nearest
from scamcheck.text import fold
from scripts.evaluation.figures import Rate
from scripts.evaluation.rows import Row

ALIKE: Final = 75.0
"""Likeness (0 to 100) of two texts, figures masked, above which both say the same."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of texts that say again what another text says."""

    near_duplicates: Rate
    """Test texts that are alike with another test text."""
    trained_on: Rate
    """Test texts that are alike with a training text; must be 0."""


def masked(row: Row) -> str:
    """The text folded, every figure a mark."""
    return " ".join(re.sub(r"\d+", "#", fold(str(row["text"]))).split())


def measure(test: Sequence[Row], train: Sequence[Row]) -> Overlap:
    """Compare every test text with all others and with all training texts."""
    tested, taught = [masked(row) for row in test], [masked(row) for row in train]
    near, trained_on = Rate(), Rate()
    for at, text in enumerate(tested):
        found = nearest(text, tested, limit=2, cutoff=ALIKE + 0.1)
        near.add(any(other != at for other, _ in found))
        trained_on.add(bool(nearest(text, taught, limit=1, cutoff=ALIKE + 0.1)))
    return Overlap(near, trained_on)


def lines(overlap: Overlap) -> list[str]:
    """The two shares for a terminal."""
    return [
        "OWN TEXTS",
        f"  test texts alike            {overlap.near_duplicates.as_text()}",
        f"  test texts also trained on  {overlap.trained_on.as_text()}",
    ]
