"""Fits the names of scenarios: `scripts/fit` writes `scamcheck/data/scenario_weights.txt` with it.

Softmax regression by stochastic descent with a step per weight (AdaGrad; Duchi, Hazan and Singer, 2011), in a
fixed mixed order. Same texts, same weights, always.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, sqrt
from pathlib import Path
from random import Random
from typing import Final

from scamcheck.naming import TENTHS, naming_features
from scamcheck.observables import extract
from scamcheck.red_flags import Scenario, counts_of
from scamcheck.signs import words_of

SCENARIO_OF: Final[Mapping[str, Scenario]] = {
    "account-takeover-borrow": Scenario.BORROW_MONEY,
    "child-accident-hospital": Scenario.CHILD_EMERGENCY,
    "child-debt": Scenario.DEBT_THREAT,
    "debt-threat": Scenario.DEBT_THREAT,
    "electricity": Scenario.UTILITY,
    "fake-bank": Scenario.BANK_IMPOSTOR,
    "fake-police": Scenario.POLICE_IMPOSTOR,
    "fake-school-board": Scenario.SCHOOL_IMPOSTOR,
    "fake-teacher-school-fee": Scenario.SCHOOL_FEE,
    "investment": Scenario.INVESTMENT,
    "job-task": Scenario.JOB_TASK,
    "kidnap-online": Scenario.KIDNAP_ONLINE,
    "loan": Scenario.LOAN,
    "love-scam": Scenario.ROMANCE,
    "otp-theft": Scenario.OTP_THEFT,
    "prize": Scenario.PRIZE,
    "recovery": Scenario.RECOVERY,
    "shipper-cod": Scenario.PARCEL,
    "sim-lock": Scenario.SIM_LOCK,
    "social-insurance": Scenario.SOCIAL_INSURANCE,
    "tax": Scenario.TAX,
    "traffic-fine": Scenario.TRAFFIC_FINE,
    "tuition-refund": Scenario.TUITION_REFUND,
    "vneid-cccd": Scenario.VNEID,
}
"""What a row's scenario is called in advice; every other is `OTHER`."""
MIN_TEXTS: Final = 3
ROUNDS: Final = 8
STEP: Final = 0.3
PULL: Final = 3e-4
SEED: Final = 7

Features = Mapping[str, float]
Named = tuple[Features, Scenario]


def scenario_of(written: str) -> Scenario:
    """The name in advice of what a row calls its scenario."""
    return SCENARIO_OF.get(written, Scenario.OTHER)


def named_texts(paths: Iterable[Path]) -> list[Named]:
    """The scam texts of these files with their names."""
    found: list[Named] = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["label"] != "scam" or row.get("ambiguous"):
                continue
            seen = extract(row["text"])
            words = words_of(seen.text.folded)
            counts = counts_of(
                words, numbers=seen.numbers, accounts=seen.accounts, links=seen.links, claims=seen.claims
            )
            found.append((naming_features(counts, words.tokens), scenario_of(row["scenario"])))
    return found


def fit_names(texts: Sequence[Named]) -> tuple[list[Scenario], dict[str, list[float]]]:
    """The names, and by feature what each of them gains; the empty feature is there in every message."""
    seen_in = Counter(name for features, _ in texts for name in features)
    kept = {name for name, count in seen_in.items() if count >= MIN_TEXTS}
    names = [scenario for scenario in Scenario if any(scenario is given for _, given in texts)]
    weights = {name: [0.0] * len(names) for name in ("", *sorted(kept))}
    slopes = {name: [1e-3] * len(names) for name in weights}
    rows = [
        (
            {"": 1.0, **{name: value for name, value in features.items() if name in kept}},
            names.index(scenario),
        )
        for features, scenario in texts
    ]
    order = Random(SEED)  # noqa: S311 - an order, not a secret
    for _ in range(ROUNDS):
        order.shuffle(rows)
        for features, right in rows:
            errors = _shares(features, weights, len(names))
            errors[right] -= 1
            for name, value in features.items():
                _step(weights[name], slopes[name], [value * error for error in errors])
    return names, weights


def _shares(features: Features, weights: Mapping[str, list[float]], names: int) -> list[float]:
    sums = [0.0] * names
    for name, value in features.items():
        sums = [total + value * weight for total, weight in zip(sums, weights[name], strict=True)]
    highest = max(sums)
    powers = [exp(total - highest) for total in sums]
    whole = sum(powers)
    return [power / whole for power in powers]


def _step(weights: list[float], slopes: list[float], gradient: Sequence[float]) -> None:
    for at, slope in enumerate(gradient):
        pulled = slope + PULL * weights[at]
        slopes[at] += pulled * pulled
        weights[at] -= STEP * pulled / sqrt(slopes[at])


def written_names(names: Sequence[Scenario], weights: Mapping[str, Sequence[float]]) -> str:
    """The table that `scamcheck` reads: the names, then a feature, a tabulator and its tenths of log-odds."""
    lines = [
        "# Written by scripts/fit from tests/evaluation/own/train_*.jsonl: the names, then by feature (none:",
        "# in every text; s: a sign, w: a word) how many tenths of log-odds each name gains.",
        " ".join(names),
    ]
    for name, row in sorted(weights.items()):
        tenths = [round(TENTHS * weight) for weight in row]
        if any(tenths):
            lines.append(f"{name}\t{' '.join(map(str, tenths))}")
    return "\n".join(lines) + "\n"
