"""The worker's parent: keeps a child for each queue, and starts another when one ends.

The parent has no connections and no application, so that a fork inherits nothing that two
processes could use at once.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
from flask import Flask
from redis.exceptions import RedisError

from app.jobs.door import Door
from app.jobs.relay import redis_client
from app.jobs.rules import JobClass

log = structlog.get_logger(__name__)

JOBS_PER_CHILD = 500
GRACE = 60.0
"""Seconds that a job may still take after SIGTERM."""
_BLOCKED = 20.0
"""Longer than a worker waits for a ticket in one call."""
_PR_SET_PDEATHSIG = 1


class Pool:
    """A parent and its children, one for each entry of `classes`."""

    def __init__(
        self,
        make_app: Callable[[], Flask],
        *,
        redis_url: str,
        secret: str,
        classes: Sequence[JobClass],
    ) -> None:
        self._make_app = make_app
        self._redis_url = redis_url
        self._secret = secret
        self._wanted = list(classes)
        self._children: dict[int, tuple[JobClass, float]] = {}
        self._stopping = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT; returns when the children have finished their jobs."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for job_class in self._wanted:
            self._start(job_class)
        while self._children:
            self._reap()
        log.info("workers_stopped")

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True
        for pid in list(self._children):
            os.kill(pid, signal.SIGTERM)
        signal.signal(signal.SIGALRM, self._kill)
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _kill(self, _: int, __: FrameType | None) -> None:
        for pid in list(self._children):
            os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            self._children.clear()
            return
        job_class, started = self._children.pop(pid, (None, 0.0))
        if job_class is None or self._stopping:
            return
        if status:
            log.warning("worker_ended", queue=str(job_class), status=status)
        if time.monotonic() - started < 1:
            time.sleep(1)  # it cannot start: not in a tight loop
        if not self._stopping:
            self._start(job_class)

    def _start(self, job_class: JobClass) -> None:
        # A signal between fork and the note of the child would miss it.
        signals = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_child(job_class, parent=parent, signals=signals)
        self._children[pid] = (job_class, time.monotonic())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)

    def _become_child(
        self, job_class: JobClass, *, parent: int, signals: set[signal.Signals]
    ) -> None:
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
            die_with(parent)
            work(self._make_app(), job_class, redis_url=self._redis_url, secret=self._secret)
            status = 0
        except BaseException:
            log.exception("worker_failed", queue=str(job_class))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)


def die_with(parent: int) -> None:
    """End this process (at once) when its parent does. Linux only; elsewhere it finds out late."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def work(
    app: Flask,
    job_class: JobClass,
    *,
    redis_url: str,
    secret: str,
    max_jobs: int = JOBS_PER_CHILD,
    burst: bool = False,
) -> None:
    """Work on one queue in this process, until SIGTERM or `max_jobs`; burst: until it is empty."""
    while not _reachable(redis_url):
        time.sleep(1)
    connection = redis_client(redis_url, seconds=_BLOCKED)
    worker = Door(job_class, app=app, connection=connection, secret=secret)
    worker.work(burst=burst, max_jobs=max_jobs, logging_level="ERROR")


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
