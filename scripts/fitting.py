"""Fits the weights of the signs on our own texts: `scripts/fit` writes `scamcheck/data/weights.txt`.

It also writes the names of scenarios, see `scripts/naming.py`.

A logistic regression over the named features of `scamcheck.red_flags`, pulled towards what a reviewer wrote
beside each sign and solved to convergence. Same texts, same weights, always. `--cross-validate` fits on four
fifths of the written texts and judges the last, five times, and prints where the thresholds would stand.
"""

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from random import Random
from typing import Final

from scamcheck.observables import extract
from scamcheck.red_flags import counts_of, features
from scamcheck.signs import lexicon, words_of
from scripts.naming import fit_names, named_texts, written_names

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = ROOT / "tests" / "evaluation" / "own"
WEIGHTS: Final = ROOT / "scamcheck" / "data" / "weights.txt"
NAMES: Final = ROOT / "scamcheck" / "data" / "scenario_weights.txt"

MIN_TEXTS: Final = {"s": 1, "p": 4, "w": 2, "r": 2, "n": 4, "f": 2, "l": 2, "t": 1}
"""A pair or a wording seen in fewer texts says more about those texts than about scams."""
PULL: Final = {"s": 1.7, "p": 2.0}
"""How strongly signs and pairs are held to their prior, against 1 for the wording."""
TRUST: Final = 0.5
"""How much of what a reviewer wrote beside a sign the fit starts from; whole, it outweighs the texts."""
RARE: Final = frozenset("wrnfl")
"""Words, runs and near pairs count the more the rarer they are."""
GENERATED: Final = 0.3
"""A text composed by a grammar teaches less than one that somebody wrote."""
LEFT_OUT: Final = frozenset({"og02615", "og02802"})
"""Composed texts that came out like a test text (`scripts/evaluate --own`): nothing is learnt from them."""
SEED: Final = 7
COST: Final = 1.0
ROUNDS: Final = 300
SETTLED: Final = 0.005
"""A round that moves no text's share by more than this part of its cost ends the fit."""
KEPT: Final = 0.02
"""Smaller weights change no verdict and are not written."""
FOLDS: Final = 5
SHOWN: Final = (0.01, 0.02, 0.03, 0.05, 0.08)
VERY_SHORT: Final = "very_short"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text as features."""

    features: dict[str, float]
    scam: bool
    weight: float = 1.0
    fold: int = -1
    """Which fifth of the written texts it is in; -1 for a text that only teaches."""
    short: bool = False


def labelled(paths: Iterable[Path]) -> list[Example]:
    """The scam and legitimate texts of these files; adverts and ambiguous rows teach nothing certain."""
    examples: list[Example] = []
    for path in paths:
        generated = "generated" in path.name
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["label"] == "spam" or row.get("ambiguous") or row["id"] in LEFT_OUT:
                continue
            seen = extract(row["text"])
            words = words_of(seen.text.folded)
            counts = counts_of(
                words, numbers=seen.numbers, accounts=seen.accounts, links=seen.links, claims=seen.claims
            )
            examples.append(
                Example(
                    features(words, counts),
                    row["label"] == "scam",
                    GENERATED if generated else 1.0,
                    -1 if generated else zlib.crc32(row["id"].encode()) % FOLDS,
                    row["style"] == VERY_SHORT,
                )
            )
    return examples


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """Weights by feature name, and the bias under the empty name."""
    seen_in = Counter(name for example in examples for name in example.features)
    kept = sorted(name for name, count in seen_in.items() if count >= MIN_TEXTS[name[0]])
    stretch = [_stretch(name, seen_in[name], len(examples)) for name in kept]
    place = {name: at for at, name in enumerate(kept)}
    rows: list[tuple[list[int], list[float]]] = []
    for example in examples:
        at = [place[name] for name in example.features if name in place]
        values = [value * stretch[place[name]] for name, value in example.features.items() if name in place]
        rows.append(([*at, len(kept)], [*values, 1.0]))
    prior = {f"s:{code}": TRUST * rule.weight for code, rule in lexicon().rules.items()}
    weights = [prior.get(name, 0.0) / stretch[at] for at, name in enumerate(kept)] + [0.0]
    _descend(rows, [1 if example.scam else -1 for example in examples], [e.weight for e in examples], weights)
    fitted = {name: weights[at] * stretch[at] for at, name in enumerate(kept)}
    return fitted | {"": weights[-1]}


def _stretch(name: str, texts: int, of: int) -> float:
    """What a feature is multiplied with before the fit: a larger value is pulled less."""
    if name[0] in RARE:
        return log((1 + of) / (1 + texts)) + 1
    return 1 / PULL.get(name[0], 1.0)


def _descend(
    rows: Sequence[tuple[list[int], list[float]]],
    labels: Sequence[int],
    shares: Sequence[float],
    weights: list[float],
) -> None:
    """Dual coordinate descent for logistic regression (Yu, Huang and Lin, 2011), in a fixed mixed order.

    In the order of the files one label follows the other for hundreds of texts, and it settles far too late.
    """
    order = list(range(len(rows)))
    Random(SEED).shuffle(order)  # noqa: S311 - an order, not a secret
    costs = [COST * share for share in shares]
    alphas = [min(0.001 * cost, 1e-8) for cost in costs]
    norms = [sum(value * value for value in values) for _, values in rows]
    for at, (places, values) in enumerate(rows):
        for place, value in zip(places, values, strict=True):
            weights[place] += labels[at] * alphas[at] * value
    for _ in range(ROUNDS):
        moved = 0.0
        for at in order:
            places, values = rows[at]
            score = sum([weights[place] * value for place, value in zip(places, values, strict=True)])
            alpha = _solved(alphas[at], labels[at] * score, norms[at], costs[at])
            step = (alpha - alphas[at]) * labels[at]
            moved = max(moved, abs(step) / costs[at])
            alphas[at] = alpha
            for place, value in zip(places, values, strict=True):
                weights[place] += step * value
        if moved < SETTLED:
            break


def _solved(alpha: float, margin: float, norm: float, cost: float) -> float:
    """The share of one text at which its own part of the dual is least; between 0 and its cost."""
    low, high = 0.0, cost
    found = alpha
    for _ in range(40):
        slope = norm * (found - alpha) + margin + log(found / (cost - found))
        if abs(slope) < 1e-6:
            break
        low, high = (found, high) if slope < 0 else (low, found)
        found -= slope / (norm + cost / (found * (cost - found)))
        if not low < found < high:
            found = (low + high) / 2
    return min(max(found, 1e-12 * cost), cost * (1 - 1e-12))


def written(weights: Mapping[str, float]) -> str:
    """The weights as the table that `scamcheck` reads: a feature, a tabulator and its log-odds."""
    lines = [
        "# Written by scripts/fit from tests/evaluation/own/train_*.jsonl. Log-odds: above zero is a scam.",
        "# s: a sign of red_flags.toml, p: two signs together, w: one or two words, r: three in a row,",
        "# n: two near each other, f: and l: words of the first and of the last sentence, t: a topic of",
        "# topics.toml. Correct a sign there and fit again.",
        f"bias\t{weights['']:.3f}",
    ]
    lines += [
        f"{name}\t{weight:.3f}"
        for name, weight in sorted(weights.items())
        if name and (name.startswith("s:") or abs(weight) >= KEPT)
    ]
    return "\n".join(lines) + "\n"


def score(example: Example, weights: Mapping[str, float]) -> float:
    """The log-odds of one text."""
    return weights[""] + sum(weights.get(name, 0.0) * value for name, value in example.features.items())


def cross_validated(examples: Sequence[Example]) -> list[tuple[float, bool]]:
    """Score and label of each written text by a fit that has not seen it; very short ones left out."""
    judged: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        weights = fit([example for example in examples if example.fold != fold])
        judged += [
            (score(example, weights), example.scam)
            for example in examples
            if example.fold == fold and not example.short
        ]
    return judged


def curve(judged: Sequence[tuple[float, bool]]) -> list[tuple[float, float, float]]:
    """Each shown share of false alarms, the score from which it holds, and the recall there."""
    others = sorted((value for value, scam in judged if not scam), reverse=True)
    scams = [value for value, scam in judged if scam]
    points: list[tuple[float, float, float]] = []
    for share in SHOWN:
        threshold = others[int(share * len(others))]
        points.append((share, threshold, sum(value > threshold for value in scams) / len(scams)))
    return points


def main(arguments: list[str] | None = None) -> None:
    """Fit on the training files and write the weights, or cross-validate and write nothing."""
    parser = argparse.ArgumentParser(prog="scripts/fit", description=__doc__)
    parser.add_argument("--cross-validate", action="store_true", help="judge each text by a fit without it")
    asked = parser.parse_args(arguments)
    paths = sorted(OWN.glob("train_*.jsonl"))
    examples = labelled(paths)
    if asked.cross_validate:
        for share, threshold, recall in curve(cross_validated(examples)):
            print(f"false alarms {share:5.1%}  score {threshold:6.2f}  recall {recall:6.1%}")
        return
    WEIGHTS.write_text(written(fit(examples)), encoding="utf-8")
    NAMES.write_text(written_names(*fit_names(named_texts(paths))), encoding="utf-8")
    scams = sum(example.scam for example in examples)
    print(f"{len(examples)} texts ({scams} scam) of {len(paths)} files -> {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
