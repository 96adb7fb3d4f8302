"""Work in the background as a provider finds it on an ordinary morning.

One job has failed for good, one was given up, one runs and says how far it is (a real one: it comes
again every ten minutes), one begins later, one is held because its kind is paused, and the nightly
ones have their schedules.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.jobs import demonstration, enqueue, handling, pauses, schedules
from app.jobs.models import Job, JobAttempt, JobSchedule
from app.jobs.rules import CatchUp, JobState, Outcome
from app.kernel.actor import Actor
from app.kernel.clock import ago, freeze, now
from app.kernel.ids import new_id
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

_NIGHTLY = "work.forget_keys"
_TROUBLE = """\
Traceback (most recent call last):
  File "app/jobs/running.py", in _do
    task.function(**codec.arguments(task.function, held.args))
  File "app/work/tasks.py", in accept_overdue
    closing.accept_overdue(item_id=item_id)
app.kernel.errors.NotFound: There is no such item.
"""


def arrange(refs: dict[str, TenantRef], *, admin: Actor) -> None:
    """Put the jobs there; `refs` by the clients' slugs."""
    schedules.keep_standing()
    with transaction():
        # What the past weeks have ordered is due only now: nobody is late on the first morning.
        due = update(Job).where(Job.state == JobState.PENDING, Job.run_at < now())
        db.session.execute(due.values(run_at=now()))
        pauses.pause(
            actor=admin,
            tenant_id=refs["nordlicht"].id,
            kind=_NIGHTLY,
            reason="Am Wochenende, nach dem Umzug der Daten",
        )
    _ordered(refs["nordlicht"], _NIGHTLY)
    _ordered(refs["praxis-wolf"], _NIGHTLY, hours=38)
    _fail(_ordered(refs["baeckerei-sommer"], "work.accept_overdue", item_id=str(new_id())))
    _keep_running(refs["alpha-logistik"])
    _given_up(_ordered(refs["praxis-wolf"], "work.accept_overdue", item_id=str(new_id())), admin)


def _ordered(ref: TenantRef, kind: str, *, hours: float = 0, **args: str | None) -> UUID:
    begins = now() + timedelta(hours=hours)
    with tenant_scope(ref), transaction(), freeze(ago(minutes=50)):
        job_id = enqueue(kind, args=args, run_at=begins)
    if job_id is None:
        raise RuntimeError("the demo's jobs are all different")
    return job_id


def _fail(job_id: UUID) -> None:
    """As five workers would have left it over the last half hour."""
    with transaction():
        job = db.session.scalars(select(Job).where(Job.public_id == job_id)).one()
        job.state, job.attempts, job.finished_at = JobState.DEAD, 5, ago(minutes=7)
        job.last_error = "NotFound: There is no such item."
        for attempt in range(1, 6):
            db.session.add(
                JobAttempt(
                    job_id=job.id,
                    tenant_id=job.tenant_id,
                    attempt=attempt,
                    at=ago(minutes=7 + 6 * (5 - attempt)),
                    outcome=Outcome.FAILED,
                    worker="demo",
                    error=_TROUBLE,
                )
            )


def _given_up(job_id: UUID, admin: Actor) -> None:
    """Somebody has looked at it and decided."""
    with transaction():
        handling.discard(actor=admin, job_id=job_id)


def _keep_running(ref: TenantRef) -> None:
    """A long job that a worker really carries out: now, and again every ten minutes."""
    _ordered(ref, demonstration.KIND, hours=-0.01)
    with transaction():
        db.session.add(
            JobSchedule(
                tenant_id=ref.id, key=demonstration.KIND, kind=demonstration.KIND, args={},
                cron="*/10 * * * *", zone="Europe/Berlin", catch_up=CatchUp.ONCE,
                next_at=now() + timedelta(minutes=12),
            )
        )  # fmt: skip
