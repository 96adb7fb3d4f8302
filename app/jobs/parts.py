"""Jobs that are parts of another: it waits for all of them, and then begins, once."""

from collections import Counter
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy import case, func, select, update

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.kernel.clock import now
from tenants.db import db

_OPEN = (JobState.PENDING, JobState.ENQUEUED, JobState.HELD, JobState.WAITING)
_ENDED = """
update provider.job p set waits_for = p.waits_for - 1,
       state = case when p.waits_for <= 1 then 'pending' else p.state end
  from provider.job part
 where part.id = %s and p.id = part.parent_id and p.state = 'waiting'
"""


def ended(parent_id: int | None) -> None:
    """A part has ended, well or not: in the transaction that says so. The last one lets go."""
    if parent_id is None:
        return
    db.session.execute(
        update(Job)
        .where(Job.id == parent_id, Job.state == JobState.WAITING)
        .values(
            waits_for=Job.waits_for - 1,
            state=case((Job.waits_for <= 1, JobState.PENDING), else_=Job.state),
        )
        .execution_options(synchronize_session=False)
    )


def ended_by(connection: Connection[TupleRow], job_id: int) -> None:
    """The same in the relay's session: the job has ended, and may be a part."""
    connection.execute(_ENDED, (job_id,))


def begun_again(parent_id: int | None) -> None:
    """A part that had ended is to be done after all. Too late for a parent that has begun."""
    if parent_id is None:
        return
    db.session.execute(
        update(Job)
        .where(Job.id == parent_id, Job.state == JobState.WAITING)
        .values(waits_for=Job.waits_for + 1)
        .execution_options(synchronize_session=False)
    )


def discard_of(parent_id: int) -> None:
    """Give up all parts that have not ended; what is being done ends at its next checkpoint."""
    moment = now()
    _change(parent_id, _OPEN, state=JobState.CANCELLED, finished_at=moment)
    _change(parent_id, (JobState.RUNNING,), cancel_requested_at=moment)


def _change(parent_id: int, states: tuple[JobState, ...], **values: Any) -> None:
    # A part that ends just now has its own row and waits for its parent's, which we have.
    found = select(Job.id).where(Job.parent_id == parent_id, Job.state.in_(states))
    db.session.execute(
        update(Job)
        .where(Job.id.in_(found.with_for_update(skip_locked=True)))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def outcome(parent_id: int) -> Counter[JobState]:
    """How many parts are in which state."""
    query = select(Job.state, func.count()).where(Job.parent_id == parent_id).group_by(Job.state)
    return Counter({row.state: row[1] for row in db.session.execute(query)})
