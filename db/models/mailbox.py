"""What came in and what goes out, committed before it is acknowledged or sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of
from db.models.people import ChannelName


class InboxStatus(StrEnum):
    """States of a received event."""

    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set_aside"


class OutboxStatus(StrEnum):
    """States of an outgoing message. Only `WAITING` is still to be sent."""

    WAITING = "waiting"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


class Lane(StrEnum):
    """Lanes of outgoing messages, the most urgent first."""

    ANSWER = "answer"
    STAFF = "staff"
    BULK = "bulk"


class Inbox(Base):
    """One event of a platform. Payload and address are erased when it is done."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "bot_account", "event_id"),
        Index(
            "ix_inbox_waiting",
            "channel",
            "bot_account",
            "address",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_inbox_due",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_inbox_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    channel: Mapped[ChannelName] = mapped_column(one_of(ChannelName, "channel"))
    bot_account: Mapped[str]
    event_id: Mapped[str]
    address: Mapped[str | None]
    payload: Mapped[str | None]
    status: Mapped[InboxStatus] = mapped_column(one_of(InboxStatus, "status"), default=InboxStatus.WAITING)
    failures: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    """Goes up with every claim; who finishes an item must still hold the claim it was given."""
    claimed_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error_class: Mapped[str | None]


class Outbox(Base):
    """One outgoing message, with its own copy of the address: who asked to be erased still gets an answer."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "channel",
            "bot_account",
            "lane",
            "address",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_outbox_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    channel: Mapped[ChannelName] = mapped_column(one_of(ChannelName, "channel"))
    bot_account: Mapped[str]
    address: Mapped[str | None]
    lane: Mapped[Lane] = mapped_column(one_of(Lane, "lane"))
    payload: Mapped[str | None]
    status: Mapped[OutboxStatus] = mapped_column(one_of(OutboxStatus, "status"), default=OutboxStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    detail: Mapped[str | None]
    """Class of the error, never its words."""
