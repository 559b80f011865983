"""Fits the weights of the signs on our own texts and writes `scamcheck/data/weights.toml`.

A logistic regression over the named features of `scamcheck.red_flags`, pulled towards what a reviewer wrote
beside each sign: the fit corrects expectations, it does not invent them. Same texts, same weights, always.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import Final

from scamcheck.observables import extract
from scamcheck.red_flags import counts_of, features
from scamcheck.signs import lexicon, words_of

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = ROOT / "tests" / "evaluation" / "own"
WEIGHTS: Final = ROOT / "scamcheck" / "data" / "weights.toml"

EPOCHS: Final = 15
SETTLED: Final = 5
"""From this epoch on the weights are averaged: the last example seen must not decide."""
STEP: Final = 0.3
PULL: Final = {"s": 0.05, "p": 0.05, "w": 0.002}
"""How strongly each kind of feature is held to its prior, per example: signs are trusted most."""
MIN_TEXTS: Final = {"s": 1, "p": 4, "w": 2}
"""A pair or a wording seen in fewer texts says more about those texts than about scams."""
WORDING_SHARES: Final = (0.0, 0.5, 1.0)
"""How much of the wording one step of the fit may see."""
GENERATED: Final = 0.3
"""A text composed by a grammar teaches less than one that somebody wrote."""
KEPT: Final = 0.03
"""Smaller weights change no verdict and are not written."""
BIAS: Final = -3.0


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text as features."""

    features: dict[str, float]
    scam: bool
    weight: float = 1.0


def labelled(paths: Iterable[Path]) -> list[Example]:
    """The scam and legitimate texts of these files; adverts and ambiguous rows teach nothing certain."""
    examples: list[Example] = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["label"] == "spam" or row.get("ambiguous"):
                continue
            seen = extract(row["text"])
            words = words_of(seen.text.folded)
            counts = counts_of(
                words, numbers=seen.numbers, accounts=seen.accounts, links=seen.links, claims=seen.claims
            )
            weight = GENERATED if "generated" in path.name else 1.0
            examples.append(Example(features(words, counts), row["label"] == "scam", weight))
    return examples


def fit(examples: Sequence[Example], *, seed: int = 1384) -> dict[str, float]:
    """Weights by feature name, and the bias under the empty name."""
    seen_in = Counter(name for example in examples for name in example.features)
    kept = {name for name, count in seen_in.items() if count >= MIN_TEXTS[name[0]]}
    prior = {f"s:{code}": rule.weight for code, rule in lexicon().rules.items()}
    weights = {name: prior.get(name, 0.0) for name in sorted(kept)} | {"": BIAS}
    rows = [
        ([(name, value) for name, value in example.features.items() if name in kept] + [("", 1.0)], example)
        for example in examples
    ]
    squares = dict.fromkeys(weights, 1e-6)
    order = list(range(len(rows)))
    shuffle = random.Random(seed)  # noqa: S311 - the order of examples, not a secret
    summed = dict.fromkeys(weights, 0.0)
    for epoch in range(EPOCHS):
        shuffle.shuffle(order)
        for at in order:
            row, example = rows[at]
            row = _some_of(row, shuffle)
            score = sum(weights[name] * value for name, value in row)
            error = (1 / (1 + exp(-max(-30.0, min(30.0, score)))) - example.scam) * example.weight
            for name, value in row:
                pull = PULL[name[0]] * (weights[name] - prior.get(name, 0.0)) if name else 0.0
                slope = error * value + pull
                squares[name] += slope * slope
                weights[name] -= STEP * slope / sqrt(squares[name])
        if epoch >= SETTLED:
            for name, weight in weights.items():
                summed[name] += weight
    return {name: total / (EPOCHS - SETTLED) for name, total in summed.items()}


def _some_of(row: list[tuple[str, float]], chance: random.Random) -> list[tuple[str, float]]:
    """Without some of the wording: else words known by heart leave nothing for the signs to explain."""
    share = chance.choice(WORDING_SHARES)
    return [(name, value) for name, value in row if name[:1] != "w" or chance.random() < share]


def written(weights: Mapping[str, float]) -> str:
    """The weights as the TOML that `scamcheck` reads."""
    lines = [
        "# Written by scripts/fit from tests/evaluation/own/train_*.jsonl. Log-odds: above zero is a scam.",
        "# `sign`: one sign of red_flags.toml; `pair`: two together; `wording`: one word or two words,",
        "# as signs.py reads them. Correct a sign in red_flags.toml and fit again rather than editing here.",
        f"bias = {weights['']:.3f}",
    ]
    for mark, table in (("s", "sign"), ("p", "pair"), ("w", "wording")):
        lines += ["", f"[{table}]"]
        for name in sorted(weights):
            if name.startswith(f"{mark}:") and (mark == "s" or abs(weights[name]) >= KEPT):
                lines.append(f'"{name[2:]}" = {weights[name]:.3f}')
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit on the training files and write the weights."""
    paths = sorted(OWN.glob("train_*.jsonl"))
    examples = labelled(paths)
    WEIGHTS.write_text(written(fit(examples)), encoding="utf-8")
    scams = sum(example.scam for example in examples)
    print(f"{len(examples)} texts ({scams} scam) of {len(paths)} files -> {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
