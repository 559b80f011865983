"""Vietnamese text made comparable: one display form, one folded form, nothing hidden.

Everything is compared on the folded form: lower case without marks, look-alike letters and other tricks
undone. A word is only ever changed into a possible Vietnamese syllable (or an abbreviation's one meaning), so
that ordinary text, names and the digits of numbers come through unharmed.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any, Final

from scamcheck.thresholds import MAX_TEXT_BYTES


@dataclass(frozen=True, slots=True)
class Text:
    """A message prepared for reading.

    `display` is NFKC without format characters, capped at `thresholds.MAX_TEXT_BYTES`; `folded` is the same
    text in lower case without marks, obfuscation undone (`detection.md`, Reading). Their lengths differ.
    """

    display: str
    folded: str
    truncated: bool = False
    memo: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """What was worked out from the text once, by whoever needs it again; it goes when the text goes."""


def read(raw: str) -> Text:
    """Prepare a message: never raises, whatever the characters; reads at most `MAX_TEXT_BYTES` of UTF-8."""
    clean, cut = _cap(raw)
    visible = clean.translate(_VISIBLE)
    normal = unicodedata.normalize("NFKC", visible)
    if normal is not visible:  # what was composed or taken apart may draw nothing now
        normal = normal.translate(_VISIBLE)
    display, cut_again = _cap(unicodedata.normalize("NFC", normal))
    return Text(display=display, folded=_deobfuscated(fold(display)), truncated=cut or cut_again)


def fold(s: str) -> str:
    """Fold for comparing: NFKC, lower case, no marks, đ and its look-alikes to d, no apostrophes.

    Look-alike letters of other scripts become the Latin letter they imitate; nothing else is undone.
    """
    return unicodedata.normalize("NFKC", s).translate(_FOLDED)


def is_syllable(word: str) -> bool:
    """Whether a folded word could be a Vietnamese syllable."""
    return word in _SYLLABLES


_RULES: Final = tomllib.loads((files("scamcheck") / "data" / "reading.toml").read_text(encoding="utf-8"))
_LOOKALIKES: Final = {drawn: plain for plain, letters in _RULES["letters"].items() for drawn in letters}
_ABBREVIATIONS: Final[dict[str, str]] = _RULES["abbreviations"]
_KEEP: Final = frozenset(_RULES["keep"]["words"].split())
_FOR_LETTER: Final[dict[str, str]] = _RULES["digits"]
_APOSTROPHES: Final = frozenset("'’‘`´ʼ′")
# Letter-like symbols that NFKC leaves alone: regional indicators, negative circled and negative squared.
_SYMBOL_ALPHABETS: Final = (0x1F1E6, 0x1F150, 0x1F170)
# Fillers that draw nothing without being format characters; Braille blank; variation selectors; CGJ.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")


def _syllables() -> frozenset[str]:
    onsets = ["", *_RULES["syllable"]["onsets"].split()]
    rhymes = _RULES["syllable"]["rhymes"].split()
    front = ("i", "e", "y")

    def fits(onset: str, rhyme: str) -> bool:
        if onset in {"c", "g", "ng"}:
            return not rhyme.startswith(front) or (onset == "g" and rhyme.startswith("i"))
        if onset in {"k", "gh", "ngh"}:
            return rhyme.startswith(front)
        if onset in {"gi", "qu"}:
            return not rhyme.startswith(("i", "u") if onset == "gi" else "u") or rhyme in {
                "u",
                "ua",
                "uc",
                "ut",
            }
        return True

    return frozenset(onset + rhyme for onset in onsets for rhyme in rhymes if fits(onset, rhyme)) | {
        "gi",
        "qui",
    }


_SYLLABLES: Final = _syllables()


class _Visible(dict[int, str | None]):
    """Drops what draws nothing; controls become a space. Filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        if category in {"Cf", "Cs", "Me"} or char in _FILLERS or 0xFE00 <= code <= 0xFE0F:
            kept = None
        elif category in {"Zl", "Zp"}:
            kept = "\n"
        elif category == "Cc" and char not in "\n\t":
            kept = " "
        else:
            kept = char
        return self.setdefault(code, kept)


class _Folded(dict[int, str | None]):
    """One character to its folded form. Filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        bases = [c for c in unicodedata.normalize("NFD", char.lower()) if unicodedata.category(c) != "Mn"]
        folded = "".join(_LOOKALIKES.get(c, c) for c in bases if c not in _APOSTROPHES)
        for first in _SYMBOL_ALPHABETS:
            if first <= code < first + 26:
                folded = chr(ord("a") + code - first)
        if (
            len(folded) == 1
            and not folded.isascii()
            and (digit := unicodedata.decimal(folded, None)) is not None
        ):
            folded = str(digit)
        return self.setdefault(code, folded or None)


_VISIBLE: Final = _Visible()
_FOLDED: Final = _Folded()

_BLANK_BEFORE_MARK: Final = re.compile(r" (?=[,;:!?](?:\s|$))")
_JOINER: Final = re.compile(r"(?<=[a-z0-9])[_^~*+]+(?=[a-z0-9])")
_DOTTED: Final = re.compile(r"(?<![a-z0-9.])[a-z0-9]{1,4}(?:[.\-*·•][a-z0-9]{1,4}){1,7}(?![a-z0-9])")
_MARK_INSIDE: Final = re.compile(r"[.\-*·•][a-z0-9]")
_DOT: Final = re.compile(r"[.\-*·•]")
_SPACED: Final = re.compile(r"(?<![a-z0-9])(?:[a-z0-9][ .]){2,40}[a-z0-9](?![a-z0-9])")
_DIGIT_RUN: Final = re.compile(
    r"(?<![a-z0-9])(?=[ol]{0,3}[0-9])[ol0-9]{1,20}(?:[.,:][ol0-9]{1,20}){0,8}(?=(?:tr|trieu|k|h|ty|d|p)?(?![a-z0-9]))"
)
_L_IN_DIGITS: Final = re.compile(r"l(?=[0-9o.,:]*[0-9])")
_WORD: Final = re.compile(r"[a-z0-9@$|]+(?:!(?=[a-z])[a-z0-9@$|]+)*")
_REPEATED: Final = re.compile(r"([a-z])\1+")
_THRICE: Final = re.compile(r"([a-z])\1{2,}")


def _cap(s: str) -> tuple[str, bool]:
    if len(s) * 4 <= MAX_TEXT_BYTES:
        return s, False
    # Longer than the cap in characters is longer in bytes: cut first so that a huge text costs nothing.
    encoded = s[: MAX_TEXT_BYTES + 1].encode("utf-8", "ignore")
    if len(encoded) <= MAX_TEXT_BYTES:
        return s, False
    return encoded[:MAX_TEXT_BYTES].decode("utf-8", "ignore"), True


def _deobfuscated(folded: str) -> str:
    plain = _JOINER.sub(" ", " ".join(folded.split()))
    plain = _BLANK_BEFORE_MARK.sub("", plain)
    plain = _SPACED.sub(lambda found: _joined_letters(found[0]), plain)
    plain = _undotted(plain)
    plain = _DIGIT_RUN.sub(lambda found: _L_IN_DIGITS.sub("1", found[0]).replace("o", "0"), plain)
    # Most words are syllables as they are written: only the others are looked at one by one.
    unknown = set(_WORD.findall(" ".join(set(plain.split()) - _SYLLABLES))) - _SYLLABLES
    other = {word: meant for word in unknown if (meant := _read_word(word)) != word}
    return _WORD.sub(lambda found: other.get(found[0], found[0]), plain) if other else plain


def _undotted(folded: str) -> str:
    """Undo "c.a.p c.u.u": two marks inside one word, or one when a neighbour is such a word too."""
    if _MARK_INSIDE.search(folded) is None:
        return folded
    found = list(_DOTTED.finditer(folded))
    joined = [_undot(match[0]) for match in found]
    sure = [word is not None and _surely_dotted(match[0]) for match, word in zip(found, joined, strict=True)]
    parts: list[str] = []
    last = 0
    for at, match in enumerate(found):
        beside = (at > 0 and sure[at - 1] and match.start() - found[at - 1].end() <= 2) or (
            at + 1 < len(found) and sure[at + 1] and found[at + 1].start() - match.end() <= 2
        )
        word = joined[at]
        if word is not None and (sure[at] or beside):
            parts += [folded[last : match.start()], word]
            last = match.end()
    return "".join([*parts, folded[last:]])


def _surely_dotted(dotted: str) -> bool:
    """Two marks, or one in a syllable's middle: "ch.uyen", but not "T.An" or "7.ba"."""
    pieces = _DOT.split(dotted)
    return len(pieces) > 2 or (len(pieces[0]) > 1 and pieces[0].isalpha() and pieces[0] not in _SYLLABLES)


def _undot(dotted: str) -> str | None:
    word = _read_word(_DOT.sub("", dotted))
    return word if word in _SYLLABLES else None


def _joined_letters(spaced: str) -> str:
    """Join "c h u y e n t i e n" when the letters are whole syllables, the longest first."""
    if "." in spaced and " " in spaced:  # the blanks part words: left to `_undotted`
        return spaced
    letters = re.sub(r"[ .]", "", spaced)
    if not any(c.isalpha() for c in letters) or letters.isdigit():
        return spaced
    letters = _read_digits_as_letters(letters)
    words = _segment(letters)
    if words is None or max(map(len, words)) < 3:
        return spaced
    return " ".join(words)


def _segment(letters: str) -> list[str] | None:
    """The fewest syllables that spell `letters`, or None."""
    best: list[list[str] | None] = [[], *(None for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 7), end):
            before = best[start]
            if before is not None and letters[start:end] in _SYLLABLES:
                longer = [*before, letters[start:end]]
                held = best[end]
                if held is None or len(longer) < len(held):
                    best[end] = longer
    return best[-1]


def _read_digits_as_letters(word: str) -> str:
    return "".join(_FOR_LETTER.get(c, c)[0] for c in word)


@lru_cache(maxsize=16384)
def _read_word(word: str) -> str:
    """One folded word, read: abbreviation, digits for letters, doubled letters, scanner's slips."""
    if word in _SYLLABLES or word in _KEEP or len(word) > 16:
        return word
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    if word.isalpha():
        return _plain_word(word)
    return _leet_word(word)


def _leet_word(word: str) -> str:
    letters = sum(c.isalpha() for c in word)
    odd = len(word) - letters
    if letters == 1 and word[1:] == "0" and word[0] in "bcdlnstv":  # "n0" in "d0i n0", "c0 quan"
        return word[0] + "o"
    if letters < 2 or odd > letters or odd > 4 or word[0] in "1356789" or word[-1] in "123456789":
        return word
    for letters_read in product(*(_FOR_LETTER.get(c, c) for c in word)):
        candidate = "".join(letters_read)
        if candidate in _SYLLABLES:
            return candidate
        calmed = _plain_word(candidate)
        if calmed in _SYLLABLES:
            return calmed
    return word


def _plain_word(word: str) -> str:
    once = _THRICE.sub(r"\1", word)
    candidates = [once, _REPEATED.sub(r"\1", once)]
    if "rn" in word:
        candidates.append(word.replace("rn", "m"))
    if word.startswith("cl"):
        candidates.append("d" + word[2:])
    if word.endswith("l"):
        candidates.append(word[:-1] + "i")
    if len(word) >= 5 and word[-1] in "fsrxj":  # a tone typed but not converted: "tieenf"
        candidates.append(_REPEATED.sub(r"\1", word[:-1]))
    for candidate in candidates:
        if candidate in _KEEP or candidate in _SYLLABLES:
            return candidate
        if candidate in _ABBREVIATIONS and candidate != word:
            return _ABBREVIATIONS[candidate]
    return once if once != word and len(once) < len(word) else word
