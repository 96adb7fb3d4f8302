"""Jobs that come again and again: rows in PostgreSQL, each slot fired once whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from app.audit import actions as audit
from app.jobs import codec, cron, registry
from app.jobs.actions import CHANNEL
from app.jobs.models import Job, JobSchedule
from app.jobs.registry import Standing
from app.jobs.rules import CatchUp
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import new_id
from tenants.context import TenantState
from tenants.db import db, transaction
from tenants.models import Tenant

log = structlog.get_logger(__name__)

ON_TIME = timedelta(minutes=5)
"""A slot that is later than that was missed: the schedule's catch-up policy decides."""
_SLOTS_AT_ONCE = 100
_SCHEDULES_AT_ONCE = 200
_SHOWN = 500
_JUST = timedelta(seconds=1)
_LOOKING_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=40))
_PROVIDERS_ZONE = "Europe/Berlin"


def keep_standing() -> None:
    """Every client that is open has the schedules that this release says; the provider too."""
    with transaction():
        clients = db.session.execute(
            select(Tenant.id, Tenant.zone).where(Tenant.state == TenantState.READY)
        ).all()
        known = {(one.tenant_id, one.key): one for one in db.session.scalars(select(JobSchedule))}
        for standing in registry.STANDING.values():
            places = clients if standing.per_client else [(None, _PROVIDERS_ZONE)]
            for tenant_id, zone in places:
                found = known.get((tenant_id, standing.key))
                if found is None:
                    _add(standing, tenant_id=tenant_id, zone=zone)
                elif (found.cron, found.zone) != (standing.cron, zone):
                    found.cron, found.zone = standing.cron, zone
                    found.next_at = cron.following(standing.cron, zone=zone, after=now())


def _add(standing: Standing, *, tenant_id: int | None, zone: str) -> None:
    values: dict[str, Any] = {
        "id": new_id(), "tenant_id": tenant_id, "key": standing.key, "kind": standing.kind,
        "cron": standing.cron, "args": codec.encode(standing.args), "zone": zone,
        "catch_up": standing.catch_up, "is_paused": False,
        "next_at": cron.following(standing.cron, zone=zone, after=now()),
    }  # fmt: skip
    db.session.execute(insert_or_skip(JobSchedule).values(values).on_conflict_do_nothing())


def fire() -> int:
    """Turn the slots that are due into jobs; returns how many. Any number may do so at once."""
    moment = now()
    with transaction():
        due = db.session.scalars(
            select(JobSchedule)
            .outerjoin(Tenant, Tenant.id == JobSchedule.tenant_id)
            .where(
                ~JobSchedule.is_paused,
                JobSchedule.next_at <= moment,
                # Another release's kinds wait for one that knows them; the policy catches up.
                JobSchedule.kind.in_(list(registry.TASKS)),
                or_(JobSchedule.tenant_id.is_(None), Tenant.state == TenantState.READY),
            )
            .order_by(JobSchedule.next_at)
            .limit(_SCHEDULES_AT_ONCE)
            .with_for_update(skip_locked=True, of=JobSchedule)
            .execution_options(populate_existing=True)
        ).all()
        return sum(_fire(schedule, at=moment) for schedule in due)


def _fire(schedule: JobSchedule, *, at: datetime) -> int:
    try:
        slots = _slots(schedule, at=at)
        last = slots[-1] if slots and schedule.catch_up is CatchUp.ALL else at
        schedule.next_at = cron.following(schedule.cron, zone=schedule.zone, after=last)
    except cron.Unreadable as unfit:
        # It must not keep the others from firing; the desk shows it as paused.
        log.error("schedule_unreadable", key=schedule.key, error=str(unfit))
        schedule.is_paused = True
        return 0
    return _insert(schedule, slots, at=at) if slots else 0


def _insert(schedule: JobSchedule, slots: list[datetime], *, at: datetime) -> int:
    task = registry.task(schedule.kind)
    rows = [
        {
            "public_id": new_id(), "tenant_id": schedule.tenant_id, "kind": schedule.kind,
            "args": schedule.args, "job_class": task.job_class,
            "max_attempts": task.max_attempts, "cron_key": schedule.key, "run_at": slot,
            "created_at": at,
        }
        for slot in slots
    ]  # fmt: skip
    fired = insert_or_skip(Job).values(rows).on_conflict_do_nothing()
    made = db.session.execute(fired.returning(Job.id, func.pg_notify(CHANNEL, "")))
    return len(made.all())


def _slots(schedule: JobSchedule, *, at: datetime) -> list[datetime]:
    """The slots to fire now: what the policy makes of those between `next_at` and now."""
    if schedule.catch_up is CatchUp.ALL:
        return _between(schedule, schedule.next_at, at)[:_SLOTS_AT_ONCE]
    if schedule.catch_up is CatchUp.SKIP:
        return _between(schedule, max(schedule.next_at, at - ON_TIME), at)
    for span in _LOOKING_BACK:
        found = _between(schedule, max(schedule.next_at, at - span), at)
        if found:
            return found[-1:]
    return [schedule.next_at]


def _between(schedule: JobSchedule, first: datetime, last: datetime) -> list[datetime]:
    found = []
    coming = cron.slots(schedule.cron, zone=schedule.zone, after=first - _JUST)
    for slot in islice(coming, 60 * 24):
        if slot > last:
            break
        found.append(slot)
    return found


class Deed(Protocol):
    """Pausing or resuming."""

    def __call__(self, *, actor: Actor, schedule_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule as the desk shows it."""

    id: UUID
    client: str | None
    key: str
    kind: str
    cron: str
    zone: str
    catch_up: CatchUp
    is_paused: bool
    next_at: datetime
    last_at: datetime | None
    """The slot that fired last, as long as its job is kept."""


def schedules() -> Sequence[Schedule]:
    """The next to fire first."""
    last = (
        select(Job.tenant_id, Job.cron_key, func.max(Job.run_at).label("last_at"))
        .where(Job.cron_key.is_not(None))
        .group_by(Job.tenant_id, Job.cron_key)
        .subquery()
    )
    same_client = last.c.tenant_id.is_not_distinct_from(JobSchedule.tenant_id)
    names = [name for name in Schedule.__dataclass_fields__ if name not in {"client", "last_at"}]
    columns = [getattr(JobSchedule, name) for name in names]
    query = (
        select(*columns, Tenant.name.label("client"), last.c.last_at)
        .outerjoin(last, same_client & (last.c.cron_key == JobSchedule.key))
        .outerjoin(Tenant, Tenant.id == JobSchedule.tenant_id)
        .order_by(JobSchedule.is_paused, JobSchedule.next_at, JobSchedule.key, Tenant.name)
        .limit(_SHOWN)
    )
    return [Schedule(**row._asdict()) for row in db.session.execute(query)]


def pause(*, actor: Actor, schedule_id: UUID) -> None:
    """Fire no more until somebody resumes it. Raises Forbidden, NotFound, Conflict."""
    found = _held_by(actor, schedule_id)
    if found.is_paused:
        raise Conflict("That is paused already.")
    found.is_paused = True
    _record(actor, found, "schedule.paused")


def resume(*, actor: Actor, schedule_id: UUID) -> None:
    """Go on with the next slot from now. Raises Forbidden, NotFound, Conflict."""
    found = _held_by(actor, schedule_id)
    if not found.is_paused:
        raise Conflict("That is not paused.")
    found.is_paused = False
    found.next_at = cron.following(found.cron, zone=found.zone, after=now())
    _record(actor, found, "schedule.resumed")


def _held_by(actor: Actor, schedule_id: UUID) -> JobSchedule:
    actor.require("job:manage")
    query = select(JobSchedule).where(JobSchedule.id == schedule_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


def _record(actor: Actor, schedule: JobSchedule, verb: str) -> None:
    audit.record_provider(
        actor=actor, verb=verb, subject_type="schedule", subject_id=schedule.id,
        detail={"key": schedule.key, "tenant_id": schedule.tenant_id},
    )  # fmt: skip
