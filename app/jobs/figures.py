"""Figures of the job system for machines that watch it. In the provider's books."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.jobs.models import Job, JobRelay
from app.jobs.rules import JobClass, JobState
from app.kernel.clock import now
from tenants.db import db
from tenants.models import Tenant

SPAN = timedelta(minutes=5)
"""Waiting and running times are those of the jobs that ended within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Times in seconds."""

    oldest_by_client: dict[str, float]
    """How long a client's oldest due job has waited; the provider's own under ""."""
    wait_p95: dict[JobClass, float]
    run_p95: dict[JobClass, float]
    redispatched: int
    lost: int


def figures() -> Figures:
    """As they are now."""
    times = {row.job_class: row for row in db.session.execute(_times())}
    relay = db.session.execute(select(JobRelay.redispatched, JobRelay.lost)).one_or_none()
    return Figures(
        oldest_by_client=_oldest(),
        wait_p95={each: float(row.wait) for each, row in times.items()},
        run_p95={each: float(row.run) for each, row in times.items()},
        redispatched=relay.redispatched if relay else 0,
        lost=relay.lost if relay else 0,
    )


def _times() -> Any:
    due = func.greatest(Job.run_at, Job.created_at)
    waited = func.extract("epoch", Job.started_at - due)
    ran = func.extract("epoch", Job.finished_at - Job.started_at)
    return (
        select(
            Job.job_class,
            func.percentile_cont(0.95).within_group(func.greatest(waited, 0)).label("wait"),
            func.percentile_cont(0.95).within_group(ran).label("run"),
        )
        .where(
            Job.finished_at > now() - SPAN,
            Job.state == JobState.DONE,
            Job.started_at.is_not(None),
        )
        .group_by(Job.job_class)
    )


def _oldest() -> dict[str, float]:
    moment = now()
    query = (
        select(func.coalesce(Tenant.slug, ""), func.min(Job.run_at))
        .select_from(Job)
        .outerjoin(Tenant, Tenant.id == Job.tenant_id)
        .where(Job.state == JobState.PENDING, Job.run_at <= moment)
        .group_by(Tenant.slug)
    )
    return {slug: (moment - oldest).total_seconds() for slug, oldest in db.session.execute(query)}
