"""Scam scripts as the desk sees them: the list, one with its history, which run out soon, and running out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, changes, models
from db.approval_rules import RecordNotFound
from db.indicator_desk import REVIEW_BEFORE
from db.models import RecordState
from db.rights import Actor
from scamcheck.text import fold


async def scripts_like(
    session: AsyncSession, actor: Actor, *, query: str = "", active_only: bool = True
) -> tuple[models.Script, ...]:
    """Scripts by name, those of a release too; of each key the newest, whatever became of it."""
    rows = await session.scalars(
        select(models.Script).where(_visible(actor)).order_by(models.Script.name, models.Script.id.desc())
    )
    newest: dict[str, models.Script] = {}
    for row in rows:
        if row.key not in newest or row.id > newest[row.key].id:
            newest[row.key] = row
    wanted = fold(query)
    return tuple(
        row
        for row in newest.values()
        if (row.status is RecordState.ACTIVE or not active_only) and wanted in fold(f"{row.name} {row.text}")
    )


async def script_for(session: AsyncSession, actor: Actor, script_id: int) -> models.Script:
    """One of them.

    Raises:
        RecordNotFound: there is none of this id, or it belongs to the demo and the actor does not.
    """
    row = await session.scalar(select(models.Script).where(models.Script.id == script_id, _visible(actor)))
    if row is None:
        raise RecordNotFound(script_id)
    return row


async def name_of(session: AsyncSession, key: str) -> str:
    """The name that a script had last, for a proposal about it."""
    name = await session.scalar(
        select(models.Script.name).where(models.Script.key == key).order_by(models.Script.id.desc()).limit(1)
    )
    return name or key


async def due_for_review(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[models.Script]:
    """Active scripts that run out within 14 days, the soonest first."""
    rows = await session.scalars(
        select(models.Script)
        .where(
            models.Script.status == RecordState.ACTIVE,
            models.Script.is_example == actor.is_example,
            models.Script.expires_at <= now + REVIEW_BEFORE,
        )
        .order_by(models.Script.expires_at, models.Script.id)
    )
    return rows.all()


def may_change(row: models.Script, actor: Actor) -> bool:
    """Whether this is the actor's to change: the demo's people change the demo's."""
    return row.is_example == actor.is_example


async def expire_old(session: AsyncSession, now: datetime) -> int:
    """Compare no message any more with scripts whose time is over; how many."""
    await changes.one_at_a_time(session)
    over = (
        await session.execute(
            update(models.Script)
            .where(models.Script.status == RecordState.ACTIVE, models.Script.expires_at <= now)
            .values(status=RecordState.WITHDRAWN, version=models.Script.version + 1, updated_at=now)
            .returning(models.Script.key)
        )
    ).all()
    for (key,) in over:
        changes.record_change(session, models.RecordKind.SCRIPT, key, models.Operation.REMOVED, now=now)
        await audit.record(session, actor=None, action="script.expire", subject=f"script:{key}", now=now)
    return len(over)


def _visible(actor: Actor) -> ColumnElement[bool]:
    # The demo's people also see what every release brings; the others never see the demo's.
    return or_(models.Script.is_example == actor.is_example, models.Script.is_example.is_(False))
