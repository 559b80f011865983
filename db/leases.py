"""Leases: tasks that one process at a time takes on, and that pass to another soon after it dies."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Lease


async def take(session: AsyncSession, name: str, *, holder: str, now: datetime, length: timedelta) -> bool:
    """Take or renew a lease until `now + length`; False while another holder has it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    until = now + length
    taken = await session.scalar(
        insert(Lease)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=[Lease.name],
            set_={"holder": holder, "until": until},
            # A lease that runs for longer than any does was dated by a clock that was wrong.
            where=or_(Lease.holder == holder, Lease.until < now, Lease.until > now + 10 * length),
        )
        .returning(Lease.name)
    )
    return taken is not None


async def give_back(session: AsyncSession, name: str, *, holder: str) -> None:
    """Let the next one have it at once."""
    await session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
