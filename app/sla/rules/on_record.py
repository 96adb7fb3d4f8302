"""Breaches that stood on record until something was noted that had happened before.

What was known when is told by `recorded_at`. A breach that only the record of its day knows is
excused: the clock is judged by what happened, the original stays visible.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.sla.rules.clock_events import ClockEvent
from app.sla.rules.clock_state import ClockState, Cycle

_SECOND = timedelta(seconds=1)
Judge = Callable[[Sequence[ClockEvent], datetime], ClockState]


def is_any_late(events: Sequence[ClockEvent]) -> bool:
    """Whether anything was noted a second or more after it happened."""
    for event in events:
        noted = event.recorded_at
        if noted is not None and noted > event.at and noted - event.at >= _SECOND:
            return True
    return False


def excuse(
    state: ClockState, events: Sequence[ClockEvent], *, now: datetime, judge: Judge
) -> ClockState:
    """The same state, its cycles telling of the breaches that were taken from the record."""
    once = _once_breached(events, now=now, judge=judge)
    if not once:
        return state
    return replace(
        state, cycles=tuple(_marked(cycle, once.get(cycle.started_at)) for cycle in state.cycles)
    )


def _once_breached(
    events: Sequence[ClockEvent], *, now: datetime, judge: Judge
) -> dict[datetime, datetime]:
    """When the cycles (by their start) were first breached, as each late note found them."""
    noted = [event.recorded_at or event.at for event in events]
    late = {at for event, at in zip(events, noted, strict=True) if event.at + _SECOND <= at <= now}
    found: dict[datetime, datetime] = {}
    for moment in sorted(late):
        before = [
            event
            for event, at in zip(events, noted, strict=True)
            if at < moment and event.at <= moment
        ]
        for cycle in judge(before, moment).cycles:
            if cycle.breached_at is not None:
                found.setdefault(cycle.started_at, cycle.breached_at)
    return found


def _marked(cycle: Cycle, breached_at: datetime | None) -> Cycle:
    if breached_at is None or breached_at == cycle.breached_at:
        return cycle
    return replace(
        cycle,
        original_breached_at=breached_at,
        excused=cycle.excused or cycle.breached_at is None,
    )
