"""School levels: how they are written, from "trung học cơ sở" to "c2", and what a class says about them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from scamcheck.words import Word, words


class Stage(StrEnum):
    """A stage of schooling; a school has one or several."""

    NURSERY = "MN"
    PRIMARY = "TH"
    LOWER = "THCS"
    UPPER = "THPT"


class SchoolType(StrEnum):
    """What a school is besides its stages: (semi-)boarding for ethnic minorities, adult learning."""

    ORDINARY = ""
    BOARDING = "PTDTNT"
    SEMI_BOARDING = "PTDTBT"
    CONTINUING = "GDNN-GDTX"


@dataclass(frozen=True, slots=True)
class SchoolLevel:
    """Stages and type, as written or as recorded; nothing known is an empty set and ordinary."""

    stages: frozenset[Stage] = frozenset()
    type: SchoolType = SchoolType.ORDINARY

    @property
    def code(self) -> str:
        """How a registry writes it: "TH&THCS", "PTDTNT"; "" when nothing is known."""
        return self.type or "&".join(stage for stage in Stage if stage in self.stages)

    def completed(self, other: "SchoolLevel") -> "SchoolLevel":
        """This level, with what it does not say taken from the other."""
        return SchoolLevel(self.stages or other.stages, self.type or other.type)

    def admits(self, asked: "SchoolLevel") -> bool:
        """Whether a school of this level may be meant by somebody who names the level `asked`.

        "TH" may mean a TH&THCS school, "TH&THCS" does not mean a TH one; a type must be the same when named.
        """
        if asked.type is SchoolType.ORDINARY:
            if self.type is SchoolType.CONTINUING:
                return not asked.stages
        elif asked.type is not self.type:
            return False
        return asked.stages <= self.stages or not self.stages


_TABLE: Final[dict[str, tuple[str, SchoolType]]] = {
    "mn": ("MN", SchoolType.ORDINARY),
    "mg": ("MN", SchoolType.ORDINARY),
    "mam non": ("MN", SchoolType.ORDINARY),
    "man non": ("MN", SchoolType.ORDINARY),
    "mam nom": ("MN", SchoolType.ORDINARY),
    "mamnon": ("MN", SchoolType.ORDINARY),
    "mau giao": ("MN", SchoolType.ORDINARY),
    "maugiao": ("MN", SchoolType.ORDINARY),
    "nha tre": ("MN", SchoolType.ORDINARY),
    "th": ("TH", SchoolType.ORDINARY),
    "tieu hoc": ("TH", SchoolType.ORDINARY),
    "tieu hok": ("TH", SchoolType.ORDINARY),
    "tieuhoc": ("TH", SchoolType.ORDINARY),
    "cap 1": ("TH", SchoolType.ORDINARY),
    "cap i": ("TH", SchoolType.ORDINARY),
    "cap1": ("TH", SchoolType.ORDINARY),
    "c1": ("TH", SchoolType.ORDINARY),
    "thcs": ("THCS", SchoolType.ORDINARY),
    "trung hoc co so": ("THCS", SchoolType.ORDINARY),
    "cap 2": ("THCS", SchoolType.ORDINARY),
    "cap ii": ("THCS", SchoolType.ORDINARY),
    "cap2": ("THCS", SchoolType.ORDINARY),
    "c2": ("THCS", SchoolType.ORDINARY),
    "thpt": ("THPT", SchoolType.ORDINARY),
    "ptth": ("THPT", SchoolType.ORDINARY),
    "trung hoc pho thong": ("THPT", SchoolType.ORDINARY),
    "pho thong trung hoc": ("THPT", SchoolType.ORDINARY),
    "cap 3": ("THPT", SchoolType.ORDINARY),
    "cap iii": ("THPT", SchoolType.ORDINARY),
    "cap3": ("THPT", SchoolType.ORDINARY),
    "c3": ("THPT", SchoolType.ORDINARY),
    "ptcs": ("TH THCS", SchoolType.ORDINARY),
    "pho thong co so": ("TH THCS", SchoolType.ORDINARY),
    "c12": ("TH THCS", SchoolType.ORDINARY),
    "cap 12": ("TH THCS", SchoolType.ORDINARY),
    "c23": ("THCS THPT", SchoolType.ORDINARY),
    "cap 23": ("THCS THPT", SchoolType.ORDINARY),
    "pt": ("", SchoolType.ORDINARY),
    "pho thong": ("", SchoolType.ORDINARY),
    "lien cap": ("", SchoolType.ORDINARY),
    "ptdtnt": ("", SchoolType.BOARDING),
    "pt dtnt": ("", SchoolType.BOARDING),
    "dtnt": ("", SchoolType.BOARDING),
    "dan toc noi tru": ("", SchoolType.BOARDING),
    "pho thong dan toc noi tru": ("", SchoolType.BOARDING),
    "noi tru": ("", SchoolType.BOARDING),
    "ptdtbt": ("", SchoolType.SEMI_BOARDING),
    "pt dtbt": ("", SchoolType.SEMI_BOARDING),
    "dtbt": ("", SchoolType.SEMI_BOARDING),
    "dan toc ban tru": ("", SchoolType.SEMI_BOARDING),
    "pho thong dan toc ban tru": ("", SchoolType.SEMI_BOARDING),
    "gdtx": ("", SchoolType.CONTINUING),
    "gdnn": ("", SchoolType.CONTINUING),
    "ttgdtx": ("", SchoolType.CONTINUING),
    "ttgdnn": ("", SchoolType.CONTINUING),
    "giao duc thuong xuyen": ("", SchoolType.CONTINUING),
    "giao duc nghe nghiep": ("", SchoolType.CONTINUING),
    "bo tuc van hoa": ("", SchoolType.CONTINUING),
}
_PHRASES: Final = {
    tuple(phrase.split()): SchoolLevel(frozenset(Stage(code) for code in codes.split()), type_)
    for phrase, (codes, type_) in _TABLE.items()
}
_FIRST_WORDS: Final = frozenset(phrase[0] for phrase in _PHRASES)
_LONGEST: Final = max(map(len, _PHRASES))
_BY_DIGIT: Final = {"1": Stage.PRIMARY, "2": Stage.LOWER, "3": Stage.UPPER}
_NEEDS_CONTEXT: Final = frozenset({"mn", "mg", "th", "pt", "pho thong", "lien cap", "noi tru", "nha tre"})
"""Phrases that mean something else without "trường" before them (mọi người, tháng, inpatient …)."""


def read_level(some: Sequence[Word], at: int) -> tuple[SchoolLevel, int] | None:
    """The level written at this word, however many phrases it takes, and the word after it."""
    first = _phrase(some, at) if at < len(some) else None
    if first is None:
        return None
    level, end = first
    while True:
        then = end + 1 if end < len(some) and some[end].folded == "va" else end
        more = _phrase(some, then) if then < len(some) and not some[then].breaks else None
        if more is None and some[end - 1].folded in _BY_DIGIT and then < len(some):
            digit = _BY_DIGIT.get(some[then].folded)
            # "cấp 2-3", "cấp 2 và 3", "cấp 2 3" at the end, but not "cấp 2 3 lần"
            if digit and (then > end or some[then].gap or then + 1 == len(some)):
                more = SchoolLevel(frozenset({digit})), then + 1
        if more is None:
            return level, end
        level = SchoolLevel(level.stages | more[0].stages, level.type or more[0].type)
        end = more[1]


def needs_context(some: Sequence[Word], at: int, end: int) -> bool:
    """Whether the level written in these words is no sign of a school by itself."""
    return " ".join(word.folded for word in some[at:end]) in _NEEDS_CONTEXT


def _phrase(some: Sequence[Word], at: int) -> tuple[SchoolLevel, int] | None:
    if some[at].folded not in _FIRST_WORDS:
        return None
    length = 1
    while length < _LONGEST and at + length < len(some) and not some[at + length].breaks:
        length += 1
    folded = [word.folded for word in some[at : at + length]]
    for count in range(len(folded), 0, -1):
        found = _PHRASES.get(tuple(folded[:count]))
        if found is not None:
            return found, at + count
    return None


@lru_cache(maxsize=256)
def written_level(text: str) -> SchoolLevel:
    """The first level written in a text, a registry's level column say; unknown when there is none."""
    read = words(text)
    for at in range(len(read)):
        found = read_level(read, at)
        if found is not None:
            return found[0]
    return SchoolLevel()


_CLASS: Final = re.compile(r"(1[0-2]|[1-9])(?:[a-z]\d{0,2})?$")
_LONE_CLASS: Final = re.compile(r"(1[0-2]|[1-9])[a-e]\d{0,2}$")
_NURSERY_CLASSES: Final = frozenset({"la", "choi", "mam"})
_LAST_OF_PRIMARY: Final = 5
_LAST_OF_LOWER: Final = 9


def read_class(some: Sequence[Word], at: int) -> tuple[Stage, int] | None:
    """The stage of the class written at this word ("lớp 4/2", "9A1", "lớp lá"), and the word after it."""
    word = some[at]
    if word.folded in {"lop", "khoi"} and at + 1 < len(some):
        then = some[at + 1]
        if word.folded == "lop" and then.folded in _NURSERY_CLASSES:
            return Stage.NURSERY, at + 2
        found = _CLASS.match(then.folded)
        if found is None:
            return None
        end = at + 2
        if end < len(some) and some[end].gap in {"/", "-", "."} and some[end].folded.isdigit():
            end += 1
        return _stage_of_grade(int(found[1])), end
    lone = _LONE_CLASS.match(word.folded)
    return (_stage_of_grade(int(lone[1])), at + 1) if lone else None


def _stage_of_grade(grade: int) -> Stage:
    if grade <= _LAST_OF_PRIMARY:
        return Stage.PRIMARY
    return Stage.LOWER if grade <= _LAST_OF_LOWER else Stage.UPPER
