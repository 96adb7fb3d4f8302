"""The worker's child: a queue is worked on until somebody says stop or it has done its share."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.jobs import deaths, running
from app.jobs.door import Door, forget
from app.jobs.relay import redis_client
from app.jobs.rules import JobClass
from app.jobs.slate import Death, Slate

log = structlog.get_logger(__name__)

JOBS_PER_CHILD = 500
_BLOCKED = 10.0
"""Longer than a worker waits for a ticket in one call."""
_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """End this process (at once) when its parent does. Linux only; elsewhere it finds out late."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a child is given on its way."""

    slate: Slate = field(default_factory=Slate)
    after: Death | None = None
    """How the process before this one ended, to be recorded first."""
    memory_mb: float = inf
    """The child ends after the job that took it above this."""
    jobs: int = JOBS_PER_CHILD


def work(
    app: Flask,
    job_class: JobClass,
    *,
    redis_url: str,
    secret: str,
    shift: Shift | None = None,
    burst: bool = False,
) -> None:
    """Work on one queue in this process until SIGTERM or its share; burst: until it is empty."""
    shift = shift or Shift()
    if shift.after is not None:
        _record(app, shift.after)
    while not _reachable(redis_url):
        time.sleep(1)
    running.forget_clients()
    connection = redis_client(redis_url, seconds=_BLOCKED)
    if shift.after is not None:
        forget(job_class, shift.after.ticket, connection)
    worker = Door(
        job_class, app=app, connection=connection, secret=secret, slate=shift.slate,
        is_full=_above(shift.memory_mb),
    )  # fmt: skip
    worker.work(burst=burst, max_jobs=shift.jobs, logging_level="ERROR")


def _record(app: Flask, death: Death) -> None:
    try:
        with app.app_context():
            deaths.record(death)
    except SQLAlchemyError as failure:
        # Its lease brings the job back.
        log.warning("death_not_recorded", error=type(failure).__name__)


def _above(megabytes: float) -> Callable[[], bool]:
    return lambda: memory_mb(os.getpid()) > megabytes


def memory_mb(pid: int) -> float:
    """Resident memory of a process; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0


def _reachable(redis_url: str) -> bool:
    connection = redis_client(redis_url)
    try:
        connection.ping()
    except RedisError as failure:
        log.warning("worker_without_redis", error=str(failure))
        return False
    finally:
        connection.close()
    return True
