"""A new second factor, schools that became another, news for followers, and what a report tells of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEWS = ("renamed", "merged", "closed")


def upgrade() -> None:
    _add_reference("invitation", "staff_id", "staff_member")
    op.create_index(op.f("ix_invitation_staff_id"), "invitation", ["staff_id"])
    _add_reference("school", "became_id", "school")
    op.execute(
        "UPDATE school SET became_id = ("
        "SELECT max(into_school.id) FROM proposal JOIN school AS into_school "
        "ON proposal.result = 'school:' || into_school.id "
        "WHERE proposal.kind = 'merge_school' AND proposal.status IN ('active', 'superseded') "
        "AND proposal.subject = 'school:' || school.id) WHERE status = 'withdrawn'"
    )
    op.add_column("report", sa.Column("scenario", sa.Text(), nullable=True))
    op.add_column("report", sa.Column("script", sa.Text(), nullable=True))
    op.create_index(op.f("ix_report_scenario"), "report", ["scenario"])
    op.create_table(
        "follower_news",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "renamed",
                "merged",
                "closed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follower_news_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower_news")),
    )
    op.create_index(op.f("ix_follower_news_person_id"), "follower_news", ["person_id"])


def downgrade() -> None:
    op.drop_table("follower_news")
    op.drop_index(op.f("ix_report_scenario"), "report")
    op.drop_column("report", "script")
    op.drop_column("report", "scenario")
    op.drop_column("school", "became_id")
    op.drop_index(op.f("ix_invitation_staff_id"), "invitation")
    op.drop_column("invitation", "staff_id")


def _add_reference(table: str, column: str, to: str) -> None:
    # Said to the database itself: Alembic would copy the whole table on SQLite, and every reference to it.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    name = f"fk_{table}_{column}_{to}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {to} (id)")
