"""The registry as it is compared: under which names and places a school is known, and what fits."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final

from scamcheck.gazetteer import Place, Rank, keys_of, rank_of, read_unit
from scamcheck.knowledge import Commune, School
from scamcheck.levels import SchoolLevel, SchoolType, Stage, read_level, written_level
from scamcheck.thresholds import MAX_SCHOOLS_COMPARED
from scamcheck.words import Word, joined, words

Site = Mapping[str, frozenset[Rank]]
"""The place keys of one school, and as what each contains it (Krông Nô: as commune and as district)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One school under one of its names."""

    school: School
    level: SchoolLevel
    site: Site
    typed: str
    """The name with its marks and without blanks, to prefer the school spelled as it was asked for."""
    own: bool
    """Its own name, not an alias."""
    key: str
    """The name's letters without blanks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for besides name and place: the level written, or the stage of a class."""

    level: SchoolLevel | None = None
    stage: Stage | None = None

    def allows(self, level: SchoolLevel) -> bool:
        """Whether a school of this level may be meant."""
        if self.level is not None:
            return level.admits(self.level)
        return self.stage is None or self.stage in level.stages or not level.stages


@dataclass(frozen=True, slots=True)
class Fit:
    """A school that fits: how well its level and place fit, and whether both were said exactly."""

    entry: Entry
    rank: int
    """The sum of the ranks of the places that fit; a commune says more than a province."""
    same_level: bool
    exact_place: bool


def entries_of(school: School, site: Site) -> list[tuple[Entry, Sequence[Word]]]:
    """The school under each of its names: without level and unit words, without its own place at the end.

    The first entry is the school under its own name, which may be empty ("Trường PTDTNT huyện").
    """
    recorded = written_level(school.level)
    found: dict[str, tuple[Entry, Sequence[Word]]] = {}
    level = recorded
    for name in (school.name, *school.aliases):
        core, named_level = _core(name)
        own = name is school.name
        level = level.completed(named_level) if own else level
        stages = level.stages if own else level.stages | named_level.stages
        shorter = [core[:-count] for count in range(1, len(core) - 1) if joined(core[-count:]) in site]
        variants = [core, *shorter]
        for variant in [*variants, *(other for one in variants for other in _same_name(one))]:
            key = joined(variant)
            if key not in found and (key or own):
                typed = "".join(word.typed for word in variant)
                entry = Entry(school, SchoolLevel(stages, level.type), site, typed, own, key)
                found[key] = (entry, variant)
    return list(found.values())


def fitting(entries: Iterable[Entry], places: Sequence[Place], asked: Asked) -> list[Fit]:
    """The entries that fit the level asked and every place; none when a place is known to be elsewhere.

    Looks at no more than `MAX_SCHOOLS_COMPARED`: more schools of one name cannot be told apart anyway.
    """
    allowed = list(islice((entry for entry in entries if asked.allows(entry.level)), MAX_SCHOOLS_COMPARED))
    fits = [fit for entry in allowed if (fit := _fit(entry, places, asked, strict=True)) is not None]
    if not fits:  # "xã Đắk Mil" said of the old district: ask, never choose
        fits = [fit for entry in allowed if (fit := _fit(entry, places, asked, strict=False)) is not None]
    return fits


def _fit(entry: Entry, places: Sequence[Place], asked: Asked, *, strict: bool) -> Fit | None:
    total, exact = 0, bool(places) and strict
    for place in places:
        ranks = entry.site.get(place.key)
        if not place.known or ranks is None:
            return None
        allowed = ranks & place.ranks if strict and place.ranks else ranks
        if not allowed:
            return None
        total += max(allowed)
        # The old name of a part says less than it seems: thị trấn Đắk Mil is not xã Đắk Mil.
        exact = exact and max(allowed) in (Rank.COMMUNE, Rank.DISTRICT)
    same = asked.level is not None and asked.level == entry.level
    return Fit(entry, total, same, exact)


class Sites:
    """The places of schools, shared between schools of the same commune."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self._by_code: dict[str, Commune] = {}
        self._by_name: dict[tuple[str, str], Commune] = {}
        for commune in communes:
            self._by_code[commune.code] = commune
            self._by_name[_whole_key(commune.name), _whole_key(commune.province)] = commune
        self._sites: dict[tuple[str | None, str, str, str], Site] = {}

    def of(self, school: School) -> Site:
        """The places of one school: commune, district, province, and what the commune was made from."""
        told = (school.commune_code, school.commune, school.old_district, school.province)
        if told not in self._sites:
            self._sites[told] = self._new(school)
        return self._sites[told]

    def _new(self, school: School) -> Site:
        site: dict[str, set[Rank]] = defaultdict(set)
        commune = self._by_code.get(school.commune_code or "") or self._by_name.get(
            (_whole_key(school.commune), _whole_key(school.province))
        )
        told = [(school.commune, Rank.COMMUNE), (school.old_district, Rank.DISTRICT)]
        told.append((school.province, Rank.PROVINCE))
        if commune is not None:
            told += [(commune.name, Rank.COMMUNE), (commune.province, Rank.PROVINCE)]
            # A commune made from parts of two districts has both; the school's own record knows better.
            told += [
                (old, rank)
                for old in commune.old_names
                if (rank := rank_of(old)) is not Rank.DISTRICT or not school.old_district
            ]
        for name, rank in told:
            for key in keys_of(name):
                site[key].add(rank)
        return {key: frozenset(ranks) for key, ranks in site.items()}


_IN_BRACKETS: Final = re.compile(r"\([^)]*\)")
_SCHOOL_WORDS: Final = frozenset(
    [("truong",), ("trung", "tam"), ("tu", "thuc"), ("dan", "lap"), ("cong", "lap"), ("chuyen",)]
)
_FAMILIES: Final = [
    {joined(form): form for form in map(words, family.split("|"))}
    for family in tomllib.loads(
        (files("scamcheck") / "data" / "school_words.toml").read_text(encoding="utf-8")
    )["same"]
]


def _other_spellings() -> dict[str, list[Sequence[Word]]]:
    found: defaultdict[str, list[Sequence[Word]]] = defaultdict(list)
    for family in _FAMILIES:
        for key in family:
            found[key] += [form for other, form in family.items() if other != key]
    return dict(found)


_SAME: Final = _other_spellings()


@lru_cache(maxsize=32768)
def _core(name: str) -> tuple[Sequence[Word], SchoolLevel]:
    """A name without brackets, "trường", level and unit words in front; "Trường Chinh" keeps its Trường."""
    read = words(_IN_BRACKETS.sub(" ", name))
    level = SchoolLevel()
    at = 0
    while at < len(read):
        found = read_level(read, at)
        skip = next((n for n in (2, 1) if tuple(w.folded for w in read[at : at + n]) in _SCHOOL_WORDS), 0)
        unit = read_unit(read, at)
        if found is not None:
            level = SchoolLevel(level.stages | found[0].stages, level.type or found[0].type)
            at = found[1]
        elif skip and not (read[at].folded == "truong" and at):
            at += skip
        elif unit is not None and unit.end < len(read) and not read[unit.end].folded.isdigit():
            at = unit.end
        else:
            break
    return read[at:], level


def _same_name(name: Sequence[Word]) -> Sequence[Sequence[Word]]:
    """The name in the other spellings of its family ("Phan Châu Trinh")."""
    return _SAME.get(joined(name), ())


@lru_cache(maxsize=8192)
def _whole_key(name: str) -> str:
    """A commune or province with what kind it is, but "Tỉnh" and "TP." aside."""
    read = words(name)
    unit = read_unit(read, 0)
    return joined(read[unit.end :] if unit and Rank.PROVINCE in unit.ranks else read)


def level_types_known_by_place(level: SchoolLevel) -> bool:
    """Boarding schools and adult learning centres: one in a district, called by its place."""
    return level.type in (SchoolType.BOARDING, SchoolType.CONTINUING)
