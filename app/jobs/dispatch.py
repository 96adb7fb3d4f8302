"""The relay's statements: which jobs go to Redis next, and which dispatches were lost."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow, namedtuple_row

from app.jobs import limits, parts
from app.jobs.rules import ALLOWANCE, MAX_DEATHS, JobClass, JobState, Outcome, pause_after
from app.jobs.tickets import Ticket
from app.kernel.ids import new_id

_AT_ONCE = 500
DRAINS = 4
"""Tickets in one tick for the tiny jobs of a client and kind: as many workers drain at once."""
_SELECT = (
    "select id, attempts, max_attempts, deaths, tenant_id, job_class, state,"
    " cancel_requested_at is not null as is_stopped from provider.job where"
)

# Each client's next jobs (LATERAL), as many as its cap leaves; dealt out in turns, so that nobody
# waits behind another's backlog; and not more than the window and the kinds' caps leave. Of tiny
# jobs a few tickets are enough: each drains many.
NEXT = """
with flight as materialized (
    select tenant_id, count(*) as jobs from provider.job
     where state in ('enqueued', 'running') and job_class = %(job_class)s group by tenant_id
), client as (
    select t.id, coalesce(l.cap, %(per_client)s) - coalesce(f.jobs, 0) as room,
           coalesce(f.jobs, 0) as jobs, greatest(coalesce(l.weight, 1), 1) as weight
      from provider.tenant t left join flight f on f.tenant_id = t.id
      left join provider.job_limit l on l.tenant_id = t.id and l.kind is null
     where t.state = 'ready'
), candidate as (
    select j.id, j.priority, client.id as tenant_id, j.kind, j.is_tiny,
           (client.jobs + j.turn)::float / client.weight as turn
      from client cross join lateral (
        select id, priority, kind, is_tiny, row_number() over (order by priority, id) as turn
          from provider.job
         where state = 'pending' and job_class = %(job_class)s and tenant_id = client.id
           and run_at <= %(at)s and kind <> all(%(closed)s)
         order by priority, id limit least(greatest(client.room, 0), %(window)s)
    ) j
    union all
    select id, priority, null, kind, is_tiny, row_number() over (order by priority, id) as turn
      from (select id, priority, kind, is_tiny from provider.job
             where state = 'pending' and job_class = %(job_class)s and tenant_id is null
               and run_at <= %(at)s and kind <> all(%(closed)s)
             order by priority, id limit %(per_client)s) provider_job
), fitting as (
    select id, priority, turn,
           coalesce((%(rooms)s::jsonb ->> kind)::int, %(window)s) as room_of_kind,
           coalesce((%(rooms)s::jsonb ->> concat(tenant_id, ':', kind))::int, %(window)s)
             as room_of_both,
           row_number() over (partition by kind order by turn, priority, id) as of_kind,
           row_number() over (partition by tenant_id, kind order by turn, priority, id) as of_both
      from (select *, row_number() over (
                partition by tenant_id, kind, is_tiny order by turn, priority, id) as of_drain
              from candidate) each
     where not is_tiny or of_drain <= %(drains)s
), chosen as (
    select id from provider.job j
     where state = 'pending' and id in (
        select id from fitting where of_kind <= room_of_kind and of_both <= room_of_both
         order by turn, priority, id
         limit greatest(%(window)s - (select coalesce(sum(jobs), 0) from flight), 0))
       and not exists (select 1 from provider.job_pause p where PAUSED)
       for update skip locked
)
update provider.job j
   set state = 'enqueued', enqueued_at = %(at)s, lease_until = %(lease_until)s
  from chosen where j.id = chosen.id
returning j.id, j.attempts, j.tenant_id, j.priority
""".replace("PAUSED", limits.PAUSED)


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
    is_stopped: bool = False
    """Somebody gave it up while it ran."""

    @property
    def ticket(self) -> Ticket:
        return Ticket(job_id=self.id, attempt=self.attempts, tenant_id=self.tenant_id)


def next_jobs(
    connection: Connection[TupleRow], job_class: JobClass, *, at: datetime, lease: timedelta
) -> list[Ticket]:
    """Mark the next jobs of the class as enqueued, the most urgent first."""
    asked = wanted(connection, job_class, at=at, lease=lease)
    rows = connection.execute(NEXT.encode(), asked).fetchall()
    rows.sort(key=lambda row: (row[3], row[0]))
    return [Ticket(job_id=row[0], attempt=row[1], tenant_id=row[2]) for row in rows]


def wanted(
    connection: Connection[TupleRow], job_class: JobClass, *, at: datetime, lease: timedelta
) -> dict[str, Any]:
    """What `NEXT` is asked with: the class, its allowance, and what the kinds' caps leave."""
    allowance = ALLOWANCE[job_class]
    rooms = limits.rooms(connection)
    return {
        "job_class": job_class.value,
        "at": at,
        "lease_until": at + lease,
        "window": allowance.window,
        "per_client": allowance.per_client,
        "drains": DRAINS,
        "rooms": json.dumps(rooms),
        "closed": [kind for kind, room in rooms.items() if room <= 0 and ":" not in kind],
    }


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
            f"{_SELECT} state in ('enqueued', 'running')"
            " and (lease_until < %(at)s or (%(all)s and state = 'enqueued'))"
            " order by lease_until limit %(limit)s for update skip locked".encode(),
            {"at": at, "all": all_enqueued, "limit": _AT_ONCE},
        ).fetchall()
    return [_overdue(row) for row in rows]


def _overdue(row: Any) -> Overdue:
    values = row._asdict()
    values |= {"job_class": JobClass(row.job_class), "state": JobState(row.state)}
    return Overdue(**values)


def prolong(connection: Connection[TupleRow], jobs: list[Overdue], *, until: datetime) -> None:
    """Their tickets still wait in the queue: nothing is lost."""
    connection.execute(
        "update provider.job set lease_until = %s where id = any(%s)",
        (until, [job.id for job in jobs]),
    )


_IN_HAND = (
    "id = %(id)s and ((state = 'enqueued' and attempts = %(attempt)s)"
    " or (state = 'running' and attempts = %(attempt)s + 1))"
)
_DRAINED = "id = %(id)s and state = 'pending' and is_tiny and attempts = %(attempt)s"
"""A tiny job that was done along with another's ticket: it has never been dispatched."""


def in_hand(
    connection: Connection[TupleRow], ticket: Ticket, *, drained: bool = False
) -> Overdue | None:
    """Lock the job that a worker had by this ticket; None: it has ended, or is still locked.

    `drained`: it had it by another job's ticket.
    """
    where = _DRAINED if drained else _IN_HAND
    found = _select(connection, f"{where} for update skip locked", ticket)
    return found[0] if found else None


def is_in_hand(connection: Connection[TupleRow], ticket: Ticket, *, drained: bool = False) -> bool:
    """Whether the job still stands as a worker had it by this ticket."""
    return bool(_select(connection, _DRAINED if drained else _IN_HAND, ticket))


def _select(connection: Connection[TupleRow], where: str, ticket: Ticket) -> list[Overdue]:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(
            f"{_SELECT} {where}".encode(),
            {"id": ticket.job_id, "attempt": ticket.attempt},
        ).fetchall()
    return [_overdue(row) for row in rows]


def bury_or_return(
    connection: Connection[TupleRow],
    job: Overdue,
    *,
    died: bool,
    at: datetime,
    error: str | None = None,
    out_of_time: bool = False,
) -> JobState:
    """A lost dispatch waits again. If its worker died over it: after a pause, at last dead."""
    deaths = job.deaths + died
    was_running = job.state is JobState.RUNNING
    attempts = job.attempts + (out_of_time and not was_running)
    spent = deaths >= MAX_DEATHS or ((was_running or out_of_time) and attempts >= job.max_attempts)
    state = JobState.DEAD if spent else JobState.PENDING
    state = JobState.CANCELLED if job.is_stopped else state
    pause = pause_after(deaths, first=timedelta(seconds=1)) if died else timedelta(0)
    if died and error is None:
        error = f"The worker died while it worked on this ({deaths})."
    connection.execute(
        "update provider.job set state = %(state)s, deaths = %(deaths)s, run_at = %(run_at)s,"
        " attempts = %(attempts)s, lease_until = null, lease_token = null,"
        " last_error = coalesce(%(error)s, last_error), finished_at = %(finished_at)s"
        " where id = %(id)s",
        {
            "state": state.value,
            "deaths": deaths,
            "attempts": attempts,
            "run_at": at + pause,
            "error": error,
            "finished_at": None if state is JobState.PENDING else at,
            "id": job.id,
        },
    )
    if died:
        connection.execute(
            "insert into provider.job_attempt"
            " (id, job_id, tenant_id, attempt, at, outcome, worker, error)"
            " values (%s, %s, %s, %s, %s, %s, '', %s)",
            (new_id(), job.id, job.tenant_id, attempts, at, Outcome.LOST.value, error),
        )
    if state is not JobState.PENDING:
        parts.ended_by(connection, job.id)
    return state
