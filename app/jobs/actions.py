"""Publish a fact, enqueue a job: rows in the caller's own transaction. Redis is never asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.exc import IntegrityError

from app.audit import actions as audit
from app.jobs import codec, registry
from app.jobs.models import Fact, Job, ProviderFact
from app.jobs.rules import JobState, may_discard, may_retry
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.events import Event
from app.kernel.ids import new_id
from tenants import bulk
from tenants.context import current
from tenants.db import db

CHANNEL = "kontor_jobs"
"""Where the relay listens: woken at commit, not before."""


def publish(event: Event) -> None:
    """Write the fact beside the change that made it true, and one job for each subscriber.

    Inside a client's scope the fact is the client's, outside it is the provider's.
    """
    publish_all([event])


def publish_all(events: Sequence[Event]) -> None:
    """The same for many facts at once, with no more statements than for one."""
    if not events:
        return
    facts = [
        {
            "id": event.event_id,
            "name": type(event).__name__,
            "payload": codec.encode(event),
            "occurred_at": event.occurred_at,
        }
        for event in events
    ]
    bulk.carry_out(_PROVIDER_FACT if current.get() is None else _FACT, facts)
    rows = [
        _row(task, args={"fact_id": str(event.event_id)})
        for event in events
        for task in registry.subscribers(type(event))
    ]
    if rows:
        _insert(rows)


_COLUMNS = ("id", "name", "payload", "occurred_at")
_FACT = bulk.insert_into(Fact.__table__, _COLUMNS)
_PROVIDER_FACT = bulk.insert_into(ProviderFact.__table__, _COLUMNS)


def enqueue(
    kind: str,
    *,
    args: Mapping[str, Any],
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    priority: int = 0,
    tenant_id: int | None = None,
) -> UUID | None:
    """Have a job done after this transaction commits, not before `run_at` (aware; default now).

    The job is the client's in scope; in the provider's books that of `tenant_id`, or its own.

    `args` are ids. While an equal job (same client, kind and dedupe_key) is waiting or running,
    none is added and None is returned, else the job's public id. A smaller `priority` is sooner.
    Raises UnknownKind.
    """
    task = registry.task(kind)
    row = _row(task, args=codec.encode(args), run_at=run_at, tenant_id=tenant_id)
    row |= {"dedupe_key": dedupe_key, "priority": priority}
    return row["public_id"] if _insert([row]) else None


def _row(
    task: registry.Task,
    *,
    args: Mapping[str, Any],
    run_at: datetime | None = None,
    tenant_id: int | None = None,
) -> dict[str, Any]:
    moment = now()
    tenant = current.get()
    return {
        "public_id": new_id(),
        "tenant_id": tenant.id if tenant else tenant_id,
        "kind": task.kind,
        "args": args,
        "job_class": task.job_class,
        "max_attempts": task.max_attempts,
        "run_at": run_at or moment,
        "created_at": moment,
    }


def _insert(rows: list[dict[str, Any]]) -> bool:
    # One statement: the row, the refusal of an equal one, and the knock at the relay's door.
    statement = (
        insert_or_skip(Job.__table__)  # type: ignore[arg-type]
        .values(rows)
        .on_conflict_do_nothing()
        .returning(Job.id, func.pg_notify(CHANNEL, ""))
    )
    return db.session.execute(statement).first() is not None


def retry(*, actor: Actor, job_id: UUID) -> None:
    """Have a dead or cancelled job run again (attempts counted anew), a waiting one at once.

    Raises Forbidden, NotFound, Conflict.
    """
    job = _held_by(actor, job_id)
    if not may_retry(job.state):
        raise Conflict("As it stands, this job cannot be started again.")
    _judge(actor, job, verb="job.retried")
    if job.state is not JobState.PENDING:
        job.attempts = job.deaths = 0
    job.state = JobState.PENDING
    job.run_at = now()
    job.finished_at = None
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict("The same job is waiting or running already.") from None
    db.session.execute(select(func.pg_notify(CHANNEL, "")))


def discard(*, actor: Actor, job_id: UUID) -> None:
    """Give up a job that nobody works on. Raises Forbidden, NotFound, Conflict."""
    job = _held_by(actor, job_id)
    if not may_discard(job.state):
        raise Conflict("As it stands, this job cannot be given up.")
    _judge(actor, job, verb="job.discarded")
    job.state = JobState.CANCELLED
    job.finished_at = now()


def _held_by(actor: Actor, job_id: UUID) -> Job:
    actor.require("job:manage")
    job = db.session.scalar(select(Job).where(Job.public_id == job_id).with_for_update())
    if job is None:
        raise NotFound("There is no such job.")
    return job


def _judge(actor: Actor, job: Job, *, verb: str) -> None:
    audit.record_provider(
        actor=actor, verb=verb, subject_type="job", subject_id=job.public_id,
        detail={
            "kind": job.kind, "tenant_id": job.tenant_id, "state": str(job.state),
            "attempts": job.attempts, "error": job.last_error,
        },
    )  # fmt: skip
