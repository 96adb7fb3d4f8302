"""The calendar and the words of the cases: Monday to Friday, 09:00 to 17:00, Europe/Berlin."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.sla.rules import wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, instant, moment
from app.sla.rules.clock_state import ClockState
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Cause, Change, Metric, Policy, Reopen, WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
NINE_TO_FIVE = [["09:00", "17:00"]]
OFFICE_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), NINE_TO_FIVE)
MON, TUE, WED, THU, FRI, SAT, SUN = (f"2026-11-{day}" for day in range(23, 30))
NEXT_MON, NEXT_TUE = "2026-11-30", "2026-12-01"


def calendar(week: Any = None, *, zone: str = "Europe/Berlin", **more: Any) -> Calendar:
    """A compiled calendar; the office's week unless told otherwise."""
    week = OFFICE_WEEK if week is None else week
    return Calendar(wire.opening_hours({"zone": zone, "week": week, **more}))


def every_day(*shifts: list[str]) -> dict[str, list[list[str]]]:
    """The same shifts on all seven days."""
    return {day: list(shifts) for day in wire.WEEKDAYS}


OFFICE = calendar()
ALWAYS = calendar(every_day(["00:00", "24:00"]))


def local(text: str, *, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    """`2026-11-23 10:00` on the wall clock of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def add(start: str, hours: float, *, to: Calendar = OFFICE) -> str:
    """The local time at which so many working hours have passed."""
    found = to.add(instant(local(start)), round(hours * HOUR))
    assert found is not None
    return said(moment(found))


def between(start: str, end: str, *, of: Calendar = OFFICE) -> float:
    """Working hours between two local times."""
    return of.between(instant(local(start)), instant(local(end))) / HOUR


def said(at: datetime | None) -> str:
    """An instant as Berlin's wall clock shows it."""
    assert at is not None
    return at.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


def entry(at: str, kind: str, cause: str | None = None, **more: Any) -> ClockEvent:
    """An event at a local time."""
    return ClockEvent(
        at=local(at), kind=Kind(kind), cause=None if cause is None else Cause(cause), **more
    )


def policy(metric: str = "resolution", hours: float = 8, **more: Any) -> Policy:
    """A promise of working hours."""
    target = more.pop("target", None) or WorkingTime(round(hours * HOUR))
    return Policy(
        metric=Metric(metric),
        target=target,
        reopen=Reopen(more.pop("reopen", "resume")),
        change=Change(more.pop("change", "retroactive")),
    )


def clock(terms: Policy, *events: ClockEvent, now: str, by: Calendar = OFFICE) -> ClockState:
    """The clock at a local time."""
    return evaluate(terms, by, events, local(now))
