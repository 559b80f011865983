"""Finds names of schools in spite of spacing, abbreviation, careless hearing and typing.

Names repeat: 54,000 schools share far fewer names. Each is kept once: under its letters without blanks,
its sound, its abbreviations and its 3-grams. A look-up that fails on one asks the next.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from scamcheck.match import edits, ratio
from scamcheck.text import is_syllable
from scamcheck.thresholds import (
    MAX_NAME_CANDIDATES,
    MAX_NAME_POSTINGS,
    MIN_NAME_RATIO,
)
from scamcheck.words import Word, joined, sound, sounds


class Likeness(IntEnum):
    """How a name was recognised; the order is how far it can be trusted."""

    TYPO = 1
    SOUND = 2
    ABBREVIATED = 3
    EXACT = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A name recognised in the first `words` words of those asked about."""

    key: str
    words: int
    likeness: Likeness
    score: float


class NameIndex:
    """Names by key. A name stays even when the last school of that name is gone: it then names none."""

    def __init__(self, names: Iterable[Sequence[Word]]) -> None:
        self._words: dict[str, tuple[str, ...]] = {}
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._short: dict[str, list[str]] = defaultdict(list)
        self._grams: dict[str, array[int]] = {}
        self._keys: list[str] = []
        self._longest = 0
        for name in names:
            self.add(name)

    def __contains__(self, key: object) -> bool:
        return key in self._words

    def add(self, name: Sequence[Word]) -> None:
        """Hold one more name; one that is held already changes nothing."""
        key = joined(name)
        if key in self._words:
            return
        self._words[key] = tuple(word.spelled for word in name)
        self._longest = max(self._longest, len(name))
        self._sounds[sounds(name)].append(key)
        for short in abbreviations(self._words[key]):
            self._short[short].append(key)
        number = len(self._keys)
        self._keys.append(key)
        for gram in set(_grams(key)):
            self._grams.setdefault(gram, array("I")).append(number)

    def exact(self, asked: Sequence[Word]) -> list[Hit]:
        """Names that are the first words asked, letter by letter (accents, blanks, i and y apart)."""
        return list(self._by_prefix(asked, Likeness.EXACT))

    def careless(self, asked: Sequence[Word]) -> list[Hit]:
        """Names that the first words abbreviate or sound like."""
        return [*self._by_prefix(asked, Likeness.ABBREVIATED), *self._by_prefix(asked, Likeness.SOUND)]

    def _by_prefix(self, asked: Sequence[Word], likeness: Likeness) -> Iterator[Hit]:
        for count in range(1, min(len(asked), self._longest + 1) + 1):
            if count > 1 and asked[count - 1].breaks:
                return
            some = asked[:count]
            if likeness is Likeness.EXACT:
                key = joined(some)
                keys: Sequence[str] = (key,) if key in self._words else ()
            elif likeness is Likeness.SOUND:
                keys = self._sounds.get(sounds(some), ())
            else:
                keys = self._short.get(joined(some), ())
            for key in keys:
                yield Hit(key, count, likeness, _SCORES[likeness])

    def mistyped(self, asked: Sequence[Word]) -> list[Hit]:
        """Names that the first words are a slip of the keyboard away from, best first."""
        limit = next((at for at in range(1, len(asked)) if asked[at].breaks), len(asked))
        some = asked[: min(limit, self._longest + 1)]
        hits: dict[str, Hit] = {}
        for key in self.near(joined(some)):
            hit = self._slip(key, some)
            if hit is not None:
                hits[key] = hit
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.key))

    def near(self, asked: str) -> list[str]:
        """At most `MAX_NAME_CANDIDATES` names that share rare 3-grams with the letters asked."""
        postings = sorted(
            (self._grams[gram] for gram in dict.fromkeys(_grams(asked)) if gram in self._grams), key=len
        )
        shared: Counter[int] = Counter()
        budget = MAX_NAME_POSTINGS
        for numbers in postings:
            if len(numbers) > budget:
                break
            budget -= len(numbers)
            shared.update(numbers)
        return [self._keys[number] for number, _ in shared.most_common(MAX_NAME_CANDIDATES)]

    def _slip(self, key: str, some: Sequence[Word]) -> Hit | None:
        name = self._words[key]
        best: Hit | None = None
        for count in range(max(1, len(name) - 1), min(len(some), len(name) + 1) + 1):
            typed = joined(some[:count])
            score = ratio(key, typed, cutoff=MIN_NAME_RATIO)
            better = best is None or score > best.score
            if score and better and is_slip(name, [word.spelled for word in some[:count]]):
                best = Hit(key, count, Likeness.TYPO, score)
        return best


_SCORES = {Likeness.EXACT: 100.0, Likeness.ABBREVIATED: 90.0, Likeness.SOUND: 95.0}
_SHORTEST_MISTYPED = 5
_LONG_NAME = 3
_SHORT_WORD = 3


def is_slip(name: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether `typed` is a slip for `name` rather than another name.

    A slip makes a word that is no syllable ("ngyuen", "dzu"); a change that makes another syllable makes
    another name: Lê Lai is not Lê Lợi, Trần Quốc Tuấn is not Trần Quốc Toản. In a long name one letter is
    forgiven, at its end only a letter dropped or ng for nh.
    """
    whole, written = "".join(name), "".join(typed)
    if len(written) < _SHORTEST_MISTYPED:
        return False
    if len(name) != len(typed):
        return edits(whole, written, limit=1) <= 1 and not all(is_syllable(word) for word in typed)
    wrong = [
        (meant, word, at)
        for at, (meant, word) in enumerate(zip(name, typed, strict=True))
        if sound(meant) != sound(word)
    ]
    for meant, word, at in wrong:
        allowed = 1 if len(meant) <= _SHORT_WORD else 2
        distance = edits(meant, word, limit=allowed)
        if distance > allowed or any(char.isdigit() for char in meant + word):
            return False
        if is_syllable(word) and not _forgiven(meant, word, last=at == len(name) - 1, words=len(name)):
            return False
    return len(wrong) * 2 <= len(name)


def _forgiven(meant: str, word: str, *, last: bool, words: int) -> bool:
    """Whether another syllable is a slip all the same: one letter in a long name, the last at its end."""
    if words < _LONG_NAME or edits(meant, word, limit=1) > 1:
        return False
    dropped = meant[:-1] == word
    swapped = meant[:-1] == word[:-1] and {meant[-2:], word[-2:]} == {"ng", "nh"}
    return not last or dropped or swapped


def abbreviations(name: Sequence[str]) -> set[str]:
    """How people shorten a name of several words: "n du", "ng du", "n t minh khai", "ntm khai", "ntmk"."""
    if len(name) == 1:
        return set()
    initials = [word[0] for word in name]
    short = {
        initials[0] + "".join(name[1:]),
        _onset(name[0]) + "".join(name[1:]),
        "".join(initials[:-1]) + name[-1],
    }
    if len(name) > _LONG_NAME - 1:
        short.add("".join(initials))
        short.add("".join(initials[:2]) + "".join(name[2:]))
    return short - {"".join(name)}


def _onset(word: str) -> str:
    for onset in ("ng", "tr", "ph", "th", "ch", "kh", "nh"):
        if word.startswith(onset):
            return onset
    return word[0]


def _grams(key: str) -> list[str]:
    padded = f"^{key}"
    return [padded[at : at + 3] for at in range(max(1, len(padded) - 2))]
