"""What a clock shows: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    NOT_APPLICABLE = "not_applicable"
    UNMEASURABLE = "unmeasurable"


class Whose(StrEnum):
    """To whom a second of an item's life belongs."""

    PROVIDER = "provider"
    CLIENT = "client"
    THIRD_PARTY = "third_party"
    CLOSED = "closed"
    PROVIDER_WAITING = "provider_waiting"
    """The provider's own time that a clock does not count: agreed, or owed by somebody else."""


class Stretch(NamedTuple):
    """A part of a clock's life [start, end) under one cause; `worked` is its working time.

    Instants in seconds since 1970. `whose` is never `closed`: the rest of the stretch is.
    """

    start: int
    end: int
    whose: Whose
    worked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Seconds from start to end (or now), by whose they were; `provider`: counted or not."""

    provider: int = 0
    client: int = 0
    third_party: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One run of a clock. Seconds are working time; `remaining` is negative when late."""

    state: State
    started_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    breached_at: datetime | None
    breach_by_change: bool
    """The breach came with a changed target, not with time passing."""
    target_seconds: int
    elapsed_seconds: int
    remaining_seconds: int
    stretches: tuple[Stretch, ...]
    """The evidence: what was counted, and for whom."""
    counted_from: int
    """The index of the first stretch that counts towards the due time."""
    goal_seconds: int
    """The working time that the counted stretches may take until the due time."""
    judged_to: int = 0
    """The instant up to which the stretches tell."""
    is_counting: bool = False
    """Whether working time counts from there on: neither paused nor ended, early or late."""
    original_due_at: datetime | None = None
    """What was promised, where `due_at` was set by hand."""
    excused: bool = False
    """A breach was on record and is excused: by somebody, or by what was noted too late."""
    original_breached_at: datetime | None = None
    """The breach as it first stood on record, where that differs or is excused."""
    pause_limit_at: datetime | None = None
    """When the present pause has lasted, or had lasted, as long as it may."""
    team: str | None = None
    """Whose step it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """The last cycle's figures at the top, the split over all cycles."""

    state: State = State.NOT_APPLICABLE
    due_at: datetime | None = None
    elapsed_seconds: int = 0
    remaining_seconds: int = 0
    target_seconds: int = 0
    breached_at: datetime | None = None
    finished_at: datetime | None = None
    cycles: tuple[Cycle, ...] = ()
    split: Split = Split()

    @property
    def is_open(self) -> bool:
        """Whether time or events may still change the last cycle."""
        return self.state in _OPEN or (self.state in _ENDS_LATER and self.finished_at is None)


_OPEN = frozenset({State.RUNNING, State.PAUSED})
_ENDS_LATER = frozenset({State.BREACHED, State.UNMEASURABLE})
