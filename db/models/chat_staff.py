"""Staff in chat: the code that links a conversation, the link itself, and the way from chat to a decision."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, unique_while
from db.models.people import Conversation
from db.models.staff import Membership


class ChatCode(Base):
    """A code that links one conversation, once, within minutes. Only a keyed hash of it is kept."""

    __tablename__ = "chat_code"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    code_hmac: Mapped[str] = mapped_column(unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ChatLink(Base):
    """A conversation in which a staff member works in one of their roles."""

    __tablename__ = "chat_link"
    __table_args__ = (unique_while("uq_chat_link_current", "conversation_id", condition="ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    linked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    membership: Mapped[Membership] = relationship(lazy="raise")
    conversation: Mapped[Conversation] = relationship(lazy="raise")


class DecisionLink(Base):
    """A way from chat into the console, to one version of one proposal, for one person, once."""

    __tablename__ = "decision_link"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    chat_link_id: Mapped[int] = mapped_column(ForeignKey("chat_link.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    version_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
