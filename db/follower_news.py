"""Followers of a school hear, once each, that it has another name, became part of another, or has closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, outbox
from db.models import Lane, SchoolNews
from db.reaching import places_of

_AT_ONCE: Final = 200
"""People told in one transaction, so that none is long."""


async def note_news(
    session: AsyncSession, *, kind: SchoolNews, school_id: int, school: str, became: str = "", now: datetime
) -> None:
    """Write down, in the transaction of the change and before anybody is moved, who is to be told of it."""
    row = models.FollowerNews
    await session.execute(
        insert(row).from_select(
            ["person_id", "kind", "school", "became", "at"],
            select(
                models.Subscription.person_id,
                literal(kind, row.kind.type),
                literal(school),
                literal(became),
                literal(now, row.at.type),
            ).where(models.Subscription.school_id == school_id),
        )
    )


async def queue_news(
    session: AsyncSession, *, payload: Callable[[models.FollowerNews], str], now: datetime
) -> int:
    """Queue the messages that are still to be written; how many. What is queued is forgotten here.

    To be called every few seconds, by any number of processes.
    """
    waiting = (
        await session.scalars(
            select(models.FollowerNews)
            .order_by(models.FollowerNews.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    ).all()
    if not waiting:
        return 0
    places = await places_of(session, {news.person_id for news in waiting})
    queued = 0
    for news in waiting:
        place = places.get(news.person_id)
        if place is not None:
            await outbox.queue(
                session,
                conversation=place,
                inbox_id=None,
                lane=Lane.BULK,
                payload=payload(news),
                now=now,
            )
            queued += 1
    await session.execute(
        delete(models.FollowerNews).where(models.FollowerNews.id.in_([news.id for news in waiting]))
    )
    return queued
