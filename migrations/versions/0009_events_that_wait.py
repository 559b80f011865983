"""An index of the events that wait: finding the next must not take longer with every event of the past."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WAITING = text("status = 'waiting'")


def upgrade() -> None:
    op.create_index("ix_inbox_due", "inbox", ["id"], sqlite_where=_WAITING, postgresql_where=_WAITING)


def downgrade() -> None:
    op.drop_index("ix_inbox_due", "inbox")
