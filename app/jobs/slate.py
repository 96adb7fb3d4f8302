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

_LAYOUT = struct.Struct("=qqqdd")
_PROVIDER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A child ended in the middle of a job."""

    ticket: Ticket
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
        self._write(0, 0, _PROVIDER, inf, 0)

    def note(self, ticket: Ticket) -> None:
        """This is being done now."""
        self._write(ticket.job_id, ticket.attempt, ticket.tenant_id or _PROVIDER, inf, 0)

    @contextmanager
    def limited(self, limit: timedelta) -> Iterator[None]:
        """Until when what is noted should be done."""
        noted = _LAYOUT.unpack_from(self._memory)
        seconds = limit.total_seconds()
        self._write(*noted[:3], time.monotonic() + seconds, seconds)
        try:
            yield
        finally:
            self._write(*noted)

    def ticket(self) -> Ticket | None:
        """What the child is, or was, at."""
        job_id, attempt, tenant_id, _, _ = _LAYOUT.unpack_from(self._memory)
        if not job_id:
            return None
        return Ticket(job_id=job_id, attempt=attempt, tenant_id=tenant_id or None)

    def seconds_over(self) -> float:
        """How long the child has been over its time. Negative: there is time left."""
        # Twice, because the child may be writing it just now.
        deadlines: list[float] = [_LAYOUT.unpack_from(self._memory)[3] for _ in range(2)]
        return time.monotonic() - max(deadlines)

    def limit_seconds(self) -> float:
        """The time that the job in hand may take."""
        limit: float = _LAYOUT.unpack_from(self._memory)[4]
        return limit

    def _write(self, *values: float) -> None:
        _LAYOUT.pack_into(self._memory, 0, *values)
