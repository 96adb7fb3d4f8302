"""The relay's statements: which dispatches were lost, and what becomes of their jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow, namedtuple_row

from app.jobs import parts
from app.jobs.rules import MAX_DEATHS, JobClass, JobState, Outcome, pause_after
from app.jobs.tickets import Ticket
from app.kernel.ids import new_id

_AT_ONCE = 500
_SELECT = (
    "select id, attempts, max_attempts, deaths, tenant_id, job_class, state,"
    " cancel_requested_at is not null as is_stopped from provider.job where"
)


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
        " is_ripe = %(is_ripe)s,"
        " attempts = %(attempts)s, lease_until = null, lease_token = null,"
        " last_error = coalesce(%(error)s, last_error), finished_at = %(finished_at)s"
        " where id = %(id)s",
        {
            "state": state.value,
            "deaths": deaths,
            "attempts": attempts,
            "run_at": at + pause,
            "is_ripe": not pause,
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
