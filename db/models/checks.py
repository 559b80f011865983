"""Checks: one question answered each. Identifiers only as keyed hashes, the day only, no text."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, one_of
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level


class Check(Base):
    """One check. `public_id` is what a button carries; it is input, never authority."""

    __tablename__ = "check"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    """Whose button it is; None for a check by a program."""
    day: Mapped[date] = mapped_column(index=True)
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    scenario: Mapped[str | None]
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code", ondelete="SET NULL"))
    identifiers: Mapped[list["CheckIdentifier"]] = relationship(lazy="raise", passive_deletes="all")


class CheckIdentifier(Base):
    """One identifier of a check, as a keyed hash: it can be recognised, not read."""

    __tablename__ = "check_identifier"
    __table_args__ = (UniqueConstraint("check_id", "kind", "key_hmac"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("check.id", ondelete="CASCADE"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key_hmac: Mapped[str] = mapped_column(index=True)


class CheckCount(Base):
    """How many checks of a level there were on a day, kept when the checks are forgotten."""

    __tablename__ = "check_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[Level] = mapped_column(one_of(Level, "level"), primary_key=True)
    count: Mapped[int]


class CorrectionRequest(Base):
    """A wish to be told if the verdict changes: who asked, about what; forgotten after 90 days."""

    __tablename__ = "correction_request"
    __table_args__ = (
        UniqueConstraint("conversation_id", "kind", "key_hmac"),
        Index("ix_correction_request_key_hmac", "key_hmac"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key_hmac: Mapped[str]
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    """What was answered then."""
    asked_at: Mapped[datetime] = mapped_column(index=True)
