"""Free times and clashes between stretches of time. Pure; moments are aware."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.kernel.law_dates import days, holidays

ZONE: Final = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """A stretch that is taken. What it is for is nobody's business here."""

    begin: datetime
    end: datetime
    calendar: str = ""

    @property
    def is_absence(self) -> bool:
        """It lasts whole days."""
        return self.end - self.begin >= timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When appointments are given: times of a day, on these weekdays (Monday is 0)."""

    stretches: tuple[tuple[time, time], ...]
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    state: str = ""


def parse_hours(text: str) -> tuple[tuple[time, time], ...]:
    """`08:00-12:00, 14:00-17:30`. Raises ValueError."""
    found: list[tuple[time, time]] = []
    for part in text.split(","):
        begin, end = (time.fromisoformat(one.strip()) for one in part.split("-"))
        if end <= begin or (found and begin < found[-1][1]):
            raise ValueError(text)
        found.append((begin, end))
    return tuple(found)


def open_stretches(hours: Hours, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """The opening hours of each day, in local time; none on holidays."""
    for day in days(first, last):
        if day.weekday() not in hours.weekdays or day in holidays(day.year, hours.state):
            continue
        for begin, end in hours.stretches:
            yield datetime.combine(day, begin, ZONE), datetime.combine(day, end, ZONE)


def free(
    hours: Hours, busy: Sequence[Busy], *, first: date, last: date, minutes: int, buffer: int = 0
) -> list[tuple[datetime, datetime]]:
    """Stretches of at least so many minutes in which nothing is taken; `buffer` around each."""
    pause, least = timedelta(minutes=buffer), timedelta(minutes=minutes)
    taken = sorted(busy)
    found = []
    for begin, end in open_stretches(hours, first, last):
        at = begin
        for one in taken:
            if one.end + pause <= at or one.begin - pause >= end:
                continue
            if one.begin - pause - at >= least:
                found.append((at, one.begin - pause))
            at = max(at, one.end + pause)
        if end - at >= least:
            found.append((at, end))
    return found


def slots(
    stretches: Sequence[tuple[datetime, datetime]], *, minutes: int
) -> list[tuple[datetime, datetime]]:
    """The free stretches cut into appointments."""
    long = timedelta(minutes=minutes)
    return [
        (begin + long * number, begin + long * (number + 1))
        for begin, end in stretches
        for number in range(int((end - begin) / long))
    ]


def clashes(busy: Sequence[Busy]) -> list[tuple[Busy, Busy]]:
    """Pairs of the same calendar that overlap."""
    found = []
    running: dict[str, list[Busy]] = {}
    for one in sorted(busy):
        still = [other for other in running.get(one.calendar, ()) if other.end > one.begin]
        found += [(other, one) for other in still]
        running[one.calendar] = [*still, one]
    return found


def outside(hours: Hours, busy: Sequence[Busy]) -> list[Busy]:
    """What lies outside the opening hours, wholly or in part; whole days are absences."""
    found = []
    for one in sorted(busy):
        if one.is_absence:
            continue
        day = one.begin.astimezone(ZONE).date()
        inside = any(
            begin <= one.begin and one.end <= end for begin, end in open_stretches(hours, day, day)
        )
        if not inside:
            found.append(one)
    return found
