"""The protected list: identifiers that cannot become indicators without a recorded override."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from db.recordable import require_recordable
from scamcheck.knowledge import IdentifierKind


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


async def protected_identifiers(session: AsyncSession) -> tuple[models.ProtectedIdentifier, ...]:
    """The protected list, the latest first."""
    return tuple(
        await session.scalars(
            select(models.ProtectedIdentifier)
            .where(models.ProtectedIdentifier.status == models.RecordState.ACTIVE)
            .order_by(models.ProtectedIdentifier.id.desc())
        )
    )
