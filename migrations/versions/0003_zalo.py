"""Tokens of a platform that must be renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def one_of(*values: str, name: str) -> sa.Enum:
    """Text that takes these values only."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "channel_token",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "channel", one_of("web", "telegram", "zalo_bot", "zalo_oa", name="channel"), nullable=False
        ),
        sa.Column("bot_account", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("access_due_at", MOMENT, nullable=True),
        sa.Column("access_expires_at", MOMENT, nullable=True),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column(
            "state", one_of("usable", "refreshing", "unknown", "refused", name="state"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_token")),
        sa.UniqueConstraint("channel", "bot_account", name=op.f("uq_channel_token_channel_bot_account")),
    )


def downgrade() -> None:
    op.drop_table("channel_token")
