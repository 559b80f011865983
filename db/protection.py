"""The protected list: identifiers that cannot become indicators without a recorded override."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from db.approval_rules import RecordNotFound
from db.recordable import require_recordable
from db.rights import Actor
from scamcheck.knowledge import IdentifierKind
from scamcheck.text import fold


class AlreadyProtected(ValueError):
    """The identifier is on the protected list."""


class NotProtected(ValueError):
    """The identifier is not on the protected list."""


async def protect(
    session: AsyncSession,
    *,
    kind: IdentifierKind,
    key: str,
    owner: str,
    source: str,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> models.ProtectedIdentifier:
    """Put an identifier on the protected list. A listed one stays listed: protecting is about what comes.

    Raises:
        AlreadyProtected: see there.
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
    """
    require_recordable(kind, key, for_demo=is_example)
    await changes.one_at_a_time(session)
    if await is_protected(session, kind, key):
        raise AlreadyProtected(key)
    row = models.ProtectedIdentifier(
        status=models.RecordState.ACTIVE,
        kind=kind,
        key=key,
        owner=owner,
        source=source,
        approved_by=approved_by,
        is_example=is_example,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def unprotect(session: AsyncSession, *, kind: IdentifierKind, key: str, now: datetime) -> int:
    """Take an identifier off the protected list; the id of its row, which stays.

    Raises:
        NotProtected: see there.
    """
    await changes.one_at_a_time(session)
    removed = await session.scalar(
        update(models.ProtectedIdentifier)
        .where(
            models.ProtectedIdentifier.kind == kind,
            models.ProtectedIdentifier.key == key,
            models.ProtectedIdentifier.status == models.RecordState.ACTIVE,
        )
        .values(status=models.RecordState.WITHDRAWN, updated_at=now)
        .returning(models.ProtectedIdentifier.id)
    )
    if removed is None:
        raise NotProtected(key)
    return removed


async def is_protected(session: AsyncSession, kind: IdentifierKind, key: str) -> bool:
    """Whether the identifier is on the protected list."""
    found = await session.scalar(
        select(models.ProtectedIdentifier.id).where(
            models.ProtectedIdentifier.kind == kind,
            models.ProtectedIdentifier.key == key,
            models.ProtectedIdentifier.status == models.RecordState.ACTIVE,
        )
    )
    return found is not None


async def protected_like(
    session: AsyncSession, actor: Actor, *, words: str = "", fragment: str = ""
) -> tuple[models.ProtectedIdentifier, ...]:
    """What is protected now, the latest first: with `words` in its owner's name, or `fragment` in its key."""
    rows = await session.scalars(
        select(models.ProtectedIdentifier)
        .where(
            models.ProtectedIdentifier.status == models.RecordState.ACTIVE,
            models.ProtectedIdentifier.is_example == actor.is_example,
        )
        .order_by(models.ProtectedIdentifier.id.desc())
    )
    wanted = fold(words)
    return tuple(row for row in rows if wanted in fold(row.owner) or (fragment and fragment in row.key))


async def protected_for(session: AsyncSession, actor: Actor, protected_id: int) -> models.ProtectedIdentifier:
    """One entry, whatever became of it.

    Raises:
        RecordNotFound: there is none, or it belongs to the demo and the actor does not, or the reverse.
    """
    row = await session.get(models.ProtectedIdentifier, protected_id)
    if row is None or row.is_example != actor.is_example:
        raise RecordNotFound(protected_id)
    return row


async def protected_identifiers(session: AsyncSession) -> tuple[models.ProtectedIdentifier, ...]:
    """The protected list, the latest first."""
    return tuple(
        await session.scalars(
            select(models.ProtectedIdentifier)
            .where(models.ProtectedIdentifier.status == models.RecordState.ACTIVE)
            .order_by(models.ProtectedIdentifier.id.desc())
        )
    )
