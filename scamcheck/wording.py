"""How a message is worded: words, runs of them, words near each other, how it begins and ends, topics.

The signs of `data/red_flags.toml` say what a reviewer thought of; the wording catches what nobody wrote down.
A topic ("injury", "cash desk") stands for many words, so that a word the fit never saw still counts.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from math import log, sqrt
from typing import Final

_READ: Final = 400
"""Words of a message that are looked at; bounds the work, and a longer message has said it by then."""
_NEAR: Final = 5
"""Words up to so far apart stand near each other."""
_SENTENCE: Final = 5
"""A first or last sentence of fewer words is a greeting or a name: anybody can set it before anything."""
_SCALES: Final = {"w": 4 / 3, "r": 1.0, "n": 2 / 3, "f": 0.8, "l": 0.4, "t": 1.5}
"""How much each kind weighs against the signs; by `scripts/fit --cross-validate`."""
KINDS: Final = tuple(_SCALES)
_FEW: Final = {"w": 20, "r": 20, "n": 40, "f": 12, "l": 12, "t": 8}
"""A message with fewer than this says as little as its length: one word alone must not decide."""


Name = str | tuple[str, ...]
"""Of two or three words the words themselves, which is quicker to make than the name that `told` gives it."""


def wording(tokens: Sequence[str]) -> dict[str, float]:
    """The words of a message as features.

    `w:` words and neighbours, `r:` runs of three, `n:` pairs of near words, `f:` and `l:` the words and
    neighbours of the first and of the last sentence, `t:` topics.
    Each kind is divided by the root of its size: a message counts by how it speaks, not by how long.
    """
    found: dict[str, float] = {}
    for kind, counts, scale in _counted(tokens):
        found.update({f"{kind}:{told(name)}": scale * (1 + log(count)) for name, count in counts.items()})
    return found


def weighed(tokens: Sequence[str], weights: Mapping[str, Mapping[Name, float]]) -> float:
    """The sum of what `wording` finds, each times its weight; `weights` by kind, of what has one."""
    total = 0.0
    for kind, counts, scale in _counted(tokens):
        weight_of = weights[kind].get
        total += scale * sum(
            [weight * (1 + log(count)) for name, count in counts.items() if (weight := weight_of(name))]
        )
    return total


def _counted(tokens: Sequence[str]) -> Iterator[tuple[str, Mapping[Name, int], float]]:
    """Each kind, how often its names were found, and what one counts."""
    read = tokens[:_READ]
    first, last = _first_and_last(read)
    kinds: tuple[tuple[str, Mapping[Name, int]], ...] = (
        ("w", _words(read)),
        ("r", _runs(read)),
        ("n", _near(read)),
        ("f", _words(first)),
        ("l", _words(last)),
        ("t", _topics(read)),
    )
    for kind, counts in kinds:
        yield kind, counts, _SCALES[kind] / sqrt(max(len(counts), _FEW[kind]))


def told(name: Name) -> str:
    """A name as the file of weights has it."""
    return name if isinstance(name, str) else " ".join(name)


def read_name(written: str) -> Name:
    """The name that `told` wrote so."""
    return tuple(written.split(" ")) if " " in written else written


def _words(tokens: Sequence[str]) -> Mapping[Name, int]:
    counts: Counter[Name] = Counter([word for word in tokens if word != "."])
    counts.update(pairwise(tokens))
    return counts


def _runs(tokens: Sequence[str]) -> Mapping[Name, int]:
    return Counter(zip(tokens, tokens[1:], tokens[2:]))  # noqa: B905 - the last words have nobody behind them


def _near(tokens: Sequence[str]) -> Mapping[Name, int]:
    words = [word for word in tokens if word != "."]
    return Counter(chain.from_iterable(zip(words, words[apart:]) for apart in range(2, _NEAR + 1)))  # noqa: B905 - the last words have nobody behind them


def _first_and_last(tokens: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The first and the last sentence worth the name, nothing where the message is but one."""
    stops = [at for at, word in enumerate(tokens) if word == "."]
    starts = (0, *(at + 1 for at in stops))
    sentences = [
        (start, end) for start, end in zip(starts, (*stops, len(tokens)), strict=True) if end > start
    ]
    long = [sentence for sentence in sentences if sentence[1] - sentence[0] >= _SENTENCE]
    if len(sentences) < 2 or not long:
        return (), ()
    return tokens[slice(*long[0])], tokens[slice(*long[-1])]


def _topics(tokens: Sequence[str]) -> Mapping[Name, int]:
    return Counter(topic for topics in _topics_at(tokens) for topic in topics)


def _topics_at(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The topics of each term found, the longest term first, none inside another."""
    terms, longest = _terms()
    at = 0
    while at < len(tokens):
        for length in range(longest.get(tokens[at], 0), 0, -1):
            topics = terms.get(tuple(tokens[at : at + length]))
            if topics:
                yield topics
                at += length
                break
        else:
            at += 1


@cache
def _terms() -> tuple[dict[tuple[str, ...], tuple[str, ...]], dict[str, int]]:
    """The topics of each term, and how long the longest term is that begins with a word."""
    raw = tomllib.loads((files("scamcheck") / "data" / "topics.toml").read_text(encoding="utf-8"))
    terms: dict[tuple[str, ...], tuple[str, ...]] = {}
    for topic, listed in raw["topic"].items():
        for term in listed.replace("\n", " ").split("/"):
            words = tuple(term.split())
            terms[words] = (*terms.get(words, ()), topic)
    longest: dict[str, int] = {}
    for term in terms:
        longest[term[0]] = max(longest.get(term[0], 0), len(term))
    return terms, longest
