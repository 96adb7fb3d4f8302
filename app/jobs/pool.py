"""The worker's parent: keeps a child for each queue, and starts another when one ends.

The parent has no connections and no application, so that a fork inherits nothing that two
processes could use at once. It kills a child that is over its job's time or memory; whatever
killed a child, the next one records the death.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog
from flask import Flask

from app.jobs.rules import JobClass
from app.jobs.slate import Death, Slate
from app.jobs.working import Shift, die_with, memory_mb, work

log = structlog.get_logger(__name__)

MEMORY_MB = 512
GRACE = 60.0
"""Seconds that a job may still take after SIGTERM."""
INSIST_AFTER = 5.0
"""Seconds over its time after which a job that does not stop by itself is killed."""
_LOOK_EVERY = 0.25


@dataclass(slots=True, kw_only=True)
class Child:
    """One process, and what its parent knows about it."""

    job_class: JobClass
    started: float
    slate: Slate
    killed_because: str = ""
    was_out_of_time: bool = False

    def death(self, status: int) -> Death | None:
        """What has to be recorded if it ended in the middle of a job."""
        ticket, job = self.slate.ticket(), self.slate.job()
        if not status or ticket is None or job is None:
            return None
        ended = f"signal {-status}" if status < 0 else f"exit status {status}"
        cause = self.killed_because or f"The worker died while it worked on this ({ended})."
        return Death(ticket=ticket, job=job, cause=cause, out_of_time=self.was_out_of_time)


@dataclass(slots=True, kw_only=True)
class Pool:
    """A parent and its children, one for each entry of `classes`."""

    make_app: Callable[[], Flask]
    redis_url: str
    secret: str = field(repr=False)
    classes: Sequence[JobClass]
    memory_mb: int = MEMORY_MB
    """A child above it ends after its job; one above twice of it is killed."""
    insist_after: float = INSIST_AFTER
    _children: dict[int, Child] = field(default_factory=dict)
    _stopping: bool = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT; returns when the children have finished their jobs."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        for job_class in self.classes:
            self._start(job_class)
        while self._children:
            self._reap()
            self._insist()
            signal.sigtimedwait({signal.SIGCHLD}, _LOOK_EVERY)
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
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            child = self._children.pop(pid, None)
            if child is not None:
                self._replace(child, os.waitstatus_to_exitcode(status))

    def _replace(self, child: Child, status: int) -> None:
        if status:
            log.warning("worker_ended", queue=str(child.job_class), status=status)
        if self._stopping:
            return
        if time.monotonic() - child.started < 1:
            time.sleep(1)  # it cannot start: not in a tight loop
        if not self._stopping:
            self._start(child.job_class, after=child.death(status))

    def _insist(self) -> None:
        for pid, child in self._children.items():
            if child.killed_because:
                continue
            if child.slate.seconds_over() > self.insist_after:
                child.was_out_of_time = True
                limit = child.slate.limit_seconds()
                child.killed_because = f"OutOfTime: longer than {limit:.0f} s; it had to be killed"
            elif child.slate.ticket() and memory_mb(pid) > 2 * self.memory_mb:
                child.killed_because = f"OutOfMemory: more than {2 * self.memory_mb} MB"
            if child.killed_because:
                log.error("worker_killed", pid=pid, because=child.killed_because)
                os.kill(pid, signal.SIGKILL)

    def _start(self, job_class: JobClass, *, after: Death | None = None) -> None:
        # A signal between fork and the note of the child would miss it.
        signals = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        parent, slate = os.getpid(), Slate()
        pid = os.fork()
        if pid == 0:
            self._become_child(job_class, parent=parent, slate=slate, after=after)
        self._children[pid] = Child(job_class=job_class, started=time.monotonic(), slate=slate)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)

    def _become_child(
        self, job_class: JobClass, *, parent: int, slate: Slate, after: Death | None
    ) -> None:
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(
                signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
            )
            die_with(parent)
            work(
                self.make_app(), job_class, redis_url=self.redis_url, secret=self.secret,
                shift=Shift(slate=slate, after=after, memory_mb=self.memory_mb),
            )  # fmt: skip
            status = 0
        except BaseException:
            log.exception("worker_failed", queue=str(job_class))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
