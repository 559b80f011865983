"""INSERT … ON CONFLICT DO NOTHING: let the constraint decide, on either database."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base


async def insert_or_ignore(session: AsyncSession, table: type[Base], **values: Any) -> int | None:  # noqa: ANN401
    """Insert one row; its id, or None when a unique constraint says that it is there already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    primary_key = inspect(table).primary_key[0]
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(primary_key)
    return await session.scalar(statement)
