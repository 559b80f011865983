"""The desk: offices, staff, sign-ins, the audit, proposals and what single officers do."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

APPEND_ONLY_ON_SQLITE = (
    (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
    ),
    (
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
    ),
)
APPEND_ONLY_ON_POSTGRESQL = (
    (
        "CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()"
    ),
)


def while_(condition: str) -> dict[str, sa.TextClause]:
    """Only rows for which the condition holds, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:  # noqa: PLR0915  # one statement per table and index
    op.create_table(
        "audit_entry",
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("done", "refused", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"])
    op.create_index(op.f("ix_audit_entry_actor"), "audit_entry", ["actor"])
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"])
    op.create_table(
        "login_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "factor",
            sa.Enum("password", "code", name="factor", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name_hmac", sa.Text(), nullable=False),
        sa.Column("address_hmac", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_address_hmac", "login_attempt", ["address_hmac", "at"])
    op.create_index(op.f("ix_login_attempt_at"), "login_attempt", ["at"])
    op.create_index("ix_login_attempt_name_hmac", "login_attempt", ["name_hmac", "at"])
    op.create_table(
        "protected_identifier",
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
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_identifier")),
    )
    op.create_index(
        "uq_protected_identifier_active",
        "protected_identifier",
        ["kind", "key"],
        unique=True,
        **while_("status = 'active'"),
    )
    op.create_table(
        "staff_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "disabled", name="status", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("totp_last_step", ID, nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_member_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_member_public_id")),
    )
    op.create_table(
        "verdict_change",
        sa.Column("id", ID, nullable=False),
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
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_change")),
    )
    op.create_index(op.f("ix_verdict_change_told_at"), "verdict_change", ["told_at"])
    op.create_table(
        "lone_action",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "action",
            sa.Enum("warn", "suspend", name="action", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("indicator_id", ID, nullable=False),
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
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicator.id"],
            name=op.f("fk_lone_action_indicator_id_indicator"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_lone_action_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lone_action")),
    )
    op.create_index(op.f("ix_lone_action_indicator_id"), "lone_action", ["indicator_id"])
    op.create_index("ix_lone_action_key", "lone_action", ["key", "at"])
    op.create_index("ix_lone_action_staff_id", "lone_action", ["staff_id", "at"])
    op.create_table(
        "recovery_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_member.id"],
            name=op.f("fk_recovery_code_staff_id_staff_member"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("staff_id", "code_hash", name=op.f("uq_recovery_code_staff_id_code_hash")),
    )
    op.create_table(
        "office",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "school",
                "commune_police",
                "province_police",
                "education_office",
                "education_department",
                "information_office",
                "operator",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_office_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_office_school_id_school"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_office_organisation_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_office_public_id")),
        sa.UniqueConstraint("school_id", name=op.f("uq_office_school_id")),
    )
    op.create_table(
        "incident_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("report_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column(
            "mark",
            sa.Enum(
                "not_ours",
                "ours",
                "parents_called",
                name="mark",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_incident_note_office_id_office")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_incident_note_report_id_report"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_incident_note_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_note")),
    )
    op.create_index(op.f("ix_incident_note_report_id"), "incident_note", ["report_id"])
    op.create_table(
        "invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "school_staff",
                "education_officer",
                "information_officer",
                "police_officer",
                "police_supervisor",
                "administrator",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_invitation_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_office_id"), "invitation", ["office_id"])
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["email_key", "office_id", "role"],
        unique=True,
        **while_("used_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "membership",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "school_staff",
                "education_officer",
                "information_officer",
                "police_officer",
                "police_supervisor",
                "administrator",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_membership_office_id_office")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_membership_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_office_id"), "membership", ["office_id"])
    op.create_index(
        "uq_membership_current",
        "membership",
        ["staff_id", "office_id", "role"],
        unique=True,
        **while_("until IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_by", ID, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_notice_office_id_office"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["seen_by"], ["staff_member.id"], name=op.f("fk_notice_seen_by_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"])
    op.create_index(op.f("ix_notice_office_id"), "notice", ["office_id"])
    op.create_table(
        "office_commune",
        sa.Column("office_id", ID, nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_office_commune_commune_code_commune")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_commune_office_id_office"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "commune_code", name=op.f("pk_office_commune")),
    )
    op.create_index(op.f("ix_office_commune_commune_code"), "office_commune", ["commune_code"])
    op.create_table(
        "proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "proposed",
                "approved",
                "rejected",
                "expired",
                "active",
                "superseded",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("callback_code", sa.Text(), nullable=False),
        sa.Column("proposer_id", ID, nullable=False),
        sa.Column("proposer_membership_id", ID, nullable=False),
        sa.Column("proposer_email_key", sa.Text(), nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("school_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("effective_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_proposal_office_id_office")),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["staff_member.id"], name=op.f("fk_proposal_proposer_id_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_membership_id"],
            ["membership.id"],
            name=op.f("fk_proposal_proposer_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_proposal_school_id_school"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposal_public_id")),
    )
    op.create_index(op.f("ix_proposal_office_id"), "proposal", ["office_id"])
    op.create_index(op.f("ix_proposal_proposer_id"), "proposal", ["proposer_id"])
    op.create_index(op.f("ix_proposal_school_id"), "proposal", ["school_id"])
    op.create_index("ix_proposal_status_expires_at", "proposal", ["status", "expires_at"])
    op.create_index("ix_proposal_subject", "proposal", ["subject"])
    op.create_index(
        "uq_proposal_open",
        "proposal",
        ["kind", "subject"],
        unique=True,
        **while_("status IN ('proposed', 'approved')"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("stepped_up_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_staff_session_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_member.id"],
            name=op.f("fk_staff_session_staff_id_staff_member"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_created_at"), "staff_session", ["created_at"])
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
    op.create_table(
        "appeal",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "upheld",
                "dismissed",
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
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("proposal_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_appeal_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_member.id"], name=op.f("fk_appeal_decided_by_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_appeal_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("case_code", name=op.f("uq_appeal_case_code")),
    )
    op.create_index(op.f("ix_appeal_conversation_id"), "appeal", ["conversation_id"])
    op.create_index(op.f("ix_appeal_filed_at"), "appeal", ["filed_at"])
    op.create_index(op.f("ix_appeal_key"), "appeal", ["key"])
    op.create_table(
        "approval",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("office_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_approval_office_id_office")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_approval_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_approval_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_approval_proposal_id")),
    )
    op.create_index(op.f("ix_approval_staff_id"), "approval", ["staff_id"])
    # ### end Alembic commands ###

    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in APPEND_ONLY_ON_POSTGRESQL if postgresql else APPEND_ONLY_ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("approval")
    op.drop_table("appeal")
    op.drop_table("staff_session")
    op.drop_table("proposal")
    op.drop_table("office_commune")
    op.drop_table("notice")
    op.drop_table("membership")
    op.drop_table("invitation")
    op.drop_table("incident_note")
    op.drop_table("office")
    op.drop_table("recovery_code")
    op.drop_table("lone_action")
    op.drop_table("verdict_change")
    op.drop_table("staff_member")
    op.drop_table("protected_identifier")
    op.drop_table("login_attempt")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_is_append_only")
