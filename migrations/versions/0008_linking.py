"""Codes by which a person joins their conversations on several channels."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_request",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code_hmac", sa.Text(), nullable=False),
        sa.Column("asking_id", _ID, nullable=False),
        sa.Column("answering_id", _ID, nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asking_id"],
            ["conversation.id"],
            name=op.f("fk_link_request_asking_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answering_id"],
            ["conversation.id"],
            name=op.f("fk_link_request_answering_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
        sa.UniqueConstraint("code_hmac", name=op.f("uq_link_request_code_hmac")),
        sa.UniqueConstraint("asking_id", name=op.f("uq_link_request_asking_id")),
    )
    op.create_index(op.f("ix_link_request_answering_id"), "link_request", ["answering_id"])
    op.create_index(op.f("ix_link_request_expires_at"), "link_request", ["expires_at"])


def downgrade() -> None:
    op.drop_table("link_request")
