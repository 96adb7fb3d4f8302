"""When somebody should hear of a clock: shares of the target, and the breach."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import moment
from app.sla.rules.clock_state import Cycle, Whose

BREACH = 100
"""Per cent of the target."""
_SECOND = timedelta(seconds=1)


class Crossing(NamedTuple):
    """The clock passes `percent` of its target at `at`."""

    percent: int
    at: datetime


_BY_TIME = attrgetter("at", "percent")


def crossings(cycle: Cycle, *, thresholds: Iterable[int], calendar: Calendar) -> list[Crossing]:
    """What an open clock has passed and, as things stand, will pass; earliest first.

    A paused clock has no future. The breach is crossed in the second after the due time, whether
    or not `thresholds` name it.
    """
    found = []
    for percent in sorted({*thresholds} - {BREACH}):
        at = reached_at(cycle, cycle.goal_seconds * percent // BREACH, calendar=calendar)
        if at is not None:
            found.append(Crossing(percent, at))
    late_from = cycle.breached_at or cycle.due_at
    if late_from is not None:
        found.append(Crossing(BREACH, late_from + _SECOND))
    return sorted(found, key=_BY_TIME)


def reached_at(cycle: Cycle, seconds: int, *, calendar: Calendar) -> datetime | None:
    """The instant at which the cycle has counted so many seconds; None: not as things stand."""
    rest = seconds
    for stretch in cycle.stretches[cycle.counted_from :]:
        if stretch.whose is Whose.PROVIDER:
            if stretch.worked >= rest:
                at = calendar.add(stretch.start, rest)
                return None if at is None else moment(at)
            rest -= stretch.worked
    if not cycle.is_counting:
        return None
    at = calendar.add(cycle.judged_to, rest)
    return None if at is None else moment(at)
