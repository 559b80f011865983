"""Communes of the registry."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from db import changes, models
from scamcheck import knowledge
from scamcheck.text import fold


async def put_commune(
    session: AsyncSession,
    *,
    code: str,
    name: str,
    province: str,
    old_names: Iterable[str] = (),
    source: str,
    document: str = "",
    verified_at: date | None = None,
    approved_by: str,
    now: datetime,
) -> bool:
    """Record a commune as it is now; False when that is how it was recorded already."""
    await changes.one_at_a_time(session)
    row = await session.get(models.Commune, code, options=[selectinload(models.Commune.old_names)])
    aliases = list(dict.fromkeys(old_names))
    recorded = {
        "name": name,
        "province": province,
        "source": source,
        "document": document,
        "verified_at": verified_at,
        "approved_by": approved_by,
    }
    if row is None:
        row = models.Commune(code=code, **recorded, created_at=now, updated_at=now, old_names=[])
        session.add(row)
        operation = models.Operation.ADDED
    elif [alias.name for alias in row.old_names] == aliases and all(
        getattr(row, column) == value for column, value in recorded.items()
    ):
        return False
    else:
        for column, value in recorded.items():
            setattr(row, column, value)
        row.version += 1
        row.updated_at = now
        row.old_names.clear()
        await session.flush()
        operation = models.Operation.CHANGED
    row.old_names.extend(models.CommuneAlias(name=alias) for alias in aliases)
    changes.record_change(session, models.RecordKind.COMMUNE, code, operation, now=now)
    return True


async def recorded_communes(session: AsyncSession) -> Sequence[models.Commune]:
    """The rows of every commune with old names, by code. While they are held, `put_commune` is quick."""
    rows = await session.scalars(
        select(models.Commune).options(selectinload(models.Commune.old_names)).order_by(models.Commune.code)
    )
    return rows.all()


async def all_communes(session: AsyncSession) -> tuple[knowledge.Commune, ...]:
    """Every commune with its old names, by code."""
    return tuple(
        knowledge.Commune(
            code=row.code,
            name=row.name,
            province=row.province,
            old_names=tuple(alias.name for alias in row.old_names),
        )
        for row in await recorded_communes(session)
    )


async def communes_called(session: AsyncSession, words: str) -> tuple[models.Commune, ...]:
    """Communes in whose code, name, province or old names every one of the words occurs, by name."""
    asked = fold(words).split()
    if not asked:
        return ()
    named = {row: fold(_all_names(row)) for row in await recorded_communes(session)}
    found = [row for row, names in named.items() if all(word in names for word in asked)]
    # Whoever types a name of today means that commune, before one that swallowed an old one of the name.
    wanted = " ".join(asked)
    return tuple(sorted(found, key=lambda row: (wanted not in fold(row.name), row.name, row.code)))


async def communes_with(session: AsyncSession, codes: Iterable[str]) -> tuple[models.Commune, ...]:
    """The communes of these codes, by name; a code that is no commune's is left out."""
    rows = await session.scalars(
        select(models.Commune)
        .options(selectinload(models.Commune.old_names))
        .where(models.Commune.code.in_(set(codes)))
        .order_by(models.Commune.name, models.Commune.code)
    )
    return tuple(rows)


async def provinces(session: AsyncSession) -> tuple[str, ...]:
    """Names of the provinces, as communes have them."""
    rows = await session.scalars(select(models.Commune.province).distinct().order_by(models.Commune.province))
    return tuple(rows)


def _all_names(row: models.Commune) -> str:
    return " ".join((row.code, row.name, row.province, *(alias.name for alias in row.old_names)))
