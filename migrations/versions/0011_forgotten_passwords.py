"""What one of the staff sets up anew by a link: until now it was always the second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitation", sa.Column("renews", sa.Text(), nullable=True))
    op.execute("UPDATE invitation SET renews = 'second_factor' WHERE staff_id IS NOT NULL")


def downgrade() -> None:
    # Without the column a link for a password would be one for a second factor, and set up another's.
    op.execute(
        "UPDATE invitation SET withdrawn_at = CURRENT_TIMESTAMP "
        "WHERE renews = 'password' AND used_at IS NULL AND withdrawn_at IS NULL"
    )
    op.drop_column("invitation", "renews")
