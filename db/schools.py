"""The registry of schools."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql import Select

from db import changes, models
from db.keys import NORM_VERSION
from scamcheck import knowledge
from scamcheck.levels import read_level
from scamcheck.text import fold
from scamcheck.words import words

ID_DIGITS: Final = 19
"""So many digits may not fit a 64-bit id."""
SHOWN_LEVELS: Final = {"MN": "Mầm non", "TH": "Tiểu học"}
"""Levels whose code a parent may not know; "THCS" and "THPT" are what everybody says."""


class SchoolAlreadyRecorded(ValueError):
    """A school of this level, name and commune is in the registry."""


class CommuneNotRecorded(ValueError):
    """The school's commune is not in the registry."""


class SchoolNotActive(ValueError):
    """There is no active school with this id."""


async def add_school(
    session: AsyncSession,
    *,
    level: str,
    name: str,
    commune_code: str,
    old_district: str = "",
    aliases: Iterable[str] = (),
    source: str,
    document: str = "",
    verified_at: date | None = None,
    expires_at: datetime | None = None,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> models.School:
    """Add a school. Level, name (however spelt) and commune together are unique.

    Raises:
        CommuneNotRecorded: the registry has no commune of this code.
        SchoolAlreadyRecorded: the school is there already.
    """
    await changes.one_at_a_time(session)
    if await session.get(models.Commune, commune_code) is None:
        raise CommuneNotRecorded(commune_code)
    name = " ".join(name.split())
    level_key = level_code(level) or fold(level)
    name_key = fold(name)
    taken = await session.scalar(
        select(models.School.id).where(
            models.School.status == models.RecordState.ACTIVE,
            models.School.level_key == level_key,
            models.School.name_key == name_key,
            models.School.commune_code == commune_code,
        )
    )
    if taken is not None:
        raise SchoolAlreadyRecorded(f"{level} {name}")
    school = models.School(
        status=models.RecordState.ACTIVE,
        level=SHOWN_LEVELS.get(level_key, level_key),
        level_key=level_key,
        name=name,
        name_key=name_key,
        commune_code=commune_code,
        old_district=old_district,
        norm_version=NORM_VERSION,
        source=source,
        document=document,
        verified_at=verified_at,
        expires_at=expires_at,
        approved_by=approved_by,
        is_example=is_example,
        created_at=now,
        updated_at=now,
        aliases=[models.SchoolAlias(name=alias) for alias in dict.fromkeys(aliases)],
    )
    session.add(school)
    await session.flush()
    changes.record_change(session, models.RecordKind.SCHOOL, str(school.id), models.Operation.ADDED, now=now)
    return school


async def withdraw_school(session: AsyncSession, school_id: int, *, now: datetime) -> None:
    """Take a school out of the registry; its row stays.

    Raises:
        SchoolNotActive: it was not in it.
    """
    await changes.one_at_a_time(session)
    withdrawn = await session.scalar(
        update(models.School)
        .where(models.School.id == school_id, models.School.status == models.RecordState.ACTIVE)
        .values(status=models.RecordState.WITHDRAWN, version=models.School.version + 1, updated_at=now)
        .returning(models.School.id)
    )
    if withdrawn is None:
        raise SchoolNotActive(school_id)
    changes.record_change(
        session, models.RecordKind.SCHOOL, str(school_id), models.Operation.REMOVED, now=now
    )


async def school_by_id(session: AsyncSession, school_id: str | int) -> knowledge.School | None:
    """The active school with this id, or None. Ids in buttons are input: any text may come."""
    if isinstance(school_id, str):
        if not _is_id(school_id):
            return None
        school_id = int(school_id)
    row = await session.scalar(_active().where(models.School.id == school_id))
    return None if row is None else to_core(row)


@dataclass(frozen=True, slots=True)
class PastSchool:
    """A school that is not in the registry any more."""

    name: str
    commune: str
    province: str
    is_example: bool
    became: int | None
    """The school of today that it is part of now; None when it closed."""


async def past_school(session: AsyncSession, school_id: str) -> PastSchool | None:
    """What became of a school that was in the registry once; None for any other text."""
    if not _is_id(school_id):
        return None
    statement = select(models.School).options(joinedload(models.School.commune))
    row = await session.scalar(statement.where(models.School.id == int(school_id)))
    if row is None or row.status is models.RecordState.ACTIVE:
        return None
    end, seen = row, {row.id}
    while end.status is not models.RecordState.ACTIVE and end.became_id not in (None, *seen):
        end = await session.get_one(models.School, end.became_id)
        seen.add(end.id)
    return PastSchool(
        name=full_name(row),
        commune=row.commune.name,
        province=row.commune.province,
        is_example=row.is_example,
        became=end.id if end.status is models.RecordState.ACTIVE else None,
    )


async def all_schools(session: AsyncSession) -> tuple[knowledge.School, ...]:
    """Every active school, in the order recorded."""
    return tuple(to_core(row) for row in await session.scalars(_active().order_by(models.School.id)))


async def schools_with_ids(session: AsyncSession, ids: Iterable[int]) -> tuple[knowledge.School, ...]:
    """The active schools among these ids, in the order recorded."""
    rows = await session.scalars(_active().where(models.School.id.in_(list(ids))).order_by(models.School.id))
    return tuple(to_core(row) for row in rows)


def to_core(row: models.School) -> knowledge.School:
    """A school as the core knows it; `commune` and `aliases` of the row are loaded."""
    return knowledge.School(
        id=str(row.id),
        level=row.level,
        name=row.name,
        commune=row.commune.name,
        commune_code=row.commune_code,
        old_district=row.old_district,
        province=row.commune.province,
        aliases=tuple(alias.name for alias in row.aliases),
        is_example=row.is_example,
    )


def level_code(written: str) -> str:
    """The stages of a level as a code ("TH", "TH&THCS"), however it is written; "" when it is none."""
    found = read_level(words(written), 0) if written.strip() else None
    return found[0].code if found else ""


def full_name(row: models.School) -> str:
    """Level and name of a school, as people say them."""
    return named_in_full(row.level, row.level_key, row.name)


def full_name_and_place(row: models.School) -> str:
    """The same with its commune, which a name alone does not tell; `commune` of the row is loaded."""
    return f"{full_name(row)}, {row.commune.name}"


@lru_cache(maxsize=32768)
def named_in_full(level: str, level_key: str, name: str) -> str:
    """Level and name, as people say it: "THCS Nguyễn Du"; a name that begins with its level is left alone."""
    begins = fold(name).startswith((f"{fold(level)} ", f"{fold(level_key)} "))
    return name if begins else f"{level} {name}"


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < ID_DIGITS


def _active() -> Select[models.School]:
    return (
        select(models.School)
        .join(models.School.commune)
        .options(contains_eager(models.School.commune), selectinload(models.School.aliases))
        .where(models.School.status == models.RecordState.ACTIVE)
    )
