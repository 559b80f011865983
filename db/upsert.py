"""INSERT … ON CONFLICT DO NOTHING: let the constraint decide, on either database."""

from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base


async def insert_or_ignore(session: AsyncSession, table: type[Base], **values: Any) -> int | None:  # noqa: ANN401
    """Insert one row; its id, or None when a unique constraint says that it is there already."""
    primary_key = inspect(table).primary_key[0]
    return await session.scalar(insert_ignoring(session, table).values(**values).returning(primary_key))


def insert_ignoring(session: AsyncSession, table: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves out what a unique constraint says is there already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
