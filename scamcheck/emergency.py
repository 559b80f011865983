"""Somebody in need right now, told by who is there: ambulance, fire brigade or police before any check.

A caller's story ("có người gọi nói con tôi …") is no such thing: that is what a scam sounds like.
"""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files
from typing import Final

from scamcheck.text import Text
from scamcheck.thresholds import EMERGENCY_MAX_WORDS


class Emergency(StrEnum):
    """What kind of help is needed; its number is the first to be given."""

    MEDICAL = "medical"
    FIRE = "fire"
    DANGER = "danger"


_DATA: Final = tomllib.loads((files("scamcheck") / "data" / "asking.toml").read_text(encoding="utf-8"))


def _words(table: str, name: str) -> str:
    return str(_DATA[table][name]).replace("\n", "")


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b")


_ILL_NOW: Final = _pattern(rf"(?:{_words('medical', 'whom')})(?: \w+){{0,4}}? (?:{_words('medical', 'ill')})")
_ASKS: Final = _pattern(_words("medical", "asks"))
_GRAVE_AT_HOME: Final = _pattern(_words("medical", "grave"))
"""Told of one's own: nobody asks what to do first who sees this."""
_ASKS_AMBULANCE: Final = _pattern(_words("medical", "ambulance"))
_FIRE: Final = _pattern(_words("fire", "burns"))
_DANGER: Final = _pattern(_words("danger", "now"))
_TOLD_BY_A_CALLER: Final = _pattern(_words("story", "told"))
_OVER: Final = _pattern(_words("story", "over"))
_BURNS: Final = "cháy"
_RUNS: Final = "chạy"
"""Folds to the same letters as what burns."""


def emergency_of(text: Text) -> Emergency | None:
    """The emergency that the person writing is in, if these are its words; None for a caller's story."""
    said = text.folded
    if len(said.split()) > EMERGENCY_MAX_WORDS or _TOLD_BY_A_CALLER.search(said) or _OVER.search(said):
        return None
    shown = text.display.lower()
    if _FIRE.search(said) and not (_RUNS in shown and _BURNS not in shown):
        return Emergency.FIRE
    asks_for_help = _ASKS_AMBULANCE.search(said) or (_ILL_NOW.search(said) and _ASKS.search(said))
    if asks_for_help or _GRAVE_AT_HOME.search(said):
        return Emergency.MEDICAL
    return Emergency.DANGER if _DANGER.search(said) else None
