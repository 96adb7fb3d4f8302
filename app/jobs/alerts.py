"""What is wrong with the jobs as a whole, noted once for each time it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ScalarSelect, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_change
from sqlalchemy.sql.elements import ColumnElement

from app.jobs import refusals
from app.jobs.models import Job, JobAlert, JobRelay
from app.jobs.rules import JobState
from app.kernel.clock import now
from tenants.context import TenantState
from tenants.db import db
from tenants.models import Tenant


class Matter(StrEnum):
    """What the provider's admins hear of."""

    RELAY = "relay"
    """Nothing hands jobs out."""
    REDIS = "redis"
    """The relay runs, but Redis does not answer, and jobs wait for it."""
    OLDEST = "oldest"
    """A job has been due for too long."""
    DEAD = "dead"
    """Jobs have failed for good."""
    REFUSED = "refused"
    """Somebody has written to Redis what the relay did not: tampered tickets were refused."""


SILENT = timedelta(minutes=1)
TOO_OLD = timedelta(minutes=15)
AGAIN = timedelta(hours=1)
"""While dead jobs lie there, further ones are told of no sooner than that."""
REMEMBERED = timedelta(days=1)
"""So long after the last refused ticket the matter stays open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that is wrong now."""

    matter: Matter
    figure: int
    """Seconds of silence or waiting; for dead jobs and refused tickets how many there are."""
    told_at: datetime


def note() -> Sequence[Alert]:
    """Compare what is with what was told; returns what begins now, to be told. In a transaction.

    Whoever calls this at the same time: each beginning is returned to one caller.
    """
    moment = now()
    found = _found(moment)
    begun = [
        Alert(matter=matter, figure=figure, told_at=moment)
        for matter, (figure, since) in found.items()
        if _begins(matter, figure, since=since, at=moment)
    ]
    over = update(JobAlert).where(JobAlert.is_open, JobAlert.matter.not_in(list(found)))
    db.session.execute(over.values(is_open=False))
    return begun


def open_alerts() -> Sequence[Alert]:
    """What is wrong at the moment, the newest first."""
    query = select(JobAlert).where(JobAlert.is_open).order_by(JobAlert.told_at.desc())
    return [
        Alert(matter=Matter(row.matter), figure=row.figure, told_at=row.told_at)
        for row in db.session.scalars(query)
    ]


def open_count() -> ScalarSelect[int]:
    """How many there are, to be read beside other counts."""
    return select(func.count()).where(JobAlert.is_open).scalar_subquery()


def _begins(matter: Matter, figure: int, *, since: datetime | None, at: datetime) -> bool:
    """Note it; whether it is to be told: it has just begun, or goes on with something new."""
    values = {"matter": matter, "figure": figure, "is_open": True, "told_at": at}
    fresh: ColumnElement[bool] = JobAlert.is_open.is_(False)
    if since is not None:
        fresh = or_(fresh, (JobAlert.told_at < since) & (JobAlert.told_at < at - AGAIN))
    statement = insert_or_change(JobAlert).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[JobAlert.matter], set_=values, where=fresh
    )
    told = db.session.scalar(statement.returning(JobAlert.matter)) is not None
    if not told:
        going_on = update(JobAlert).where(JobAlert.matter == matter, JobAlert.figure != figure)
        db.session.execute(going_on.values(figure=figure))
    return told


def _found(moment: datetime) -> dict[Matter, tuple[int, datetime | None]]:
    """What is wrong: the figure, and since when there is something new (dead jobs)."""
    found: dict[Matter, tuple[int, datetime | None]] = {}
    relay = db.session.execute(select(JobRelay.ticked_at, JobRelay.trouble)).one_or_none()
    waits = _waits(moment)
    silent = moment - relay.ticked_at if relay else waits
    if silent > SILENT:
        found[Matter.RELAY] = (int(silent.total_seconds()), None)
    elif relay and relay.trouble and waits > SILENT:
        found[Matter.REDIS] = (int(waits.total_seconds()), None)
    if waits > _too_old():
        found[Matter.OLDEST] = (int(waits.total_seconds()), None)
    number, newest = db.session.execute(
        select(func.count(), func.max(Job.finished_at)).where(Job.state == JobState.DEAD)
    ).one()
    if number:
        found[Matter.DEAD] = (number, newest)
    refused, latest = refusals.since(moment - REMEMBERED)
    if refused:
        found[Matter.REFUSED] = (refused, latest)
    return found


def _too_old() -> timedelta:
    """Once told, it is over only when nothing waits half as long: it would begin time and again."""
    is_open = select(JobAlert.is_open).where(JobAlert.matter == Matter.OLDEST)
    return TOO_OLD / 2 if db.session.scalar(is_open) else TOO_OLD


def _waits(moment: datetime) -> timedelta:
    """How long the job has been due that has waited longest and that may be handed out."""
    oldest = db.session.scalar(
        select(func.min(Job.run_at))
        .outerjoin(Tenant, Tenant.id == Job.tenant_id)
        .where(
            Job.state == JobState.PENDING,
            or_(Job.tenant_id.is_(None), Tenant.state == TenantState.READY),
        )
    )
    return max(moment - oldest, timedelta(0)) if oldest else timedelta(0)
