"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def while_(condition: str) -> dict[str, sa.TextClause]:
    """Only rows for which the condition holds, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:  # noqa: PLR0915  # one statement per table and index
    op.create_table(
        "change",
        sa.Column("version", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "commune",
                "school",
                "organisation",
                "contact",
                "indicator",
                "script",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "operation",
            sa.Enum(
                "added",
                "changed",
                "removed",
                name="operation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_change")),
    )
    op.create_table(
        "check_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "CONFIRMED_SCAM",
                "SUSPICIOUS",
                "OFFICIAL",
                "UNKNOWN",
                "CANNOT_CHECK",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "level", name=op.f("pk_check_count")),
    )
    op.create_table(
        "commune",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_commune")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "telegram",
                "zalo_bot",
                "zalo_oa",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("bot_account", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "done",
                "set_aside",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("error_class", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "channel", "bot_account", "event_id", name=op.f("uq_inbox_channel_bot_account_event_id")
        ),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["channel", "bot_account", "address", "id"],
        **while_("status = 'waiting'"),
    )
    op.create_table(
        "indicator",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "confirmed",
                "temporary_warning",
                "suspended",
                "expired",
                "superseded",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "bank_account",
                "link",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_index("ix_indicator_key", "indicator", ["key"])
    op.create_index(
        "uq_indicator_listed_key",
        "indicator",
        ["kind", "key"],
        unique=True,
        **while_("status IN ('confirmed', 'temporary_warning', 'suspended')"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "script",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "active",
                "suspended",
                "superseded",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "scenario",
            sa.Enum(
                "child_emergency",
                "kidnap_online",
                "school_impostor",
                "school_fee",
                "tuition_refund",
                "police_impostor",
                "bank_impostor",
                "otp_theft",
                "sim_lock",
                "vneid",
                "tax",
                "traffic_fine",
                "utility",
                "parcel",
                "prize",
                "job_task",
                "investment",
                "loan",
                "debt_threat",
                "borrow_money",
                "romance",
                "social_insurance",
                "recovery",
                "other",
                name="scenario",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("norm_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script")),
    )
    op.create_index("uq_script_active_key", "script", ["key"], unique=True, **while_("status = 'active'"))
    op.create_table(
        "commune_alias",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"],
            ["commune.code"],
            name=op.f("fk_commune_alias_commune_code_commune"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commune_alias")),
        sa.UniqueConstraint("commune_code", "name", name=op.f("uq_commune_alias_commune_code_name")),
    )
    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("person_id", "kind", "version", name=op.f("uq_consent_person_id_kind_version")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "telegram",
                "zalo_bot",
                "zalo_oa",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("bot_account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("dialogue_state", sa.Text(), nullable=True),
        sa.Column("dialogue_data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dialogue_expires_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("dead_since", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "channel", "bot_account", "address", name=op.f("uq_conversation_channel_bot_account_address")
        ),
    )
    op.create_index(op.f("ix_conversation_last_seen_on"), "conversation", ["last_seen_on"])
    op.create_index(op.f("ix_conversation_person_id"), "conversation", ["person_id"])
    op.create_table(
        "organisation",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "active",
                "suspended",
                "superseded",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "school",
                "hospital",
                "police",
                "bank",
                "agency",
                "carrier",
                "relative",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_organisation_commune_code_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_commune_code"), "organisation", ["commune_code"])
    op.create_index(
        "uq_organisation_active_key",
        "organisation",
        ["kind", "key"],
        unique=True,
        **while_("status = 'active'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "telegram",
                "zalo_bot",
                "zalo_oa",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("bot_account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "lane",
            sa.Enum(
                "answer", "staff", "bulk", name="lane", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "sent",
                "blocked",
                "failed",
                "ambiguous",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name=op.f("fk_outbox_inbox_id_inbox"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_index(op.f("ix_outbox_inbox_id"), "outbox", ["inbox_id"])
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["channel", "bot_account", "lane", "address", "id"],
        **while_("status = 'waiting'"),
    )
    op.create_table(
        "school",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "active",
                "suspended",
                "superseded",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("level_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("old_district", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_school_commune_code_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
    )
    op.create_index(op.f("ix_school_commune_code"), "school", ["commune_code"])
    op.create_index(
        "uq_school_active_name",
        "school",
        ["level_key", "name_key", "commune_code"],
        unique=True,
        **while_("status = 'active'"),
    )
    op.create_table(
        "check",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "CONFIRMED_SCAM",
                "SUSPICIOUS",
                "OFFICIAL",
                "UNKNOWN",
                "CANNOT_CHECK",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_code"],
            ["commune.code"],
            name=op.f("fk_check_commune_code_commune"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_check_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_public_id")),
    )
    op.create_index(op.f("ix_check_conversation_id"), "check", ["conversation_id"])
    op.create_index(op.f("ix_check_day"), "check", ["day"])
    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "active",
                "suspended",
                "superseded",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "bank_account",
                "link",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.Integer(), nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("is_backup", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(school_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_contact_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contact_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_contact_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_organisation_id"), "contact", ["organisation_id"])
    op.create_index(op.f("ix_contact_school_id"), "contact", ["school_id"])
    op.create_index(
        "uq_contact_active_key", "contact", ["kind", "key"], unique=True, **while_("status = 'active'")
    )
    op.create_table(
        "correction_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "bank_account",
                "link",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key_hmac", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "CONFIRMED_SCAM",
                "SUSPICIOUS",
                "OFFICIAL",
                "UNKNOWN",
                "CANNOT_CHECK",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_correction_request_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
        sa.UniqueConstraint(
            "conversation_id",
            "kind",
            "key_hmac",
            name=op.f("uq_correction_request_conversation_id_kind_key_hmac"),
        ),
    )
    op.create_index(op.f("ix_correction_request_asked_at"), "correction_request", ["asked_at"])
    op.create_index("ix_correction_request_key_hmac", "correction_request", ["key_hmac"])
    op.create_table(
        "dispute",
        sa.Column("id", ID, nullable=False),
        sa.Column("check_public_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "CONFIRMED_SCAM",
                "SUSPICIOUS",
                "OFFICIAL",
                "UNKNOWN",
                "CANNOT_CHECK",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_dispute_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("check_public_id", name=op.f("uq_dispute_check_public_id")),
    )
    op.create_index(op.f("ix_dispute_conversation_id"), "dispute", ["conversation_id"])
    op.create_index(op.f("ix_dispute_day"), "dispute", ["day"])
    op.create_table(
        "report",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "in_review",
                "confirmed",
                "closed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("check_public_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "CONFIRMED_SCAM",
                "SUSPICIOUS",
                "OFFICIAL",
                "UNKNOWN",
                "CANNOT_CHECK",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("consent_version", sa.Text(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"],
            ["commune.code"],
            name=op.f("fk_report_commune_code_commune"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_report_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_report_school_id_school"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("case_code", name=op.f("uq_report_case_code")),
        sa.UniqueConstraint("check_public_id", name=op.f("uq_report_check_public_id")),
    )
    op.create_index(op.f("ix_report_commune_code"), "report", ["commune_code"])
    op.create_index(op.f("ix_report_conversation_id"), "report", ["conversation_id"])
    op.create_index(op.f("ix_report_filed_at"), "report", ["filed_at"])
    op.create_index(op.f("ix_report_school_id"), "report", ["school_id"])
    op.create_table(
        "school_alias",
        sa.Column("id", ID, nullable=False),
        sa.Column("school_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "old_name", "short_name", name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_alias_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_alias")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_school_alias_school_id_name")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(school_id IS NULL) <> (commune_code IS NULL)", name=op.f("ck_subscription_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"],
            ["commune.code"],
            name=op.f("fk_subscription_commune_code_commune"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_subscription_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_subscription_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("person_id", "commune_code", name="uq_subscription_person_id_commune_code"),
        sa.UniqueConstraint("person_id", "school_id", name=op.f("uq_subscription_person_id_school_id")),
    )
    op.create_index(op.f("ix_subscription_commune_code"), "subscription", ["commune_code"])
    op.create_index(op.f("ix_subscription_school_id"), "subscription", ["school_id"])
    op.create_table(
        "check_identifier",
        sa.Column("id", ID, nullable=False),
        sa.Column("check_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "bank_account",
                "link",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key_hmac", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["check.id"], name=op.f("fk_check_identifier_check_id_check"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_identifier")),
        sa.UniqueConstraint(
            "check_id", "kind", "key_hmac", name=op.f("uq_check_identifier_check_id_kind_key_hmac")
        ),
    )
    op.create_index(op.f("ix_check_identifier_key_hmac"), "check_identifier", ["key_hmac"])
    op.create_table(
        "report_claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("report_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "school",
                "hospital",
                "police",
                "bank",
                "agency",
                "carrier",
                "relative",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_claim_report_id_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_claim")),
        sa.UniqueConstraint("report_id", "kind", name=op.f("uq_report_claim_report_id_kind")),
    )
    op.create_table(
        "report_identifier",
        sa.Column("id", ID, nullable=False),
        sa.Column("report_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "bank_account",
                "link",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_identifier_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_identifier")),
        sa.UniqueConstraint("report_id", "kind", "key", name=op.f("uq_report_identifier_report_id_kind_key")),
    )
    op.create_index(op.f("ix_report_identifier_key"), "report_identifier", ["key"])


def downgrade() -> None:
    op.drop_table("report_identifier")
    op.drop_table("report_claim")
    op.drop_table("check_identifier")
    op.drop_table("subscription")
    op.drop_table("school_alias")
    op.drop_table("report")
    op.drop_table("dispute")
    op.drop_table("correction_request")
    op.drop_table("contact")
    op.drop_table("check")
    op.drop_table("school")
    op.drop_table("outbox")
    op.drop_table("organisation")
    op.drop_table("conversation")
    op.drop_table("consent")
    op.drop_table("commune_alias")
    op.drop_table("script")
    op.drop_table("person")
    op.drop_table("indicator")
    op.drop_table("inbox")
    op.drop_table("commune")
    op.drop_table("check_count")
    op.drop_table("change")
