"""Call the function of a job, with what it waits for, within its time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.jobs import codec
from app.jobs.models import Fact, ProviderFact
from app.jobs.recording import Claim
from app.jobs.registry import Task
from tenants.context import current
from tenants.db import db

Limit = Callable[..., AbstractContextManager[None]]
"""Called with the time that a job may take, and with its ticket where it is drained along."""
running: ContextVar[Claim | None] = ContextVar("running_job", default=None)


class OutOfTime(BaseException):
    """The time limit is over. Not an Exception: a job's own `except` must not hide it."""


def perform(task: Task, held: Claim, limit: Limit, *, along: bool = False) -> None:
    """Have the effect; what it raises is the job's failure. `along`: by another job's ticket."""
    token = running.set(held)
    try:
        with limit(task.time_limit, held.ticket) if along else limit(task.time_limit):
            if task.event is not None:
                task.function(_fact(task, held))
            else:
                task.function(**codec.arguments(task.function, held.args))
    finally:
        running.reset(token)


def _fact(task: Task, held: Claim) -> Any:
    assert task.event is not None  # noqa: S101  asked by the caller
    model = ProviderFact if current.get() is None else Fact
    payload = db.session.scalars(
        select(model.payload).where(model.id == UUID(held.args["fact_id"]))
    ).one()
    return codec.decode(task.event, payload)
