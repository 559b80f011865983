"""Scam scripts as families, each with one representative text whose slots are masked."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from db.keys import NORM_VERSION
from scamcheck import knowledge
from scamcheck.red_flags import Scenario

CONFIRMATION_LASTS: Final = timedelta(days=365)
"""Nobody resells a wording, so it counts for longer than a number; still, somebody looks at it each year."""


class ScriptNotActive(ValueError):
    """There is no active script with this key."""


async def put_script(
    session: AsyncSession,
    script: knowledge.Script,
    *,
    document: str = "",
    verified_at: date | None = None,
    expires_at: datetime | None = None,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> bool:
    """Record a script as it is now; False when that is how it was recorded already."""
    await changes.one_at_a_time(session)
    recorded = {
        **_columns(script),
        "document": document,
        "verified_at": verified_at,
        "expires_at": expires_at,
        "is_example": is_example,
        "approved_by": approved_by,
    }
    return _put(session, script.id, await active_script(session, script.id), recorded, now=now)


async def put_shipped_scripts(
    session: AsyncSession,
    shipped: Iterable[knowledge.Script],
    *,
    verified_at: date,
    approved_by: str,
    now: datetime,
) -> None:
    """Record the scripts of a release; one that was withdrawn stays so, whatever a release says."""
    await changes.one_at_a_time(session)
    # Each start of a process does this, so all are read at once.
    rows = (await session.scalars(select(models.Script).order_by(models.Script.id))).all()
    newest = {row.key: row for row in rows}
    active = {row.key: row for row in rows if row.status is models.RecordState.ACTIVE}
    for script in shipped:
        if script.id in newest and newest[script.id].status is models.RecordState.WITHDRAWN:
            continue
        recorded = {
            **_columns(script),
            "document": "",
            "verified_at": verified_at,
            "expires_at": None,
            "is_example": False,
            "approved_by": approved_by,
        }
        _put(session, script.id, active.get(script.id), recorded, now=now)


def _columns(script: knowledge.Script) -> dict[str, object]:
    return {
        "name": script.name,
        "text": script.text,
        "scenario": Scenario(script.scenario),
        "source": script.source,
        "norm_version": NORM_VERSION,
    }


def _put(
    session: AsyncSession,
    key: str,
    row: models.Script | None,
    recorded: Mapping[str, object],
    *,
    now: datetime,
) -> bool:
    if row is None:
        session.add(
            models.Script(
                status=models.RecordState.ACTIVE,
                key=key,
                **recorded,
                created_at=now,
                updated_at=now,
            )
        )
        operation = models.Operation.ADDED
    elif all(getattr(row, column) == value for column, value in recorded.items()):
        return False
    else:
        for column, value in recorded.items():
            setattr(row, column, value)
        row.version += 1
        row.updated_at = now
        operation = models.Operation.CHANGED
    changes.record_change(session, models.RecordKind.SCRIPT, key, operation, now=now)
    return True


async def withdraw_script(session: AsyncSession, key: str, *, now: datetime) -> None:
    """Compare no message with a script any more; its row stays.

    Raises:
        ScriptNotActive: there is no active one with this key.
    """
    await changes.one_at_a_time(session)
    withdrawn = await session.scalar(
        update(models.Script)
        .where(models.Script.key == key, models.Script.status == models.RecordState.ACTIVE)
        .values(status=models.RecordState.WITHDRAWN, version=models.Script.version + 1, updated_at=now)
        .returning(models.Script.id)
    )
    if withdrawn is None:
        raise ScriptNotActive(key)
    changes.record_change(session, models.RecordKind.SCRIPT, key, models.Operation.REMOVED, now=now)


async def active_script(session: AsyncSession, key: str) -> models.Script | None:
    """The row that counts under this key."""
    return await session.scalar(
        select(models.Script).where(
            models.Script.key == key, models.Script.status == models.RecordState.ACTIVE
        )
    )


async def all_scripts(session: AsyncSession) -> tuple[knowledge.Script, ...]:
    """Every active script, in the order recorded."""
    rows = await session.scalars(
        select(models.Script)
        .where(models.Script.status == models.RecordState.ACTIVE)
        .order_by(models.Script.id)
    )
    return tuple(
        knowledge.Script(
            id=row.key, name=row.name, text=row.text, scenario=row.scenario.value, source=row.source
        )
        for row in rows
    )
