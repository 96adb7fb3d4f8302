"""Publish a fact, enqueue a job: rows in the caller's own transaction. Redis is never asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from app.jobs import codec, registry
from app.jobs.models import Fact, Job, ProviderFact
from app.jobs.rules import JobState
from app.kernel.clock import now
from app.kernel.events import Event
from app.kernel.ids import new_id
from tenants import bulk
from tenants.context import current
from tenants.db import db

CHANNEL = "kontor_jobs"
"""Where the relay listens: woken at commit, not before."""
_AT_ONCE = 1_000


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
# One statement: the row, the refusal of an equal one, and the knock at the relay's door.
_JOB = bulk.insert_into(
    Job.__table__,
    (
        "public_id", "tenant_id", "parent_id", "kind", "args", "job_class", "priority", "state",
        "run_at", "is_ripe", "attempts", "max_attempts", "deaths", "dedupe_key", "waits_for",
        "is_tiny", "created_at",
    ),
    then=f"on conflict do nothing returning id, pg_notify('{CHANNEL}', '')",
)  # fmt: skip


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
        "parent_id": None,
        "kind": task.kind,
        "args": args,
        "job_class": task.job_class,
        "priority": 0,
        "state": JobState.PENDING,
        "attempts": 0,
        "deaths": 0,
        "waits_for": 0,
        "dedupe_key": None,
        "max_attempts": task.max_attempts,
        "is_tiny": task.tiny,
        "run_at": run_at or moment,
        "is_ripe": run_at is None or run_at <= moment,
        "created_at": moment,
    }


def _insert(rows: list[dict[str, Any]]) -> bool:
    return bulk.carry_out(_JOB, rows).first() is not None


def enqueue_batch(
    kind: str, *, parts: Sequence[Mapping[str, Any]], then: str, then_args: Mapping[str, Any]
) -> UUID:
    """Have many jobs of a kind done, and when all of them have ended, well or not, one of `then`.

    That one runs once; `running.parts_done()` tells it how its parts ended. To discard it before
    discards what is left of its parts. Returns its public id. Raises UnknownKind.
    """
    parent = _row(registry.task(then), args=codec.encode(then_args))
    parent |= {"state": JobState.WAITING if parts else JobState.PENDING, "waits_for": len(parts)}
    parent_id = db.session.scalar(insert(Job).values(parent).returning(Job.id))
    task = registry.task(kind)
    rows = [_row(task, args=codec.encode(args)) | {"parent_id": parent_id} for args in parts]
    for first in range(0, len(rows), _AT_ONCE):
        _insert(rows[first : first + _AT_ONCE])
    if not rows:
        db.session.execute(select(func.pg_notify(CHANNEL, "")))
    public_id: UUID = parent["public_id"]
    return public_id
