"""What followers of a school are still to be told of it. A row is there until its message is queued."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base, one_of


class SchoolNews(StrEnum):
    """What became of a school."""

    RENAMED = "renamed"
    MERGED = "merged"
    CLOSED = "closed"


class FollowerNews(Base):
    """One person is to be told once what became of a school that they followed."""

    __tablename__ = "follower_news"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SchoolNews] = mapped_column(one_of(SchoolNews, "kind"))
    school: Mapped[str]
    """Level, name and commune as they were."""
    became: Mapped[str]
    """The same of what it is now; empty for a closed school."""
    at: Mapped[datetime]
