"""Working time and clocks: against a loop over the days, as most software does it."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo

from app.sla.holidays import OFFICE_WEEK
from app.sla.rules import wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, instant
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Cause, Metric, Policy, WorkingTime

_BERLIN = ZoneInfo("Europe/Berlin")
_START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_HOUR = 3600
_HOURS = {weekday: (time_of_day(9), time_of_day(17)) for weekday in range(5)}


def run() -> list[dict[str, Any]]:
    """Rows of name, value, unit, baseline and ratio; a ratio above 1 is ours being faster."""
    calendar = Calendar(wire.opening_hours({"zone": _BERLIN.key, "week": OFFICE_WEEK}))
    start = instant(_START)
    rows = []
    for name, hours in (("8 h", 8), ("200 h", 200), ("2,000 h", 2000)):
        ours = _microseconds(_adding(calendar, start, hours * _HOUR))
        naive = _microseconds(_adding_by_days(hours), seconds=0.5)
        rows.append(_row(f"add {name} of working time", ours, naive))
    for name, days in (("1 week", 7), ("1 year", 365)):
        end = _START + timedelta(days=days)
        ours = _microseconds(_measuring(calendar, start, instant(end)))
        naive = _microseconds(_measuring_by_days(end), seconds=0.5)
        rows.append(_row(f"working time between, {name}", ours, naive))
    rows.append(_fold(calendar))
    return rows


def _fold(calendar: Calendar) -> dict[str, Any]:
    """Clocks judged per second, each an item with 20 events."""
    policy = Policy(metric=Metric.RESOLUTION, target=WorkingTime(80 * _HOUR))
    log = [ClockEvent(at=_START, kind=Kind.OPENED)]
    turns = (Kind.PAUSED, Kind.RESUMED, Kind.PROVIDER_MESSAGE, Kind.CLIENT_MESSAGE)
    for number in range(18):
        at = _START + timedelta(minutes=47 * (number + 1))
        log.append(ClockEvent(at=at, kind=turns[number % 4], cause=Cause.CLIENT))
    log.append(ClockEvent(at=_START + timedelta(days=2), kind=Kind.RESOLVED))
    now = _START + timedelta(days=5)
    spent = _microseconds(lambda: evaluate(policy, calendar, log, now))
    return {
        "name": "clocks of 20 events folded",
        "value": round(1_000_000 / spent),
        "unit": "1/s",
        "baseline": None,
        "ratio": None,
    }


def _adding(calendar: Calendar, start: int, seconds: int) -> Callable[[], object]:
    return lambda: calendar.add(start, seconds)


def _measuring(calendar: Calendar, start: int, end: int) -> Callable[[], object]:
    return lambda: calendar.between(start, end)


def _adding_by_days(hours: int) -> Callable[[], object]:
    return lambda: add_by_days(_START, timedelta(hours=hours), hours=_HOURS)


def _measuring_by_days(end: datetime) -> Callable[[], object]:
    return lambda: between_by_days(_START, end, hours=_HOURS)


Week = Mapping[int, tuple[time_of_day, time_of_day]]


def add_by_days(start: datetime, promised: timedelta, *, hours: Week) -> datetime:
    """The plain way: day after day until the time is used up."""
    day = start.astimezone(_BERLIN).date()
    remaining = promised
    while True:
        shift = _shift_on(day, hours)
        if shift is not None and shift[1] > start:
            opens = max(shift[0], start)
            if remaining <= shift[1] - opens:
                return opens + remaining
            remaining -= shift[1] - opens
        day += timedelta(days=1)


def between_by_days(start: datetime, end: datetime, *, hours: Week) -> timedelta:
    """The plain way: the overlap with each day's hours."""
    day, last = start.astimezone(_BERLIN).date(), end.astimezone(_BERLIN).date()
    worked = timedelta()
    while day <= last:
        shift = _shift_on(day, hours)
        if shift is not None:
            worked += max(min(shift[1], end) - max(shift[0], start), timedelta())
        day += timedelta(days=1)
    return worked


def _shift_on(day: date, hours: Week) -> tuple[datetime, datetime] | None:
    shift = hours.get(day.weekday())
    if shift is None:
        return None
    opens, closes = (datetime.combine(day, at, tzinfo=_BERLIN).astimezone(UTC) for at in shift)
    return opens, closes


def _microseconds(work: Callable[[], object], *, seconds: float = 0.3) -> float:
    """The time of one call: the best of several rounds, so that a busy machine matters less."""
    work()
    best = float("inf")
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        for _ in range(20):
            work()
        best = min(best, (time.perf_counter() - began) / 20)
    return best * 1_000_000


def _row(name: str, ours: float, naive: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(ours, 2),
        "unit": "µs",
        "baseline": round(naive, 2),
        "ratio": round(naive / ours, 1),
    }
