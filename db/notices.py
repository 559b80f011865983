"""Notices to offices: something happened that their staff should know about."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, rights
from db.models import OfficeKind
from db.rights import Actor

NOTICES_KEPT: Final = timedelta(days=180)


class NoticeNotFound(LookupError):
    """This office has no such notice that nobody has seen."""


async def tell(
    session: AsyncSession, offices: Iterable[int], *, topic: str, subject: str, now: datetime
) -> int:
    """Tell these offices; how many."""
    told = sorted(set(offices))
    session.add_all(models.Notice(office_id=office, topic=topic, subject=subject, at=now) for office in told)
    await session.flush()
    return len(told)


async def offices_concerned(session: AsyncSession, school_id: int) -> tuple[int, ...]:
    """The offices that care for a school's hotline: its own, its education offices, its police."""
    province = await session.scalar(
        select(models.Commune.province)
        .join(models.School, models.School.commune_code == models.Commune.code)
        .where(models.School.id == school_id)
    )
    offices = await session.scalars(
        select(models.Office)
        .where(
            models.Office.active,
            or_(
                models.Office.school_id == school_id,
                models.Office.kind.in_(rights.EDUCATION | rights.POLICE),
            ),
        )
        .order_by(models.Office.id)
    )
    return tuple(
        [
            office.id
            for office in offices
            if office.school_id == school_id
            or (office.kind is OfficeKind.EDUCATION_DEPARTMENT and office.province == province)
            or await rights.responsible_for(session, office, school_id)
        ]
    )


async def unseen(session: AsyncSession, actor: Actor, limit: int = 50) -> tuple[models.Notice, ...]:
    """What nobody at the actor's office has seen yet, the latest first."""
    return tuple(
        await session.scalars(
            select(models.Notice)
            .where(models.Notice.office_id == actor.office_id, models.Notice.seen_at.is_(None))
            .order_by(models.Notice.id.desc())
            .limit(limit)
        )
    )


async def see(session: AsyncSession, actor: Actor, notice_id: int, *, now: datetime) -> None:
    """Note that the actor has seen a notice of their office.

    Raises:
        NoticeNotFound: see there.
    """
    seen = await session.scalar(
        update(models.Notice)
        .where(
            models.Notice.id == notice_id,
            models.Notice.office_id == actor.office_id,
            models.Notice.seen_at.is_(None),
        )
        .values(seen_by=actor.staff_id, seen_at=now)
        .returning(models.Notice.id)
    )
    if seen is None:
        raise NoticeNotFound(notice_id)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget notices after 180 days."""
    await session.execute(delete(models.Notice).where(models.Notice.at < now - NOTICES_KEPT))
