"""People as this service knows them: a conversation on a channel, what it follows and agreed to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of


class ChannelName(StrEnum):
    """Channels as the record names them."""

    WEB = "web"
    TELEGRAM = "telegram"
    ZALO_BOT = "zalo_bot"
    ZALO_OA = "zalo_oa"


class Person(Base):
    """One person: one per conversation at first, merged when conversations are linked."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    created_at: Mapped[datetime]


class Conversation(Base):
    """One address on one channel, and where its dialogue stands. No message is kept here."""

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("channel", "bot_account", "address"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[ChannelName] = mapped_column(one_of(ChannelName, "channel"))
    bot_account: Mapped[str]
    address: Mapped[str]
    dialogue_state: Mapped[str | None]
    dialogue_data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    dialogue_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_on: Mapped[date] = mapped_column(index=True)
    """The day only; when exactly somebody was frightened is nobody's business."""
    dead_since: Mapped[datetime | None]
    """Set when the platform says that nothing can be sent there; cleared by the next message."""


class Subscription(Base):
    """A person follows a school or a commune."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("(school_id IS NULL) <> (commune_code IS NULL)", name="one_subject"),
        UniqueConstraint("person_id", "school_id"),
        UniqueConstraint("person_id", "commune_code", name="uq_subscription_person_id_commune_code"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    commune_code: Mapped[str | None] = mapped_column(
        ForeignKey("commune.code", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]


class Consent(Base):
    """A person agreed to one version of one text."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str]
    version: Mapped[str]
    given_at: Mapped[datetime]
