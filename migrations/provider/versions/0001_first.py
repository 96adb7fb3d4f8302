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
        postgresql_where=sa.text("state = 'pending'"),
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
        "staff_skill",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "skill", name=op.f("pk_staff_skill")),
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
        "usage_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Text(), nullable=False),
        sa.Column("service_key", sa.Text(), nullable=False),
        sa.Column("contract_service_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_entry")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_usage_entry_fact_id")),
        schema="provider",
        info={"clients_may": ("select", "insert")},
    )
    op.create_index(
        op.f("ix_provider_usage_entry_tenant_id_provider_usage_entry_performed_at"),
        "usage_entry",
        ["tenant_id", "performed_at"],
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
    )
    op.create_index(
        "ix_work_index_critical",
        "work_index",
        ["due_at"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open and paused_since is null"),
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
    )
    op.create_index(
        "ix_work_index_takeable",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("status = 'new' and assignee_id is null"),
    )
    op.create_index(
        "ix_work_index_tenant",
        "work_index",
        ["tenant_id", "urgent_at", "item_id"],
        unique=False,
        schema="provider",
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
