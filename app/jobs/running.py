"""Carry out one job: the second door into a client.

A short job is one transaction: the row is locked, the effect happens, the row says done. Whatever
dies on the way leaves all of it or nothing. A long job holds a lease instead of the lock.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import URL, update
from sqlalchemy.exc import SQLAlchemyError

from app.jobs import parts, recording, registry
from app.jobs.drains import drain
from app.jobs.models import Job
from app.jobs.performing import Limit, OutOfTime, perform, running
from app.jobs.recording import Claim, LeaseLost
from app.jobs.registry import Task
from app.jobs.rules import JobState
from app.jobs.tickets import Ticket
from app.kernel.clock import now
from tenants.context import TenantRef, TenantState
from tenants.db import db, transaction
from tenants.registry import UnknownTenant, by_id
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)


_leaving: ContextVar[Callable[[], bool]] = ContextVar("leaving", default=lambda: False)
_KNOWN_FOR = 1.0
"""Seconds."""
_clients: dict[tuple[URL, int], tuple[float, TenantRef]] = {}


class Stopped(BaseException):
    """Somebody gave the job up. Not an Exception, for the same reason."""


class Leaving(BaseException):
    """The worker was told to stop; what the long job has committed stays, another goes on."""


class Ending(StrEnum):
    """What became of a dispatch."""

    DONE = "done"
    SKIPPED = "skipped"
    """Done already, being done, or given up: nothing to do."""
    FAILED = "failed"
    DEAD = "dead"
    LOST = "lost"
    """Another worker has the job, or PostgreSQL is gone: the lease decides."""
    HELD = "held"
    STOPPED = "stopped"


_ENDINGS = {
    JobState.DONE: Ending.DONE,
    JobState.PENDING: Ending.FAILED,
    JobState.DEAD: Ending.DEAD,
    JobState.CANCELLED: Ending.STOPPED,
}


def carry_out(
    ticket: Ticket,
    *,
    worker: str = "",
    limit: Limit | None = None,
    leaving: Callable[[], bool] = lambda: False,
) -> Ending:
    """Do what the ticket's job says, for its client. Needs an application context.

    `limit` guards each job's time; while `leaving` holds, a long job is handed back at its next
    checkpoint. Raises Refused.
    """
    _leaving.set(leaving)
    try:
        with _scope(ticket.tenant_id):
            return _carry_out(ticket, worker=worker, limit=limit or _unlimited)
    except UnknownTenant:
        with transaction():
            recording.put_back(ticket)
        return Ending.HELD


def checkpoint(**progress: Any) -> None:
    """In a long job: commit what was done so far, say how far it is, keep the lease.

    `progress`: shown to the person waiting, e.g. done=12, of=40. Raises LeaseLost; Stopped where
    somebody has given the job up, Leaving where its worker is to end: what is committed stays.
    """
    held = running.get()
    if held is None or held.token is None:
        raise RuntimeError("only a long job has checkpoints")
    with transaction():
        goes_on = recording.renew_lease(held, progress=progress)
    if not goes_on:
        raise Stopped
    if _leaving.get()():
        raise Leaving


def is_long() -> bool:
    """Whether what runs now is a long job, which has checkpoints."""
    held = running.get()
    return held is not None and held.token is not None


def current_job_id() -> UUID | None:
    """The public id of the job being carried out: the idempotency key towards the outside."""
    held = running.get()
    return held.public_id if held else None


def parts_done() -> Counter[JobState]:
    """In the job that follows a batch: how many of its parts ended how."""
    held = running.get()
    if held is None:
        raise RuntimeError("no job is being carried out")
    return parts.outcome(held.id)


@contextmanager
def _scope(tenant_id: int | None) -> Iterator[None]:
    if tenant_id is None:
        try:
            yield
        finally:
            db.session.remove()
        return
    with tenant_scope(_ready(tenant_id)):
        yield


def _ready(tenant_id: int) -> TenantRef:
    """The client, if it is open, as it was at most a second ago: each job asks."""
    place = (db.engine.url, tenant_id)
    until, tenant = _clients.get(place, (0.0, None))
    if tenant is None or time.monotonic() >= until:
        tenant = by_id(tenant_id)
        if tenant.state is not TenantState.READY:
            _clients.pop(place, None)
            raise UnknownTenant
        _clients[place] = (time.monotonic() + _KNOWN_FOR, tenant)
    return tenant


def forget_clients() -> None:
    """Ask anew who is open."""
    _clients.clear()


def _carry_out(ticket: Ticket, *, worker: str, limit: Limit) -> Ending:
    held: Claim | None = None
    task: Task | None = None
    try:
        with transaction():
            held = recording.claim(ticket)
            if held is None:
                return Ending.SKIPPED
            task = registry.task(held.kind)
            ending = _begin(task, held, limit, worker=worker)
        if task.long:
            with _beating(held), transaction():
                perform(task, held, limit)
                recording.finish(held)
    except LeaseLost:
        log.warning("job_lost", job=ticket.job_id)
        return Ending.LOST
    except Stopped:
        return _end(held, recording.stop, ending=Ending.STOPPED)
    except Leaving:
        return _end(held, recording.hand_back, ending=Ending.HELD)
    except (Exception, OutOfTime) as failure:
        if held is None:
            raise
        return _fail(held, failure, task=task, worker=worker)
    return ending


def _begin(task: Task, held: Claim, limit: Limit, *, worker: str) -> Ending:
    """The whole of a short job, or the lease of a long one."""
    if task.long:
        recording.take_lease(held)
    elif task.tiny:
        return _ENDINGS[drain(task, held, limit, worker=worker)]
    else:
        perform(task, held, limit)
        recording.finish(held)
    return Ending.DONE


def _end(held: Claim | None, how: Callable[[Claim], None], *, ending: Ending) -> Ending:
    assert held is not None  # noqa: S101  only a job that runs has checkpoints
    try:
        with transaction():
            how(held)
    except LeaseLost:
        return Ending.LOST
    return ending


def _fail(held: Claim, failure: BaseException, *, task: Task | None, worker: str) -> Ending:
    pause = task.first_pause if task else timedelta(minutes=1)
    log.warning("job_failed", job=held.id, kind=held.kind, error=recording.in_words(failure))
    try:
        with transaction():
            state = recording.fail(held, failure, first_pause=pause, worker=worker)
    except (LeaseLost, SQLAlchemyError) as unrecorded:
        log.error("job_lost", job=held.id, error=recording.in_words(unrecorded))
        return Ending.LOST
    return Ending.DEAD if state is JobState.DEAD else Ending.FAILED


@contextmanager
def _beating(held: Claim) -> Iterator[None]:
    """Renew a long job's lease beside it, in a thread and connection of its own."""
    stop = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    thread = threading.Thread(target=_beat, args=(app, held.id, held.token, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(app: Flask, job_id: int, token: UUID, stop: threading.Event) -> None:
    # A new thread has no client in scope: this is the provider's login.
    while not stop.wait(recording.LEASE.total_seconds() / 4):
        try:
            with app.app_context(), db.engine.begin() as connection:
                connection.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.lease_token == token)
                    .values(lease_until=now() + recording.LEASE)
                )
        except SQLAlchemyError as failure:
            log.warning("lease_not_renewed", job=job_id, error=type(failure).__name__)


def _unlimited(_: timedelta, __: Ticket | None = None) -> AbstractContextManager[None]:
    return nullcontext()
