"""What a calendar's definition says, day by day and year by year; ranges of days that differ."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla.hours_text import hours_text, seconds
from app.sla.rules.wire import WEEKDAYS

LONGEST_RANGE = 370
MOST_DAYS = 3_000
"""Days that differ, in one calendar: more is no calendar but a mistake or an attack."""
_ONE = timedelta(days=1)


class DayKind(StrEnum):
    """How a day looks in the picture of the year."""

    WORKING = "working"
    FREE = "free"
    HOLIDAY = "holiday"
    SHORT = "short"
    """Fewer hours than that day of the week has: Christmas Eve until one."""
    EXTRA = "extra"
    """Hours on a day that has none by the week, or longer ones."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the picture."""

    date: date
    kind: DayKind
    hours: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days in a row that differ in the same way; one row of the editor."""

    first: date
    last: date
    hours: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A holiday as the definition writes it: `2026-12-25`, or `12-25` for every year."""

    key: str
    name: str

    @property
    def is_yearly(self) -> bool:
        return len(self.key) == 5

    @property
    def year(self) -> int:
        """0 for a yearly one."""
        return 0 if self.is_yearly else int(self.key[:4])

    @property
    def date(self) -> date:
        """The date; of a yearly one that in a leap year."""
        return date.fromisoformat(f"2024-{self.key}" if self.is_yearly else self.key)


def holidays_of(definition: Mapping[str, Any]) -> list[Holiday]:
    """Yearly ones first, then by date."""
    names = definition.get("names", {})
    found = [Holiday(key=key, name=names.get(key, "")) for key in definition.get("holidays", [])]
    return sorted(found, key=lambda one: (not one.is_yearly, one.key))


def stretches_of(definition: Mapping[str, Any]) -> list[Stretch]:
    """The overrides, days in a row with the same hours and name as one."""
    names = definition.get("names", {})
    found: list[Stretch] = []
    for key in sorted(definition.get("overrides", {})):
        day, hours = date.fromisoformat(key), hours_text(definition["overrides"][key])
        name = names.get(key, "")
        last = found[-1] if found else None
        if last and last.last + _ONE == day and (last.hours, last.name) == (hours, name):
            found[-1] = Stretch(first=last.first, last=day, hours=hours, name=name)
        else:
            found.append(Stretch(first=day, last=day, hours=hours, name=name))
    return found


def days_between(first: date, last: date, *, field: str) -> Iterator[date]:
    """Every day of the range. Raises Invalid where it is turned round or too long."""
    if last < first:
        raise Invalid(fields={field: [Text("The last day lies before the first.")]})
    if (last - first).days >= LONGEST_RANGE:
        text = Text("At most %(most)s days in one range.", most=LONGEST_RANGE)
        raise Invalid(fields={field: [text]})
    return (first + _ONE * number for number in range((last - first).days + 1))


def day_of(definition: Mapping[str, Any], day: date) -> Day:
    """How that day is worked."""
    key, yearly = day.isoformat(), day.isoformat()[5:]
    names = definition.get("names", {})
    usual = definition.get("week", {}).get(WEEKDAYS[day.weekday()], [])
    overrides = definition.get("overrides", {})
    if key in overrides:
        return _different(day, overrides[key], usual, names.get(key, ""))
    for holiday in (key, yearly):
        if holiday in definition.get("holidays", []):
            name = names.get(holiday, "")
            return Day(date=day, kind=DayKind.HOLIDAY, hours="", name=name)
    kind = DayKind.WORKING if usual else DayKind.FREE
    return Day(date=day, kind=kind, hours=hours_text(usual), name="")


def _different(
    day: date, shifts: Sequence[Sequence[str]], usual: Sequence[Sequence[str]], name: str
) -> Day:
    if not shifts:
        kind = DayKind.CLOSED
    elif usual and seconds(shifts) < seconds(usual):
        kind = DayKind.SHORT
    else:
        kind = DayKind.EXTRA
    return Day(date=day, kind=kind, hours=hours_text(shifts), name=name)


def year_of(definition: Mapping[str, Any], year: int) -> list[list[Day]]:
    """Twelve months of days."""
    lookup = {**definition, "holidays": frozenset(definition.get("holidays", []))}
    return [
        [
            day_of(lookup, date(year, month, number))
            for number in range(1, monthrange(year, month)[1] + 1)
        ]
        for month in range(1, 13)
    ]
