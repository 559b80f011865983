"""Which scam a message is: the name that its advice hangs on, when its words have already been judged.

A multinomial logistic regression over signs and single words, fitted on our own texts like the weights of the
verdict. It names, it never judges: no level depends on it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log, sqrt
from typing import Final

_READ: Final = 400
"""Words that are looked at, as in `wording.py`."""
_FEW: Final = 10
"""A message of fewer different words says no more by each of them."""
TENTHS: Final = 10
"""The file holds log-odds as whole tenths."""


def naming_features(counts: Mapping[str, int], tokens: Sequence[str]) -> dict[str, float]:
    """What the sum runs over: `s:` signs, `w:` words. `counts` says how often each sign was found."""
    words = Counter([word for word in tokens[:_READ] if word != "."])
    share = 1 / sqrt(max(len(words), _FEW))
    found = {f"s:{code}": sqrt(min(count, 4)) for code, count in counts.items()}
    found.update({f"w:{word}": 4 * share * (1 + log(count)) for word, count in words.items()})
    return found


def name_of(counts: Mapping[str, int], tokens: Sequence[str]) -> str:
    """The scenario that fits best, by its value in `red_flags.Scenario`; earlier in the file wins a tie."""
    names, weights = _weights()
    sums = list(weights[""])
    for name, value in naming_features(counts, tokens).items():
        row = weights.get(name)
        if row is not None:
            sums = [total + value * weight for total, weight in zip(sums, row, strict=True)]
    return names[max(range(len(names)), key=sums.__getitem__)]


@cache
def _weights() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """The names, and by feature what each of them gains; the empty feature is there in every message."""
    table = (files("scamcheck") / "data" / "scenario_weights.txt").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    rows = (line.split("\t") for line in lines[1:])
    return tuple(lines[0].split()), {name: tuple(map(int, row.split())) for name, row in rows}
