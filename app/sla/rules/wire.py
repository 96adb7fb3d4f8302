"""Calendars, targets and events as JSON values: what is stored, imported and exchanged."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from app.sla.rules.opening_hours import OpeningHours, Shift, Shifts
from app.sla.rules.policy import BusinessDays, Target, WorkingTime
from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY

_Name = TypeVar("_Name", bound=StrEnum)
YEARS = range(1900, 2901)
"""Of points in time: far enough from the ends of what calendars expand."""
_QUOTED = 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([0-2][0-9]):([0-5][0-9])(?::([0-5][0-9]))?")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")


def opening_hours(value: Any) -> OpeningHours:
    """`{"zone", "week": {"mon": [["09:00", "17:00"]]}, "holidays": […], "overrides": {…}}`.

    A holiday is `YYYY-MM-DD`, or `MM-DD` for every year. Raises `Refused` naming the field.
    """
    fields = table(value, "calendar")
    week = table(fields.get("week", {}), "week")
    if unknown := set(week) - set(WEEKDAYS):
        raise Refused("week", f"there is no day {quoted(min(unknown))}")
    holidays = items(fields.get("holidays", []), "holidays")
    yearly = {day for day in holidays if _YEARLY.fullmatch(text(day, "holidays"))}
    overrides = table(fields.get("overrides", {}), "overrides")
    return OpeningHours(
        zone=text(fields.get("zone"), "zone"),
        week=tuple(_shifts(week.get(day, []), f"week.{day}") for day in WEEKDAYS),
        holidays=frozenset(_day(day, "holidays") for day in holidays if day not in yearly),
        yearly_holidays=frozenset(_month_day(day) for day in yearly),
        overrides={
            _day(day, "overrides"): _shifts(shifts, f"overrides.{day}")
            for day, shifts in overrides.items()
        },
    )


def opening_hours_json(definition: OpeningHours) -> dict[str, Any]:
    """What `opening_hours` reads back; sorted, so that equal calendars are equal texts."""
    yearly = [f"{month:02}-{day:02}" for month, day in sorted(definition.yearly_holidays)]
    return {
        "zone": definition.zone,
        "week": {
            day: _shifts_json(shifts)
            for day, shifts in zip(WEEKDAYS, definition.week, strict=True)
            if shifts
        },
        "holidays": [day.isoformat() for day in sorted(definition.holidays)] + yearly,
        "overrides": {
            day.isoformat(): _shifts_json(definition.overrides[day])
            for day in sorted(definition.overrides)
        },
    }


def target(value: Any, field: str = "target") -> Target:
    """`{"hours": 8}`, `{"seconds": 90}` or `{"business_days": 2, "cutoff": "15:00"}`.

    Raises `Refused` naming the field.
    """
    fields = table(value, field)
    given = [name for name in _TARGETS if name in fields]
    if len(given) != 1:
        raise Refused(field, "either hours or business_days are needed")
    name = given[0]
    return _TARGETS[name](fields, f"{field}.{name}")


def _hours(fields: Mapping[str, Any], field: str) -> Target:
    hours = fields["hours"]
    if isinstance(hours, bool) or not isinstance(hours, int | float):
        raise Refused(field, "must be a number")
    seconds = Decimal(str(hours)) * 3600
    if not seconds.is_finite() or seconds != int(seconds):
        raise Refused(field, "must come to whole seconds")
    return _working_time(int(seconds), field)


def _seconds(fields: Mapping[str, Any], field: str) -> Target:
    return _working_time(whole(fields["seconds"], field), field)


def _working_time(seconds: int, field: str) -> Target:
    try:
        return WorkingTime(seconds)
    except Refused as refused:
        raise Refused(field, refused.reason) from refused


def _business_days(fields: Mapping[str, Any], field: str) -> Target:
    days, cutoff = whole(fields["business_days"], field), fields.get("cutoff")
    past_midnight = None
    if cutoff is not None:
        past_midnight = seconds_of_day(cutoff, f"{field.rpartition('.')[0]}.cutoff")
    try:
        return BusinessDays(days, past_midnight)
    except Refused as refused:
        raise Refused(field, refused.reason) from refused


_TARGETS = {"hours": _hours, "seconds": _seconds, "business_days": _business_days}


def target_json(value: Target) -> dict[str, Any]:
    """What `target` reads back."""
    if isinstance(value, WorkingTime):
        return {"seconds": value.seconds}
    cutoff = {} if value.cutoff is None else {"cutoff": time_text(value.cutoff)}
    return {"business_days": value.days, **cutoff}


def point_in_time(value: Any, field: str) -> datetime:
    """An ISO 8601 time with its offset from UTC, in a year that calendars can count."""
    try:
        at = datetime.fromisoformat(text(value, field))
    except ValueError as wrong:
        raise Refused(field, "is not an ISO 8601 time") from wrong
    if at.tzinfo is None:
        raise Refused(field, "needs an offset from UTC")
    if at.year not in YEARS:
        raise Refused(field, f"lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return at


def seconds_of_day(value: Any, field: str) -> int:
    """`HH:MM` or `HH:MM:SS` as seconds past midnight; 24:00 is the day's end."""
    match = _TIME.fullmatch(text(value, field))
    if match is None:
        raise Refused(field, "is not a time of day like 09:00")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > DAY:
        raise Refused(field, "lies after 24:00")
    return total


def _shifts(value: Any, field: str) -> Shifts:
    return tuple(sorted(_shift(pair, field) for pair in items(value, field)))


def _shift(value: Any, field: str) -> Shift:
    pair = items(value, field)
    if len(pair) != 2:
        raise Refused(field, "a shift is a pair of times")
    opens, closes = (seconds_of_day(at, field) for at in pair)
    if opens in (closes, DAY):
        raise Refused(field, "a shift has no length; a whole day is 00:00 to 24:00")
    return Shift(opens, closes if closes > opens else closes + DAY)


def _shifts_json(shifts: Shifts) -> list[list[str]]:
    return [
        [
            time_text(shift.opens),
            time_text(shift.closes - DAY if shift.closes > DAY else shift.closes),
        ]
        for shift in sorted(shifts)
    ]


def time_text(seconds: int) -> str:
    """What `seconds_of_day` reads back."""
    minutes, rest = divmod(seconds, 60)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{rest:02}" if rest else shown


def _day(value: Any, field: str) -> date:
    try:
        return date.fromisoformat(text(value, field))
    except ValueError as wrong:
        raise Refused(field, f"{quoted(value)} is not a date") from wrong


def _month_day(value: str) -> tuple[int, int]:
    month, day = int(value[:2]), int(value[3:])
    _day(f"2024-{value}", "holidays")
    return month, day


def member(kind: type[_Name], value: Any, field: str) -> _Name:
    """The member of an enumeration. Raises `Refused`."""
    try:
        return kind(value)
    except ValueError as wrong:
        known = ", ".join(kind)
        reason = _missing(value) or f"{quoted(value)} is none of {known}"
        raise Refused(field, reason) from wrong


def table(value: Any, field: str) -> Mapping[str, Any]:
    """A JSON object. Raises `Refused`."""
    if not isinstance(value, Mapping):
        raise Refused(field, _missing(value) or "must be an object")
    return value


def items(value: Any, field: str) -> list[Any]:
    """A JSON list. Raises `Refused`."""
    if not isinstance(value, list | tuple):
        raise Refused(field, _missing(value) or "must be a list")
    return list(value)


def text(value: Any, field: str) -> str:
    """A text. Raises `Refused`."""
    if not isinstance(value, str):
        raise Refused(field, _missing(value) or "must be a text")
    return value


def whole(value: Any, field: str) -> int:
    """A whole number. Raises `Refused`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(field, "must be a whole number")
    return value


def _missing(value: Any) -> str | None:
    return "is missing" if value is None else None


def quoted(value: Any) -> str:
    """A value for a message of one line: ASCII, and not too much of it."""
    shown = ascii(value)
    return shown if len(shown) <= _QUOTED else f"{shown[:_QUOTED]}..."
