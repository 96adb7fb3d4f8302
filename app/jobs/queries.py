"""Reads for the desk's page, the shell and the metrics. In the provider's books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import Select, func, select

from app.jobs.models import Job, JobAttempt, JobRelay
from app.jobs.relay import redis_client
from app.jobs.rules import JobClass, JobState, may_discard, may_retry
from app.kernel.clock import now
from app.kernel.errors import NotFound
from tenants.db import db
from tenants.models import Tenant


class View(StrEnum):
    """The lists that a lead looks at."""

    DEAD = "dead"
    WAITING = "waiting"
    RUNNING = "running"


_STATES = {
    View.DEAD: (JobState.DEAD,),
    View.WAITING: (JobState.PENDING, JobState.HELD),
    View.RUNNING: (JobState.ENQUEUED, JobState.RUNNING),
}


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
        return may_discard(self.state)

    @property
    def delayed(self) -> bool:
        return self.state is JobState.PENDING and self.run_at > now()


def jobs(*, view: View, before: int | None = None, limit: int = 50) -> Sequence[JobRow]:
    """One page of a view, the newest first; `before`: the last id of the page before."""
    query = _rows().where(Job.state.in_(_STATES[view])).order_by(Job.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Job.id < before)
    return [JobRow(**row._asdict()) for row in db.session.execute(query)]


def job(public_id: UUID) -> JobRow:
    """One job. Raises NotFound."""
    row = db.session.execute(_rows().where(Job.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such job.")
    return JobRow(**row._asdict())


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


def counts() -> dict[View, int]:
    """How many jobs each view has."""
    by_state = dict.fromkeys(JobState, 0)
    for state, _, number in _counted():
        by_state[state] += number
    return {view: sum(by_state[state] for state in states) for view, states in _STATES.items()}


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
    counted = [JobState.PENDING, JobState.HELD, JobState.ENQUEUED, JobState.RUNNING, JobState.DEAD]
    query = select(Job.state, Job.job_class, func.count()).where(Job.state.in_(counted))
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
