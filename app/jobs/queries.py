"""Reads for the desk's page, the shell and the metrics. In the provider's books."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import Select, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.jobs import parts
from app.jobs.models import Job, JobAttempt, JobRelay
from app.jobs.relay import redis_client
from app.jobs.rules import ACTIVE, JobClass, JobState, may_discard, may_edit, may_retry
from app.kernel.clock import now
from app.kernel.errors import NotFound
from tenants.db import db
from tenants.models import Tenant


class View(StrEnum):
    """The lists that a lead looks at."""

    DEAD = "dead"
    RUNNING = "running"
    WAITING = "waiting"
    DELAYED = "delayed"
    HELD = "held"
    GIVEN_UP = "given_up"


OPEN_VIEWS = tuple(view for view in View if view is not View.GIVEN_UP)
"""Of jobs that are to be done, or looked at."""


def _within(view: View) -> ColumnElement[bool]:
    pending = Job.state == JobState.PENDING
    return {
        View.DEAD: Job.state == JobState.DEAD,
        View.RUNNING: Job.state.in_((JobState.ENQUEUED, JobState.RUNNING)),
        View.WAITING: (Job.state == JobState.WAITING) | (pending & (Job.run_at <= now())),
        View.DELAYED: pending & (Job.run_at > now()),
        View.HELD: Job.state == JobState.HELD,
        View.GIVEN_UP: Job.state == JobState.CANCELLED,
    }[view]


_OPEN = Job.state.in_((*ACTIVE, JobState.DEAD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Whose jobs and which kind somebody looks at; all where nothing is said."""

    tenant_id: int | None = None
    kind: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        found = []
        if self.tenant_id is not None:
            # The provider's own have no client: 0 stands for it.
            found.append(Job.tenant_id.is_not_distinct_from(self.tenant_id or None))
        if self.kind:
            found.append(Job.kind == self.kind)
        return found


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as a list shows it."""

    id: int
    public_id: UUID
    kind: str
    job_class: JobClass
    state: JobState
    client: str | None
    """The client's name; None for the provider's own jobs."""
    attempts: int
    max_attempts: int
    waits_for: int
    cancel_requested_at: datetime | None
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    last_error: str | None
    progress: dict[str, Any] | None
    args: dict[str, Any]

    @property
    def may_retry(self) -> bool:
        return may_retry(self.state)

    @property
    def may_discard(self) -> bool:
        return may_discard(self.state) and self.cancel_requested_at is None

    @property
    def may_edit(self) -> bool:
        return may_edit(self.state) and bool(self.args)

    @property
    def since(self) -> datetime:
        """When it came to be as it is: begun, failed for good; else ordered."""
        changed = {JobState.RUNNING: self.started_at, JobState.DEAD: self.finished_at}
        return changed.get(self.state) or self.created_at

    @property
    def delayed(self) -> bool:
        return self.state is JobState.PENDING and self.run_at > now()


def jobs(
    *, view: View, narrowed: Narrowed = EVERYTHING, before: int | None = None, limit: int = 50
) -> Sequence[JobRow]:
    """One page of a view, the newest first; `before`: the last id of the page before."""
    query = _rows().where(_within(view), *narrowed.conditions()).order_by(Job.id.desc())
    if before is not None:
        query = query.where(Job.id < before)
    return [JobRow(**row._asdict()) for row in db.session.execute(query.limit(limit))]


def some(public_ids: Collection[UUID]) -> Sequence[JobRow]:
    """Those of them that there are, the oldest first."""
    query = _rows().where(Job.public_id.in_(public_ids)).order_by(Job.id)
    return [JobRow(**row._asdict()) for row in db.session.execute(query)]


def active(*, kinds: Collection[str], dedupe_key: str) -> Sequence[JobRow]:
    """Jobs of these kinds about one thing that have not ended."""
    query = _rows().where(
        Job.kind.in_(kinds), Job.dedupe_key == dedupe_key, Job.state.in_((*ACTIVE, JobState.DEAD))
    )
    return [JobRow(**row._asdict()) for row in db.session.execute(query.order_by(Job.id))]


def how_far(*, kind: str, dedupe_key: str) -> tuple[int, int] | None:
    """How much of a running job is done, of how much; None where it does not say.

    In the books of the provider or of the client whose job it is.
    """
    query = select(Job.progress).where(
        Job.kind == kind, Job.dedupe_key == dedupe_key, Job.state == JobState.RUNNING
    )
    told = db.session.scalar(query) or {}
    done, of = told.get("done"), told.get("of")
    return (int(done), int(of)) if done is not None and of else None


def job(public_id: UUID) -> JobRow:
    """One job. Raises NotFound."""
    row = db.session.execute(_rows().where(Job.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such job.")
    return JobRow(**row._asdict())


def parts_of(job_id: int) -> Mapping[JobState, int]:
    """How many parts of a batch are in which state; empty for a job that has none."""
    return parts.outcome(job_id)


def dead_keys(kind: str) -> frozenset[str]:
    """The dedupe_keys of dead jobs of that kind: somebody has to look at them first."""
    query = select(Job.dedupe_key).where(
        Job.state == JobState.DEAD, Job.kind == kind, Job.dedupe_key.is_not(None)
    )
    return frozenset(key for key in db.session.scalars(query) if key)


def attempts(job_id: int) -> Sequence[JobAttempt]:
    """The attempts of a job that did not end well, the newest first."""
    query = select(JobAttempt).where(JobAttempt.job_id == job_id)
    return db.session.scalars(query.order_by(JobAttempt.at.desc()).limit(50)).all()


def _rows() -> Select[Any]:
    names = [name for name in JobRow.__dataclass_fields__ if name != "client"]
    return select(*(getattr(Job, name) for name in names), Tenant.name.label("client")).outerjoin(
        Tenant, Tenant.id == Job.tenant_id
    )


def counts(narrowed: Narrowed = EVERYTHING) -> dict[View, int]:
    """How many jobs each view has."""
    counted = [func.count().filter(_within(view)) for view in View]
    shown = _OPEN | (Job.state == JobState.CANCELLED)
    row = db.session.execute(select(*counted).where(shown, *narrowed.conditions())).one()
    return dict(zip(View, row, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A kind of a client's jobs that are not done."""

    tenant_id: int | None
    client: str | None
    kind: str
    numbers: dict[View, int]
    oldest: datetime | None
    """Since when the job has been due that has waited longest."""


def groups() -> Sequence[Group]:
    """What is not done, by client and kind."""
    due = (Job.state == JobState.PENDING) & (Job.run_at <= now())
    columns = (Job.tenant_id, Tenant.name, Job.kind)
    counted = [func.count().filter(_within(view)) for view in OPEN_VIEWS]
    query = (
        select(*columns, func.min(Job.run_at).filter(due), *counted)
        .select_from(Job)
        .outerjoin(Tenant, Tenant.id == Job.tenant_id)
        .where(_OPEN)
        .group_by(*columns)
        .order_by(Tenant.name.nulls_first(), Job.kind)
    )
    return [
        Group(
            tenant_id=tenant_id, client=name, kind=kind, oldest=oldest,
            numbers=dict(zip(OPEN_VIEWS, numbers, strict=True)),
        )
        for tenant_id, name, kind, oldest, *numbers in db.session.execute(query)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The state of the whole job system at a moment."""

    by_state: dict[tuple[JobState, JobClass], int]
    oldest_pending_seconds: float
    """How long the job has been due that has waited longest."""
    relay_silent_seconds: float | None
    """Since the relay's last tick; None if it has never run."""
    relay_tick_seconds: float
    relay_trouble: str


def pulse() -> Pulse:
    """Figures for metrics and doctor. What is done is not counted: it grows for ever."""
    moment = now()
    due = select(func.min(Job.run_at)).where(Job.state == JobState.PENDING)
    oldest = db.session.scalar(due)
    relay = db.session.execute(
        select(JobRelay.ticked_at, JobRelay.tick_ms, JobRelay.trouble)
    ).one_or_none()
    return Pulse(
        by_state={(state, job_class): number for state, job_class, number in _counted()},
        oldest_pending_seconds=max((moment - oldest).total_seconds(), 0) if oldest else 0,
        relay_silent_seconds=(moment - relay.ticked_at).total_seconds() if relay else None,
        relay_tick_seconds=relay.tick_ms / 1000 if relay else 0,
        relay_trouble=relay.trouble if relay else "",
    )


def _counted() -> Sequence[tuple[JobState, JobClass, int]]:
    query = select(Job.state, Job.job_class, func.count()).where(_OPEN)
    rows = db.session.execute(query.group_by(Job.state, Job.job_class)).all()
    return [(state, job_class, number) for state, job_class, number in rows]


def redis_answers(redis_url: str, *, seconds: float = 0.3) -> bool:
    """Whether Redis can be reached within so many seconds."""
    connection = redis_client(redis_url, seconds=seconds)
    try:
        return bool(connection.ping())
    except RedisError:
        return False
    finally:
        connection.close()
