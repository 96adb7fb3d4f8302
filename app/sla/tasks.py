"""What the ticker and the workers do for promises."""

from datetime import timedelta
from uuid import UUID

from app.jobs.registry import job, periodic, scheduled
from app.jobs.running import checkpoint, current_job_id
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla import notices, recalculation, ticker


@periodic(seconds=5)
def watch_clocks() -> None:
    """Warn of promises that run out and tell of those that were not kept."""
    ticker.tick()


@job(recalculation.JOB, job_class="bulk", long=True, max_attempts=10, time_limit=6 * 3600)
def recalculate(what: str, key: str, actor_id: UUID | None, actor_name: str, reason: str) -> None:
    """Go through all open clocks of the client: a late holiday, another version of a policy."""
    order = recalculation.Order(
        what=recalculation.What(what),
        key=key,
        actor_id=actor_id,
        actor_name=actor_name,
        reason=reason,
    )
    recalculation.carry_out(order, run_id=current_job_id() or new_id(), commit=checkpoint)


READ_NOTICES_KEPT = timedelta(days=90)


@job("sla.sweep_notices", job_class="bulk")
def sweep_notices() -> None:
    """What was read at the bell long ago is put away for good."""
    notices.sweep(before=now() - READ_NOTICES_KEPT)


scheduled("sla.sweep_notices", cron="50 3 * * *", per_client=False)
