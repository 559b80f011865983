"""The audit: one row per effect or refusal, each holding the hash of the one before."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"


class AuditEntry(Base):
    """One entry. Triggers refuse to change or delete it; `db.audit.verify` finds out who went around them."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(index=True)
    """Public id of the staff member; empty for the service itself and for an operator at the machine."""
    office: Mapped[str]
    role: Mapped[str]
    session: Mapped[str]
    """Opaque id of the sign-in."""
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    """`<kind>:<id>`, such as "contact:12"."""
    facts: Mapped[str]
    """JSON with sorted keys."""
    reason: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    previous_hash: Mapped[str]
    hash: Mapped[str]
