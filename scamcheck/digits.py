"""A message as digits are read in it: unaccented, lower case, every digit plain, every position traceable."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_LETTERS: Final = {
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "Ɖ": "d", "ɖ": "d",
    "о": "o", "О": "o", "ο": "o", "Ο": "o", "Օ": "o", "օ": "o", "Ø": "o", "ø": "o",
    "і": "i", "І": "i", "ı": "i", "Ι": "i", "ι": "i", "ӏ": "l", "Ӏ": "l", "ǀ": "l", "ł": "l", "∣": "|",
    "а": "a", "А": "a", "е": "e", "Е": "e", "ѕ": "s", "Ѕ": "s", "З": "3", "з": "3", "В": "b", "Ƽ": "5",
}  # fmt: skip
_AS: Final = (
    _LETTERS
    | dict.fromkeys("\u115f\u1160\u3164\uffa0\u2800", "")
    | dict.fromkeys("•●○◦⚫⚪∙■□▪▫", "•")
    | dict.fromkeys("\t\r\v\f\x1c\x1d\x1e\x1f\x85", " ")
    | {"−": "-", "\u2028": "\n", "\u2029": "\n"}
)
_DROPPED: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_BY_CATEGORY: Final = {
    "Z": " ",
    "S": "·",
    "Pd": "-",
    "Po": "·",
    "Ps": "·",
    "Pe": "·",
    "Pi": "·",
    "Pf": "·",
    "Pc": "·",
}
_TABLE_SIZE: Final = 4096


class _Plain(dict[str, str]):
    """Character to its plain form, filled as characters are met and bounded against hostile variety."""

    def __missing__(self, char: str) -> str:
        plain = "".join(_plain_character(part) for part in unicodedata.normalize("NFKD", char))
        if len(self) < _TABLE_SIZE:
            self[char] = plain
        return plain


def _plain_character(char: str) -> str:
    value = unicodedata.digit(char, None)
    if value is not None:
        return str(value)
    if char in _AS:
        return _AS[char]
    if char.isascii():
        return char.lower()
    category = unicodedata.category(char)
    if category in _DROPPED:
        return ""
    return _BY_CATEGORY.get(category[0]) or _BY_CATEGORY.get(category) or char.lower()[0]


_PLAIN: Final = _Plain()


@dataclass(frozen=True, slots=True)
class PlainText:
    """`text` for reading; `origin[i]` is where its character i stood in the message (None: at i)."""

    text: str
    origin: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Positions in the message of the plain characters from `start` up to `end`."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def plain(message: str) -> PlainText:
    """The message for reading digits: keycap, circled, full-width, Arabic ones … become 0 to 9."""
    if message.isascii():
        return PlainText(message.lower().translate(_ASCII_SPACE), None)
    pieces = [_PLAIN[char] for char in message]
    text = "".join(pieces)
    if len(text) == len(message) and "" not in pieces:
        return PlainText(text, None)
    origin = [index for index, piece in enumerate(pieces) for _ in piece]
    return PlainText(text, origin)


_ASCII_SPACE: Final = str.maketrans("\t\r\v\f", "    ")

_DIGIT_WORDS: Final = {
    "khong": "0", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "lam": "5",
    "sau": "6", "bay": "7", "tam": "8", "chin": "9",
}  # fmt: skip
_WORD: Final = f"(?:{'|'.join(sorted(_DIGIT_WORDS, key=len, reverse=True))})"
"""Longest first: "bảy" must not be read as "ba" and a letter."""
_SPOKEN: Final = re.compile(rf"(?<![a-z0-9]){_WORD}(?:[ ,.\-·/]{{1,3}}{_WORD}){{2,15}}(?![a-z0-9])")
_SPOKEN_PART: Final = re.compile(_WORD)


def with_spoken_digits(view: PlainText) -> PlainText:
    """Write "không chín một hai …" as digits: three such words or more; fewer are ordinary words."""
    text = view.text
    found = list(_SPOKEN.finditer(text))
    if not found:
        return view
    origin = view.origin if view.origin is not None else range(len(text))
    pieces: list[str] = []
    positions: list[int] = []
    at = 0
    for match in found:
        pieces.append(text[at : match.start()])
        positions.extend(origin[at : match.start()])
        for part in _SPOKEN_PART.finditer(text, match.start(), match.end()):
            pieces.append(_DIGIT_WORDS[part[0]])
            positions.append(origin[part.start()])
        at = match.end()
    pieces.append(text[at:])
    positions.extend(origin[at:])
    return PlainText("".join(pieces), positions)


def overlaps(span: tuple[int, int], sorted_spans: Sequence[tuple[int, int]]) -> bool:
    """Whether `span` shares a character with one of the sorted, disjoint spans."""
    index = bisect_left(sorted_spans, span)
    near = sorted_spans[max(0, index - 1) : index + 1]
    return any(start < span[1] and span[0] < end for start, end in near)


def disjoint(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans sorted and merged where they touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def last_match(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """The match nearest before `end`, not reaching back beyond `start`."""
    found: re.Match[str] | None = None
    for match in pattern.finditer(text, start, end):
        found = match
    return found
