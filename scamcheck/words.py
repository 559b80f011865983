"""A text as words, each in the forms that names are compared in.

Names of schools and places are read from the display form, not from the de-obfuscated one: "mn 19/5" and
"c2 ng du" are abbreviations here, not chat slang to be spelled out.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from scamcheck.text import Text, fold

_WORD: Final = re.compile(r"[^\W_]+(?:['’‘`´ʼ][^\W_]+)*")
_BREAK: Final = re.compile(r"[!?;\n]|\.\s|[.]{2}|[\"”»)\]]\s")
_LONGEST_BEFORE_DOT: Final = 2
"""A full stop after at most so many letters marks an abbreviation ("TP. Gia Nghĩa"), not an end."""


class Word(NamedTuple):
    """One word of a text (a tuple, because every message makes hundreds).

    `typed` is in lower case with its marks, `folded` without; `spelled` compares names: it also writes y as i
    and "đắc" as "đắk", so that "Quý", "Quí" and "Đắc Nông" need no aliases.
    """

    typed: str
    folded: str
    spelled: str
    start: int
    end: int
    gap: str
    """What stands between the word before and this one, without blanks."""
    breaks: bool
    """A sentence or line ends before this word: no name goes on over it."""
    capital: bool
    """Written with a capital first letter."""
    shouted: bool
    """Written in capitals throughout, and more than one letter."""


def words(text: str) -> tuple[Word, ...]:
    """The words of a text, digits included, in order. Places are those in the text composed (NFC)."""
    text = unicodedata.normalize("NFC", text)
    found: list[Word] = []
    last = 0
    for match in _WORD.finditer(text):
        raw = match[0]
        start, end = match.span()
        typed, folded, spelled, capital, shouted = _forms(raw)
        if not folded:
            continue
        between = text[last:start]
        gap, breaks = "", False
        if between != " ":  # most words are parted by a blank and nothing else
            gap = between.strip()
            breaks = bool(found) and _BREAK.search(between) is not None
            if breaks and gap == "." and len(found[-1].folded) <= _LONGEST_BEFORE_DOT:
                breaks = False
        found.append(Word(typed, folded, spelled, start, end, gap, breaks, capital, shouted))
        last = end
    return tuple(found)


def shown(text: Text) -> tuple[Word, ...]:
    """The words of `text.display`, read once for a text however many ask."""
    return _read_once(text, "shown", text.display)


def folded_words(text: Text) -> tuple[Word, ...]:
    """The words of `text.folded`, read once for a text however many ask."""
    return _read_once(text, "folded", text.folded)


def _read_once(text: Text, name: str, written: str) -> tuple[Word, ...]:
    held: tuple[Word, ...] | None = text.memo.get(name)
    if held is None:
        held = text.memo[name] = words(written)
    return held


def joined(some: Sequence[Word]) -> str:
    """The words' spelled forms without blanks: how names are keyed ("N Trang Lơng" is "N'Trang Lơng")."""
    return "".join(word.spelled for word in some)


@lru_cache(maxsize=65536)
def _forms(raw: str) -> tuple[str, str, str, bool, bool]:
    """What a `Word` holds of its letters: typed, folded, spelled, capital, shouted."""
    typed = raw.lower()
    folded = "".join(char for char in fold(raw) if char.isalnum())
    spelled = folded.replace("y", "i")
    if spelled in {"dac", "dat"} and "đ" in typed:
        spelled = "dak"
    return typed, folded, spelled, raw[0].isupper(), len(raw) > 1 and raw.isupper()


_SOUNDS: Final = (
    (re.compile(r"^(?:tr|ch)"), "c"),
    (re.compile(r"^(?:dz|gi(?=[aeiou])|d|j|z)"), "d"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"^(?:ph|f)"), "f"),
    (re.compile(r"^ngh?"), "N"),
    (re.compile(r"^gh"), "g"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^(?:k|q)(?!h)"), "c"),
    (re.compile(r"(?<=in)h$"), ""),
    (re.compile(r"(?<=[aeiou])ng$"), "n"),
    (re.compile(r"(?<=[aeiou])(?:k|c|g)$"), "t"),
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """A spelled word as careless ears write it: tr = ch, s = x, d = gi, final n = ng and t = c = k."""
    for pattern, plain in _SOUNDS:
        word = pattern.sub(plain, word)
    return word


def sounds(some: Sequence[Word]) -> str:
    """The words' sounds without blanks."""
    return "".join(sound(word.spelled) for word in some)
