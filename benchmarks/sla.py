"""Working time and clocks, against the libraries that are usually taken for it.

All work by the same hours and the same German holidays, from the same times on, and have to come
to the same results. A calendar is compiled once for each of its versions; that is told apart.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from random import Random
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pandas
import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule
from pandas.tseries.offsets import CustomBusinessHour

from app.sla.holidays import office_hours
from app.sla.rules import wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, instant, moment
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Cause, Metric, Policy, WorkingTime
from benchmarks.installation import Installation
from benchmarks.measure import FULL, Figure, Size, at_most

_BERLIN = ZoneInfo("Europe/Berlin")
_THEIR_BERLIN = pytz.timezone("Europe/Berlin")
_HOUR = 3600
_EIGHT = 8 * _HOUR
_ADD_TIMES, _BETWEEN_TIMES, _FOLDS = 15, 1000, 20_000
_FLAT = 2.0
"""How much dearer a hundred times the span may be."""
Starts = Sequence[datetime]


def run(_: Installation, size: Size) -> list[Figure]:
    """The pure engine: no database is asked."""
    rounds = 30 if size is FULL else 5
    written = office_hours(country="DE", state="BE", years=range(2024, 2040))
    began = perf_counter()
    calendar = Calendar(wire.opening_hours(written))
    calendar.add(instant(datetime(2026, 1, 5, tzinfo=UTC)), 2000 * _HOUR)
    compiling = (perf_counter() - began) * 1000
    starts = _starts(calendar, how_many=100)
    days = [date.fromisoformat(day) for day in written["holidays"]]
    return [
        *_adding(calendar, starts, days, rounds),
        *_measuring(calendar, starts, days, rounds),
        _folding(calendar, rounds),
        Figure(name="a calendar version compiled, once", value=compiling, unit="ms"),
    ]


def _starts(calendar: Calendar, *, how_many: int) -> Starts:
    """Working times of a year; the other libraries know whole seconds, too."""
    chance = Random(1)  # noqa: S311 - the same times every time
    first = instant(datetime(2026, 1, 5, 9, tzinfo=UTC))
    opened = [calendar.add(first, chance.randrange(200 * _EIGHT)) for _ in range(how_many)]
    return [moment(at).astimezone(_BERLIN) for at in opened if at is not None]


def _adding(calendar: Calendar, starts: Starts, holidays: list[date], rounds: int) -> list[Figure]:
    offset = CustomBusinessHour(8, start="09:00", end="17:00", holidays=holidays)
    stamps = [pandas.Timestamp(start) for start in starts]
    delta = BusinessTimeDelta(_rules(holidays), hours=8)
    ours = _each(starts, lambda at: calendar.add(at, _EIGHT), rounds, of=instant)
    far = _each(starts, lambda at: calendar.add(at, 100 * _EIGHT), rounds, of=instant)
    pandas_ = _each(stamps, lambda at: at + offset, rounds)
    theirs = _each(starts, lambda at: at + delta, max(rounds // 5, 1))
    for start, stamp in zip(starts, stamps, strict=True):
        due = calendar.add(instant(start), _EIGHT)
        assert due is not None
        assert moment(due) == stamp + offset == start + delta, start
    return [
        _faster("add 8 working hours", ours, ("pandas CustomBusinessHour", pandas_), _ADD_TIMES),
        _faster("add 8 working hours", ours, ("businesstimedelta", theirs), _ADD_TIMES),
        at_most("add 800 working hours", value=far, unit="µs", of=("add 8", ours), gate=_FLAT),
    ]


def _measuring(
    calendar: Calendar, starts: Starts, holidays: list[date], rounds: int
) -> list[Figure]:
    year, decade = timedelta(days=365), timedelta(days=3650)
    rules = _rules(holidays)
    offset = CustomBusinessHour(1, start="09:00", end="17:00", holidays=holidays)
    calendar.between(instant(starts[0]), instant(max(starts) + decade))

    def measure(span: timedelta) -> float:
        pairs = [(instant(start), instant(start + span)) for start in starts]
        return _each(pairs, lambda pair: calendar.between(*pair), rounds)

    ours, week, long = measure(year), measure(timedelta(days=7)), measure(decade)
    few = starts[:5]
    theirs = _each(few, lambda at: rules.difference(at, at + year), max(rounds // 10, 1))
    pandas_ = _each(
        few, lambda at: pandas.date_range(at, at + year, freq=offset), max(rounds // 10, 1)
    )
    for start in few:
        worked = timedelta(seconds=calendar.between(instant(start), instant(start + year)))
        assert rules.difference(start, start + year).timedelta == worked, start
    name = "working time between, over a year"
    return [
        _faster(name, ours, ("pandas date_range of hours", pandas_), _BETWEEN_TIMES),
        _faster(name, ours, ("businesstimedelta", theirs), _BETWEEN_TIMES),
        at_most(
            "working time between, over 10 years",
            value=long, unit="µs", of=("over a week", week), gate=_FLAT,
        ),
    ]  # fmt: skip


def _rules(holidays: list[date]) -> Rules:
    hours = WorkDayRule(
        start_time=time_of_day(9), end_time=time_of_day(17), working_days=[0, 1, 2, 3, 4],
        tz=_THEIR_BERLIN,
    )  # fmt: skip
    return Rules([hours, HolidayRule(dict.fromkeys(holidays, "holiday"), tz=_THEIR_BERLIN)])


def _folding(calendar: Calendar, rounds: int) -> Figure:
    """An item that waits, is answered and goes on: 20 events, every one noted when it happened."""
    policy = Policy(metric=Metric.RESOLUTION, target=WorkingTime(80 * _HOUR))
    start = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    turns = (Kind.PROVIDER_MESSAGE, Kind.PAUSED, Kind.CLIENT_MESSAGE, Kind.RESUMED)
    log = [ClockEvent(at=start, kind=Kind.OPENED, recorded_at=start)]
    for number in range(18):
        at = start + timedelta(minutes=47 * (number + 1), seconds=number)
        kind = turns[number % 4]
        cause = Cause.CLIENT if kind is Kind.PAUSED else None
        log.append(ClockEvent(at=at, kind=kind, cause=cause, recorded_at=at))
    at = start + timedelta(days=2)
    log.append(ClockEvent(at=at, kind=Kind.RESOLVED, recorded_at=at))
    now = start + timedelta(days=5)
    assert len(log) == 20
    spent = _each([now] * 200, lambda at: evaluate(policy, calendar, log, at), rounds)
    rate = 1_000_000 / spent
    return Figure(
        name="clocks of 20 events folded, on one core", value=rate, unit="1/s",
        gate=f"≥ {_FOLDS:,}", passed=rate >= _FOLDS,
    )  # fmt: skip


def _each(
    values: Sequence[Any],
    work: Callable[[Any], object],
    rounds: int,
    of: Callable[[Any], Any] | None = None,
) -> float:
    """Microseconds of one call: the best round, so that a busy machine matters less."""
    given = [of(value) for value in values] if of else values
    for value in given:
        work(value)
    best = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        for value in given:
            work(value)
        best = min(best, perf_counter() - began)
    return best / len(given) * 1_000_000


def _faster(name: str, ours: float, theirs: tuple[str, float], times: int) -> Figure:
    """A figure that has to be so many times smaller than theirs."""
    their_name, cost = theirs
    return Figure(
        name=name, value=ours, unit="µs", baseline=cost, baseline_name=their_name,
        gate=f"{times:,} times faster: ≤ {1 / times:.3g}", passed=ours * times <= cost,
    )  # fmt: skip
