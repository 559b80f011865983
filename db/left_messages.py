"""Messages for a web visitor: nobody can send to a page, so they lie ready until the browser comes again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox
from db.mail_statements import WAITING
from db.models import ChannelName, Outbox, OutboxStatus
from db.outbox import Destination, lies_ready

LEFT_FOR: Final = timedelta(days=90)
"""As long as is known who reported or asked to be told."""
_MOST: Final = 5


async def waiting(session: AsyncSession, place: Destination) -> tuple[tuple[int, str], ...]:
    """Ids and payloads of what lies ready for a place, the oldest first."""
    rows = await session.execute(
        select(Outbox.id, Outbox.payload)
        .where(_left(place), Outbox.payload.is_not(None))
        .order_by(Outbox.id)
        .limit(_MOST)
    )
    return tuple((row.id, row.payload or "") for row in rows)


async def note_read(session: AsyncSession, place: Destination, ids: Sequence[int], now: datetime) -> None:
    """Erase messages that were read; ids that are not this place's are nobody's business."""
    # The other way round an id of a hundred digits would reach the database.
    waiting_here = (await session.scalars(select(Outbox.id).where(_left(place)))).all()
    await outbox.record_sent(session, [one for one in waiting_here if one in set(ids)], now)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Erase what nobody came for within 90 days."""
    await session.execute(
        update(Outbox)
        .where(lies_ready(), Outbox.status == OutboxStatus.WAITING, Outbox.created_at < now - LEFT_FOR)
        .values(status=OutboxStatus.FAILED, detail="NotFetched", payload=None, address=None, finished_at=now)
    )


def _left(place: Destination) -> ColumnElement[bool]:
    return and_(
        lies_ready(),
        Outbox.channel == ChannelName(place.channel),
        Outbox.bot_account == place.bot_account,
        Outbox.address == place.address,
        Outbox.status == WAITING,
    )
