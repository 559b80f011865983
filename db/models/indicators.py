"""What police say is used for scams: identifiers, and scripts as families of one text."""

from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, RecordState, Sourced, one_of, unique_while
from scamcheck.knowledge import IdentifierKind, IndicatorStatus
from scamcheck.red_flags import Scenario


class IndicatorState(StrEnum):
    """States of an indicator. `CONFIRMED` and `TEMPORARY_WARNING` count; every other counts as absent."""

    PROPOSED = "proposed"
    CONFIRMED = IndicatorStatus.CONFIRMED.value
    TEMPORARY_WARNING = IndicatorStatus.TEMPORARY_WARNING.value
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Indicator(Sourced, Base):
    """One number, bank account or link. At most one row of a key is listed at a time."""

    __tablename__ = "indicator"
    __table_args__ = (
        Index("ix_indicator_key", "key"),
        unique_while(
            "uq_indicator_listed_key",
            "kind",
            "key",
            condition="status IN ('confirmed', 'temporary_warning', 'suspended')",
        ),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[IndicatorState] = mapped_column(one_of(IndicatorState, "status"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str]
    norm_version: Mapped[int]
    confirmed_by: Mapped[str]
    """Name of the unit, as the answer gives it."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was last changed, for the history."""


class Script(Sourced, Base):
    """One script family: its representative text with the slots masked."""

    __tablename__ = "script"
    __table_args__ = (unique_while("uq_script_active_key", "key", condition="status = 'active'"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[RecordState] = mapped_column(one_of(RecordState, "status"))
    key: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    scenario: Mapped[Scenario] = mapped_column(one_of(Scenario, "scenario"))
    norm_version: Mapped[int]
