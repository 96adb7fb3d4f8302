"""The relay hands waiting jobs to RQ. Any number may run; one leads, by an advisory lock.

It needs a session of its own (DATABASE_DIRECT_URL): the lock and LISTEN do not survive a pooler.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import TupleRow
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.jobs import dispatch, door, limits, turns
from app.jobs.actions import CHANNEL
from app.jobs.dispatch import Overdue
from app.jobs.limits import Limits, Pauses
from app.jobs.rules import JobClass, JobState
from app.kernel.clock import now
from tenants.driver import connect

log = structlog.get_logger(__name__)

EPOCH_KEY = "kontor:epoch"
LEASE = timedelta(seconds=25)
"""How long a dispatched job may be neither waiting in its queue nor being worked on."""
TAKING = timedelta(seconds=2)
"""How long a worker may take from the ticket to its row."""
_LOCK = 0x6B6F6E746F720001
BEAT = 1.0
_BUSY_BEAT = 0.05


def redis_client(url: str, *, seconds: float = 2.0) -> Redis:
    """A client that gives up after so many seconds: nobody may hang because Redis does."""
    return Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0)
    )


@dataclass(slots=True, kw_only=True)
class Relay:
    """One relay process."""

    database_url: str
    redis: Redis
    secret: str
    lease: timedelta = LEASE
    taking: timedelta = TAKING
    beat: float = BEAT
    stop: threading.Event = field(default_factory=threading.Event)
    after_commit: Callable[[], None] = lambda: None
    """Called between marking jobs as enqueued and pushing them: where tests kill the relay."""
    _taken_since: dict[int, float] = field(default_factory=dict)
    _held_for: Pauses | None = None
    _held_at: float = 0.0

    def run(self) -> None:
        """Lead, or wait to lead, until `stop` is set."""
        while not self.stop.is_set():
            try:
                with connect(self.database_url, autocommit=True) as connection:
                    self._stand_by(connection)
            except psycopg.OperationalError as failure:
                log.warning("relay_without_database", error=str(failure).strip())
                self.stop.wait(self.beat)

    def _stand_by(self, connection: Connection[TupleRow]) -> None:
        while not self.stop.is_set():
            if lead(connection, _LOCK):
                log.info("relay_leads")
                connection.execute(f"listen {CHANNEL}".encode())
                self._lead(connection)
                return
            self.stop.wait(self.beat)

    def _lead(self, connection: Connection[TupleRow]) -> None:
        # The leader before us may have died between marking and pushing, and has held what it saw.
        doubtful, self._held_for = True, None
        while not self.stop.is_set():
            started = time.monotonic()
            moved, trouble = 0, ""
            try:
                moved = self.tick(connection, doubtful=doubtful)
                doubtful = False
            except RedisError as failure:
                doubtful = True
                trouble = f"Redis: {type(failure).__name__}"
                log.warning("relay_without_redis", error=str(failure))
            _note(
                connection, milliseconds=int((time.monotonic() - started) * 1000), trouble=trouble
            )
            self._wait(connection, busy=moved > 0)

    def _wait(self, connection: Connection[TupleRow], *, busy: bool) -> None:
        if busy:
            self.stop.wait(_BUSY_BEAT)
            return
        for _ in connection.notifies(timeout=self.beat, stop_after=1):
            break

    def tick(self, connection: Connection[TupleRow], *, doubtful: bool = False) -> int:
        """One round: notice a Redis that forgot, return lost dispatches, dispatch. Returns how
        many jobs were moved. Raises RedisError.
        """
        self._compare_epoch(connection)
        moved = self._reap(connection, all_enqueued=doubtful)
        at_present = limits.at_present(connection)
        self._hold(connection, at_present.pauses)
        turns.ripen(connection, at=now())
        for job_class in turns.waiting(connection):
            moved += self._dispatch(connection, job_class, at_present)
        return moved

    def _hold(self, connection: Connection[TupleRow], paused: Pauses) -> None:
        """What is paused is not handed out anyway; its state says so for those who look."""
        stale = paused and time.monotonic() - self._held_at > self.lease.total_seconds() / 5
        if paused != self._held_for or stale:
            limits.hold_and_release(connection, paused)
            self._held_for, self._held_at = paused, time.monotonic()

    def _compare_epoch(self, connection: Connection[TupleRow]) -> None:
        self.redis.set(EPOCH_KEY, uuid4().hex, nx=True)
        value = self.redis.get(EPOCH_KEY)
        epoch = value.decode() if isinstance(value, bytes) else ""
        row = connection.execute("select epoch from provider.job_relay where id = 1").fetchone()
        if row is not None and row[0] == epoch:
            return
        with connection.transaction():
            returned = dispatch.take_back(connection)
            connection.execute(
                "insert into provider.job_relay (id, epoch, ticked_at, tick_ms, trouble)"
                " values (1, %(epoch)s, %(at)s, 0, '')"
                " on conflict (id) do update set epoch = excluded.epoch",
                {"epoch": epoch, "at": now()},
            )
        log.warning("redis_forgot", returned=returned)

    def _reap(self, connection: Connection[TupleRow], *, all_enqueued: bool) -> int:
        moment = now()
        with connection.transaction():
            late = dispatch.overdue(connection, at=moment, all_enqueued=all_enqueued)
            if not late:
                return 0
            waiting, taken = self._whereabouts(late)
            still = [job for job in late if job.id in waiting]
            dispatch.prolong(connection, still, until=moment + self.lease)
            self._taken_since = {
                job_id: self._taken_since.get(job_id, time.monotonic()) for job_id in taken
            }
            in_hand = set(taken) if all_enqueued else set(self._just_taken())
            lost = [job for job in late if job.id not in waiting | in_hand]
            for job in lost:
                died = job.state is JobState.RUNNING or job.id in taken
                state = dispatch.bury_or_return(connection, job, died=died, at=moment)
                log.warning("job_returned", job=job.id, died=died, state=str(state))
            _count(
                connection,
                redispatched=len(lost),
                lost=sum(job.state is JobState.RUNNING or job.id in taken for job in lost),
            )
        return len(lost)

    def _just_taken(self) -> Iterator[int]:
        """A worker that has taken a ticket locks its row next: between the two it is not lost."""
        for job_id, since in self._taken_since.items():
            if time.monotonic() - since < self.taking.total_seconds():
                yield job_id

    def _whereabouts(self, late: list[Overdue]) -> tuple[set[int], set[int]]:
        """Whose tickets wait in their queue, and whose a worker has taken and not put away."""
        enqueued = [job for job in late if job.state is JobState.ENQUEUED]
        if not enqueued:
            return set(), set()
        with self.redis.pipeline(transaction=False) as pipeline:
            for job in enqueued:
                queue = door.queue(job.job_class, self.redis)
                pipeline.lpos(queue.key, job.ticket.name)
                pipeline.lpos(queue.intermediate_queue_key, job.ticket.name)
            places = pipeline.execute()
        pairs = list(zip(enqueued, places[::2], places[1::2], strict=True))
        return (
            {job.id for job, waits, _ in pairs if waits is not None},
            {job.id for job, waits, taken in pairs if waits is None and taken is not None},
        )

    def _dispatch(
        self, connection: Connection[TupleRow], job_class: JobClass, at_present: Limits
    ) -> int:
        tickets = turns.next_jobs(
            connection, job_class, limits=at_present, at=now(), lease=self.lease
        )
        if not tickets:
            return 0
        self.after_commit()
        try:
            door.push(door.queue(job_class, self.redis), tickets, secret=self.secret)
        except RedisError:
            # What did arrive finds its row not enqueued, and is passed over.
            dispatch.take_back(connection, [ticket.job_id for ticket in tickets])
            raise
        return len(tickets)


def lead(connection: Connection[TupleRow], lock: int) -> bool:
    """Become the leader, for as long as this connection lives. False: another one is."""
    row = connection.execute("select pg_try_advisory_lock(%s)", (lock,)).fetchone()
    return bool(row and row[0])


def _count(connection: Connection[TupleRow], *, redispatched: int, lost: int) -> None:
    connection.execute(
        "update provider.job_relay set redispatched = redispatched + %s, lost = lost + %s",
        (redispatched, lost),
    )


def _note(connection: Connection[TupleRow], *, milliseconds: int, trouble: str) -> None:
    connection.execute(
        "insert into provider.job_relay (id, epoch, ticked_at, tick_ms, trouble)"
        " values (1, '', %(at)s, %(ms)s, %(trouble)s) on conflict (id) do update"
        " set ticked_at = excluded.ticked_at, tick_ms = excluded.tick_ms,"
        " trouble = excluded.trouble",
        {"at": now(), "ms": milliseconds, "trouble": trouble},
    )
