"""Official contacts: what an answer may show, and what a message is compared with."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, RecordState, Sourced, one_of, unique_while
from db.models.organisations import Organisation
from db.models.schools import School
from scamcheck.knowledge import IdentifierKind


class Contact(Sourced, Base):
    """One official number, bank account or link of one school or one organisation."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("(school_id IS NULL) <> (organisation_id IS NULL)", name="one_owner"),
        Index("ix_contact_key", "key"),
        unique_while("uq_contact_active_key", "kind", "key", condition="status = 'active'"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[RecordState] = mapped_column(one_of(RecordState, "status"))
    kind: Mapped[IdentifierKind] = mapped_column(one_of(IdentifierKind, "kind"))
    key: Mapped[str]
    norm_version: Mapped[int]
    """Version of the rules that made `key`; a change of the rules makes the keys anew."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str] = mapped_column(default="")
    printed: Mapped[str]
    hours: Mapped[str] = mapped_column(default="")
    is_backup: Mapped[bool] = mapped_column(default=False)
    school: Mapped[School | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
