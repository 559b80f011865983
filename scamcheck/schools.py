"""Which school of the registry a text names. Names repeat everywhere: level, name and place decide together.

A wrong school shown alone sends a frightened parent to strangers, so every doubt ends in a question: several
candidates, or none, and `full` only when level, name and place all fit exactly one record.
"""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

from scamcheck.claims import Claim, OwnerKind
from scamcheck.gazetteer import Gazetteer, Place, country, read_unit
from scamcheck.knowledge import Commune, School, SchoolCandidate
from scamcheck.levels import SchoolLevel, Stage, read_class, read_level
from scamcheck.match import nearest
from scamcheck.mentions import Mention, ends_name, find_mentions, mentions_shown, other_institution
from scamcheck.name_index import Hit, Likeness, NameIndex
from scamcheck.school_records import Asked, Entry, Fit, Sites, entries_of, fitting, level_types_known_by_place
from scamcheck.text import Text, fold
from scamcheck.thresholds import (
    MAX_BARE_NAME_WORDS,
    MAX_SCHOOL_CANDIDATES,
    MAX_SCHOOL_MENTIONS,
    MAX_SCHOOLS_COMPARED,
    MIN_PLACE_RATIO,
)
from scamcheck.words import Word, joined, shown, words

_DATA: Final = tomllib.loads((files("scamcheck") / "data" / "school_words.toml").read_text(encoding="utf-8"))
_AROUND_NAME: Final = frozenset(_DATA["around_name"].split()) | frozenset(fold(_DATA["around_name"]).split())
_PERSONS: Final = frozenset(_DATA["persons"].split())
_SHORTEST_SLIP_IN_PLACE: Final = 5
_LONGEST_PLACE: Final = 4
_LONGEST_ASKED: Final = 16
_NEAR: Final = 12
"""Words before and after a name within which another place makes a school likelier."""


class SchoolIndex:
    """The registry of schools, held in memory. Schools can be put and removed one by one."""

    def __init__(self, schools: Iterable[School], communes: Iterable[Commune]) -> None:
        self._sites = Sites(communes)
        self._names = NameIndex(())
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._by_place: dict[str, list[Entry]] = defaultdict(list)
        self._held: dict[str, list[Entry]] = {}
        for school in schools:
            self._add(school)
        self._know_places()

    def put(self, school: School) -> None:
        """Hold a school as it is now, instead of what was held under its id."""
        self.remove(school.id)
        self._add(school)
        if not self._by_place.keys() <= self._places_served:
            self._know_places()

    def remove(self, school_id: str) -> None:
        """Hold a school no longer. Its name and place stay known, as those of no school."""
        for entry in self._held.pop(school_id, ()):
            lists = [self._by_place[key] for key in entry.site]
            for entries in (self._entries[entry.key], *lists):
                if entry in entries:
                    entries.remove(entry)

    def _add(self, school: School) -> None:
        site = self._sites.of(school)
        entries = entries_of(school, site)
        self._held[school.id] = [entry for entry, _ in entries]
        for entry, name in entries:
            if name:
                self._names.add(name)
                self._entries[entry.key].append(entry)
        for key in site:
            self._by_place[key] += [entry for entry, _ in entries]

    def _know_places(self) -> None:
        self._places_served = frozenset(self._by_place)
        self._gazetteer = Gazetteer(country().keys | self._places_served)

    def candidates(self, text: Text, claims: Sequence[Claim] = ()) -> tuple[SchoolCandidate, ...]:
        """The schools that a message names, the likeliest first; none when it names none of the registry.

        A name counts after a word that says "school" ("trường", "c2", "mầm non"), after "học" or a class, or
        when the whole text is a name ("nguyen du gia nghia"). At most one is `full`, and only when alone.
        """
        read = shown(text)
        mentions = mentions_shown(text)
        found = self._nothing_but(read) or self._mentioned(read, mentions)
        if not found and not any(mention.sure for mention in mentions):
            # A disguised text ("tr.ườ.ng") shows its school only to the reading the claims were made from.
            for claim in claims:
                if claim.kind is OwnerKind.SCHOOL and claim.name:
                    said = words(f"trường {claim.level} {claim.name} {claim.place}")
                    found += self._mentioned(said, find_mentions(said))
            found = found or self._nothing_but(read, careless=True)
        return _ranked(found, MAX_SCHOOL_CANDIDATES)

    def search(self, query: str, limit: int = 8) -> tuple[SchoolCandidate, ...]:
        """Schools for a reply to "which school?": as `candidates`, and a place or a name amid words too."""
        read = words(query)[:_LONGEST_ASKED]
        found = self._nothing_but(read) or self._mentioned(read, find_mentions(read))
        found = found or self._nothing_but(read, place_names=True)
        found = found or self._nothing_but(read, place_names=True, careless=True)
        for at in range(len(read)):
            found = found or self._resolve(read, Mention(at, at, None, None, sure=False))
        return _ranked(found or self._in_place(read), limit)

    def _mentioned(self, read: Sequence[Word], mentions: Sequence[Mention]) -> list["_Match"]:
        found: list[_Match] = []
        taken = 0
        for mention in mentions[:MAX_SCHOOL_MENTIONS]:
            if mention.start >= taken:
                matches = self._resolve(read, mention)
                found += self._nearest_first(read, mention, matches)
                taken = max((match.end for match in matches), default=taken)
        return found

    def _nearest_first(
        self, read: Sequence[Word], mention: Mention, matches: list["_Match"]
    ) -> list["_Match"]:
        """Schools of places said elsewhere in the text first, where none was said beside the name."""
        if len(matches) < 2 or matches[0].reading.places:
            return matches
        around = (*range(max(0, mention.start - _NEAR), mention.start), *range(matches[0].end, len(read)))
        said = {place.key for at in around[: 2 * _NEAR] for place in self._gazetteer.read(read, at)[0]}
        return [replace(match, near=len(said & match.fit.entry.site.keys())) for match in matches]

    def _resolve(self, read: Sequence[Word], mention: Mention) -> list["_Match"]:
        """The records that fit the name, level and place written at a mention."""
        at = mention.name_at
        if at >= len(read) or read[at].breaks or other_institution(read, at):
            return []
        window = read[: at + _LONGEST_ASKED]
        unit = read_unit(window, at)
        starts = [at] if unit is None else [at, unit.end]
        asked = Asked(mention.level, mention.stage)
        exact = [(start, hit) for start in starts for hit in self._names.exact(window[start:])]
        if not mention.sure:
            return self._fitting(window, [pair for pair in exact if pair[1].words > 1], asked)
        found = self._fitting(window, exact, asked)
        if any(hit.words > 1 for _, hit in exact):
            return found or self._of_its_kind(window, starts[-1], asked)
        begin = starts[-1]
        for look_up in (self._names.careless, self._names.mistyped):
            found = found or self._fitting(window, [(begin, hit) for hit in look_up(window[begin:])], asked)
        return found or self._of_its_kind(window, begin, asked)

    def _fitting(
        self,
        read: Sequence[Word],
        hits: Iterable[tuple[int, Hit]],
        asked: Asked,
        *,
        whole: bool = False,
    ) -> list["_Match"]:
        """The records of the readings that explain most words; with `whole`, that explain every word."""
        readings = [
            reading
            for at, hit in hits
            if (reading := self._reading(read, at, hit)) is not None
            and (not whole or reading.end == len(read))
        ]
        most = max((reading.end for reading in readings), default=0)
        return [
            _Match(fit, reading)
            for reading in readings
            if reading.end == most
            for fit in fitting(
                self._named(reading),
                reading.places,
                replace(asked, level=asked.level or reading.level),
            )
        ]

    def _named(self, reading: "_Reading") -> Iterable[Entry]:
        """The schools of the name that was read, those elsewhere left out where that is cheap."""
        named = self._entries[reading.hit.key]
        placed = self._by_place.get(reading.places[0].key, ()) if reading.places else named
        if len(placed) < len(named):
            return (entry for entry in placed if entry.key == reading.hit.key)
        return named

    def _reading(self, read: Sequence[Word], at: int, hit: Hit) -> "_Reading | None":
        """What follows a name: maybe its level, then its places. None when the name itself goes on."""
        typed = "".join(word.typed for word in read[at : at + hit.words])
        at += hit.words
        level = None
        if at < len(read) and not read[at].breaks:
            after = read_level(read, at)
            level, at = after if after is not None else (None, at)
        places, end = self._gazetteer.read(read, at)
        if not places and hit.key.isdigit() and at < len(read) and not (read[at].breaks or read[at].gap):
            return None  # "mẫu giáo 9 giờ", "19/5 này"
        if not places:
            misspelt = self._misspelt_place(read, at, hit)
            if misspelt is not None:
                places, end = (misspelt[0],), misspelt[1]
            elif _goes_on(read, at):
                return None
        return _Reading(hit, places, max(at, end), typed, level)

    def _misspelt_place(self, read: Sequence[Word], at: int, hit: Hit) -> tuple[Place, int] | None:
        """A place of one of the name's own schools, written carelessly ("Gia Ngĩa")."""
        unit = read_unit(read, at) if at < len(read) else None
        at = unit.end if unit else at
        if at >= len(read) or read[at].breaks or ends_name(read[at]):
            return None
        keys = sorted({key for entry in self._entries[hit.key][:MAX_SCHOOLS_COMPARED] for key in entry.site})
        for count in range(min(_LONGEST_PLACE, len(read) - at), 0, -1):
            typed = joined(read[at : at + count])
            if len(typed) >= _SHORTEST_SLIP_IN_PLACE:
                for found, _ in nearest(typed, keys, limit=1, cutoff=MIN_PLACE_RATIO):
                    return Place(keys[found], unit.ranks if unit else frozenset()), at + count
        return None

    def _of_its_kind(self, read: Sequence[Word], at: int, asked: Asked) -> list["_Match"]:
        """A boarding school or adult learning centre that is called by its place instead of its name."""
        if asked.level is None or not level_types_known_by_place(asked.level):
            return []
        return self._placed(read, at, asked)

    def _in_place(self, read: Sequence[Word]) -> list["_Match"]:
        """The schools of a place, when nothing but a place and maybe a level was said."""
        rest, asked = _without_level(read)
        for at in range(len(rest)):
            found = self._placed(rest, at, asked)
            if found:
                return found
        return []

    def _placed(self, read: Sequence[Word], at: int, asked: Asked) -> list["_Match"]:
        places, end = self._gazetteer.read(read, at)
        if not places:
            return []
        reading = _Reading(_NO_NAME, places, end, "", None)
        return [_Match(fit, reading) for fit in fitting(self._by_place.get(places[0].key, ()), places, asked)]

    def _nothing_but(
        self, read: Sequence[Word], *, place_names: bool = False, careless: bool = False
    ) -> list["_Match"]:
        """The records named by a text that is nothing but level, name and place, in any order."""
        if len(read) > MAX_BARE_NAME_WORDS:
            return []
        rest, asked = _without_level(read)
        lead = next((at for at, word in enumerate(rest) if word.typed not in _AROUND_NAME), len(rest))
        tail = next((at for at in range(len(rest), lead, -1) if rest[at - 1].typed not in _AROUND_NAME), lead)
        cuts = [(start, end) for start in range(lead + 1) for end in range(len(rest), tail - 1, -1)]
        look_ups = [self._names.exact]
        if careless:
            cuts = [(0, len(rest)), (lead, tail)]
            look_ups = [self._names.careless, self._names.mistyped]
        for look_up in look_ups:
            for start, end in cuts:
                found = self._all_of(rest[start:end], asked, look_up, place_names=place_names)
                person = start > 0 and asked.level is None and rest[start - 1].folded in _PERSONS
                if found and not (person and not found[0].reading.places):
                    return found
        return []

    def _all_of(
        self,
        name: Sequence[Word],
        asked: Asked,
        look_up: Callable[[Sequence[Word]], list[Hit]],
        *,
        place_names: bool,
    ) -> list["_Match"]:
        """The records that all these words name: a name and then places, or places and then a name."""
        _, end = self._gazetteer.read(name, 0)
        unit = read_unit(name, 0)
        orders: list[Sequence[Word]] = [name]
        if unit is not None and asked.level is not None:  # "thị trấn Đắk Mil tiểu học"
            orders.append(name[unit.end :])
        if 0 < end < len(name):
            orders.append((*name[end:], *name[:end]))
        for some in orders:
            hits = [
                (0, hit)
                for hit in look_up(some)
                if asked.level or self._name_enough(hit, place_names=place_names)
            ]
            found = self._fitting(some, hits, asked, whole=True)
            if found:
                return found
        return []

    def _name_enough(self, hit: Hit, *, place_names: bool) -> bool:
        """Whether a name without "trường" and level is a school's: not one word, not just a place."""
        return hit.words > 1 and not hit.key.isdigit() and (place_names or hit.key not in self._places_served)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A name in the text with the level and the places written after it."""

    hit: Hit
    places: tuple[Place, ...]
    end: int
    typed: str
    level: SchoolLevel | None


@dataclass(frozen=True, slots=True)
class _Match:
    """A record that fits a reading."""

    fit: Fit
    reading: _Reading
    near: int = 0

    @property
    def end(self) -> int:
        return self.reading.end

    @property
    def order(self) -> tuple[float, ...]:
        """Sorts the likeliest first: how the name was recognised, level, place, own name, same accents."""
        hit, entry = self.reading.hit, self.fit.entry
        return (
            -hit.likeness,
            -hit.score,
            not self.fit.same_level,
            -self.fit.rank,
            -self.near,
            not entry.own,
            entry.typed != self.reading.typed,
        )

    @property
    def full(self) -> bool:
        """Level, name and place were all said, exactly, and all fit."""
        return self.fit.same_level and self.fit.exact_place and self.reading.hit.likeness is Likeness.EXACT


_NO_NAME: Final = Hit("", 0, Likeness.TYPO, 60.0)


def _ranked(matches: Iterable[_Match], limit: int) -> tuple[SchoolCandidate, ...]:
    best: dict[str, _Match] = {}
    for match in sorted(matches, key=lambda match: (match.order, match.fit.entry.school.id)):
        best.setdefault(match.fit.entry.school.id, match)
    return tuple(
        SchoolCandidate(
            school=match.fit.entry.school,
            score=match.reading.hit.score,
            full=len(best) == 1 and match.full,
        )
        for match in list(best.values())[:limit]
    )


def _without_level(read: Sequence[Word]) -> tuple[list[Word], Asked]:
    """The words that are neither level nor class, and what those said."""
    rest: list[Word] = []
    level: SchoolLevel | None = None
    stage: Stage | None = None
    at = 0
    while at < len(read):
        class_ = read_class(read, at)
        found = read_level(read, at)
        if class_ is not None:
            stage, at = class_
        elif found is not None:
            level, at = level.completed(found[0]) if level else found[0], found[1]
        else:
            rest.append(read[at])
            at += 1
    return rest, Asked(level, stage)


def _goes_on(read: Sequence[Word], at: int) -> bool:
    """Whether a longer name than any in the registry was written: a capital follows, or a number ends it."""
    if at >= len(read) or read[at].breaks or read[at].gap or ends_name(read[at]):
        return False
    if len(read[at].folded) == 1 and read[at].folded.isdigit():  # "Kim Đồng 2", but not "Kim Đồng 3 triệu"
        return at + 1 == len(read) or read[at + 1].breaks or bool(read[at + 1].gap)
    return read[at].capital and not read[at].shouted
