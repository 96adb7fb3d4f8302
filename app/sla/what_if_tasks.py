"""The job that answers a large what-if."""

from uuid import UUID

from app.jobs.registry import job
from app.jobs.running import checkpoint
from app.sla import what_if_runs

KIND = "sla.what_if"


@job(KIND, job_class="bulk", long=True, max_attempts=3)
def answer(run_id: UUID) -> None:
    """Replay and keep the answer; killed in between, it begins again: nothing was written."""

    def told(done: int) -> None:
        what_if_runs.find(run_id).done = done
        checkpoint(done=done)

    what_if_runs.work_out(run_id, progress=told)
