"""When somebody should hear of a clock: shares of the target, and the breach."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import instant, moment
from app.sla.rules.clock_state import Cycle, State, Whose

BREACH = 100
USUAL_THRESHOLDS = (75, 90)
"""Per cent of the target."""
_SECOND = timedelta(seconds=1)


class Crossing(NamedTuple):
    """The clock passes `percent` of its target at `at`."""

    percent: int
    at: datetime


def crossings(cycle: Cycle, *, thresholds: Iterable[int], calendar: Calendar) -> list[Crossing]:
    """What an open clock has passed and, as things stand, will pass; earliest first.

    A paused clock has no future. The breach is crossed in the second after the due time.
    """
    found = []
    for percent in sorted(set(thresholds)):
        at = reached_at(cycle, cycle.goal_seconds * percent // BREACH, calendar=calendar)
        if at is not None and percent < BREACH:
            found.append(Crossing(percent, at))
    if cycle.breached_at is not None:
        found.append(Crossing(BREACH, cycle.breached_at + _SECOND))
    elif cycle.due_at is not None:
        found.append(Crossing(BREACH, cycle.due_at + _SECOND))
    return found


def reached_at(cycle: Cycle, seconds: int, *, calendar: Calendar) -> datetime | None:
    """The instant at which the cycle has counted so many seconds; None: not as things stand."""
    rest = seconds
    end = instant(cycle.started_at)
    for stretch in cycle.stretches[cycle.counted_from :]:
        end = stretch.end
        if stretch.whose is Whose.PROVIDER:
            if stretch.worked >= rest:
                at = calendar.add(stretch.start, rest)
                return None if at is None else moment(at)
            rest -= stretch.worked
    if cycle.state is not State.RUNNING:
        return None
    at = calendar.add(end, rest)
    return None if at is None else moment(at)
