"""Known scam scripts: families of texts, kept with their slots masked, and the texts that belong to one.

Candidates come from shared five-letter pieces (spaces do not count, so spacing does not matter); an
order-aware score decides. A long post can contain a script, a short message can be a stretch of one.
"""

import re
import tomllib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, partial
from heapq import nsmallest
from importlib.resources import files
from typing import Final

from scamcheck import match
from scamcheck.knowledge import Script, ScriptCandidate
from scamcheck.text import Text, read
from scamcheck.thresholds import (
    SCRIPT_CANDIDATES,
    SCRIPT_MATCH_SCORE,
    SCRIPT_MIN_LETTERS,
    SCRIPT_NEAR_SCORE,
    SCRIPT_POSTINGS,
    SCRIPT_STRETCH_SCORE,
    SCRIPT_WHOLE_LENGTH,
    SCRIPTS_COMPARED,
)

_PIECE: Final = 5
_FAR_FEWER: Final = 4
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
        self._scripts: list[Script] = []
        self._texts: list[str] = []
        self._at: dict[str, int] = {}
        self._with_piece: defaultdict[str, array[int]] = defaultdict(partial(array, "I"))
        for script in scripts:
            self._add(script)

    def put(self, script: Script) -> None:
        """Hold a script as it is now, instead of what was held under its id."""
        self.remove(script.id)
        self._add(script)

    def remove(self, script_id: str) -> None:
        """Hold a script no longer. Its pieces stay in the index and lead to an empty text."""
        at = self._at.pop(script_id, None)
        if at is not None:
            self._texts[at] = ""

    def _add(self, script: Script) -> None:
        at = self._at[script.id] = len(self._scripts)
        self._scripts.append(script)
        self._texts.append(masked(read(script.text).folded))
        with_piece = self._with_piece
        for piece in _pieces(self._texts[at]):
            with_piece[piece].append(at)

    def candidates(self, text: Text) -> tuple[ScriptCandidate, ...]:
        """The scripts that the text is a member of, best first: score at or above `SCRIPT_MATCH_SCORE`."""
        message = masked(text.folded)
        if len(message) < SCRIPT_MIN_LETTERS:
            return ()
        stretches = SCRIPT_CANDIDATES
        found: list[ScriptCandidate] = []
        for at in self._nearest(message):
            script = self._texts[at]
            score = whole_likeness(message, script)
            if score is None and stretches:  # finding it costs fifty times what comparing wholes does
                stretches -= 1
                score = stretch_likeness(message, script)
            if score:
                found.append(ScriptCandidate(self._scripts[at], round(score, 2)))
        return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.script.id)))

    def _nearest(self, message: str) -> list[int]:
        """Indexes of the scripts that share most pieces. Of very many pieces only the rarest are counted."""
        # Every other piece of the message: the scripts' own are all held, so no place is missed.
        asked = dict.fromkeys(message[at : at + _PIECE] for at in range(0, len(message) - _PIECE + 1, 2))
        held = [scripts for piece in asked if (scripts := self._with_piece.get(piece)) is not None]
        held.sort(key=len)
        shared: Counter[int] = Counter()
        budget = max(SCRIPT_POSTINGS, len(message) * 2)
        for scripts in held:
            budget -= len(scripts)
            if budget < 0:
                break
            shared.update(scripts)
        fewest = max(2, max(shared.values(), default=0) // _FAR_FEWER)
        # A share of the script's own pieces: a long post shares a few pieces with every script.
        share = [
            (-count / len(script), at)
            for at, count in shared.items()
            if count >= fewest and (script := self._texts[at])
        ]
        return [at for _, at in nsmallest(SCRIPTS_COMPARED, share)]


def same_length(message: str, script: str) -> bool:
    """Whether two masked texts are compared whole, and not one with a stretch of the other."""
    shorter, longer = sorted((len(message), len(script)))
    return longer <= shorter * SCRIPT_WHOLE_LENGTH


def whole_likeness(message: str, script: str) -> float | None:
    """Score of two masked texts as wholes, 0 to 100, or 0 below the threshold; None: look for a stretch."""
    if not same_length(message, script):
        return None
    whole = match.ratio(message, script, cutoff=SCRIPT_NEAR_SCORE)
    return whole if whole >= SCRIPT_MATCH_SCORE or not whole else None


def stretch_likeness(message: str, script: str) -> float:
    """Score of the shorter masked text with the best stretch of the longer, or 0 below the threshold."""
    if min(len(message), len(script)) < SCRIPT_MIN_LETTERS:
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
