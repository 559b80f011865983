"""What concerns inbox and outbox together: freeing what a dead process held, and forgetting."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, not_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Inbox, InboxStatus, Outbox, OutboxStatus
from db.outbox import lies_ready

UNSENT_KEPT: Final = timedelta(hours=24)
POISON_KEPT: Final = timedelta(hours=24)
EVENT_IDS_KEPT: Final = timedelta(days=14)
"""Platforms repeat an event for a day and may start their ids again after a week."""


async def release_all(session: AsyncSession, now: datetime) -> None:
    """Drop every claim: right when this process is the only one and has just started after a crash.

    What was put off may have been dated by a clock that was wrong, so what waits to be sent is due now: a
    platform that still wants a pause says so again. Events keep the pauses after their failures.
    """
    for table, longest in ((Inbox, timedelta(minutes=1)), (Outbox, timedelta())):
        await session.execute(
            update(table).where(table.claimed_until.is_not(None)).values(claimed_until=None)
        )
        await session.execute(
            update(table)
            .where(table.status == "waiting", table.not_before > now + longest)
            .values(not_before=now)
        )


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Erase what could not be processed or sent within a day, and event ids after 14 days.

    What lies ready for a web visitor is `db.left_messages`' to forget.
    """
    await session.execute(
        update(Inbox)
        .where(Inbox.status == InboxStatus.SET_ASIDE, Inbox.received_at < now - POISON_KEPT)
        .values(payload=None, address=None)
    )
    await session.execute(
        update(Outbox)
        .where(
            Outbox.status == OutboxStatus.WAITING, Outbox.created_at < now - UNSENT_KEPT, not_(lies_ready())
        )
        .values(
            status=OutboxStatus.FAILED,
            detail="TooLate",
            payload=None,
            address=None,
            claimed_until=None,
            finished_at=now,
        )
    )
    await session.execute(
        delete(Outbox).where(Outbox.status != OutboxStatus.WAITING, Outbox.created_at < now - EVENT_IDS_KEPT)
    )
    await session.execute(
        delete(Inbox).where(Inbox.status != InboxStatus.WAITING, Inbox.received_at < now - EVENT_IDS_KEPT)
    )
