"""Letters of old Vietnamese fonts: TCVN3 (".VnTime") and Windows-1258 become Unicode, composed.

A TCVN3 file holds Western letters that only its font draws as Vietnamese: "§iÖn tho¹i" is
"Điện thoại". Nothing in the file says so; the words do.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum, auto
from typing import Final

from scamcheck.text import fold, is_syllable

ENOUGH: Final = 0.8
"""So many of the words with a telling letter must be Vietnamese after decoding."""
MOST_LOOKED_AT: Final = 4_000
"""Cells that are looked at to tell."""

_TCVN3: Final = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_FROM_TCVN3: Final = str.maketrans(_TCVN3)
_VIETNAMESE: Final = frozenset("ăĂđĐĩĨũŨơƠưƯ") | {chr(code) for code in range(0x1EA0, 0x1EFA)}
"""Letters that only Vietnamese written in Unicode has."""
_SHARED: Final = frozenset("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý")
"""Letters that mean one thing in Unicode and another in TCVN3."""
_TELLING: Final = frozenset(_TCVN3) - _SHARED
_WORD: Final = re.compile(r"[A-Za-z\xa1-\xff]+")
_ETH: Final = str.maketrans("Ðð", "Đđ")


class Letters(StrEnum):
    """How a file writes Vietnamese."""

    UNICODE = auto()
    TCVN3 = auto()
    WINDOWS_1258 = auto()
    UNKNOWN = auto()


def letters_of(cells: Iterable[str], *, legacy: bool) -> tuple[Letters, Callable[[str], str]]:
    """How these cells are written, and what brings one of them to Unicode (NFC, and "Đ" for "Ð").

    `legacy` says that the bytes were no Unicode: then each stands for one Western letter here.
    """
    some = [
        cell
        for cell, _ in zip(
            (cell for cell in cells if not cell.isascii()), range(MOST_LOOKED_AT), strict=False
        )
    ]
    if _mostly_words(some, _telling_words, from_tcvn3):
        # In a mixed workbook cells with letters of Unicode's own are left as they are.
        return Letters.TCVN3, _mend_mixed
    if not legacy:
        return Letters.UNICODE, composed
    if not some or _mostly_words(some, _marked_words, _from_1258):
        return Letters.WINDOWS_1258, lambda text: composed(_from_1258(text))
    return Letters.UNKNOWN, composed


def composed(text: str) -> str:
    """Composed letters (NFC), and the Vietnamese Đ where the Icelandic one was typed."""
    return unicodedata.normalize("NFC", text).translate(_ETH)


def from_tcvn3(text: str) -> str:
    """Letters of a TCVN3 font as what they were drawn as."""
    return text.translate(_FROM_TCVN3)


def _mend_mixed(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return composed(text) if _VIETNAMESE & set(text) else from_tcvn3(text)


def _from_1258(text: str) -> str:
    return text.encode("latin-1").decode("cp1258", errors="replace")


def _telling_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if _TELLING & set(word) and not word.isupper()]


def _marked_words(text: str) -> list[str]:
    return [word for word in text.split() if not word.isascii()]


def _mostly_words(
    cells: list[str], words_of: Callable[[str], list[str]], decode: Callable[[str], str]
) -> bool:
    words = [word for cell in cells if not _VIETNAMESE & set(cell) for word in words_of(cell)]
    right = sum(_is_word(decode(word)) for word in words)
    return bool(words) and right >= ENOUGH * len(words)


def _is_word(word: str) -> bool:
    plain = fold(word).strip(".,;:()\"'-/")
    return "�" not in word and is_syllable(plain) and any(letter.isalpha() for letter in word)
