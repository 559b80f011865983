"""Owners of official contacts that are not schools: police units, hospitals, banks, agencies, carriers."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, RecordState, Sourced, one_of, unique_while
from scamcheck.claims import OwnerKind


class Organisation(Sourced, Base):
    """One organisation. `key` is how the core names it: a bank's BIN, else `<kind>:<slug>`."""

    __tablename__ = "organisation"
    __table_args__ = (
        unique_while("uq_organisation_active_key", "kind", "key", condition="status = 'active'"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[RecordState] = mapped_column(one_of(RecordState, "status"))
    kind: Mapped[OwnerKind] = mapped_column(one_of(OwnerKind, "kind"))
    key: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"), index=True)
