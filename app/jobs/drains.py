"""Drain tiny jobs: one ticket does up to fifty of a client's, each in a savepoint of its own.

One transaction holds all their effects and their being done, so each still counts exactly once;
what fails is rolled back to its savepoint and recorded, and the others go on.
"""

import time

import structlog

from app.jobs import recording
from app.jobs.performing import Limit, OutOfTime, perform
from app.jobs.recording import Claim
from app.jobs.registry import Task
from app.jobs.rules import JobState
from tenants.db import db

log = structlog.get_logger(__name__)

MOST = 50
LONGEST = 0.5
"""Seconds after which no further one is begun: others wait for the rows that these have locked."""


def drain(task: Task, held: Claim, limit: Limit, *, worker: str) -> JobState:
    """Do the ticket's job and those that wait behind it, in the caller's transaction.

    Returns what became of the ticket's own. Raises LeaseLost.
    """
    began, done = time.monotonic(), []
    ending = JobState.DONE
    # Whoever has killed a worker is done alone: the others must not die with it.
    alone = held.deaths > 0
    rows = [] if alone else recording.claim_along(held, job_class=task.job_class, most=MOST - 1)
    for one in (held, *rows):
        if one is not held and time.monotonic() - began > LONGEST:
            break
        try:
            with db.session.begin_nested():
                perform(task, one, limit, along=one is not held)
            done.append(one)
        except (Exception, OutOfTime) as failure:
            log.warning("job_failed", job=one.id, kind=one.kind, error=recording.in_words(failure))
            state = recording.fail(one, failure, first_pause=task.first_pause, worker=worker)
            ending = state if one is held else ending
    if done:
        recording.finish_all(done)
    return ending
