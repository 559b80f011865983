"""Known scam scripts: families of texts, kept with their slots masked, and the texts that belong to one.

Candidates come from shared five-letter pieces (spaces do not count, so spacing does not matter); an
order-aware score decides. A long post can contain a script, a short message can be a stretch of one.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from scamcheck import match
from scamcheck.knowledge import Script, ScriptCandidate
from scamcheck.text import Text, read
from scamcheck.thresholds import (
    SCRIPT_CANDIDATES,
    SCRIPT_MATCH_SCORE,
    SCRIPT_MIN_LETTERS,
    SCRIPT_STRETCH_SCORE,
    SCRIPT_WHOLE_LENGTH,
)

_PIECE: Final = 5
_PIECES_ASKED: Final = 600
_SLOT: Final = re.compile(r"\{[a-z_]{1,20}\}")
_MASKED: Final = re.compile(
    r"(?:https?|hxxps?)[:/]\S{1,300}|www\.\S{3,300}"
    r"|[0-9][0-9.,:/h-]{0,30}(?: ?(?:trieu|tr|cu|ty|nghin|ngan|dong|vnd|k|d))?(?![a-z])|[0-9]+"
)
_LETTERS: Final = re.compile(r"[^a-z]+")


def masked(folded: str) -> str:
    """Folded text without its slots (amounts, numbers, dates, links), marks and spaces: what is compared."""
    return _LETTERS.sub("", _MASKED.sub(" ", _SLOT.sub(" ", folded)))


class ScriptIndex:
    """Scripts ready to be compared with messages; holds no text of any message."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._scripts = tuple(scripts)
        self._texts = tuple(masked(read(script.text).folded) for script in self._scripts)
        self._with_piece: dict[str, list[int]] = {}
        for at, text in enumerate(self._texts):
            for piece in _pieces(text):
                self._with_piece.setdefault(piece, []).append(at)

    def candidates(self, text: Text) -> tuple[ScriptCandidate, ...]:
        """The scripts that the text is a member of, best first: score at or above `SCRIPT_MATCH_SCORE`."""
        message = masked(text.folded)
        if len(message) < SCRIPT_MIN_LETTERS:
            return ()
        found = [
            ScriptCandidate(self._scripts[at], round(score, 2))
            for at in self._nearest(message)
            if (score := likeness(message, self._texts[at]))
        ]
        return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.script.id)))

    def _nearest(self, message: str) -> list[int]:
        """Indexes of the scripts that share most pieces, rare pieces first when there are very many."""
        held = [self._with_piece[piece] for piece in _pieces(message) if piece in self._with_piece]
        held.sort(key=len)
        shared: Counter[int] = Counter()
        for scripts in held[:_PIECES_ASKED]:
            shared.update(scripts)
        # A share of the script's own pieces: a long post shares a few pieces with every script.
        share = {at: count / len(self._texts[at]) for at, count in shared.items() if count > 1}
        return sorted(share, key=lambda at: (-share[at], at))[:SCRIPT_CANDIDATES]


def likeness(message: str, script: str) -> float:
    """Score of two masked texts, 0 to 100, or 0 below the threshold; a stretch of one may match the other."""
    shorter, longer = sorted((len(message), len(script)))
    if longer <= shorter * SCRIPT_WHOLE_LENGTH:
        return match.ratio(message, script, cutoff=SCRIPT_MATCH_SCORE)
    if shorter < SCRIPT_MIN_LETTERS:
        return 0.0
    return match.partial_ratio(message, script, cutoff=SCRIPT_STRETCH_SCORE)


@cache
def shipped() -> tuple[Script, ...]:
    """The scripts that come with a release, each written by us from the public fact named as its source."""
    raw = tomllib.loads((files("scamcheck") / "data" / "scripts.toml").read_text(encoding="utf-8"))
    return tuple(
        Script(
            id=f"shipped:{row['id']}",
            name=row["name"],
            text=row["text"],
            scenario=row["scenario"],
            source=row["source"],
        )
        for row in raw["script"]
    )


def _pieces(letters: str) -> set[str]:
    return {letters[at : at + _PIECE] for at in range(len(letters) - _PIECE + 1)}
