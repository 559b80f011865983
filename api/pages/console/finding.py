"""Looking for a school or a commune by what people call it, instead of asking for a number of a row."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from api.pages.console.access import AtWork
from db import desk_lists, models, places, schools
from scamcheck.text import fold

Row = TypeVar("Row")

LOOKED_THROUGH: Final = 60
OFFERED: Final = 12
"""Of what a name may mean, so many are offered; who sees more types more."""


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """What was meant, the likeliest first."""

    words: str = ""
    rows: tuple[Row, ...] = ()
    more: bool = False


async def schools_meant(work: AtWork, words: str, *, without: int | None = None) -> Found[models.School]:
    """Schools of the actor's area: by level, name, commune, an old name."""
    likely = await work.services.knowledge.search_schools(words, LOOKED_THROUGH) if words.strip() else ()
    async with work.reading() as session:
        of_area = {str(one.id): one for one in await desk_lists.schools_of(session, work.actor)}
    named = [of_area[one.school.id] for one in likely if one.school.id in of_area]
    asked = fold(words).split()
    named += [one for one in of_area.values() if asked and all(word in _folded(one) for word in asked)]
    found = tuple(one for one in dict.fromkeys(named) if one.id != without)
    return Found(words.strip(), found[:OFFERED], len(found) > OFFERED)


async def communes_meant(
    work: AtWork, words: str, *, without: frozenset[str] = frozenset()
) -> Found[models.Commune]:
    """Communes of the whole registry: by name, old name, province, code."""
    async with work.reading() as session:
        named = await places.communes_called(session, words)
    found = tuple(one for one in named if one.code not in without)
    return Found(words.strip(), found[:OFFERED], len(found) > OFFERED)


def _folded(row: models.School) -> str:
    others = " ".join(alias.name for alias in row.aliases)
    return fold(f"{schools.full_name(row)} {row.commune.name} {row.old_district} {others}")
