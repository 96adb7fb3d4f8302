"""Calendars, targets and events as JSON values: what is stored, imported and exchanged."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.opening_hours import OpeningHours, Shift, Shifts
from app.sla.rules.policy import BusinessDays, Cause, Target, WorkingTime
from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY

_Name = TypeVar("_Name", bound=StrEnum)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(\d\d):([0-5]\d)(?::([0-5]\d))?")
_YEARLY = re.compile(r"(\d\d)-(\d\d)")


def opening_hours(value: Any) -> OpeningHours:
    """`{"zone", "week": {"mon": [["09:00", "17:00"]]}, "holidays": […], "overrides": {…}}`.

    A holiday is `YYYY-MM-DD`, or `MM-DD` for every year. Raises `Refused` naming the field.
    """
    fields = table(value, "calendar")
    week = table(fields.get("week", {}), "week")
    if unknown := set(week) - set(WEEKDAYS):
        raise Refused("week", f"there is no day {min(unknown)!r}")
    holidays = items(fields.get("holidays", []), "holidays")
    yearly = [text for text in holidays if _YEARLY.fullmatch(_text(text, "holidays"))]
    overrides = table(fields.get("overrides", {}), "overrides")
    return OpeningHours(
        zone=_text(fields.get("zone"), "zone"),
        week=tuple(_shifts(week.get(day, []), f"week.{day}") for day in WEEKDAYS),
        holidays=frozenset(_day(text, "holidays") for text in holidays if text not in yearly),
        yearly_holidays=frozenset(_month_day(text) for text in yearly),
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


def target(value: Any) -> Target:
    """`{"hours": 8}`, `{"seconds": 90}` or `{"business_days": 2, "cutoff": "15:00"}`."""
    fields = table(value, "target")
    if "business_days" in fields:
        cutoff = fields.get("cutoff")
        return BusinessDays(
            _whole(fields["business_days"], "target.business_days"),
            None if cutoff is None else seconds_of_day(cutoff, "target.cutoff"),
        )
    if "seconds" in fields:
        return WorkingTime(_whole(fields["seconds"], "target.seconds"))
    hours = fields.get("hours")
    if isinstance(hours, bool) or not isinstance(hours, int | float):
        raise Refused("target.hours", "hours or business_days are needed, as a number")
    seconds = Decimal(str(hours)) * 3600
    if not seconds.is_finite() or seconds != int(seconds):
        raise Refused("target.hours", "must come to whole seconds")
    return WorkingTime(int(seconds))


def target_json(value: Target) -> dict[str, Any]:
    """What `target` reads back."""
    if isinstance(value, WorkingTime):
        return {"seconds": value.seconds}
    cutoff = {} if value.cutoff is None else {"cutoff": _time_text(value.cutoff)}
    return {"business_days": value.days, **cutoff}


def clock_event(value: Any, *, field: str = "events") -> ClockEvent:
    """`{"at", "type", "by", "cause", "target"}`; raises `Refused` naming the field."""
    fields = table(value, field)
    kind = member(Kind, fields.get("type"), f"{field}.type")
    cause = fields.get("cause")
    if kind is Kind.PAUSED and cause is None:
        raise Refused(f"{field}.cause", "a pause has a cause")
    if kind is Kind.TARGET_CHANGED and "target" not in fields:
        raise Refused(f"{field}.target", "a changed target is needed")
    return ClockEvent(
        at=point_in_time(fields.get("at"), f"{field}.at"),
        kind=kind,
        cause=None if cause is None else member(Cause, cause, f"{field}.cause"),
        by_provider=fields.get("by") == "provider",
        target=target(fields["target"]) if "target" in fields else None,
    )


def point_in_time(value: Any, field: str) -> datetime:
    """An ISO 8601 time with its offset from UTC."""
    try:
        at = datetime.fromisoformat(_text(value, field))
    except ValueError as wrong:
        raise Refused(field, "is not an ISO 8601 time") from wrong
    if at.tzinfo is None:
        raise Refused(field, "needs an offset from UTC")
    return at


def seconds_of_day(value: Any, field: str) -> int:
    """`HH:MM` or `HH:MM:SS` as seconds past midnight; 24:00 is the day's end."""
    match = _TIME.fullmatch(_text(value, field))
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
    opens, closes = (seconds_of_day(text, field) for text in pair)
    if opens in (closes, DAY):
        raise Refused(field, "a shift has no length; a whole day is 00:00 to 24:00")
    return Shift(opens, closes if closes > opens else closes + DAY)


def _shifts_json(shifts: Shifts) -> list[list[str]]:
    return [
        [
            _time_text(shift.opens),
            _time_text(shift.closes - DAY if shift.closes > DAY else shift.closes),
        ]
        for shift in sorted(shifts)
    ]


def _time_text(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text


def _day(value: Any, field: str) -> date:
    try:
        return date.fromisoformat(_text(value, field))
    except ValueError as wrong:
        raise Refused(field, f"{value!r} is not a date") from wrong


def _month_day(text: str) -> tuple[int, int]:
    month, day = int(text[:2]), int(text[3:])
    _day(f"2024-{text}", "holidays")
    return month, day


def member(kind: type[_Name], value: Any, field: str) -> _Name:
    """The member of an enumeration. Raises `Refused`."""
    try:
        return kind(value)
    except ValueError as wrong:
        raise Refused(field, f"{value!r} is unknown") from wrong


def table(value: Any, field: str) -> Mapping[str, Any]:
    """A JSON object. Raises `Refused`."""
    if not isinstance(value, Mapping):
        raise Refused(field, "must be an object")
    return value


def items(value: Any, field: str) -> list[Any]:
    """A JSON list. Raises `Refused`."""
    if not isinstance(value, list | tuple):
        raise Refused(field, "must be a list")
    return list(value)


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Refused(field, "must be a text")
    return value


def _whole(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(field, "must be a whole number")
    return value
