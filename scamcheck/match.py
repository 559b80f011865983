"""Scores of likeness. The only module that imports rapidfuzz; everything is compared on folded text.

Scores run from 0 to 100; a score under its cut-off is 0, which lets the library stop early.
"""

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA


def ratio(a: str, b: str, *, cutoff: float = 0.0) -> float:
    """Order-aware likeness of two whole strings: the scorer that decides (`docs/speed.md`)."""
    return fuzz.ratio(a, b, score_cutoff=cutoff)


def partial_ratio(a: str, b: str, *, cutoff: float = 0.0) -> float:
    """Likeness of the shorter string to the best-fitting stretch of the longer: for excerpts."""
    return fuzz.partial_ratio(a, b, score_cutoff=cutoff)


def partial_span(a: str, b: str, *, cutoff: float = 0.0) -> tuple[float, int, int]:
    """`partial_ratio`, and which stretch (start, end) of the longer string fitted; zeros for none."""
    found = fuzz.partial_ratio_alignment(a, b, score_cutoff=cutoff)
    if found is None:
        return 0.0, 0, 0
    if len(a) > len(b):
        return found.score, found.src_start, found.src_end
    return found.score, found.dest_start, found.dest_end


def edits(a: str, b: str, *, limit: int) -> int:
    """How many letters were changed, dropped, added or swapped with a neighbour; `limit + 1` when more."""
    return OSA.distance(a, b, score_cutoff=limit)


def nearest(query: str, choices: Sequence[str], *, limit: int, cutoff: float) -> list[tuple[int, float]]:
    """The indexes and ratios of the choices nearest to the query, best first, at or above the cut-off."""
    found = process.extract(query, choices, scorer=fuzz.ratio, limit=limit, score_cutoff=cutoff)
    return [(at, score) for _, score, at in found]
