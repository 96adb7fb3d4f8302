"""A calendar as somebody wrote it down: a zone, a week, holidays and days that differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Opens and closes in seconds past local midnight; a close past `DAY` is on the next day.

    A shift over midnight belongs to the day on which it starts.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        # 08:00 to 08:00 could be nothing or a whole day, so it is neither.
        if not 0 <= self.opens < self.closes < max(self.opens + DAY, DAY + 1):
            raise Refused("shift", "opens and closes must be times of day, less than a day apart")


Shifts = tuple[Shift, ...]
NO_SHIFTS: Shifts = ()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The definition of a working calendar.

    `week` has seven entries, Monday first. `yearly_holidays` are (month, day), and the 29 February
    exists in leap years only. `overrides` replace a day's hours whatever else holds for that day.
    """

    zone: str
    week: tuple[Shifts, ...]
    holidays: frozenset[date] = frozenset()
    yearly_holidays: frozenset[tuple[int, int]] = frozenset()
    overrides: Mapping[date, Shifts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_info(self.zone)
        if len(self.week) != 7:
            raise Refused("week", "a week has seven days")

    def shifts_on(self, day: date) -> Shifts:
        """The shifts that start on that local day."""
        override = self.overrides.get(day)
        if override is not None:
            return override
        if day in self.holidays or (day.month, day.day) in self.yearly_holidays:
            return NO_SHIFTS
        return self.week[day.weekday()]

    def has_weekly_hours(self) -> bool:
        return any(self.week)

    def has_working_time(self) -> bool:
        """Whether a day with hours is written down at all; a calendar without is not saved."""
        return self.has_weekly_hours() or any(self.overrides.values())

    def last_written_day(self) -> date:
        """After this day only the week (and yearly holidays) speak."""
        return max((*self.holidays, *self.overrides), default=date.min)


def zone_info(name: str) -> ZoneInfo:
    """The zone of that IANA name. An offset is not a name: it knows no summer time."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise Refused("zone", f"no time zone is called {name[:60]!a}") from unknown
