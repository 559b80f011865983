"""What is open between two conversations that may be one person's."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import ID, Base


class LinkRequest(Base):
    """A code given out in one conversation, and the conversation where it was typed; gone within minutes."""

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    code_hmac: Mapped[str] = mapped_column(unique=True)
    asking_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), unique=True)
    """Where the code was given out; only this conversation can say the last yes."""
    answering_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    """Where it was typed. From then on it opens nothing more."""
    agreed: Mapped[bool] = mapped_column(default=False)
    """Whether that conversation has said yes."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
