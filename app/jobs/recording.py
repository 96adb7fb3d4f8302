"""What is written into the job's row while it is carried out. PostgreSQL is the record."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.jobs import parts
from app.jobs.models import Job, JobAttempt
from app.jobs.rules import JobClass, JobState, Outcome, pause_after
from app.jobs.tickets import Refused, Ticket
from app.kernel.clock import now
from tenants.context import current
from tenants.db import db

LEASE = timedelta(seconds=25)
"""How long a long job may be silent before it counts as lost; renewed four times as often."""
_LONGEST_ERROR = 8_000


class LeaseLost(RuntimeError):
    """Somebody else has this job by now: what this attempt did must not count."""


@dataclass(slots=True, kw_only=True)
class Claim:
    """A job while one worker has it."""

    id: int
    public_id: UUID
    tenant_id: int | None
    kind: str
    args: dict[str, Any]
    attempts: int
    max_attempts: int
    started_at: datetime
    parent_id: int | None
    deaths: int
    state: JobState = JobState.ENQUEUED
    """In which the row was locked: one that is drained along has never been dispatched."""
    token: UUID | None = None
    """The lease of a long job; a short one holds its row's lock instead."""

    @property
    def ticket(self) -> Ticket:
        """As a dispatch of its own would name it, before this attempt."""
        return Ticket(job_id=self.id, attempt=self.attempts, tenant_id=self.tenant_id)


_COLUMNS = (
    "id, public_id, tenant_id, kind, args, attempts, max_attempts, parent_id, deaths"  # of a Claim
)
# Every job asks these: as plain SQL they cost half of what building them anew would.
_CLAIM = f"""
select {_COLUMNS}, current_schema() as schema from provider.job
 where id = %(id)s and state = 'enqueued' and attempts = %(attempt)s for update skip locked
"""  # noqa: S608  our own names
_CLAIM_ALONG = f"""
select {_COLUMNS} from provider.job
 where state = 'pending' and is_ripe and job_class = %(job_class)s and tenant_id IS
   and kind = %(kind)s and is_tiny and deaths = 0 and run_at <= %(at)s
 order by priority, id limit %(most)s for update skip locked
"""  # noqa: S608
_FINISH = """
update provider.job set state = 'done', attempts = attempts + 1, started_at = %(started_at)s,
       finished_at = %(at)s, lease_until = null, last_error = null
 where id = any(%(ids)s) and state in ('pending', 'enqueued')
"""


def claim(ticket: Ticket) -> Claim | None:
    """Lock the ticket's row, or None if the job is not to be done (any more, or by us).

    Raises Refused if the row belongs to somebody else than the ticket says.
    """
    row = _driver(_CLAIM, {"id": ticket.job_id, "attempt": ticket.attempt}).one_or_none()
    if row is None:
        return None
    tenant = current.get()
    if row.tenant_id != ticket.tenant_id or (tenant and row.schema != tenant.schema):
        raise Refused(f"job {row.id} belongs to another client")
    values = row._asdict()
    values.pop("schema")
    return Claim(**values, started_at=now())


def claim_along(held: Claim, *, job_class: JobClass, most: int) -> Sequence[Claim]:
    """Lock further tiny jobs of the same client and kind that wait, the oldest first.

    One that has killed a worker before is done by a ticket of its own.
    """
    asked = {
        "job_class": job_class.value,
        "tenant": held.tenant_id,
        "kind": held.kind,
        "at": held.started_at,
        "most": most,
    }
    whose = "is null" if held.tenant_id is None else "= %(tenant)s"
    rows = _driver(_CLAIM_ALONG.replace("IS", whose), asked)
    return [
        Claim(**row._asdict(), started_at=held.started_at, state=JobState.PENDING) for row in rows
    ]


def take_lease(held: Claim) -> None:
    """Mark a long job as running, for as long as its worker says so. An attempt begins."""
    held.token = uuid4()
    held.attempts += 1
    _change(
        held,
        Job.state == JobState.ENQUEUED,
        state=JobState.RUNNING,
        attempts=held.attempts,
        started_at=held.started_at,
        lease_token=held.token,
        lease_until=now() + LEASE,
    )


def renew_lease(held: Claim, *, progress: dict[str, Any] | None = None) -> bool:
    """Say that a long job is alive, and how far it is; whether it is to go on. Raises LeaseLost."""
    values: dict[str, Any] = {"lease_until": now() + LEASE}
    if progress is not None:
        values["progress"] = progress
    _change(held, _ours(held), **values)
    stopped = select(Job.cancel_requested_at.is_not(None)).where(Job.id == held.id)
    return not db.session.scalar(stopped)


def finish(held: Claim) -> None:
    """The job is done, in the transaction that holds its effect. Raises LeaseLost."""
    if held.token is None:
        finish_all([held])
        return
    _change(
        held,
        _ours(held),
        state=JobState.DONE,
        finished_at=now(),
        lease_until=None,
        lease_token=None,
        last_error=None,
    )
    parts.ended(held.parent_id)


def finish_all(done: Sequence[Claim]) -> None:
    """The same for short jobs, whose rows this transaction has locked, in one statement."""
    ids = [held.id for held in done]
    result = _driver(_FINISH, {"ids": ids, "started_at": done[0].started_at, "at": now()})
    if result.rowcount != len(done):
        raise LeaseLost(f"job {ids[0]} and {len(ids) - 1} drained along")
    for held in done:
        parts.ended(held.parent_id)


def stop(held: Claim) -> None:
    """Somebody gave the long job up while it ran: what it had done stays. Raises LeaseLost."""
    _change(
        held,
        _ours(held),
        state=JobState.CANCELLED,
        finished_at=now(),
        lease_until=None,
        lease_token=None,
    )
    parts.ended(held.parent_id)


def hand_back(held: Claim) -> None:
    """The worker of a long job ends: another goes on where it stood. Raises LeaseLost."""
    _change(
        held,
        _ours(held),
        state=JobState.PENDING,
        attempts=held.attempts - 1,
        run_at=now(),
        lease_until=None,
        lease_token=None,
    )


def fail(held: Claim, failure: BaseException, *, first_pause: timedelta, worker: str) -> JobState:
    """The attempt failed and was rolled back: later again, or dead. Raises LeaseLost."""
    attempts = held.attempts + (held.token is None)
    stopped = db.session.scalar(select(Job.cancel_requested_at).where(Job.id == held.id))
    state = JobState.DEAD if attempts >= held.max_attempts else JobState.PENDING
    state = JobState.CANCELLED if stopped else state
    moment = now()
    _change(
        held,
        _ours(held),
        state=state,
        attempts=attempts,
        run_at=moment + pause_after(attempts, first=first_pause),
        is_ripe=False,
        started_at=held.started_at,
        finished_at=None if state is JobState.PENDING else moment,
        lease_until=None,
        lease_token=None,
        last_error=in_words(failure),
    )
    lines = "".join(traceback.format_exception(failure))
    db.session.execute(
        insert(JobAttempt).values(
            job_id=held.id,
            tenant_id=held.tenant_id,
            attempt=attempts,
            at=moment,
            outcome=Outcome.FAILED,
            worker=worker,
            error=lines[-_LONGEST_ERROR:],
        )
    )
    if state is not JobState.PENDING:
        parts.ended(held.parent_id)
    return state


def put_back(ticket: Ticket) -> None:
    """Nothing was done and nothing counts: the client is suspended or closed just now."""
    db.session.execute(
        update(Job)
        .where(Job.id == ticket.job_id, Job.state == JobState.ENQUEUED)
        .values(state=JobState.PENDING, lease_until=None)
    )


def in_words(failure: BaseException) -> str:
    """The failure in one line. No values of a refused statement: they belong to a client."""
    lines = str(failure).strip().splitlines()
    return f"{type(failure).__name__}: {lines[0] if lines else ''}"[:500]


def _driver(statement: str, values: dict[str, Any]) -> CursorResult[Any]:
    # The client's context is set when the session's transaction begins, as for any statement.
    return db.session.connection().exec_driver_sql(statement, values)


def _ours(held: Claim) -> ColumnElement[bool]:
    if held.token is not None:
        return (Job.lease_token == held.token) & (Job.state == JobState.RUNNING)
    return (Job.state == held.state) & (Job.attempts == held.attempts)


def _change(held: Claim, condition: ColumnElement[bool], **values: Any) -> None:
    result = db.session.execute(update(Job).where(Job.id == held.id, condition).values(**values))
    assert isinstance(result, CursorResult)  # noqa: S101  an UPDATE counts its rows
    if result.rowcount != 1:
        raise LeaseLost(f"job {held.id}")
