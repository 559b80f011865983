"""Whether the record can be written to, has the schema of this release, and how much waits in it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from db import leases
from db.engine import Database
from db.mail_statements import WAITING
from db.migrate import configuration
from db.models import ChannelName, Inbox, Outbox

INBOX_LAG: Final = timedelta(seconds=60)
"""An event that waits for longer says that nobody is working."""
_PROBE: Final = "health"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the record at one moment."""

    schema_current: bool
    inbox_waiting: int
    inbox_oldest: timedelta
    outbox_waiting: int
    outbox_oldest: timedelta

    @property
    def faults(self) -> tuple[str, ...]:
        """What stands against answering, in words for a log; empty when nothing does."""
        return tuple(
            words
            for words, wrong in (
                ("schema is not that of this release", not self.schema_current),
                ("inbox is not worked off", self.inbox_oldest > INBOX_LAG),
            )
            if wrong
        )


async def probe(database: Database, now: datetime) -> Health:
    """Write something, and count what waits.

    Raises:
        SQLAlchemyError, OSError: the record cannot be written to.
    """
    async with database.transaction() as session:
        holder = secrets.token_hex(4)
        await leases.take(session, _PROBE, holder=holder, now=now, length=timedelta(0))
        version = await session.scalar(text("SELECT version_num FROM alembic_version"))
        events, event = (
            await session.execute(
                select(func.count(), func.min(Inbox.received_at)).where(Inbox.status == WAITING)
            )
        ).one()
        messages, message = (
            await session.execute(
                select(func.count(), func.min(Outbox.created_at)).where(
                    Outbox.status == WAITING, Outbox.channel != ChannelName.WEB
                )
            )
        ).one()
    return Health(version == _head(), events, _age(event, now), messages, _age(message, now))


def _age(moment: datetime | None, now: datetime) -> timedelta:
    return timedelta(0) if moment is None else max(timedelta(0), now - moment)


@lru_cache
def _head() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()
