"""Staff in chat: codes that link a conversation, the links, the way to a decision, notices told there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chat_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("code_hmac", sa.Text(), nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_chat_code_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_code")),
        sa.UniqueConstraint("code_hmac", name=op.f("uq_chat_code_code_hmac")),
    )
    op.create_index(op.f("ix_chat_code_membership_id"), "chat_code", ["membership_id"])
    op.create_index(op.f("ix_chat_code_expires_at"), "chat_code", ["expires_at"])
    op.create_table(
        "chat_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_chat_link_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_chat_link_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_link")),
    )
    op.create_index(op.f("ix_chat_link_membership_id"), "chat_link", ["membership_id"])
    op.create_index(op.f("ix_chat_link_conversation_id"), "chat_link", ["conversation_id"])
    op.create_index(
        "uq_chat_link_current",
        "chat_link",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "decision_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("chat_link_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_link_id"],
            ["chat_link.id"],
            name=op.f("fk_decision_link_chat_link_id_chat_link"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_decision_link_staff_id_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_decision_link_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_decision_link_token_hash")),
    )
    op.create_index(op.f("ix_decision_link_chat_link_id"), "decision_link", ["chat_link_id"])
    op.create_index(op.f("ix_decision_link_expires_at"), "decision_link", ["expires_at"])
    op.add_column("notice", sa.Column("told_at", MOMENT, nullable=True))
    op.execute("UPDATE notice SET told_at = at")  # what lay there before was seen in the console, or will be
    op.create_index(op.f("ix_notice_told_at"), "notice", ["told_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_told_at"), "notice")
    op.drop_column("notice", "told_at")
    for table in ("decision_link", "chat_link", "chat_code"):
        op.drop_table(table)
