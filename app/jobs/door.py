"""RQ's worker and job, narrowed to one entry point: a ticket for a row in PostgreSQL.

RQ would call any importable function that somebody with access to Redis names. Ours calls none:
it reads the ticket and carries out the row. RQ's own bookkeeping (results, registries, retries,
remote commands) is left out; what counts is in PostgreSQL.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any, NoReturn

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from app.jobs import refusals, running, tickets
from app.jobs.performing import OutOfTime
from app.jobs.rules import JobClass
from app.jobs.slate import Slate
from app.jobs.tickets import Refused, Ticket

log = structlog.get_logger(__name__)

ENTRY = "app.jobs.door.run"
_HEARTBEAT_EVERY = 5.0
_TICKET_KEPT = 3600
"""Seconds until Redis forgets a ticket nobody took; the row is dispatched again."""


class TicketJob(Job):
    """An RQ job that can only be a ticket."""

    @override
    def perform(self) -> NoReturn:
        raise Refused("RQ may not call anything")

    def ticket(self, secret: str) -> Ticket:
        """The ticket it carries. Raises Refused."""
        try:
            function, args, kwargs, meta = self.func_name, self.args, self.kwargs, self.meta
        except Exception as unreadable:
            raise Refused("unreadable") from unreadable
        if function != ENTRY or kwargs or self._has_callbacks():
            raise Refused(f"asks for {function}")
        return tickets.read(args=args, meta=meta or {}, secret=secret)

    def _has_callbacks(self) -> bool:
        names = (
            self._success_callback_name,
            self._failure_callback_name,
            self._stopped_callback_name,
        )
        return any(isinstance(name, str) for name in names)


def queue(job_class: JobClass, connection: Redis) -> Queue:
    """The RQ queue of a class of jobs."""
    return Queue(
        f"kontor-{job_class}",
        connection=connection,
        job_class=TicketJob,
        serializer=JSONSerializer,
    )


# All or nothing, and in one call: as RQ's `enqueue_many` writes it, without what nobody reads, in a
# tenth of its time.
_PUSH = """
redis.call('sadd', KEYS[2], KEYS[1])
for at = 4, #ARGV, 3 do
    local key = ARGV[1] .. ARGV[at]
    redis.call('hset', key, 'data', ARGV[at + 1], 'meta', ARGV[at + 2], 'origin', ARGV[2])
    redis.call('expire', key, ARGV[3])
    redis.call('rpush', KEYS[1], ARGV[at])
end
"""


def push(waiting: Queue, dispatched: list[Ticket], *, secret: str) -> None:
    """Hand tickets to RQ. Doing so twice is harmless."""
    values: list[str | int] = [TicketJob.key_for(""), waiting.name, _TICKET_KEPT]
    for ticket in dispatched:
        values += (
            ticket.name,
            json.dumps([ENTRY, None, [ticket.job_id], {}]),
            json.dumps(ticket.meta(secret)),
        )
    script = waiting.connection.register_script(_PUSH)
    script(keys=[waiting.key, Queue.redis_queues_keys], args=values)


def forget(job_class: JobClass, ticket: Ticket, connection: Redis) -> None:
    """Nobody has this ticket any more: its worker died."""
    taken = queue(job_class, connection).intermediate_queue_key
    try:
        connection.lrem(taken, 0, ticket.name)
    except RedisError as failure:
        log.warning("ticket_not_put_away", ticket=ticket.name, error=str(failure))


class Door(SimpleWorker):
    """A worker of one queue, in this process."""

    max_connection_wait_time = 2.0

    def __init__(
        self,
        job_class: JobClass,
        *,
        app: Flask,
        connection: Redis,
        secret: str,
        slate: Slate,
        is_full: Callable[[], bool],
    ) -> None:
        super().__init__(
            [queue(job_class, connection)],
            connection=connection,
            job_class=TicketJob,
            worker_ttl=20,
            serializer=JSONSerializer,
            log_job_description=False,
        )
        self._app = app
        self._secret = secret
        self._slate = slate
        self._is_full = is_full
        self._beaten_at = 0.0

    @override
    def execute_job(self, job: Job, queue: Queue) -> None:
        self._state = WorkerStatus.BUSY
        try:
            self._carry_out(job)
        finally:
            self._slate.wipe()
            self._put_away(job, queue)
            self._state = WorkerStatus.IDLE
        if self._is_full():
            log.info("worker_recycled")
            self._stop_requested = True

    def _carry_out(self, job: Any) -> None:
        try:
            ticket = job.ticket(self._secret)
            self._slate.note(ticket)
            with self._app.app_context():
                ending = running.carry_out(
                    ticket, worker=self.name, limit=self._limit, leaving=self._is_leaving
                )
        except Refused as refusal:
            self._refuse(job, refusal)
        except Exception:
            # PostgreSQL is gone, most likely: the row's lease brings the job back.
            log.exception("job_not_carried_out", ticket=job.id)
        else:
            log.info("job", ticket=job.id, tenant=ticket.tenant_id, ending=str(ending))

    def _refuse(self, job: Any, refusal: Refused) -> None:
        log.error("ticket_refused", ticket=job.id, reason=str(refusal))
        try:
            found = self.connection.hgetall(job.key)
            with self._app.app_context():
                refusals.keep(queue=job.origin, ticket=job.id, reason=str(refusal), found=found)
        except (RedisError, SQLAlchemyError) as failure:
            log.error("evidence_not_kept", ticket=job.id, error=type(failure).__name__)

    def _is_leaving(self) -> bool:
        return bool(self._stop_requested)

    @contextmanager
    def _limit(self, limit: timedelta, job: Ticket | None = None) -> Iterator[None]:
        with self._slate.limited(limit, job), alarm(limit):
            yield

    def _put_away(self, job: Job, queue: Queue) -> None:
        try:
            with self.connection.pipeline(transaction=False) as pipeline:
                pipeline.lrem(queue.intermediate_queue_key, 0, job.id)
                pipeline.delete(job.key)
                pipeline.execute()
        except RedisError as failure:
            log.warning("ticket_not_put_away", ticket=job.id, error=str(failure))

    @property
    @override
    def dequeue_timeout(self) -> int:
        """Seconds: how long an idle worker may still wait when somebody says stop."""
        return 1

    @override
    def _shutdown(self) -> None:
        """RQ would break off its waiting, and lose the ticket that came in that moment."""
        self._stop_requested = True

    @property
    @override
    def should_run_maintenance_tasks(self) -> bool:
        """RQ's own are left out. It asks before each wait: who is to stop takes nothing more."""
        if self._stop_requested:
            raise StopRequested
        return False

    @override
    def subscribe(self) -> None:
        """No remote commands."""

    @override
    def check_for_suspension(self, burst: bool) -> None:
        """Clients and kinds are paused in PostgreSQL."""

    @override
    def set_state(self, state: Any, pipeline: Any = None) -> None:
        self._state = state

    @override
    def get_state(self) -> Any:
        return self._state

    @override
    def set_shutdown_requested_date(self) -> None:
        """Runs in a signal handler in the middle of a job: Redis stays out of it."""

    @override
    def procline(self, message: str) -> None:
        """The process keeps its name."""

    @override
    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        if time.monotonic() - self._beaten_at >= _HEARTBEAT_EVERY:
            super().heartbeat(timeout, pipeline)
            self._beaten_at = time.monotonic()


@contextmanager
def alarm(limit: timedelta) -> Iterator[None]:
    """Raise OutOfTime in the main thread when the time is over."""

    def ring(_: int, __: FrameType | None) -> None:
        raise OutOfTime(f"longer than {limit.total_seconds():.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
