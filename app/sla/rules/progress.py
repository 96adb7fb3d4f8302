"""How a clock looks: figures for bars and badges. Words and colours are the templates'."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.sla.rules.clock_state import ClockState, State

WARN_FROM = 0.75
CRIT_FROM = 0.9


class Level(StrEnum):
    """How much one should worry; `none` where there is nothing to measure."""

    OK = "ok"
    WARN = "warn"
    CRIT = "crit"
    LATE = "late"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`fraction` of the promised time used up, 0..1; `remaining_seconds` is negative when late."""

    fraction: float
    level: Level
    remaining_seconds: int


_SILENT = frozenset({State.CANCELLED, State.NOT_APPLICABLE, State.UNMEASURABLE})


def progress(state: ClockState) -> Progress:
    """The progress of a clock in working time."""
    if state.state in _SILENT:
        return Progress(fraction=0.0, level=Level.NONE, remaining_seconds=0)
    fraction = share(state.elapsed_seconds, of=state.target_seconds)
    return Progress(
        fraction=1.0 if state.state is State.BREACHED else fraction,
        level=_level(state.state, fraction),
        remaining_seconds=state.remaining_seconds,
    )


def progress_by_due(
    *, started_at: datetime, due_at: datetime | None, now: datetime, is_paused: bool = False
) -> Progress:
    """The same for a long list, by the wall clock: no calendar, no events, nearly as good."""
    if due_at is None:
        level = Level.PAUSED if is_paused else Level.NONE
        return Progress(fraction=0.0, level=level, remaining_seconds=0)
    whole = int((due_at - started_at).total_seconds())
    remaining = int((due_at - now).total_seconds())
    fraction = share(whole - remaining, of=whole)
    state = State.BREACHED if now > due_at else State.PAUSED if is_paused else State.RUNNING
    return Progress(fraction=fraction, level=_level(state, fraction), remaining_seconds=remaining)


def share(part: int, *, of: int) -> float:
    """`part / of`, held between 0 and 1; nothing of nothing is all of it."""
    return min(max(part / of, 0.0), 1.0) if of > 0 else 1.0


def _level(state: State, fraction: float) -> Level:
    if state is State.BREACHED:
        return Level.LATE
    if state is State.PAUSED:
        return Level.PAUSED
    if state is State.MET or fraction < WARN_FROM:
        return Level.OK
    return Level.CRIT if fraction >= CRIT_FROM else Level.WARN
