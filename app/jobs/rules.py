"""States of a job, its classes, and when a failed one is tried again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import NamedTuple

MAX_DEATHS = 3
"""A job whose worker died this often under it is not tried again: it may be the murderer."""
LONGEST_PAUSE = timedelta(hours=6)


class JobState(StrEnum):
    """pending → enqueued → running → done | pending (back-off) | dead | cancelled."""

    PENDING = "pending"
    ENQUEUED = "enqueued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"
    HELD = "held"
    """Its client or kind is paused."""
    WAITING = "waiting"
    """Its parts are not all done yet."""


ACTIVE = (
    JobState.PENDING,
    JobState.ENQUEUED,
    JobState.RUNNING,
    JobState.HELD,
    JobState.WAITING,
)
"""States in which an equal job (same dedupe_key) is not taken a second time."""


class JobClass(StrEnum):
    """Each has a queue and workers of its own, so that slow work never waits before fast work."""

    INTERACTIVE = "interactive"
    DEFAULT = "default"
    BULK = "bulk"
    EXTERNAL = "external"


class CatchUp(StrEnum):
    """What happens to a schedule's slots that passed while no ticker ran."""

    SKIP = "skip"
    """They are left out."""
    ONCE = "once"
    """The latest of them fires."""
    ALL = "all"
    """Each of them fires."""


class Outcome(StrEnum):
    """How an attempt ended that did not end well."""

    FAILED = "failed"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many jobs may be with Redis and the workers at once: in all, and of one client."""

    window: int
    per_client: int


ALLOWANCE = {
    JobClass.INTERACTIVE: Allowance(window=100, per_client=20),
    JobClass.DEFAULT: Allowance(window=200, per_client=20),
    JobClass.BULK: Allowance(window=100, per_client=10),
    JobClass.EXTERNAL: Allowance(window=100, per_client=10),
}


class Waiting(NamedTuple):
    """A job that may be handed out."""

    client: int
    """0: the provider."""
    priority: int
    id: int
    kind: str
    is_tiny: bool


class Line(NamedTuple):
    """A client's jobs of one class that may be handed out, one behind the other."""

    client: int
    """0: the provider."""
    in_flight: int
    cap: int
    weight: int
    head: tuple[int, int]
    """Priority and number of the first one: the smaller is served first where turns are equal."""

    def turn(self, taken: int) -> float:
        """Whose turn is smallest is next: jobs on their way, after so many more, by weight."""
        return (self.in_flight + taken + 1) / self.weight


def deal(lines: Iterable[Line], *, places: int) -> Counter[int]:
    """How many of each line go next: place by place to the line that has least for its weight.

    Nobody gets more than its cap, and nobody waits behind another's backlog.
    """
    shares: Counter[int] = Counter()
    waiting = [(line.turn(0), line.head, line.client, line) for line in lines]
    heapify(waiting)
    while waiting and places > 0:
        _, head, client, line = heappop(waiting)
        if line.in_flight + shares[client] < line.cap:
            shares[client] += 1
            places -= 1
            heappush(waiting, (line.turn(shares[client]), head, client, line))
    return +shares


def choose(
    turns: Iterable[tuple[float, Waiting]], *, rooms: Mapping[str, int], drains: int
) -> list[Waiting]:
    """Those that go, in their turn: as many of a kind as its room leaves (by `kind` and
    `client:kind`; what is not named has no cap), and of tiny ones a few: each drains many.
    """
    found: list[Waiting] = []
    of_place: Counter[str] = Counter()
    tiny: Counter[tuple[int, str]] = Counter()
    for _, job in sorted(turns, key=lambda each: (each[0], each[1].priority, each[1].id)):
        places = [place for place in (job.kind, f"{job.client}:{job.kind}") if place in rooms]
        is_full = any(of_place[place] >= rooms[place] for place in places)
        if is_full or (job.is_tiny and tiny[job.client, job.kind] >= drains):
            continue
        of_place.update(places)
        tiny[job.client, job.kind] += job.is_tiny
        found.append(job)
    return found


def pause_after(attempts: int, *, first: timedelta) -> timedelta:
    """How long to wait after so many failed attempts: four times longer each time."""
    factor: int = 4 ** min(max(attempts - 1, 0), 20)
    return min(first * factor, LONGEST_PAUSE)


def may_retry(state: JobState) -> bool:
    """A person may have a dead or cancelled job run again, or a waiting one run now."""
    return state in {JobState.DEAD, JobState.CANCELLED, JobState.PENDING}


def may_discard(state: JobState) -> bool:
    """A person may give up a job that is not done."""
    return state not in {JobState.DONE, JobState.CANCELLED}


def may_edit(state: JobState) -> bool:
    """The arguments of a job may be changed while nobody has it."""
    return state in {JobState.DEAD, JobState.PENDING, JobState.HELD, JobState.WAITING}
