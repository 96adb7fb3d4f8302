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
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("worker_ids", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", name=op.f("pk_work_index")),
        schema="provider",
        info={"clients_may": ("select", "insert", "update")},
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
        "ix_work_index_open",
        "work_index",
        ["urgent_at", "item_id"],
        unique=False,
        schema="provider",
        postgresql_where=sa.text("is_open"),
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
