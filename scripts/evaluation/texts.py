"""How well words are judged: recall on scams, false alarms on ordinary texts, by every label a row has."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from scamcheck.verdict import Verdict
from scripts.evaluation.checking import POSITIVE, knowledge, verdicts
from scripts.evaluation.figures import Rate
from scripts.evaluation.rows import Row
from scripts.naming import scenario_of

WORST: Final = 15
VERY_SHORT: Final = "very_short"
CHILD: Final = "child-accident-hospital"


@dataclass(slots=True)
class TextFigures:
    """Everything measured on texts. `very_short` rows count in the whole and are also shown apart."""

    recall: Rate = field(default_factory=Rate)
    false_alarm: Rate = field(default_factory=Rate)
    recall_without_very_short: Rate = field(default_factory=Rate)
    false_alarm_without_very_short: Rate = field(default_factory=Rate)
    child_without_very_short: Rate = field(default_factory=Rate)
    """Recall where a child is said to be in an emergency."""
    spam_flagged: Rate = field(default_factory=Rate)
    ambiguous_flagged: Rate = field(default_factory=Rate)
    named: Rate = field(default_factory=Rate)
    """Scams found whose scenario got its own name, and with it the advice that fits best."""
    by: dict[str, dict[str, Rate]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Rate)))
    """Scenario, voice, style, difficulty: label to rate; recall of scams, false alarms of others."""
    scores: list[tuple[float, bool]] = field(default_factory=list)
    """Score of the words and whether it is a scam, for the curve; very short texts left out."""
    misses: list[tuple[float, Row]] = field(default_factory=list)
    alarms: list[tuple[float, Row]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The figures under the keys that other tools read."""
        whole = {
            "recall": self.recall.value,
            "recall_interval": self.recall.interval,
            "false_alarm": self.false_alarm.value,
            "false_alarm_interval": self.false_alarm.interval,
            "scams": self.recall.of,
            "others": self.false_alarm.of,
        }
        apart = {
            "without_very_short": {
                "recall": self.recall_without_very_short.as_json(),
                "child": self.child_without_very_short.as_json(),
                "false_alarm": self.false_alarm_without_very_short.as_json(),
            },
            "spam_flagged": self.spam_flagged.as_json(),
            "ambiguous_flagged": self.ambiguous_flagged.as_json(),
            "named": self.named.as_json(),
        }
        by = {
            f"by_{label}": {name: rate.as_json() for name, rate in sorted(rates.items())}
            for label, rates in self.by.items()
        }
        return {**whole, **apart, **by}


def measure(files: Sequence[Sequence[Row]]) -> TextFigures:
    """Judge every text on shipped records only."""
    rows = [row for file in files for row in file]
    figures = TextFigures()
    for row, verdict in zip(rows, verdicts([row["text"] for row in rows], knowledge()), strict=True):
        _count(figures, row, verdict)
    figures.misses.sort(key=lambda miss: miss[0])
    figures.alarms.sort(key=lambda alarm: -alarm[0])
    return figures


def _count(figures: TextFigures, row: Row, verdict: Verdict) -> None:
    positive = verdict.level in POSITIVE
    score = verdict.observables.assessment.score
    if row.get("ambiguous"):
        figures.ambiguous_flagged.add(positive)
        return
    if row["label"] == "spam":
        figures.spam_flagged.add(positive)
        return
    is_scam = row["label"] == "scam"
    (figures.recall if is_scam else figures.false_alarm).add(positive)
    if is_scam and positive:
        figures.named.add(verdict.scenario is scenario_of(row["scenario"]))
    if row.get("style") != VERY_SHORT:
        apart = figures.recall_without_very_short if is_scam else figures.false_alarm_without_very_short
        apart.add(positive)
        if is_scam and row["scenario"] == CHILD:
            figures.child_without_very_short.add(positive)
        figures.scores.append((score, is_scam))
    for label in ("scenario", "voice", "style", "difficulty"):
        if label in row:
            kind = "scam" if is_scam else "legit"
            figures.by[label][f"{kind}: {row[label]}"].add(positive)
    if is_scam and not positive:
        figures.misses.append((score, row))
    if not is_scam and positive:
        figures.alarms.append((score, row))
