"""How a message is worded, as named features: words, words side by side, words near each other, topics.

The signs of `data/red_flags.toml` say what a reviewer thought of; the wording catches what nobody wrote down.
A topic ("injury", "cash desk") stands for many words, so that a word the fit never saw still counts.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log, sqrt
from typing import Final

_READ: Final = 400
"""Words of a message that are looked at; bounds the work, and a longer message has said it by then."""
_NEAR: Final = 5
"""Words up to so far apart stand near each other."""
_SCALES: Final = {"w": 4 / 3, "n": 2 / 3, "t": 3.0}
"""How much words, near pairs and topics weigh against the signs; chosen by `scripts/fit --cross-validate`."""
_FEW: Final = {"w": 20, "n": 40, "t": 8}
"""A message with fewer than this says as little as its length: one word alone must not decide."""


def wording(tokens: Sequence[str]) -> dict[str, float]:
    """`w:` words and neighbours, `n:` pairs of near words, `t:` topics.

    Each kind is divided by the root of its size: a message counts by how it speaks, not by how long.
    """
    read = tokens[:_READ]
    found: dict[str, float] = {}
    for kind, counts in (("w", _words(read)), ("n", _near(read)), ("t", _topics(read))):
        scale = _SCALES[kind] / sqrt(max(len(counts), _FEW[kind]))
        found.update({f"{kind}:{name}": scale * (1 + log(count)) for name, count in counts.items()})
    return found


def _words(tokens: Sequence[str]) -> Mapping[str, int]:
    counts = Counter(word for word in tokens if word != ".")
    counts.update(f"{one} {other}" for one, other in pairwise(tokens))
    return counts


def _near(tokens: Sequence[str]) -> Mapping[str, int]:
    words = [word for word in tokens if word != "."]
    return Counter(
        f"{word} {later}" for at, word in enumerate(words) for later in words[at + 2 : at + 1 + _NEAR]
    )


def _topics(tokens: Sequence[str]) -> Mapping[str, int]:
    return Counter(topic for topics in _topics_at(tokens) for topic in topics)


def _topics_at(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The topics of each term found, the longest term first, none inside another."""
    terms, longest = _terms()
    at = 0
    while at < len(tokens):
        for length in range(longest, 0, -1):
            topics = terms.get(tuple(tokens[at : at + length]))
            if topics:
                yield topics
                at += length
                break
        else:
            at += 1


@cache
def _terms() -> tuple[dict[tuple[str, ...], tuple[str, ...]], int]:
    raw = tomllib.loads((files("scamcheck") / "data" / "topics.toml").read_text(encoding="utf-8"))
    terms: dict[tuple[str, ...], tuple[str, ...]] = {}
    for topic, listed in raw["topic"].items():
        for term in listed.replace("\n", " ").split("/"):
            words = tuple(term.split())
            terms[words] = (*terms.get(words, ()), topic)
    return terms, max(map(len, terms))
