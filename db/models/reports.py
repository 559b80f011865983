"""What parents tell: reports with consent, and disputes of an answer. No free text in either."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, one_of
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level


class ReportStatus(StrEnum):
    """Where a report stands, as its reporter may ask by case code."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


class Report(Base):
    """What reached a parent. The link to the parent is dropped after 90 days, the report after 24 months."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    case_code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[ReportStatus] = mapped_column(one_of(ReportStatus, "status"))
    version: Mapped[int] = mapped_column(default=1)
    check_public_id: Mapped[str] = mapped_column(unique=True)
    """One report per check, however often the button is tapped."""
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    commune_code: Mapped[str | None] = mapped_column(
        ForeignKey("commune.code", ondelete="SET NULL"), index=True
    )
    scenario: Mapped[str | None] = mapped_column(index=True)
    """What kind of story it was, by its code; text, so that a new kind needs no migration."""
    script: Mapped[str | None]
    """Name of the known script whose words it used."""
    consent_version: Mapped[str]
    filed_at: Mapped[datetime] = mapped_column(index=True)
    identifiers: Mapped[list["ReportIdentifier"]] = relationship(
        lazy="raise", order_by="ReportIdentifier.id", cascade="all, delete-orphan", passive_deletes=True
    )
    claims: Mapped[list["ReportClaim"]] = relationship(
        lazy="raise", order_by="ReportClaim.id", cascade="all, delete-orphan", passive_deletes=True
    )


class ReportIdentifier(Base):
    """One reported number, bank account or link, readable: the reporter agreed to that."""

    __tablename__ = "report_identifier"
    __table_args__ = (UniqueConstraint("report_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str] = mapped_column(index=True)
    norm_version: Mapped[int]


class ReportClaim(Base):
    """Whom the caller claimed to be: the kind only, since names in a message may be a child's."""

    __tablename__ = "report_claim"
    __table_args__ = (UniqueConstraint("report_id", "kind"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    kind: Mapped[OwnerKind] = mapped_column(one_of(OwnerKind, "kind"))


class Dispute(Base):
    """A parent says "sai rồi": an answer was wrong."""

    __tablename__ = "dispute"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    check_public_id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    day: Mapped[date] = mapped_column(index=True)
