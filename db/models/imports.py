"""Imports: a file that an office brought, and what each of its rows would make of the record."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of


class ImportKind(StrEnum):
    """What a file holds."""

    SCHOOLS = "schools"
    CONTACTS = "contacts"
    INDICATORS = "indicators"


class ImportStatus(StrEnum):
    """States of an import. Readers see nothing of it before `ACTIVE`."""

    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"
    """The file cannot be read."""
    ACTIVE = "active"
    DISCARDED = "discarded"


class RowOutcome(StrEnum):
    """What becomes of a row, or of one number in it."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """It contradicts what is protected, official, or decided by people: left out."""
    QUESTION = "question"
    """Something about it must be answered first; left out until then."""
    INVALID = "invalid"
    IGNORED = "ignored"
    """No record: a total, a heading."""


class ImportBatch(Base):
    """One file with what its bringer says about it, and how far the check has come."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_status", "status"), Index("ix_import_batch_digest", "digest"))

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ImportKind] = mapped_column(one_of(ImportKind, "kind"))
    status: Mapped[ImportStatus] = mapped_column(one_of(ImportStatus, "status"))
    version: Mapped[int] = mapped_column(default=1)
    """Goes up by one with every change of its state."""
    file_name: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of kind, content, and what was said about it."""
    given: Mapped[str]
    """JSON: what the bringer says about all rows."""
    about: Mapped[str] = mapped_column(default="")
    """JSON: columns that are not used, sheets that were passed over, letters."""
    why: Mapped[str] = mapped_column(default="")
    """Why the file is refused, as a code."""
    total: Mapped[int | None]
    """Rows of the file, once they are counted."""
    cursor: Mapped[int] = mapped_column(default=0)
    """So many rows are checked."""
    attempts: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(default="")
    """SHA-256 of everything that would be taken in: what two persons agree on."""
    registry_version: Mapped[int] = mapped_column(ID, default=0)
    """Version of the newest change before the check began."""
    scope_hash: Mapped[str] = mapped_column(default="")
    """The area of the office as it was at the check."""
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    """Who brought it; nobody at a file from the command line."""
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    """When the check began."""
    checked_at: Mapped[datetime | None]


class ImportFile(Base):
    """The bytes of a file, kept until it is taken in, refused or given up."""

    __tablename__ = "import_file"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One line of the report: a row, or one number of a row that has several."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_batch_id_outcome", "batch_id", "outcome", "id"),
        Index("ix_import_row_batch_id", "batch_id", "id"),
        Index("ix_import_row_batch_id_key", "batch_id", "key"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    sheet: Mapped[str]
    row: Mapped[int]
    """As the office sees it beside the row."""
    outcome: Mapped[RowOutcome] = mapped_column(one_of(RowOutcome, "outcome"))
    why: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    shown: Mapped[str]
    draft: Mapped[str] = mapped_column(default="")
    """JSON of what it would make; "" when it makes nothing."""
    key: Mapped[str] = mapped_column(default="")
    """Its identifier, or the school's level, name and commune."""
    verified_at: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    target: Mapped[int | None] = mapped_column(ID)
    """The record that would be changed, or the owner of a new contact."""
    target_version: Mapped[int] = mapped_column(default=0)
