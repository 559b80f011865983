"""What every table shares: names of constraints, column types, the columns of a sourced record."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Enum, Index, Integer, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ID = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite only numbers rows by itself in a column declared INTEGER."""


class NaiveTime(ValueError):
    """A time without a zone was about to be stored; nobody could say later which moment it meant."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is removed on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without its zone on SQLite, which cannot keep it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTime(value.isoformat())
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always in UTC, always with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment(),
        date: Date(),
        str: Text(),
        int: Integer(),
    }


def one_of(values: type[StrEnum], name: str) -> Enum:
    """A text column that takes the values of `values` only, by a CHECK constraint called `name`."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=_values,
    )


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


def unique_while(name: str, *columns: str, condition: str) -> Index:
    """A unique index over the rows for which `condition` (SQL that both databases read alike) holds."""
    where = text(condition)
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class RecordState(StrEnum):
    """States of an official record (school, contact, script). Only `ACTIVE` counts in a check."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Sourced:
    """Where a record comes from, who approved it and until when it counts.

    `approved_by` is `release:<version>` for rows we ship and `operator:<name>` for rows loaded from a file.
    """

    version: Mapped[int] = mapped_column(default=1)
    """Goes up by one with every change of the row; changes compare it, so none is lost."""
    source: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    approved_by: Mapped[str]
    is_example: Mapped[bool] = mapped_column(default=False)
    """Belongs to the demo; printed with "(ví dụ, không có thật)" and removed by `goilai demo remove`."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
