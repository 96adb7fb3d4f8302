"""The provider's books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "provider_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("totp_nonce", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("preferences", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(totp_nonce is null) = (totp_confirmed_at is null)",
            name=op.f("ck_account_second_factor_whole"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint(
            "id", "email", "name", "locale", name=op.f("uq_account_id_email_name_locale")
        ),
        schema="provider",
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_api_token_tenant_id"),
        "api_token",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "audit_entry",
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
        sa.Column("detail", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_entry_id")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index(
        "ix_audit_entry_subject",
        "audit_entry",
        ["subject_type", "subject_id", "seq"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        schema="provider",
    )
    op.create_table(
        "billing_party",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("vat_id_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("debtor_account", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_billing_party")),
        sa.UniqueConstraint("debtor_account", name=op.f("uq_billing_party_debtor_account")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "billing_seller",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("number_prefix", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_seller")),
        schema="provider",
    )
    op.create_table(
        "blind_rule",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "service_key", name=op.f("pk_blind_rule")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "bookkeeping",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("adviser", sa.Integer(), nullable=False),
        sa.Column("client", sa.Integer(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("account_length", sa.SmallInteger(), nullable=False),
        sa.Column("first_month", sa.SmallInteger(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("accounts", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookkeeping")),
        schema="provider",
    )
    op.create_table(
        "bounced_address",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_bounced_address")),
        schema="provider",
    )
    op.create_table(
        "calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint(
            "tenant_id",
            "key",
            name=op.f("uq_calendar_tenant_id_key"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "cell",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell")),
        schema="provider",
    )
    op.create_table(
        "client_identifier",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "value", name=op.f("pk_client_identifier")),
        schema="provider",
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("auto_accept_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_contract_tenant_id"),
        "contract",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "datev_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datev_export")),
        sa.UniqueConstraint("number", name=op.f("uq_datev_export_number")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_provider_datev_export_until"),
        "datev_export",
        ["until"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "digest_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_entry")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        op.f("ix_provider_digest_entry_tenant_id_provider_digest_entry_account_id"),
        "digest_entry",
        ["tenant_id", "account_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("sent_at is null"),
    )
    op.create_table(
        "document_mark",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name=op.f("pk_document_mark")),
        schema="provider",
        info={"clients_may": ("insert",)},
    )
    op.create_index(
        op.f("ix_provider_document_mark_sha256"),
        "document_mark",
        ["sha256"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "engagement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("type_key", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("next_first_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        "ix_engagement_matter",
        "engagement",
        ["tenant_id", "service_key", "matter"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "ethical_wall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ethical_wall")),
        schema="provider",
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "received",
                "delivered",
                "triage",
                "automatic",
                "bounce",
                "dismissed",
                name="outcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        schema="provider",
        info={"clients_may": ("select", "update")},
    )
    op.create_index(
        "ix_incoming_mail_triage",
        "incoming_mail",
        ["received_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("outcome = 'triage'"),
    )
    op.create_index(
        op.f("ix_provider_incoming_mail_item_id_provider_incoming_mail_received_at"),
        "incoming_mail",
        ["item_id", "received_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("item_id is not null"),
    )
    op.create_table(
        "invoice_number",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_invoice_number")),
        schema="provider",
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column(
            "job_class",
            sa.Enum(
                "interactive",
                "default",
                "bulk",
                "external",
                name="jobclass",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "enqueued",
                "running",
                "done",
                "dead",
                "cancelled",
                "held",
                "waiting",
                name="jobstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_ripe", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("deaths", sa.SmallInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("cron_key", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("waits_for", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_tiny", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        "ix_job_dead",
        "job",
        ["id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_job_finished",
        "job",
        ["finished_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("finished_at is not null"),
    )
    op.create_index(
        "ix_job_given_up",
        "job",
        ["id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'cancelled'"),
    )
    op.create_index(
        "ix_job_held",
        "job",
        ["id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state in ('held', 'waiting')"),
    )
    op.create_index(
        "ix_job_lease",
        "job",
        ["lease_until"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state in ('enqueued', 'running')"),
    )
    op.create_index(
        "ix_job_parent",
        "job",
        ["parent_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "ix_job_pending",
        "job",
        ["job_class", "tenant_id", "priority", "id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'pending' and is_ripe"),
    )
    op.create_index(
        "ix_job_put_off",
        "job",
        ["run_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'pending' and not is_ripe"),
    )
    op.create_index(
        "uq_job_cron_key",
        "job",
        ["tenant_id", "cron_key", "run_at"],
        unique=True,
        schema="provider",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("cron_key is not null"),
    )
    op.create_index(
        "uq_job_dedupe_key",
        "job",
        ["tenant_id", "kind", "dedupe_key"],
        unique=True,
        schema="provider",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text(
            "dedupe_key is not null and state in ('pending', 'enqueued', 'running', 'held', 'waiting')"
        ),
    )
    op.create_table(
        "job_alert",
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figure", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("matter", name=op.f("pk_job_alert")),
        schema="provider",
    )
    op.create_table(
        "job_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("failed", "lost", "refused", name="outcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_attempt")),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_index(
        "ix_job_attempt_job_id", "job_attempt", ["job_id", "at"], unique=False, schema="provider"
    )
    op.create_table(
        "job_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_limit")),
        schema="provider",
    )
    op.create_index(
        "uq_job_limit",
        "job_limit",
        ["tenant_id", "kind"],
        unique=True,
        schema="provider",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "job_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_pause")),
        schema="provider",
    )
    op.create_index(
        "uq_job_pause",
        "job_pause",
        ["tenant_id", "kind"],
        unique=True,
        schema="provider",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "job_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_refusal")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index("ix_job_refusal_at", "job_refusal", ["at"], unique=False, schema="provider")
    op.create_table(
        "job_relay",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tick_ms", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("redispatched", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_relay")),
        schema="provider",
    )
    op.create_table(
        "job_schedule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "catch_up",
            sa.Enum("skip", "once", "all", name="catchup", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_schedule")),
        schema="provider",
    )
    op.create_index(
        "ix_job_schedule_next",
        "job_schedule",
        ["next_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("not is_paused"),
    )
    op.create_index(
        "uq_job_schedule_key",
        "job_schedule",
        ["tenant_id", "key"],
        unique=True,
        schema="provider",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "kept_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_kept_file")),
        schema="provider",
    )
    op.create_table(
        "list_sighting",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "day", "account_id", "kind", name=op.f("pk_list_sighting")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "withdrawn",
                "unknown",
                "bounced",
                name="mailstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        op.f("ix_provider_mail_created_at"), "mail", ["created_at"], unique=False, schema="provider"
    )
    op.create_index(
        op.f("ix_provider_mail_subject_id"),
        "mail",
        ["subject_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("subject_id is not null"),
    )
    op.create_index(
        op.f("ix_provider_mail_tenant_id"),
        "mail",
        ["tenant_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("tenant_id is not null"),
    )
    op.create_table(
        "member_notices",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "tell",
            sa.Enum("each", "digest", "never", name="tell", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", name=op.f("pk_member_notices")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_table(
        "quality_plan",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("new_operator_items", sa.Integer(), nullable=False),
        sa.Column("every", sa.Boolean(), nullable=False),
        sa.Column("random_percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("random_percent between 0 and 100", name=op.f("ck_quality_plan_share")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_quality_plan")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "quality_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "amount",
                "new_operator",
                "client",
                "random",
                name="reason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_by_id", sa.Uuid(), nullable=True),
        sa.Column("scored_by_name", sa.Text(), nullable=False),
        sa.Column("errors", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("rework_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "scored_by_id <> operator_id", name=op.f("ck_quality_sample_second_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_sample")),
        sa.UniqueConstraint(
            "tenant_id", "item_id", name=op.f("uq_quality_sample_tenant_id_item_id")
        ),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        op.f("ix_provider_quality_sample_scored_at"),
        "quality_sample",
        ["scored_at"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_quality_sample_open",
        "quality_sample",
        ["drawn_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("scored_at is null"),
    )
    op.create_table(
        "rating_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "empty",
                "carried",
                "closed",
                "failed",
                name="runstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("carried", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("allowances", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("trouble", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_run")),
        sa.UniqueConstraint(
            "tenant_id", "period", "revision", name=op.f("uq_rating_run_tenant_id_period_revision")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_rating_run_period_provider_rating_run_tenant_id"),
        "rating_run",
        ["period", "tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "reply_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("german", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_text")),
        schema="provider",
    )
    op.create_table(
        "request_index",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("to_judge", sa.Integer(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "request_id", name=op.f("pk_request_index")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_request_index_tenant_id_provider_request_index_item_id"),
        "request_index",
        ["tenant_id", "item_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_request_index_open",
        "request_index",
        ["asked_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
        schema="provider",
    )
    op.create_index(
        "ix_saved_view_shared",
        "saved_view",
        ["name"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("shared"),
    )
    op.create_table(
        "search_entry",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("item", "document", "message", name="kind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vector", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "subject_id", name=op.f("pk_search_entry")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_search_entry_tenant_id_provider_search_entry_item_id"),
        "search_entry",
        ["tenant_id", "item_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_search_entry_vector"),
        "search_entry",
        ["vector"],
        unique=False,
        schema="provider",
        postgresql_using="gin",
    )
    op.create_table(
        "security_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_provider_security_event_account_id_provider_security_event_at"),
        "security_event",
        ["account_id", "at"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "sla_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
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
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("due_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tell", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("fallback", sa.Text(), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_notice")),
        sa.UniqueConstraint(
            "tenant_id",
            "clock_id",
            "cycle",
            "percent",
            "due_version",
            name=op.f("uq_sla_notice_tenant_id_clock_id_cycle_percent_due_version"),
        ),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_index(
        "ix_sla_notice_waiting",
        "sla_notice",
        ["send_after"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("service_key", sa.Text(), nullable=True),
        sa.Column("type_key", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("calendar_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "type_key is null or service_key is not null",
            name=op.f("ck_sla_policy_type_of_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy")),
        sa.UniqueConstraint(
            "tenant_id",
            "service_key",
            "type_key",
            "priority",
            name=op.f("uq_sla_policy_tenant_id_service_key_type_key_priority"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "sla_timer",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_version", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "clock_id", name=op.f("pk_sla_timer")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        "ix_sla_timer_armed",
        "sla_timer",
        ["next_alert_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("next_alert_at is not null"),
    )
    op.create_table(
        "sla_what_if",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("question", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_what_if")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_sla_what_if_tenant_id_provider_sla_what_if_id"),
        "sla_what_if",
        ["tenant_id", "id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "staff_absence",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "starts_on", name=op.f("pk_staff_absence")),
        schema="provider",
    )
    op.create_table(
        "staff_client",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "tenant_id", name=op.f("pk_staff_client")),
        schema="provider",
    )
    op.create_table(
        "staff_cost",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("minor_per_hour", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.CheckConstraint("minor_per_hour >= 0", name=op.f("ck_staff_cost_minor_per_hour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_cost")),
        schema="provider",
    )
    op.create_index(
        "uq_staff_cost", "staff_cost", ["who", "valid_from"], unique=True, schema="provider"
    )
    op.create_table(
        "staff_shift",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "weekday", name=op.f("pk_staff_shift")),
        schema="provider",
    )
    op.create_table(
        "staff_skill",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("level", sa.SmallInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "skill", name=op.f("pk_staff_skill")),
        schema="provider",
    )
    op.create_table(
        "stripe_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "intended",
                "done",
                "unknown",
                "spent",
                "refused",
                name="callstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("result_id", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_call")),
        sa.UniqueConstraint("key", name=op.f("uq_stripe_call_key")),
        sa.UniqueConstraint("subject", "version", name=op.f("uq_stripe_call_subject_version")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_call_invoice_id"),
        "stripe_call",
        ["invoice_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "stripe_cursor",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_cursor")),
        schema="provider",
    )
    op.create_table(
        "stripe_customer",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("method_id", sa.Text(), nullable=False),
        sa.Column("method", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_stripe_customer")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_stripe_customer_customer_id")),
        schema="provider",
    )
    op.create_table(
        "stripe_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_difference")),
        schema="provider",
    )
    op.create_index(
        "uq_stripe_difference_open",
        "stripe_difference",
        ["kind", "subject"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("api_version", sa.Text(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "applied",
                "ignored",
                "quarantined",
                name="eventstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stripe_event_event_id")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_event_invoice_id"),
        "stripe_event",
        ["invoice_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_event_object_id"),
        "stripe_event",
        ["object_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_event_state_provider_stripe_event_received_at"),
        "stripe_event",
        ["state", "received_at"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_stripe_event_waiting",
        "stripe_event",
        ["received_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "stripe_fee",
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_stripe_fee")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_provider_stripe_fee_at"), "stripe_fee", ["at"], unique=False, schema="provider"
    )
    op.create_table(
        "stripe_object",
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stripe_id", name=op.f("pk_stripe_object")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_object_invoice_id"),
        "stripe_object",
        ["invoice_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_object_tenant_id"),
        "stripe_object",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "spare",
                "ready",
                "suspended",
                "closed",
                "failed",
                name="tenantstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("code ~ '^[A-Z]{2,8}$'", name=op.f("ck_tenant_code")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'", name=op.f("ck_tenant_slug")
        ),
        sa.CheckConstraint(
            "state in ('spare','failed') or (slug is not null and code is not null)",
            name=op.f("ck_tenant_named"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
        schema="provider",
    )
    op.create_index(
        "ix_tenant_schema_version", "tenant", ["schema_version"], unique=False, schema="provider"
    )
    op.create_index(
        "ix_tenant_spare",
        "tenant",
        ["id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("state = 'spare'"),
    )
    op.create_table(
        "time_budget",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_time_budget_seconds")),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", name=op.f("pk_time_budget")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("rounded_seconds", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_time_entry_seconds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_time_entry_tenant_id_provider_time_entry_item_id"),
        "time_entry",
        ["tenant_id", "item_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_time_entry_to_approve",
        "time_entry",
        ["started_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("approved_at is null and seconds is not null"),
    )
    op.create_index(
        "uq_time_entry_running",
        "time_entry",
        ["account_id"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("seconds is null"),
    )
    op.create_table(
        "time_rule",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.CheckConstraint("step_minutes between 1 and 480", name=op.f("ck_time_rule_step")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_time_rule")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "usage_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("item_number", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("contract_service_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversal_of_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reversal_of_id"],
            ["provider.usage_entry.id"],
            name=op.f("fk_usage_entry_reversal_of_id_usage_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_entry")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_usage_entry_fact_id")),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_index(
        op.f("ix_provider_usage_entry_tenant_id_provider_usage_entry_accepted_at"),
        "usage_entry",
        ["tenant_id", "accepted_at"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_usage_entry_tenant_id_provider_usage_entry_performed_at"),
        "usage_entry",
        ["tenant_id", "performed_at"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "uq_usage_entry_reversal",
        "usage_entry",
        ["reversal_of_id"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("reversal_of_id is not null"),
    )
    op.create_table(
        "work_deed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_deed")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_work_deed_at"), "work_deed", ["at"], unique=False, schema="provider"
    )
    op.create_index(
        op.f("ix_provider_work_deed_batch_id"),
        "work_deed",
        ["batch_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "work_index",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
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
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urgent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remaining_seconds", sa.Integer(), nullable=True),
        sa.Column("target_seconds", sa.Integer(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_metric", sa.Text(), server_default="", nullable=False),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("is_measured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_ids", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", name=op.f("pk_work_index")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update", "delete")},
    )
    op.create_index(
        op.f("ix_provider_work_index_number"),
        "work_index",
        ["number"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_work_index_accept_by",
        "work_index",
        ["accept_by"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("status = 'delivered'"),
    )
    op.create_index(
        "ix_work_index_assignee",
        "work_index",
        ["assignee_id", "urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_index(
        "ix_work_index_critical",
        "work_index",
        ["due_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and paused_since is null"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_index(
        "ix_work_index_next_due",
        "work_index",
        ["next_due_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and next_due_at is not null"),
    )
    op.create_index(
        "ix_work_index_open",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_index(
        "ix_work_index_paused",
        "work_index",
        ["paused_since", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and paused_since is not null"),
    )
    op.create_index(
        "ix_work_index_review",
        "work_index",
        ["urgent_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("status = 'review'"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_index(
        "ix_work_index_takeable",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("status = 'new' and assignee_id is null"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_index(
        "ix_work_index_tenant",
        "work_index",
        ["tenant_id", "urgent_at", "item_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "ix_work_index_title",
        "work_index",
        [sa.literal_column("to_tsvector('simple'::regconfig, title)")],
        unique=False,
        schema="provider",
        postgresql_using="gin",
    )
    op.create_index(
        "ix_work_index_unmeasured",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and not is_measured"),
    )
    op.create_index(
        "ix_work_index_waiting",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and waiting_for = 'client'"),
        postgresql_include=("service_key", "tenant_id"),
    )
    op.create_table(
        "action_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose in ('invitation', 'reset')", name=op.f("ck_action_token_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["provider.account.id"], name=op.f("fk_action_token_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_token")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_action_token_account_id"),
        "action_token",
        ["account_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("used_at is null"),
    )
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["provider.calendar.id"],
            name=op.f("fk_calendar_version_calendar_id_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint(
            "calendar_id", "number", name=op.f("uq_calendar_version_calendar_id_number")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "contract_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("promise", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["provider.contract.id"],
            name=op.f("fk_contract_service_contract_id_contract"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_service")),
        sa.UniqueConstraint(
            "contract_id", "service_key", name=op.f("uq_contract_service_contract_id_service_key")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_contract_service_tenant_id"),
        "contract_service",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "contract_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "agreed", name="versionstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("terms_days", sa.SmallInteger(), nullable=False),
        sa.Column("billing_day", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "vat_treatment",
            sa.Enum(
                "standard",
                "reverse_charge",
                "exempt",
                name="vattreatment",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("vat_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column(
            "collection",
            sa.Enum(
                "charge_automatically",
                "send_invoice",
                name="collection",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dunning", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("credits", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(tenant_id, tenant_id, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_until, '[]')"), "&&"),
            where=sa.text("state = 'agreed'"),
            using="gist",
            name="ex_contract_version_days",
        ),
        sa.CheckConstraint(
            "billing_day between 1 and 28", name=op.f("ck_contract_version_billing_day")
        ),
        sa.CheckConstraint(
            "terms_days between 0 and 365", name=op.f("ck_contract_version_terms_days")
        ),
        sa.CheckConstraint(
            "valid_until is null or valid_until >= valid_from",
            name=op.f("ck_contract_version_days"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["provider.contract.id"],
            name=op.f("fk_contract_version_contract_id_contract"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_version")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_version_contract_id_number")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_contract_version_tenant_id_provider_contract_version_valid_from"),
        "contract_version",
        ["tenant_id", "valid_from"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "desk_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("instead_of", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["provider.sla_notice.id"],
            name=op.f("fk_desk_notice_notice_id_sla_notice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_notice")),
        sa.UniqueConstraint(
            "account_id", "notice_id", name=op.f("uq_desk_notice_account_id_notice_id")
        ),
        schema="provider",
    )
    op.create_index(
        "ix_desk_notice_unread",
        "desk_notice",
        ["account_id", "id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_table(
        "engagement_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["provider.engagement.id"],
            name=op.f("fk_engagement_period_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_period")),
        sa.UniqueConstraint(
            "tenant_id",
            "service_key",
            "matter",
            "period_key",
            name=op.f("uq_engagement_period_tenant_id_service_key_matter_period_key"),
        ),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        op.f("ix_provider_engagement_period_due_on"),
        "engagement_period",
        ["due_on"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_engagement_period_tenant_id_provider_engagement_period_item_id"),
        "engagement_period",
        ["tenant_id", "item_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "exported_booking",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invoice",
                "correction",
                "payment",
                "refund",
                "fee",
                name="bookingkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vat_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["provider.datev_export.id"],
            name=op.f("fk_exported_booking_export_id_datev_export"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_exported_booking")),
        schema="provider",
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_provider_exported_booking_booked_on"),
        "exported_booking",
        ["booked_on"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_exported_booking_export_id"),
        "exported_booking",
        ["export_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "requester",
                "approver",
                "client_admin",
                name="clientrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column(
            "sight",
            sa.Enum("own", "department", "all", name="sight", native_enum=False, length=40),
            server_default="all",
            nullable=False,
        ),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "email", "name", "locale"],
            [
                "provider.account.id",
                "provider.account.email",
                "provider.account.name",
                "provider.account.locale",
            ],
            name="fk_membership_account",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", name=op.f("uq_membership_tenant_id_account_id")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_membership_account_id"),
        "membership",
        ["account_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["provider.account.id"],
            name=op.f("fk_recovery_code_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_code")),
        schema="provider",
    )
    op.create_table(
        "sla_policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["provider.sla_policy.id"],
            name=op.f("fk_sla_policy_version_policy_id_sla_policy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy_version")),
        sa.UniqueConstraint(
            "policy_id", "number", name=op.f("uq_sla_policy_version_policy_id_number")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "staff_role",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "operator",
                "team_lead",
                "finance",
                "admin",
                "health",
                name="staffrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["provider.account.id"], name=op.f("fk_staff_role_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_staff_role")),
        schema="provider",
    )
    op.create_table(
        "wall_client",
        sa.Column("wall_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wall_id"],
            ["provider.ethical_wall.id"],
            name=op.f("fk_wall_client_wall_id_ethical_wall"),
        ),
        sa.PrimaryKeyConstraint("wall_id", "tenant_id", name=op.f("pk_wall_client")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "wall_side",
        sa.Column("wall_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["wall_id"],
            ["provider.ethical_wall.id"],
            name=op.f("fk_wall_side_wall_id_ethical_wall"),
        ),
        sa.PrimaryKeyConstraint("wall_id", "account_id", name=op.f("pk_wall_side")),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_step", sa.Boolean(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["provider.account.id"], name=op.f("fk_web_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_web_session_account_id"),
        "web_session",
        ["account_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.create_index(
        op.f("ix_provider_web_session_expires_at"),
        "web_session",
        ["expires_at"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "contract_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "retainer",
                "unit_price",
                "time_and_material",
                "allowance",
                "minimum",
                name="linekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "price_model",
            sa.Enum("flat", "graduated", "volume", name="pricemodel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("tiers", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("included", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("roll_over", sa.Boolean(), nullable=False),
        sa.Column("vat_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["provider.contract_version.id"],
            name=op.f("fk_contract_line_version_id_contract_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_line")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_contract_line_version_id_key")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_contract_line_version_id_provider_contract_line_position"),
        "contract_line",
        ["version_id", "position"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "document_type",
            sa.Enum("380", "381", name="invoicetype", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "issued",
                "carried",
                "corrected",
                name="invoicestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_groups", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("blocked_because", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "collection",
            sa.Enum(
                "charge_automatically",
                "send_invoice",
                name="collection",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seller", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("buyer", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column(
            "payment_state",
            sa.Enum(
                "open",
                "partly_paid",
                "paid",
                "overpaid",
                name="paymentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "collection_state",
            sa.Enum(
                "none",
                "processing",
                "action_required",
                "failed",
                "disputed",
                "uncollectible",
                name="collectionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('draft', 'approved', 'carried')) = (number = '')",
            name=op.f("ck_invoice_numbered"),
        ),
        sa.CheckConstraint("net_minor + vat_minor = gross_minor", name=op.f("ck_invoice_sum")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["provider.invoice.id"], name=op.f("fk_invoice_corrects_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["provider.rating_run.id"], name=op.f("fk_invoice_run_id_rating_run")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["provider.contract_version.id"],
            name=op.f("fk_invoice_version_id_contract_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_invoice_state_provider_invoice_period"),
        "invoice",
        ["state", "period"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_invoice_tenant_id_provider_invoice_period"),
        "invoice",
        ["tenant_id", "period"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "uq_invoice_corrects",
        "invoice",
        ["corrects_id"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("corrects_id is not null"),
    )
    op.create_index(
        "uq_invoice_number",
        "invoice",
        ["number"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("number <> ''"),
    )
    op.create_index(
        "uq_invoice_run",
        "invoice",
        ["run_id", "document_type"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("run_id is not null"),
    )
    op.create_table(
        "dunning_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reminder_1",
                "reminder_2",
                "read_only",
                name="dunningkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["provider.invoice.id"], name=op.f("fk_dunning_step_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_step")),
        sa.UniqueConstraint("invoice_id", "kind", name=op.f("uq_dunning_step_invoice_id_kind")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_dunning_step_tenant_id"),
        "dunning_step",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "invoice_document",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pdf", "xml", name="documentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["provider.invoice.id"],
            name=op.f("fk_invoice_document_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("invoice_id", "kind", name=op.f("pk_invoice_document")),
        schema="provider",
        info={"clients_may": ("select",), "append_only": True},
    )
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contract_line_id", sa.Uuid(), nullable=True),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_category", sa.Text(), nullable=False),
        sa.Column("vat_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["provider.invoice.id"],
            name=op.f("fk_invoice_line_invoice_id_invoice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "invoice_id", "position", name=op.f("uq_invoice_line_invoice_id_position")
        ),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_table(
        "invoice_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["provider.invoice.id"],
            name=op.f("fk_invoice_payment_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_payment")),
        sa.UniqueConstraint(
            "invoice_id", "source", name=op.f("uq_invoice_payment_invoice_id_source")
        ),
        schema="provider",
        info={"clients_may": ("select",), "append_only": True},
    )
    op.create_table(
        "service_credit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "disputed",
                "credited",
                "refused",
                name="creditstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("uncapped_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("cap_percent", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=False),
        sa.Column("disputed_by", sa.Text(), nullable=False),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["provider.invoice.id"],
            name=op.f("fk_service_credit_invoice_id_invoice"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_credit")),
        sa.UniqueConstraint(
            "tenant_id",
            "period",
            "sequence",
            name=op.f("uq_service_credit_tenant_id_period_sequence"),
        ),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
    )
    op.create_index(
        op.f("ix_provider_service_credit_state_provider_service_credit_tenant_id"),
        "service_credit",
        ["state", "tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "stripe_push",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "pushed", "blocked", name="pushstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["provider.invoice.id"], name=op.f("fk_stripe_push_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_stripe_push")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_stripe_push_stripe_id")),
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_push_state"),
        "stripe_push",
        ["state"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        op.f("ix_provider_stripe_push_tenant_id"),
        "stripe_push",
        ["tenant_id"],
        unique=False,
        schema="provider",
    )
    op.create_table(
        "billed_entry",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("usage_entry_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["provider.invoice.id"],
            name=op.f("fk_billed_entry_invoice_id_invoice"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["provider.invoice_line.id"],
            name=op.f("fk_billed_entry_line_id_invoice_line"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["usage_entry_id"],
            ["provider.usage_entry.id"],
            name=op.f("fk_billed_entry_usage_entry_id_usage_entry"),
        ),
        sa.PrimaryKeyConstraint("line_id", "usage_entry_id", name=op.f("pk_billed_entry")),
        schema="provider",
        info={"clients_may": ("select",)},
    )
    op.create_index(
        op.f("ix_provider_billed_entry_invoice_id"),
        "billed_entry",
        ["invoice_id"],
        unique=False,
        schema="provider",
    )
    op.create_index(
        "uq_billed_entry_live",
        "billed_entry",
        ["usage_entry_id"],
        unique=True,
        schema="provider",
        postgresql_where=sa.text("is_live and is_first"),
    )
    op.create_table(
        "service_credit_breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes_late", sa.BigInteger(), nullable=False),
        sa.Column("split", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_id"],
            ["provider.service_credit.id"],
            name=op.f("fk_service_credit_breach_credit_id_service_credit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_credit_breach")),
        sa.UniqueConstraint(
            "tenant_id",
            "subject_id",
            "metric",
            "cycle",
            name=op.f("uq_service_credit_breach_tenant_id_subject_id_metric_cycle"),
        ),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_index(
        op.f("ix_provider_service_credit_breach_credit_id"),
        "service_credit_breach",
        ["credit_id"],
        unique=False,
        schema="provider",
    )
