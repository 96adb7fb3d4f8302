"""Done jobs are kept for a while, to be looked at, and then removed."""

from datetime import timedelta

from sqlalchemy import delete, or_, select

from app.jobs.models import Job, JobAttempt
from app.jobs.registry import job, scheduled
from app.jobs.rules import JobState
from app.kernel.clock import now
from tenants.db import db, transaction

KEPT = timedelta(days=14)
_AT_ONCE = 5_000


@job("jobs.sweep", job_class="bulk", long=True)
def sweep_at_night() -> None:
    """Once a night, by the provider's clock."""
    sweep()


scheduled("jobs.sweep", cron="40 3 * * *", per_client=False)


def sweep() -> int:
    """Remove what was done or cancelled two weeks ago, in small bites; returns how many."""
    removed = 0
    while True:
        with transaction():
            old = select(Job.id).where(
                or_(Job.state == JobState.DONE, Job.state == JobState.CANCELLED),
                Job.finished_at < now() - KEPT,
            )
            ids = db.session.scalars(old.limit(_AT_ONCE)).all()
            db.session.execute(delete(JobAttempt).where(JobAttempt.job_id.in_(ids)))
            db.session.execute(delete(Job).where(Job.id.in_(ids)))
        removed += len(ids)
        if len(ids) < _AT_ONCE:
            return removed
