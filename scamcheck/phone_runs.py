"""Stretches of a message that are digits, with the letters that stand for digits and what joins them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scamcheck.digits import PlainText, overlaps

MONEY_UNIT: Final = r"(?:d|dong(?! a)|vnd|k|ng|nghin|ngan(?! hang)|tr|trieu|ty|ti|cu|usd|do|%)"
"""What makes digits an amount; "Đông Á" and "ngân hàng" fold to the same beginnings and are none."""


@dataclass(frozen=True, slots=True)
class Group:
    """A token of digits, and the separator that joins it to the token before it in its run."""

    digits: str
    start: int
    end: int
    gap: str = ""
    plus: bool = False
    """A plus stands before it: an international number starts here."""
    guessed: int = 0
    """How many letters were taken for digits by their shape only (B, S …), as after text recognition."""


_TOKEN: Final = re.compile(
    r"(?<![a-z0-9|!])(?:[a-z|!]{0,14}[0-9][0-9a-z|!]{0,40}"
    r"|o(?=[ .\-][0-9])|(?<=[0-9o][ .\-])(?:o{2,4}|l{2,4})(?![a-z0-9|!]))"
)
"""A word with a digit in it; or letters alone that are a group of a number: "o 912 …", "0530 OOO 113"."""
_LABELLED: Final = re.compile(
    r"(?:tel|phone|mobile|call|hotline|sdt|so|sodt|sodienthoai|dt|dd|dienthoai|didong|lh|lienhe|goi|goiso|"
    r"zalo|"
    r"alo|viber|whatsapp|telegram|tele|sim|cskh|tongdai|mb|p|m|t|f)(?=[0-9o]{2})"
)
_LIKE_DIGITS: Final = re.compile(r"[0-9oli|!]+")
_LIKE_DIGITS_BY_SHAPE: Final = re.compile(r"[0-9oli|!bszdqg]+")
_TAILED: Final = re.compile(rf"([0-9]{{8,15}})(?!{MONEY_UNIT}\Z)[a-z]{{1,20}}")
_LETTER_GROUPS: Final = ({"o"}, {"l"})
_TO_DIGITS: Final = str.maketrans("oli|!bszdqg", "01111852099")
_BY_SHAPE: Final = frozenset("bszdqg")
_SEPARATOR: Final = re.compile(r"[ .\-_,·/()\n•~:=]{1,7}|\*")
_PLUS_BEFORE: Final = re.compile(r"(?<![0-9a-z])\+ ?\(?\Z")
_PLUS_REACH: Final = 4

_NOT_NUMBERS: Final = re.compile(
    r"(?<![0-9])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}(?![0-9])"  # 09/12/2026
    r"|(?:19|20)[0-9]{2}([/.\-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"  # 2026-12-09
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[+-]0[0-9]:?[0-9]{2}(?![0-9]))?(?![0-9])"  # 12:34:56 +0700
    r"|24/(?:7|24)(?![0-9])"
    rf"|[0-9]{{1,3}}(?:[.,][0-9]{{3}}){{1,4}} ?{MONEY_UNIT}(?![a-z])"  # 30.000.000 đ
    r"|[0-9]{2} ?[a-z][a-z0-9]?[ .\-][0-9]{3}\.?[0-9]{2}(?![0-9])"  # 49H1-234.56
    r")"
)
"""Digits with another meaning, which joined with their neighbours could pass for a number."""


def runs(view: PlainText, taken: Sequence[tuple[int, int]]) -> Iterator[list[Group]]:
    """Yield the runs of groups that only separators part, leaving out the spans of the message in `taken`."""
    text = _NOT_NUMBERS.sub(lambda match: ";" * len(match[0]), view.text)
    run: list[Group] = []
    for match in _TOKEN.finditer(text):
        group = _group(text, match)
        if group is None or overlaps(view.span(group.start, group.end), taken):
            continue
        gap = text[run[-1].end : group.start] if run else ""
        if run and not group.plus and _SEPARATOR.fullmatch(gap):
            run.append(replace(group, gap=gap))
            continue
        if run:
            yield run
        run = [group]
    if run:
        yield run


def _group(text: str, match: re.Match[str]) -> Group | None:
    """The digits of one token, without a label or letters glued to them ("tel0912345678abc")."""
    written = match[0]
    core = written.lstrip("|!")
    start = match.start() + len(written) - len(core)
    core = core.rstrip("|!")
    if label := _LABELLED.match(core):
        start += label.end()
        core = core[label.end() :]
    end = start + len(core)
    if end < len(text) and text[end].isalnum():
        return None
    plus = _PLUS_BEFORE.search(text, max(0, start - _PLUS_REACH), start) is not None
    if core.isdigit():
        return Group(core, start, end, plus=plus)
    real = sum(char.isdigit() for char in core)
    if set(core) in _LETTER_GROUPS or (_LIKE_DIGITS.fullmatch(core) and real * 2 >= len(core) - 1):
        return Group(core.translate(_TO_DIGITS), start, end, plus=plus)
    if tailed := _TAILED.fullmatch(core):
        return Group(tailed[1], start, start + len(tailed[1]), plus=plus)
    if _LIKE_DIGITS_BY_SHAPE.fullmatch(core) and real * 2 >= len(core):
        guessed = sum(char in _BY_SHAPE for char in core)
        return Group(core.translate(_TO_DIGITS), start, end, plus=plus, guessed=guessed)
    return None
