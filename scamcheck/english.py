"""English messages: a few plain signs, whom they speak of, and which school they ask about.

Families in Vietnam also write English. What the Vietnamese signs cannot read is judged here by simple
combinations; nothing here touches the judging of Vietnamese.
"""

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files
from typing import Any, Final

from scamcheck.claims import Claim, OwnerKind
from scamcheck.red_flags import Assessment, Scenario, Sign, Voice
from scamcheck.text import Text
from scamcheck.words import shown

_WORD: Final = re.compile(r"[a-z]+")
_FEWEST_COMMON: Final = 2
_MOST_MARKED: Final = 3
"""Vietnamese words with their marks, other than names, that an English message may hold."""
_CLAIMED: Final = (
    (OwnerKind.SCHOOL, re.compile(r"\b(?:school|teacher|headmaster|principal|kindergarten)\b")),
    (OwnerKind.HOSPITAL, re.compile(r"\b(?:hospital|doctor)\b")),
    (OwnerKind.POLICE, re.compile(r"\b(?:police|prosecutor)\b")),
    (OwnerKind.BANK, re.compile(r"\bbank\b")),
)
_ASKS_FOR_CONTACT: Final = re.compile(
    r"\b(?:(?:what|whats|give|need|find|have|looking for|tell|is there|know)\b(?: \w+){0,6}? "
    r"(?:number|hotline|phone|contact)|how (?:do|can) i (?:call|reach|contact)|"
    r"(?:number|hotline|phone|contact)(?: number)? (?:of|for))\b"
)
_ALARMING: Final = frozenset({"transfer", "code", "arrest", "kidnap"})
_CALL: Final = re.compile(r"\b(?:call(?:ed|s|ing|er)?|phoned|rang|hang up|on the (?:line|phone))\b")
_MESSAGE: Final = re.compile(r"\b(?:text(?:ed)?|messag\w*|sms|email|click|link|zalo|telegram|facebook)\b")
_LEVELS: Final = (
    (re.compile(r"\b(?:primary|elementary) school\b"), "truong tieu hoc"),
    (re.compile(r"\b(?:lower secondary|secondary|middle|junior high) school\b"), "truong trung hoc co so"),
    (re.compile(r"\b(?:upper secondary|senior high|high) school\b"), "truong trung hoc pho thong"),
    (re.compile(r"\b(?:kindergarten|nursery school|preschool)\b"), "truong mam non"),
    (re.compile(r"\bschool\b"), "truong"),
)
_PLACE_WORDS: Final = re.compile(r"\b(?:commune|ward|province|city)\b")


def is_english(text: Text) -> bool:
    """Whether most words are ordinary English ones, not counting names that are written with their marks."""
    held: bool | None = text.memo.get("english")
    if held is None:
        held = text.memo["english"] = _is_english(text)
    return held


def _is_english(text: Text) -> bool:
    data = _data()
    marked = [word for word in shown(text) if not word.typed.isascii()]
    names = {word.folded for word in marked if word.capital}
    if sum(not word.capital for word in marked) > _MOST_MARKED:
        return False  # both languages in one message: the Vietnamese signs know more
    words = [word for word in _WORD.findall(text.folded) if word not in names]
    common = sum(word in data.common for word in words)
    weak = sum(word in data.also for word in words)
    return common >= _FEWEST_COMMON and (common + weak) * 2 >= len(words)


def assess_english(text: Text) -> Assessment:
    """What English words amount to: the first scenario whose signs all stand there."""
    said = text.folded.replace("'", "")
    found = {code: match for code, pattern in _data().signs.items() if (match := pattern.search(said))}
    asked = _data().signs["forbids"].sub(" ", said)
    for code in ("transfer", "code", "link"):
        if code in found and not _data().signs[code].search(asked):
            del found[code]
    scenario = next(_fitting(found.keys()), None)
    warning = {"warns", "forbids"} <= found.keys() and "hurry" not in found
    if warning:
        scenario = None
    told = {"child", "emergency"} <= found.keys() and bool({"told", "hurry", "stay"} & found.keys())
    early = told and scenario is None and not warning
    return Assessment(
        signs=tuple(_signs(found, counter=False)),
        counter_signs=tuple(_signs(found, counter=True)),
        scenario=Scenario.CHILD_EMERGENCY if early else scenario,
        score=float(scenario is not None or early),
        suspicious=scenario is not None,
        early_stage=early,
        warning=warning,
        alarming=not warning and (told or bool(_ALARMING & found.keys())),
        voice=_voice(said),
    )


def english_claims(text: Text) -> tuple[Claim, ...]:
    """Whom an English text speaks of; their names are found by the indexes of names."""
    found = ((kind, pattern.search(text.folded)) for kind, pattern in _CLAIMED)
    return tuple(Claim(kind, start=match.start(), end=match.end()) for kind, match in found if match)


def asks_for_contact(text: Text) -> bool:
    """Whether an English text asks for a number."""
    return _ASKS_FOR_CONTACT.search(text.folded) is not None


def school_asked(text: Text) -> str:
    """The school an English text speaks of, as a Vietnamese parent would write it; empty for other texts."""
    if not is_english(text):
        return ""
    said = _PLACE_WORDS.sub(" ", text.folded)
    level = ""
    for pattern, vietnamese in _LEVELS:
        if not level and pattern.search(said):
            level, said = vietnamese, pattern.sub(" ", said)
    name = (word for word in _WORD.findall(said) if word not in _data().common | _data().also)
    return " ".join((level, *name)).strip()


class _Data:
    """`data/english.toml`, compiled."""

    def __init__(self, raw: dict[str, Any]) -> None:
        # A pattern may run over lines: a line that begins with a blank goes on after one.
        self.common = frozenset(raw["common"].split())
        self.also = frozenset(raw["also"].split())
        self.signs = {
            code: re.compile(rf"\b(?:{sign['patterns'].replace(chr(10), '').strip()})(?!\w)")
            for code, sign in raw["sign"].items()
        }
        self.reasons = {code: sign.get("reason", "") for code, sign in raw["sign"].items()}
        self.counters = frozenset(code for code, sign in raw["sign"].items() if sign.get("counter"))
        self.scenarios = tuple(
            (Scenario(row["name"]), frozenset(row["all"].split()), frozenset(row.get("any", "").split()))
            for row in raw["scenario"]
        )


@cache
def _data() -> _Data:
    source = (files("scamcheck") / "data" / "english.toml").read_text(encoding="utf-8")
    return _Data(tomllib.loads(source))


def _fitting(found: AbstractSet[str]) -> Iterator[Scenario]:
    for name, needed, one_of in _data().scenarios:
        if needed <= found and (not one_of or one_of & found):
            yield name


def _signs(found: dict[str, re.Match[str]], *, counter: bool) -> Iterator[Sign]:
    for code, match in found.items():
        if (code in _data().counters) is counter:
            yield Sign(
                f"en_{code}", -1.0 if counter else 1.0, match.start(), match.end(), _data().reasons[code]
            )


def _voice(said: str) -> Voice:
    if _CALL.search(said):
        return Voice.CALL
    return Voice.MESSAGE if _MESSAGE.search(said) else Voice.UNKNOWN
