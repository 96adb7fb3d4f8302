"""The job table (the record; RQ only dispatches), its attempts, and the facts published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.jobs.rules import JobClass, JobState, Outcome
from app.kernel.ids import new_id
from tenants.db import APPEND_ONLY, ProviderModel, TenantModel, clients_may


class Job(ProviderModel):
    """Something to be done. No tenant: it belongs to the provider's own books."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_pending",
            "job_class",
            "tenant_id",
            "priority",
            "id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_job_due", "run_at", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_job_lease",
            "lease_until",
            postgresql_where=text("state in ('enqueued', 'running')"),
        ),
        Index("ix_job_dead", "id", postgresql_where=text("state = 'dead'")),
        Index(
            "uq_job_dedupe_key",
            "tenant_id",
            "kind",
            "dedupe_key",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(
                "dedupe_key is not null and state in ('pending', 'enqueued', 'running', 'held')"
            ),
        ),
        Index(
            # A client must not be able to take the provider's turn.
            "uq_job_cron_key",
            "tenant_id",
            "cron_key",
            "run_at",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("cron_key is not null"),
        ),
        clients_may("select", "insert", "update"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=new_id, unique=True)
    """The idempotency key towards the outside."""
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    """Ids only."""
    job_class: Mapped[JobClass]
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Smaller is sooner."""
    state: Mapped[JobState] = mapped_column(default=JobState.PENDING)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    deaths: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How many workers died while they worked on it."""
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    dedupe_key: Mapped[str | None]
    cron_key: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    progress: Mapped[dict[str, Any] | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobAttempt(ProviderModel):
    """An attempt that did not end well. Only ever added to."""

    __tablename__ = "job_attempt"
    __table_args__ = (
        Index("ix_job_attempt_job_id", "job_id", "at"),
        clients_may("select", "insert"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[int] = mapped_column(BigInteger)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    outcome: Mapped[Outcome]
    worker: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")


class JobRelay(ProviderModel):
    """What the relay knows and last did: one row."""

    __tablename__ = "job_relay"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(default="")
    """Value of Redis' epoch key: another value means that Redis has forgotten its queues."""
    ticked_at: Mapped[datetime]
    tick_ms: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")
    """Why nothing is dispatched at present; empty when all is well."""


class _Published:
    """What a published fact consists of."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]


class Fact(_Published, TenantModel):
    """Something that has happened at a client: written beside the change that made it true."""

    __tablename__ = "fact"
    __table_args__ = (APPEND_ONLY,)


class ProviderFact(_Published, ProviderModel):
    """Something that has happened in the provider's own books."""

    __tablename__ = "fact"
    __table_args__ = (APPEND_ONLY,)
