"""What the desk keeps beside proposals: acts of one person, protected identifiers, appeals, incidents."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, RecordState, one_of, unique_while
from scamcheck.knowledge import IdentifierKind


class LoneActionKind(StrEnum):
    """What one officer may do alone, for a while."""

    WARN = "warn"
    SUSPEND = "suspend"


class LoneAction(Base):
    """A temporary warning or a suspension: who, of what, until when."""

    __tablename__ = "lone_action"
    __table_args__ = (
        Index("ix_lone_action_key", "key", "at"),
        Index("ix_lone_action_staff_id", "staff_id", "at"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    action: Mapped[LoneActionKind] = mapped_column(one_of(LoneActionKind, "action"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When a suspension ended: it ran out, or was decided."""


class ProtectedIdentifier(Base):
    """An identifier that cannot become an indicator without a recorded override."""

    __tablename__ = "protected_identifier"
    __table_args__ = (
        unique_while("uq_protected_identifier_active", "kind", "key", condition="status = 'active'"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[RecordState] = mapped_column(one_of(RecordState, "status"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str]
    owner: Mapped[str]
    """Whose it is, in words."""
    source: Mapped[str]
    approved_by: Mapped[str]
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AppealStatus(StrEnum):
    """Where an appeal stands, as anyone with its case code may ask."""

    RECEIVED = "received"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Appeal(Base):
    """Somebody says that an identifier is theirs and listed wrongly. Forgotten after 24 months."""

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    case_code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[AppealStatus] = mapped_column(one_of(AppealStatus, "status"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str] = mapped_column(index=True)
    words: Mapped[str]
    """Why, in the words of whoever appeals; never shown in public."""
    conversation_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    filed_at: Mapped[datetime] = mapped_column(index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
    """The reason, which the appellant may read."""
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    """The withdrawal that an upheld appeal asks for."""


class IncidentMark(StrEnum):
    """What a school says about a report that names it."""

    NOT_OURS = "not_ours"
    OURS = "ours"
    PARENTS_CALLED = "parents_called"


class IncidentNote(Base):
    """A school's mark on a report that names it, with a note that police see."""

    __tablename__ = "incident_note"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    mark: Mapped[IncidentMark] = mapped_column(one_of(IncidentMark, "mark"))
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class VerdictChange(Base):
    """An identifier came onto the list or left it; whoever reported it or asked is told once."""

    __tablename__ = "verdict_change"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str]
    listed: Mapped[bool]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)


class Notice(Base):
    """Something that the staff of an office should know, shown until one of them has seen it."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), index=True)
    topic: Mapped[str]
    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    seen_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was handed to the chats of those who work there."""
