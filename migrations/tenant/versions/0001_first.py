"""A client's schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "tenant_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("from_minor >= 0", name=op.f("ck_approval_rule_from_minor")),
        sa.CheckConstraint("needed between 1 and 5", name=op.f("ck_approval_rule_needed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_table(
        "approval_substitute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "account_id <> substitute_id", name=op.f("ck_approval_substitute_two_people")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_approval_substitute_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_substitute")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("detail", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column(
            "actor_side",
            sa.Enum(
                "provider", "client", "machine", "system", name="side", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_entry_id")),
        info={"append_only": True},
    )
    op.create_index(
        "ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id", "seq"], unique=False
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("match", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("is_booked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bank_line_fingerprint")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_bank_line_item_id_position")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_blob_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("tax_key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cost_centre", sa.Text(), nullable=False),
        sa.Column("handed_over_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_booking_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_booking_item_id_position")),
    )
    op.create_index("ix_booking_booked_on", "booking", ["booked_on"], unique=False)
    op.create_index(
        op.f("ix_booking_handed_over_by_id"), "booking", ["handed_over_by_id"], unique=False
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("type_key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("document_ids", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "account_id",
            "service_key",
            "type_key",
            name=op.f("uq_draft_account_id_service_key_type_key"),
        ),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        info={"append_only": True},
    )
    op.create_table(
        "idempotency_key",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "issued_number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issued_number")),
        sa.UniqueConstraint("item_id", name=op.f("uq_issued_number_item_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column(
            "author_side",
            sa.Enum(
                "provider", "client", "machine", "system", name="side", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_subject_id_message_id"), "message", ["subject_id", "id"], unique=False
    )
    op.create_table(
        "open_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("payable", "receivable", name="openkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_until", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_open_item_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_item")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_open_item_item_id_position")),
    )
    op.create_index(
        "ix_open_item_due",
        "open_item",
        ["kind", "due_on"],
        unique=False,
        postgresql_where=sa.text("amount_minor <> paid_minor"),
    )
    op.create_table(
        "sla_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "metric",
            sa.Enum(
                "first_response",
                "next_response",
                "resolution",
                "internal_step",
                "subcontractor",
                name="metric",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "due_set",
                "excused",
                "paused_afterwards",
                "policy_changed",
                "calendar_corrected",
                name="correctionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_correction")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_sla_correction_subject_id_sla_correction_at"),
        "sla_correction",
        ["subject_id", "at"],
        unique=False,
    )
    op.create_table(
        "sla_recalculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("passed_over", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_recalculation")),
    )
    op.create_table(
        "sla_terms",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sla_terms")),
        info={"append_only": True},
    )
    op.create_table(
        "staff_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_access")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_staff_access_account_id_staff_access_subject_id_staff_access_at"),
        "staff_access",
        ["account_id", "subject_id", "at"],
        unique=False,
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "disabled", name="endpointstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "disabled_because",
            sa.Enum(
                "person", "gone", "failing", name="disabledbecause", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("old_nonce", sa.LargeBinary(), nullable=True),
        sa.Column("old_nonce_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "work_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("type_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "new",
                "in_progress",
                "waiting",
                "review",
                "delivered",
                "accepted",
                "cancelled",
                name="workstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "waiting_for",
            sa.Enum("client", "third_party", name="waitingfor", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("proposed", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("units", sa.Numeric(), nullable=False),
        sa.Column("straight_through", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("checklist_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=True),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_name", sa.Text(), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=True),
        sa.Column("clerk_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_service_id", sa.Uuid(), nullable=True),
        sa.Column("rework_of_id", sa.Uuid(), nullable=True),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rework_of_id"], ["work_item.id"], name=op.f("fk_work_item_rework_of_id_work_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("number", name=op.f("uq_work_item_number")),
    )
    op.create_index(
        "ix_work_item_auto_accept",
        "work_item",
        ["accept_by"],
        unique=False,
        postgresql_where=sa.text("status = 'delivered'"),
    )
    op.create_index(
        op.f("ix_work_item_status_work_item_id"), "work_item", ["status", "id"], unique=False
    )
    op.create_table(
        "approval",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("instead_of", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_approval_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_approval")),
    )
    op.create_table(
        "approval_rule_person",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["approval_rule.id"],
            name=op.f("fk_approval_rule_person_rule_id_approval_rule"),
        ),
        sa.PrimaryKeyConstraint("rule_id", "account_id", name=op.f("pk_approval_rule_person")),
    )
    op.create_table(
        "checklist_entry",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column(
            "rules", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_checklist_entry_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "key", name=op.f("pk_checklist_entry")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column(
            "author_side",
            sa.Enum(
                "provider", "client", "machine", "system", name="side", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("retention_class", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_document_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"], unique=False)
    op.create_table(
        "document_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_document_request_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_request")),
    )
    op.create_index(
        op.f("ix_document_request_item_id_document_request_id"),
        "document_request",
        ["item_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_document_request_open",
        "document_request",
        ["item_id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("error", "warning", "info", name="severity", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_finding_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(
        op.f("ix_finding_item_id_finding_position"),
        "finding",
        ["item_id", "position"],
        unique=False,
    )
    op.create_table(
        "fingerprint",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_fingerprint_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint(
            "item_id", "service_key", "fingerprint", name=op.f("pk_fingerprint")
        ),
    )
    op.create_index(
        op.f("ix_fingerprint_service_key_fingerprint_fingerprint"),
        "fingerprint",
        ["service_key", "fingerprint"],
        unique=False,
    )
    op.create_table(
        "message_draft",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_message_draft_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_message_draft")),
    )
    op.create_table(
        "participation",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_participation_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_participation")),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("open_item_id", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("paid_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["open_item_id"], ["open_item.id"], name=op.f("fk_payment_order_open_item_id_open_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_payment_order_item_id_position")),
    )
    op.create_index(
        op.f("ix_payment_order_end_to_end_id"), "payment_order", ["end_to_end_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_order_open_item_id"), "payment_order", ["open_item_id"], unique=False
    )
    op.create_table(
        "presence",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_presence_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "account_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "second_entry",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("differing", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_second_entry_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_second_entry")),
    )
    op.create_table(
        "sla_clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "metric",
            sa.Enum(
                "first_response",
                "next_response",
                "resolution",
                "internal_step",
                "subcontractor",
                name="metric",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("calendar_key", sa.Text(), server_default="default", nullable=False),
        sa.Column("calendar_digest", sa.Text(), nullable=False),
        sa.Column("agreement_digest", sa.Text(), nullable=False),
        sa.Column("first_agreement_digest", sa.Text(), nullable=True),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column(
            "earlier_calendars",
            postgresql.JSONB(astext_type=Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "paused",
                "met",
                "breached",
                "cancelled",
                "not_applicable",
                "unmeasurable",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("due_version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_digest"],
            ["sla_terms.digest"],
            name=op.f("fk_sla_clock_agreement_digest_sla_terms"),
        ),
        sa.ForeignKeyConstraint(
            ["calendar_digest"],
            ["sla_terms.digest"],
            name=op.f("fk_sla_clock_calendar_digest_sla_terms"),
        ),
        sa.ForeignKeyConstraint(
            ["first_agreement_digest"],
            ["sla_terms.digest"],
            name=op.f("fk_sla_clock_first_agreement_digest_sla_terms"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clock")),
        sa.UniqueConstraint("subject_id", "metric", name=op.f("uq_sla_clock_subject_id_metric")),
    )
    op.create_index(
        "ix_sla_clock_open",
        "sla_clock",
        ["id"],
        unique=False,
        postgresql_where=sa.text("result is null"),
    )
    op.create_table(
        "sla_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "client_message",
                "provider_message",
                "automatic_message",
                "internal_note",
                "paused",
                "resumed",
                "resolved",
                "reopened",
                "cancelled",
                "target_changed",
                "step_started",
                "step_ended",
                "subcontractor_started",
                "subcontractor_ended",
                "due_set",
                "policy_changed",
                "excused",
                "moved",
                "merged",
                name="kind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "client",
                "third_party",
                "provider",
                "subcontractor",
                name="cause",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("by_provider", sa.Boolean(), nullable=False),
        sa.Column("target", postgresql.JSONB(none_as_null=True, astext_type=Text()), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "metric",
            sa.Enum(
                "first_response",
                "next_response",
                "resolution",
                "internal_step",
                "subcontractor",
                name="metric",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("agreement_digest", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_digest"],
            ["sla_terms.digest"],
            name=op.f("fk_sla_event_agreement_digest_sla_terms"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_event")),
        sa.UniqueConstraint("subject_id", "number", name=op.f("uq_sla_event_subject_id_number")),
        info={"append_only": True},
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "delivered",
                "failed",
                name="deliverystate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column(
            "why",
            sa.Enum(
                "",
                "refused_address",
                "unreachable",
                "time_out",
                "redirect",
                "cut_off",
                "status",
                "disabled",
                name="why",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_open",
        "webhook_delivery",
        ["endpoint_id", "event_id"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_index(
        "uq_webhook_delivery_event", "webhook_delivery", ["endpoint_id", "event_id"], unique=True
    )
    op.create_table(
        "item_document",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("is_result", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_item_document_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["work_item.id"], name=op.f("fk_item_document_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "document_id", name=op.f("pk_item_document")),
    )
    op.create_table(
        "requested_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "handed_in",
                "accepted",
                "rejected",
                "waived",
                name="wish",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_requested_document_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["document_request.id"],
            name=op.f("fk_requested_document_request_id_document_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_document")),
        sa.UniqueConstraint(
            "request_id", "position", name=op.f("uq_requested_document_request_id_position")
        ),
    )
    op.create_table(
        "sla_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("due_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["sla_clock.id"], name=op.f("fk_sla_alert_clock_id_sla_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_alert")),
        sa.UniqueConstraint(
            "clock_id",
            "cycle",
            "percent",
            "due_version",
            name=op.f("uq_sla_alert_clock_id_cycle_percent_due_version"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "sla_outcome",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column(
            "metric",
            sa.Enum(
                "first_response",
                "next_response",
                "resolution",
                "internal_step",
                "subcontractor",
                name="metric",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "paused",
                "met",
                "breached",
                "cancelled",
                "not_applicable",
                "unmeasurable",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_excused", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_seconds", sa.BigInteger(), nullable=False),
        sa.Column("client_seconds", sa.BigInteger(), nullable=False),
        sa.Column("third_party_seconds", sa.BigInteger(), nullable=False),
        sa.Column("closed_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["sla_clock.id"], name=op.f("fk_sla_outcome_clock_id_sla_clock")
        ),
        sa.PrimaryKeyConstraint("clock_id", "cycle", name=op.f("pk_sla_outcome")),
    )
    op.create_index(
        op.f("ix_sla_outcome_counted_at_sla_outcome_clock_id"),
        "sla_outcome",
        ["counted_at", "clock_id"],
        unique=False,
    )
    op.create_index(op.f("ix_sla_outcome_subject_id"), "sla_outcome", ["subject_id"], unique=False)
    op.execute('grant usage on schema "@schema@" to "@schema@"')
    op.execute(
        'grant select, insert, update, delete on "approval_rule", "approval_substitute", "audit_head", "bank_line", "blob", "booking", "counter", "draft", "idempotency_key", "issued_number", "message", "open_item", "sla_recalculation", "webhook_endpoint", "work_item", "approval", "approval_rule_person", "checklist_entry", "document", "document_request", "finding", "fingerprint", "message_draft", "participation", "payment_order", "presence", "second_entry", "sla_clock", "webhook_delivery", "item_document", "requested_document", "sla_outcome" to "@schema@"'
    )
    op.execute(
        'grant select, insert on "audit_entry", "fact", "sla_correction", "sla_terms", "staff_access", "sla_event", "sla_alert" to "@schema@"'
    )
