"""Reads the names of places in a text: unit words, keys, and every name that the shipped tables hold."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from scamcheck.text import fold
from scamcheck.words import Word, joined, words


class Rank(IntEnum):
    """How narrow a place is; the order is how much it says about which school is meant."""

    PROVINCE = 1
    DISTRICT = 2
    OLD_COMMUNE = 3
    COMMUNE = 4


_UNITS: Final[dict[tuple[str, ...], frozenset[Rank]]] = {
    form: frozenset(ranks)
    for ranks, units in (
        ((Rank.COMMUNE, Rank.OLD_COMMUNE), "xã|x|phường|p"),
        ((Rank.OLD_COMMUNE,), "thị trấn|tt"),
        ((Rank.COMMUNE, Rank.DISTRICT), "đặc khu|đảo|huyện đảo"),
        ((Rank.DISTRICT,), "huyện|h|quận|q|thị xã|tx|thành phố|tp"),
        ((Rank.PROVINCE,), "tỉnh"),
    )
    for unit in units.split("|")
    for form in (tuple(unit.split()), tuple(fold(unit).split()))
}
"""Unit words as typed with marks and without; "quán" and "xa" with other marks are none."""
_UNIT_HEADS: Final = frozenset(form[0] for form in _UNITS)
_CITY: Final = frozenset({("thành", "phố"), ("thanh", "pho"), ("tp",)})
_LONGEST_UNIT: Final = 2
_LONGEST_SHORT_UNIT: Final = 2
_LONGEST_PLACE: Final = 5
_HEAD: Final = 3
_WORDS: Final = tomllib.loads((files("scamcheck") / "data" / "place_words.toml").read_text(encoding="utf-8"))
_ALSO: Final[dict[str, tuple[str, ...]]] = {
    key: tuple(others.split()) for key, others in _WORDS["also"].items()
}
_WITH_UNIT_ONLY: Final = frozenset(_WORDS["with_unit"]["only"].split())
CONNECTORS: Final = frozenset({"o", "tai", "thuoc"})
_THEN_AND_NOW: Final = frozenset({"cu", "moi"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit word ("huyện", "tp") and what it may be followed by."""

    ranks: frozenset[Rank]
    end: int


def read_unit(some: Sequence[Word], at: int) -> Unit | None:
    """The unit word at this place, and the word after it."""
    if at >= len(some) or some[at].typed not in _UNIT_HEADS:
        return None
    for count in range(min(_LONGEST_UNIT, len(some) - at), 0, -1):
        typed = tuple(word.typed for word in some[at : at + count])
        ranks = _UNITS.get(typed)
        if ranks is not None:
            if typed in _CITY:  # some cities are provinces
                ranks |= {Rank.PROVINCE}
            return Unit(ranks, at + count)
    return None


@lru_cache(maxsize=32768)
def keys_of(place: str) -> frozenset[str]:
    """The keys under which people name a place: without its unit, "Phường 1 Bảo Lộc" also as a whole.

    "Xuân Hương - Đà Lạt" is also Xuân Hương; a number ("Quận 1") keeps its unit: "quan1", "q1".
    """
    keys: set[str] = set()
    for part in (place, *place.split(" - ")):
        read = words(part)
        unit = read_unit(read, 0)
        if unit is not None and not part.isascii() and part[: read[unit.end - 1].end].isascii():
            unit = None if len(read[0].typed) > _LONGEST_SHORT_UNIT else unit  # huyện Quan Sơn is no quận
        bare = read[unit.end :] if unit else read
        if not bare:
            continue
        if bare[0].folded.isdigit():
            keys |= {joined(read), joined(read)[:1] + bare[0].folded}  # "quan1", "q1"
            if len(bare) == 1:
                continue
            keys.add(joined(read[: len(read) - len(bare) + 1]))
        keys.add(joined(bare))
    return frozenset(keys.union(*(_ALSO.get(key, ()) for key in keys)))


@dataclass(frozen=True, slots=True)
class Place:
    """A place read in a text: its key, and what its unit word allows it to be (empty: anything)."""

    key: str
    ranks: frozenset[Rank]
    known: bool = True
    """Not known: a unit word with a name that is in no table, so a place elsewhere."""


class Gazetteer:
    """Every place key known, for reading the places that follow a school's name."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        self._heads = frozenset(key[:_HEAD] for key in self.keys)

    def read(self, some: Sequence[Word], at: int) -> tuple[tuple[Place, ...], int]:
        """The places written one after another from this word on, and the word after the last."""
        found: list[Place] = []
        end = at
        while at < len(some) and not some[at].breaks:
            word = some[at]
            if found and word.folded in _THEN_AND_NOW and at == end:  # "Bình Thuận cũ"
                at = end = at + 1
                continue
            if word.folded in CONNECTORS:
                at += 1
                continue
            place = self._one(some, at)
            if place is None:
                break
            found.append(place[0])
            at = end = place[1]
        return tuple(found), end

    def _one(self, some: Sequence[Word], at: int) -> tuple[Place, int] | None:
        unit = read_unit(some, at)
        if unit is not None:
            whole = self._longest(some, at)
            if whole is not None:  # "phường 1", "quận 3"
                return Place(whole[0], frozenset()), whole[1]
            named = self._longest(some, unit.end)
            if named is not None:
                return Place(named[0], unit.ranks), named[1]
            if unit.end < len(some) and some[unit.end].capital and not some[unit.end].breaks:
                return Place("", unit.ranks, known=False), unit.end + 1
            return None
        named = self._longest(some, at)
        if named is None or named[0] in _WITH_UNIT_ONLY:
            return None
        return Place(named[0], frozenset()), named[1]

    def _longest(self, some: Sequence[Word], at: int) -> tuple[str, int] | None:
        if at >= len(some):  # a unit word may be the last: "P" of ":P"
            return None
        first = some[at].spelled
        head = first[:_HEAD] if len(first) >= _HEAD else joined(some[at : at + 2])[:_HEAD]
        if head not in self._heads and first not in self.keys:
            return None
        keys: list[str] = []
        key = ""
        for word in some[at : at + _LONGEST_PLACE]:
            if keys and word.breaks:
                break
            key += word.spelled
            keys.append(key)
        for count in range(len(keys), 0, -1):
            if keys[count - 1] in self.keys:
                return keys[count - 1], at + count
        return None


def rank_of(old_name: str) -> Rank:
    """What kind of place a name with its unit word is."""
    unit = read_unit(words(old_name), 0)
    if unit is None or Rank.OLD_COMMUNE in unit.ranks:
        return Rank.OLD_COMMUNE
    return Rank.DISTRICT if Rank.DISTRICT in unit.ranks else Rank.PROVINCE


@dataclass(frozen=True, slots=True)
class Province:
    """A province of today, the provinces it was made from and their districts."""

    name: str
    provinces: tuple[str, ...]
    districts: tuple[str, ...]


@lru_cache(maxsize=1)
def shipped_provinces() -> tuple[Province, ...]:
    """Every province of the country, to know a place as elsewhere."""
    rows: list[dict[str, Any]] = table()["province"]
    return tuple(Province(row["name"], tuple(row["provinces"]), tuple(row["districts"])) for row in rows)


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The shipped table of places as written."""
    return tomllib.loads((files("scamcheck") / "data" / "communes.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def country() -> Gazetteer:
    """Every place of the shipped tables: communes served, old names, all provinces and districts."""
    names: set[str] = set()
    for row in table()["commune"]:
        names.update((row["name"], *row["communes"], *row["districts"]))
    for province in shipped_provinces():
        names.update((province.name, *province.provinces, *province.districts))
    return Gazetteer(key for name in names for key in keys_of(name))
