"""What changed, in order: written with every change of a record, read by every process to stay fresh."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of


class RecordKind(StrEnum):
    """Kinds of record whose changes processes follow."""

    COMMUNE = "commune"
    SCHOOL = "school"
    ORGANISATION = "organisation"
    CONTACT = "contact"
    INDICATOR = "indicator"
    SCRIPT = "script"


class Operation(StrEnum):
    """What was done to the record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Change(Base):
    """One change. Versions become visible in order: whoever has seen `n` has seen everything up to `n`."""

    __tablename__ = "change"

    version: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[RecordKind] = mapped_column(one_of(RecordKind, "kind"))
    key: Mapped[str]
    operation: Mapped[Operation] = mapped_column(one_of(Operation, "operation"))
    changed_at: Mapped[datetime]
