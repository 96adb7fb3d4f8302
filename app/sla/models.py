"""Tables: what is promised (the provider's books), what happened and how clocks stand (a client's).

A client's schema stands alone: clocks name their terms by content, so that a promise does not
change because somebody edits a policy, and can be judged again anywhere from these tables.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla.events import CorrectionKind
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Cause, Metric
from tenants.db import APPEND_ONLY, ProviderModel, TenantModel, clients_may

_JSON = JSONB(none_as_null=True)
"""Nothing is NULL, as for every other column: indexes and queries ask for it."""


class WorkingCalendar(ProviderModel):
    """A client's working calendar; without a tenant: a template of the provider's."""

    __tablename__ = "calendar"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key", postgresql_nulls_not_distinct=True),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[str]
    name: Mapped[str]


class CalendarVersion(ProviderModel):
    """What a calendar says; never changed, followed by the next version."""

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("calendar_id", "number"), clients_may("select"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey(WorkingCalendar.id))
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    author_name: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was changed, in its author's words."""


class SlaPolicy(ProviderModel):
    """For which work a client has a promise of its own; an empty column means any."""

    __tablename__ = "sla_policy"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "service_key",
            "type_key",
            "priority",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("type_key is null or service_key is not null", name="type_of_service"),
        clients_may("select"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    service_key: Mapped[str | None]
    type_key: Mapped[str | None]
    priority: Mapped[int | None]
    calendar_key: Mapped[str]


class SlaPolicyVersion(ProviderModel):
    """What a policy promises from `valid_from` on; never changed, followed by the next version."""

    __tablename__ = "sla_policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "number"), clients_may("select"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey(SlaPolicy.id))
    tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    valid_from: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    author_name: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was changed, in its author's words."""


class SlaTimer(ProviderModel):
    """When a clock wants to be looked at; written in the transaction that moves the clock."""

    __tablename__ = "sla_timer"
    __table_args__ = (
        Index(
            "ix_sla_timer_armed",
            "next_alert_at",
            postgresql_where=text("next_alert_at is not null"),
        ),
        clients_may("select", "insert", "update", "delete"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    clock_id: Mapped[UUID] = mapped_column(primary_key=True)
    next_alert_at: Mapped[datetime | None]
    due_version: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")


class SlaTerms(TenantModel):
    """A calendar or an agreement as a value, named by its content."""

    __tablename__ = "sla_terms"
    __table_args__ = (APPEND_ONLY,)

    digest: Mapped[str] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]]
    version_id: Mapped[UUID | None]
    """The version in the provider's books that these terms were first taken from."""
    first_used_at: Mapped[datetime] = mapped_column(default=now)


class SlaEvent(TenantModel):
    """Something that moves clocks. `at` is when it happened, `recorded_at` when it was noted."""

    __tablename__ = "sla_event"
    __table_args__ = (UniqueConstraint("subject_id", "number"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[UUID]
    number: Mapped[int]
    """The order of noting, from 1: decides between events of the same instant."""
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    kind: Mapped[Kind]
    cause: Mapped[Cause | None]
    by_provider: Mapped[bool] = mapped_column(default=False)
    target: Mapped[dict[str, Any] | None] = mapped_column(_JSON)
    claimed_at: Mapped[datetime | None]
    """The time that was given, where it lay in the future and `at` is the time of noting."""
    team: Mapped[str | None]
    """Whose step begins; of the kind step_started only."""
    due_at: Mapped[datetime | None]
    """The due time set by hand; of the kind due_set only."""
    metric: Mapped[Metric | None]
    """The clock that is meant, where an event is not about all: an excuse, a due time."""
    agreement_digest: Mapped[str | None] = mapped_column(ForeignKey(SlaTerms.digest))
    """The terms that hold from here on; of the kind policy_changed only."""
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Who corrected a promise by hand, and why."""


class SlaClock(TenantModel):
    """How one metric of a subject stood at `evaluated_at`: a cache of the fold over its events."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        UniqueConstraint("subject_id", "metric"),
        # What a correction of a calendar walks through, in the order of its cursor.
        Index("ix_sla_clock_open", "id", postgresql_where=text("result is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[UUID]
    service_key: Mapped[str] = mapped_column(default="", server_default="")
    """What the work is of: reports are told apart by it."""
    metric: Mapped[Metric]
    policy_id: Mapped[UUID | None]
    """The provider's policy the terms come from: its newest version says who is warned when."""
    calendar_key: Mapped[str] = mapped_column(default="default", server_default="default")
    calendar_digest: Mapped[str] = mapped_column(ForeignKey(SlaTerms.digest))
    agreement_digest: Mapped[str] = mapped_column(ForeignKey(SlaTerms.digest))
    """The terms that hold now."""
    first_agreement_digest: Mapped[str | None] = mapped_column(ForeignKey(SlaTerms.digest))
    """The terms it began with, where it was put under others since."""
    current_version_id: Mapped[UUID | None] = query_expression()
    """The policy's newest version, where it was asked for (standing.clocks)."""
    is_silent: Mapped[bool] = mapped_column(default=False)
    """Imported: its result is kept, nobody is told."""
    earlier_calendars: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list, server_default=text("'[]'")
    )
    """Calendars that were corrected: {digest, until, cycles}; what ended under one keeps it."""
    state: Mapped[State]
    team: Mapped[str] = mapped_column(default="", server_default="")
    """Whose step it is, where an internal step is measured."""
    cycle: Mapped[int] = mapped_column(default=0)
    due_version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    paused_since: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    """What the due time was before somebody set another by hand."""
    original_breached_at: Mapped[datetime | None]
    """A breach that stood in the record and was excused."""
    excused: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    target_seconds: Mapped[int] = mapped_column(default=0)
    elapsed_seconds: Mapped[int] = mapped_column(default=0)
    next_alert_at: Mapped[datetime | None]
    evaluated_at: Mapped[datetime]
    result: Mapped[dict[str, Any] | None] = mapped_column(_JSON)
    """The frozen evidence of a clock that has ended: cycles, split, terms."""


class SlaAlertEntry(TenantModel):
    """A threshold that was passed: written once, told at most once."""

    __tablename__ = "sla_alert"
    __table_args__ = (
        UniqueConstraint("clock_id", "cycle", "percent", "due_version"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey(SlaClock.id))
    cycle: Mapped[int]
    percent: Mapped[int]
    due_version: Mapped[int]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    is_told: Mapped[bool]
    """False: a higher one was passed at the same look, and that one was told."""


class SlaCorrection(TenantModel):
    """A promise that was moved by hand or by a corrected calendar: before, after, who and why."""

    __tablename__ = "sla_correction"
    __table_args__ = (Index(None, "subject_id", "at"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[UUID]
    metric: Mapped[Metric]
    at: Mapped[datetime]
    kind: Mapped[CorrectionKind]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """Each: state, due_at, breached_at, calendar and agreement by digest."""


class SlaRecalculation(TenantModel):
    """How far a job is that goes through a client's open clocks; its key is the job's."""

    __tablename__ = "sla_recalculation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    cursor: Mapped[UUID | None]
    """The last clock that was looked at."""
    passed_over: Mapped[list[str]] = mapped_column(default=list)
    """Clocks that were in other hands; looked at in the end."""
    looked_at: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    actor_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
