"""Where a person is written to: where they asked, else on another channel of theirs that still answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation as the outbox addresses it."""

    channel: str
    bot_account: str
    address: str


async def places_of(
    session: AsyncSession,
    persons: Iterable[int] | Select[int],
    *,
    preferred: ColumnElement[bool] | None = None,
) -> dict[int, Place]:
    """One place for each of these persons who can be reached; a web page, which waits to be read, is last."""
    among = persons if isinstance(persons, Select) else list(persons)
    rows = await session.execute(
        select(
            models.Conversation.person_id,
            models.Conversation.channel,
            models.Conversation.bot_account,
            models.Conversation.address,
        )
        .where(models.Conversation.person_id.in_(among), models.Conversation.dead_since.is_(None))
        .order_by(
            models.Conversation.channel == models.ChannelName.WEB,
            *(() if preferred is None else (~preferred,)),
            models.Conversation.id,
        )
    )
    best: dict[int, Place] = {}
    for row in rows:
        best.setdefault(row.person_id, Place(row.channel, row.bot_account, row.address))
    return best
