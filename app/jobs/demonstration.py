"""A long job that does nothing but show its progress; a developer's machine has it, nobody else."""

import time

from app.jobs.registry import job
from app.jobs.running import checkpoint

KIND = "jobs.demonstration"
STEPS = 110
_SECONDS = 5.0


@job(KIND, job_class="bulk", long=True)
def demonstrate(steps: int = STEPS, seconds: float = _SECONDS) -> None:
    """So many steps, each with a checkpoint; a worker that is told to stop hands it over."""
    for step in range(1, steps + 1):
        checkpoint(done=step, of=steps)
        for _ in range(5):  # asked in between whether to stop
            time.sleep(seconds / 5)
            checkpoint(done=step, of=steps)
