"""What a worker's child is at, written where its parent can read it after the child has died."""

import mmap
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from app.jobs.tickets import Ticket

_LAYOUT = struct.Struct("=qqqqqdd")
_PROVIDER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A child ended in the middle of a job."""

    ticket: Ticket
    job: Ticket
    """What it was at: the ticket's own job, or one that was drained along with it."""
    cause: str
    """One line for the job's record."""
    out_of_time: bool = False


class Slate:
    """A few bytes of memory that parent and child share; only the child writes."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)
        self.wipe()

    def wipe(self) -> None:
        """Nothing is being done."""
        self._write(0, 0, _PROVIDER, 0, 0, inf, 0)

    def note(self, ticket: Ticket) -> None:
        """This is being done now."""
        place = (ticket.job_id, ticket.attempt)
        self._write(*place, ticket.tenant_id or _PROVIDER, *place, inf, 0)

    @contextmanager
    def limited(self, limit: timedelta, job: Ticket | None = None) -> Iterator[None]:
        """Until when what is noted should be done; or this job, drained along with it."""
        noted = _LAYOUT.unpack_from(self._memory)
        seconds = limit.total_seconds()
        place = (job.job_id, job.attempt) if job else noted[3:5]
        self._write(*noted[:3], *place, time.monotonic() + seconds, seconds)
        try:
            yield
        finally:
            self._write(*noted)

    def ticket(self) -> Ticket | None:
        """What the child is, or was, at."""
        job_id, attempt, tenant_id, *_ = _LAYOUT.unpack_from(self._memory)
        return _ticket(job_id, attempt, tenant_id)

    def job(self) -> Ticket | None:
        """The job that it is, or was, at: as a ticket of its own would say it."""
        _, _, tenant_id, job_id, attempt, *_ = _LAYOUT.unpack_from(self._memory)
        return _ticket(job_id, attempt, tenant_id)

    def seconds_over(self) -> float:
        """How long the child has been over its time. Negative: there is time left."""
        # Twice, because the child may be writing it just now.
        deadlines: list[float] = [_LAYOUT.unpack_from(self._memory)[5] for _ in range(2)]
        return time.monotonic() - max(deadlines)

    def limit_seconds(self) -> float:
        """The time that the job in hand may take."""
        limit: float = _LAYOUT.unpack_from(self._memory)[6]
        return limit

    def _write(self, *values: float) -> None:
        _LAYOUT.pack_into(self._memory, 0, *values)


def _ticket(job_id: int, attempt: int, tenant_id: int) -> Ticket | None:
    if not job_id:
        return None
    return Ticket(job_id=job_id, attempt=attempt, tenant_id=tenant_id or None)
