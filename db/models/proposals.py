"""Proposals: a change that waits for a second person, and what that person decided."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of, unique_while


class ProposalStatus(StrEnum):
    """States of a proposal. An approved one waits for its cool-off; an active one has taken effect."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


class Proposal(Base):
    """One proposed change. Whoever approves says which version they saw, by its hash."""

    __tablename__ = "proposal"
    __table_args__ = (
        unique_while(
            "uq_proposal_open",
            "kind",
            "subject",
            condition="status IN ('proposed', 'approved')",
        ),
        Index("ix_proposal_subject", "subject"),
        Index("ix_proposal_status_expires_at", "status", "expires_at"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """A `db.approvals.ProposalKind`; text, so that a new kind needs no migration."""
    status: Mapped[ProposalStatus] = mapped_column(one_of(ProposalStatus, "status"))
    version: Mapped[int] = mapped_column(default=1)
    version_hash: Mapped[str]
    subject: Mapped[str]
    """What it is about, such as "contact:12": one proposal of a kind is open for it at a time."""
    payload: Mapped[str]
    """JSON with sorted keys."""
    reason: Mapped[str]
    document: Mapped[str] = mapped_column(default="")
    callback_code: Mapped[str] = mapped_column(default="")
    """Six digits that only the proposer sees; whoever approves hears them when calling back."""
    proposer_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    proposer_membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    proposer_email_key: Mapped[str]
    """As it was then, so that a changed address does not make another person."""
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    """Office of the proposer."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    """The school it concerns, if one; whose office may approve follows from it."""
    created_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    """When an approved one takes effect: at once, or after the cool-off."""
    settled_at: Mapped[datetime | None]
    """When it became active, rejected, expired or superseded."""
    result: Mapped[str] = mapped_column(default="")
    """What it made, such as "contact:31"."""


class Approval(Base):
    """The decision on a proposal. There is one row at most, whatever races."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    approved: Mapped[bool]
    version_hash: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    reason: Mapped[str]
    at: Mapped[datetime]
