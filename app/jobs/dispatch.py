"""The relay's statements: which jobs go to Redis next, and which dispatches were lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow, namedtuple_row

from app.jobs.rules import ALLOWANCE, MAX_DEATHS, JobClass, JobState, Outcome, pause_after
from app.jobs.tickets import Ticket
from app.kernel.ids import new_id

_AT_ONCE = 500

# Each client's next jobs (LATERAL), as many as its cap leaves; dealt out in turns, so that nobody
# waits behind another's backlog; and not more than the window leaves.
_NEXT = """
with flight as materialized (
    select tenant_id, count(*) as jobs from provider.job
     where state in ('enqueued', 'running') and job_class = %(job_class)s group by tenant_id
), client as (
    select t.id, %(per_client)s - coalesce(f.jobs, 0) as room, coalesce(f.jobs, 0) as jobs
      from provider.tenant t left join flight f on f.tenant_id = t.id where t.state = 'ready'
), candidate as (
    select j.id, j.priority, client.jobs + j.turn as turn from client cross join lateral (
        select id, priority, row_number() over (order by priority, id) as turn
          from provider.job
         where state = 'pending' and job_class = %(job_class)s and tenant_id = client.id
           and run_at <= %(at)s
         order by priority, id limit least(greatest(client.room, 0), %(per_client)s)
    ) j
    union all
    select id, priority, row_number() over (order by priority, id) as turn
      from (select id, priority from provider.job
             where state = 'pending' and job_class = %(job_class)s and tenant_id is null
               and run_at <= %(at)s
             order by priority, id limit %(per_client)s) provider_job
), chosen as (
    select id from provider.job
     where state = 'pending' and id in (
        select id from candidate order by turn, priority, id
         limit greatest(%(window)s - (select coalesce(sum(jobs), 0) from flight), 0))
       for update skip locked
)
update provider.job j
   set state = 'enqueued', enqueued_at = %(at)s, lease_until = %(lease_until)s
  from chosen where j.id = chosen.id
returning j.id, j.attempts, j.tenant_id, j.priority
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A dispatched job whose lease is over, or that a dead relay may not have pushed."""

    id: int
    attempts: int
    max_attempts: int
    deaths: int
    tenant_id: int | None
    job_class: JobClass
    state: JobState

    @property
    def ticket(self) -> Ticket:
        return Ticket(job_id=self.id, attempt=self.attempts, tenant_id=self.tenant_id)


def next_jobs(
    connection: Connection[TupleRow], job_class: JobClass, *, at: datetime, lease: timedelta
) -> list[Ticket]:
    """Mark the next jobs of the class as enqueued, the most urgent first."""
    allowance = ALLOWANCE[job_class]
    rows = connection.execute(
        _NEXT,
        {
            "job_class": job_class.value,
            "at": at,
            "lease_until": at + lease,
            "window": allowance.window,
            "per_client": allowance.per_client,
        },
    ).fetchall()
    rows.sort(key=lambda row: (row[3], row[0]))
    return [Ticket(job_id=row[0], attempt=row[1], tenant_id=row[2]) for row in rows]


def take_back(connection: Connection[TupleRow], job_ids: list[int] | None = None) -> int:
    """Everything enqueued (or only these) waits again: its tickets are lost or doubtful.

    A row that a worker has locked is being done: it is left alone.
    """
    return connection.execute(
        "update provider.job set state = 'pending', lease_until = null where id in ("
        " select id from provider.job where state = 'enqueued'"
        " and (%(ids)s::bigint[] is null or id = any(%(ids)s)) for update skip locked)",
        {"ids": job_ids},
    ).rowcount


def overdue(connection: Connection[TupleRow], *, at: datetime, all_enqueued: bool) -> list[Overdue]:
    """Lock what is dispatched and over its lease, or all that is enqueued; in a transaction."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(
            "select id, attempts, max_attempts, deaths, tenant_id, job_class, state"
            " from provider.job where state in ('enqueued', 'running')"
            " and (lease_until < %(at)s or (%(all)s and state = 'enqueued'))"
            " order by lease_until limit %(limit)s for update skip locked",
            {"at": at, "all": all_enqueued, "limit": _AT_ONCE},
        ).fetchall()
    return [
        Overdue(
            **{
                **row._asdict(),
                "job_class": JobClass(row.job_class),
                "state": JobState(row.state),
            }
        )
        for row in rows
    ]


def prolong(connection: Connection[TupleRow], jobs: list[Overdue], *, until: datetime) -> None:
    """Their tickets still wait in the queue: nothing is lost."""
    connection.execute(
        "update provider.job set lease_until = %s where id = any(%s)",
        (until, [job.id for job in jobs]),
    )


def bury_or_return(
    connection: Connection[TupleRow], job: Overdue, *, died: bool, at: datetime
) -> JobState:
    """A lost dispatch waits again. If its worker died over it: after a pause, at last dead."""
    deaths = job.deaths + died
    was_running = job.state is JobState.RUNNING
    spent = deaths >= MAX_DEATHS or (was_running and job.attempts >= job.max_attempts)
    state = JobState.DEAD if spent else JobState.PENDING
    pause = pause_after(deaths, first=timedelta(seconds=1)) if died else timedelta(0)
    error = f"The worker died while it worked on this ({deaths})." if died else None
    connection.execute(
        "update provider.job set state = %(state)s, deaths = %(deaths)s, run_at = %(run_at)s,"
        " lease_until = null, lease_token = null, last_error = coalesce(%(error)s, last_error),"
        " finished_at = %(finished_at)s where id = %(id)s",
        {
            "state": state.value,
            "deaths": deaths,
            "run_at": at + pause,
            "error": error,
            "finished_at": at if spent else None,
            "id": job.id,
        },
    )
    if died:
        connection.execute(
            "insert into provider.job_attempt"
            " (id, job_id, tenant_id, attempt, at, outcome, worker, error)"
            " values (%s, %s, %s, %s, %s, %s, '', %s)",
            (new_id(), job.id, job.tenant_id, job.attempts, at, Outcome.LOST.value, error),
        )
    return state
