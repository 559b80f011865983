"""The order of changes: every change of a record is written here, in the same transaction."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Change, Operation, RecordKind

_ADVISORY_LOCK: Final = 7_146_250_114
_HOLDER: Final = "changes_one_at_a_time"


async def one_at_a_time(session: AsyncSession) -> None:
    """Wait until no other transaction changes records; hold this until the end of the transaction.

    Two things depend on it: rules that look at other records (a protected number, another school's number)
    stay true until the commit, and versions become visible in their order. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    transaction = session.sync_session.get_transaction()
    if transaction is None or session.info.get(_HOLDER) is not transaction:  # asked for once is enough
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        session.info[_HOLDER] = session.sync_session.get_transaction()


def record_change(
    session: AsyncSession, kind: RecordKind, key: str, operation: Operation, *, now: datetime
) -> None:
    """Write down one change. Its caller holds `one_at_a_time`."""
    session.add(Change(kind=kind, key=key, operation=operation, changed_at=now))


async def version(session: AsyncSession) -> int:
    """Version of the newest change, 0 before the first."""
    return await session.scalar(select(func.coalesce(func.max(Change.version), 0))) or 0
