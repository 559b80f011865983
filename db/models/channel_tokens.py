"""Access to a platform that must be renewed again and again, each time with a token that works once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of
from db.models.people import ChannelName


class TokenState(StrEnum):
    """What is known about the refresh token of a row. Only a `USABLE` one may be used."""

    USABLE = "usable"
    REFRESHING = "refreshing"
    """Somebody is using it up at this moment, until `lease_until`."""
    UNKNOWN = "unknown"
    """It may have been used up without the answer having reached us. People decide."""
    REFUSED = "refused"
    """The platform says that it is worth nothing."""


class ChannelToken(Base):
    """The tokens of one of our accounts, sealed. The row is the lock: each claim raises its version."""

    __tablename__ = "channel_token"
    __table_args__ = (UniqueConstraint("channel", "bot_account"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    channel: Mapped[ChannelName] = mapped_column(one_of(ChannelName, "channel"))
    bot_account: Mapped[str]
    refresh_token: Mapped[str]
    access_token: Mapped[str | None]
    access_due_at: Mapped[datetime | None]
    """From here on it should be renewed, while it still works."""
    access_expires_at: Mapped[datetime | None]
    given: Mapped[str]
    """Keyed hashes of the refresh tokens that the operator has ever given, so that an old one is not taken
    for a new one after a restart."""
    state: Mapped[TokenState] = mapped_column(one_of(TokenState, "state"))
    version: Mapped[int] = mapped_column(default=1)
    lease_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]
