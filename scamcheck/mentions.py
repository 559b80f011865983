"""Where a text mentions a school, before any registry is asked: a level, maybe a class, then a name.

"Hiệu trưởng", "thị trường", "điều trị nội trú" and the month "th 5" share letters with schools and are none.
"""

import tomllib
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

from scamcheck.levels import SchoolLevel, Stage, needs_context, read_class, read_level
from scamcheck.text import Text
from scamcheck.words import Word, shown

_DATA: Final = tomllib.loads((files("scamcheck") / "data" / "school_words.toml").read_text(encoding="utf-8"))
_NO_SCHOOL_AFTER: Final = frozenset(_DATA["no_school_after"].split())
_NO_SCHOOL_BEFORE_PLAIN: Final = frozenset(_DATA["no_school_before_plain"].split())
_NO_SCHOOL_BEFORE: Final = frozenset(_DATA["no_school_before"].split())
_BEFORE_ABBREVIATION: Final = frozenset(_DATA["before_abbreviation"].split())
_NO_SCHOOL_BEFORE_HOC: Final = frozenset(_DATA["no_school_before_hoc"].split())
_AFTER_NAME: Final = frozenset(_DATA["after_name"].split())
_AFTER_NAME_PLAIN: Final = frozenset(_DATA["after_name_plain"].split())
_OTHER_INSTITUTIONS: Final = frozenset(
    tuple(phrase.split()) for phrase in _DATA["other_institutions"].strip().split("|")
)
_SKIPPED: Final = frozenset(tuple(phrase.split()) for phrase in _DATA["skipped"].split("|"))
_TYPED_SCHOOL: Final = frozenset({"truong", "trường", "truờng", "trừơng", "trg"})
_NEAR: Final = 10
"""Words between a class and the school it belongs to, at most."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A school mentioned: the level written, the stages of a class beside it, and where its name starts.

    `sure` when a word says that a school is meant; otherwise only an exact name of a school counts ("học
    Nguyễn Du", "lớp 9A1 Nguyễn Du").
    """

    start: int
    name_at: int
    level: SchoolLevel | None
    stage: Stage | None
    sure: bool


def find_mentions(read: Sequence[Word]) -> tuple[Mention, ...]:
    """The mentions in order. Indexes are those of the words."""
    classes: list[tuple[int, Stage]] = []
    found: list[Mention] = []
    at = 0
    while at < len(read):
        class_ = read_class(read, at)
        if class_ is not None:
            classes.append((at, class_[0]))
            found.append(Mention(at, class_[1], None, class_[0], sure=False))
            at = class_[1]
            continue
        mention = _mention(read, at)
        if mention is None:
            at += 1
        else:
            found.append(mention)
            at = max(mention.name_at, at + 1)
    return tuple(_with_class(mention, classes) for mention in found)


def mentions_shown(text: Text) -> tuple[Mention, ...]:
    """The mentions among the words of `text.display`, found once for a text however many ask."""
    held: tuple[Mention, ...] | None = text.memo.get("mentions")
    if held is None:
        held = text.memo["mentions"] = find_mentions(shown(text))
    return held


def other_institution(read: Sequence[Word], at: int) -> bool:
    """Whether the words here name a university, a driving school or the like: in no registry of schools."""
    return tuple(word.folded for word in read[at : at + 2]) in _OTHER_INSTITUTIONS


def ends_name(word: Word) -> bool:
    """Whether no name of a school goes on over this word ("bị", "thông báo", "cháu")."""
    return word.typed in _AFTER_NAME or word.typed in _AFTER_NAME_PLAIN


def _mention(read: Sequence[Word], at: int) -> Mention | None:
    word = read[at]
    if word.folded in {"truong", "trg"}:
        if not _means_school(read, at):
            return None
        start = at
        level, at = _levels(read, at + 1)
        return Mention(start, _skip(read, at), level, None, sure=True)
    level, end = _levels(read, at)
    if level is not None:
        if not needs_context(read, at, end) or _in_context(read, at):
            return Mention(at, _skip(read, end), level, None, sure=True)
        return None
    if word.folded == "hoc" and not (at and read[at - 1].folded in _NO_SCHOOL_BEFORE_HOC):
        name_at = at + 1
        while name_at < len(read) and read[name_at].folded in {"o", "tai", "ben"}:
            name_at += 1
        return Mention(at, name_at, None, None, sure=False)
    return None


def _levels(read: Sequence[Word], at: int) -> tuple[SchoolLevel | None, int]:
    found = read_level(read, at)
    return found if found is not None else (None, at)


def _means_school(read: Sequence[Word], at: int) -> bool:
    typed = read[at].typed
    if typed not in _TYPED_SCHOOL:  # not "trưởng", not bà Trương
        return False
    if at and not read[at].breaks and read[at - 1].typed in _NO_SCHOOL_AFTER:
        return False
    if at + 1 == len(read):
        return True
    then = read[at + 1].typed
    return then not in (_NO_SCHOOL_BEFORE_PLAIN if typed == "truong" else _NO_SCHOOL_BEFORE)


def _in_context(read: Sequence[Word], at: int) -> bool:
    if at == 0 or read[at].breaks:
        return True
    before = read[at - 1].folded
    return before in _BEFORE_ABBREVIATION or read[at].shouted or before[:1].isdigit()


def _skip(read: Sequence[Word], at: int) -> int:
    while at < len(read) and not read[at].breaks:
        for count in (2, 1):
            if tuple(word.folded for word in read[at : at + count]) in _SKIPPED:
                break
        else:
            return at
        if count == 1 and read[at].folded == "truong" and read[at].capital and read[at - 1].folded != "nha":
            return at  # "trường Trường Chinh"
        at += count
    return at


def _with_class(mention: Mention, classes: Sequence[tuple[int, Stage]]) -> Mention:
    after = bisect(classes, mention.start, key=lambda found: found[0])
    beside = classes[max(0, after - 1) : after + 1]
    near = [(abs(at - mention.start), stage) for at, stage in beside if abs(at - mention.start) <= _NEAR]
    return replace(mention, stage=min(near)[1]) if near else mention
