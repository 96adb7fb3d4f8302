"""The job table (the record; RQ only dispatches), its attempts, and the facts published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.jobs.rules import CatchUp, JobClass, JobState, Outcome
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
            postgresql_where=text("state = 'pending' and is_ripe"),
        ),
        Index(
            "ix_job_put_off", "run_at", postgresql_where=text("state = 'pending' and not is_ripe")
        ),
        Index("ix_job_due", "run_at", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_job_lease",
            "lease_until",
            postgresql_where=text("state in ('enqueued', 'running')"),
        ),
        Index("ix_job_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("ix_job_held", "id", postgresql_where=text("state in ('held', 'waiting')")),
        Index("ix_job_given_up", "id", postgresql_where=text("state = 'cancelled'")),
        Index("ix_job_finished", "finished_at", postgresql_where=text("finished_at is not null")),
        Index("ix_job_parent", "parent_id", postgresql_where=text("parent_id is not null")),
        Index(
            "uq_job_dedupe_key",
            "tenant_id",
            "kind",
            "dedupe_key",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(
                "dedupe_key is not null"
                " and state in ('pending', 'enqueued', 'running', 'held', 'waiting')"
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
    is_ripe: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """False: it waits for its time apart from the others; the relay sees when that has come."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    deaths: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How many workers died while they worked on it."""
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    dedupe_key: Mapped[str | None]
    cron_key: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    """The job that waits for this one, its part."""
    waits_for: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many parts have still to be done before it may begin (state waiting)."""
    is_tiny: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """One ticket drains many of these."""
    cancel_requested_at: Mapped[datetime | None]
    """A long job that runs ends at its next checkpoint."""
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
    redispatched: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Jobs handed out again because their ticket was lost. Only ever counts up."""
    lost: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Jobs whose worker died or went silent over them. Only ever counts up."""


class JobPause(ProviderModel):
    """Jobs that wait until somebody says otherwise: a client's, a kind's, or both at once."""

    __tablename__ = "job_pause"
    __table_args__ = (
        Index("uq_job_pause", "tenant_id", "kind", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    """None: every client's, and the provider's own; 0: only the provider's own."""
    kind: Mapped[str | None]
    """None: every kind."""
    by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class JobLimit(ProviderModel):
    """How many jobs may be on their way at once, and whose turn comes how often."""

    __tablename__ = "job_limit"
    __table_args__ = (
        Index("uq_job_limit", "tenant_id", "kind", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str | None]
    cap: Mapped[int | None]
    """None: as the class of jobs says."""
    weight: Mapped[int] = mapped_column(default=1)
    """2: twice as many turns as a client with 1. Counts for a client as a whole."""


class JobSchedule(ProviderModel):
    """A job that comes again and again, by the clock on somebody's wall."""

    __tablename__ = "job_schedule"
    __table_args__ = (
        Index(
            "uq_job_schedule_key", "tenant_id", "key", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_job_schedule_next", "next_at", postgresql_where=text("not is_paused")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[str]
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    cron: Mapped[str]
    """Five fields: minute, hour, day of the month, month, day of the week."""
    zone: Mapped[str]
    catch_up: Mapped[CatchUp]
    is_paused: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime]
    """The next slot that has not fired."""


class JobRefusal(ProviderModel):
    """A ticket in Redis that the relay did not write: what was found there, as evidence."""

    __tablename__ = "job_refusal"
    __table_args__ = (Index("ix_job_refusal_at", "at"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    queue: Mapped[str]
    ticket: Mapped[str]
    """The id it had in Redis."""
    reason: Mapped[str]
    found: Mapped[dict[str, Any]]
    """What stood in Redis, shortened."""


class JobAlert(ProviderModel):
    """What the provider's admins were last told about the jobs: one row for each matter."""

    __tablename__ = "job_alert"

    matter: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
    figure: Mapped[int] = mapped_column(BigInteger, default=0)
    is_open: Mapped[bool] = mapped_column(default=True)


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
