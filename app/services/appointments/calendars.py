"""Reads calendars (RFC 5545): every occurrence in a stretch of days, without what it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import recurring_ical_events
from icalendar import Calendar

from app.services.appointments.rules import ZONE, Busy

TIMES: Final = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


class NotACalendar(ValueError):
    """The file holds no calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a calendar says of a stretch of days, and what of it nobody can read."""

    busy: Sequence[Busy]
    partly: Sequence[datetime] = ()
    """Beginnings of events whose end or repetition cannot be read."""
    left_out: int = 0
    """Events without a beginning."""


def occurrences(content: bytes, *, name: str, first: date, last: date) -> Taken:
    """Everything that is taken from the first to the last day. Raises NotACalendar.

    Cancelled events and those that leave the time free do not count.
    """
    begin, end = _moment(first), _moment(last) + timedelta(days=1)
    busy, partly, left_out = [], [], 0
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        if not calendars:
            raise NotACalendar
        for calendar in calendars:
            if calendar.name != "VCALENDAR":
                raise NotACalendar
            broken, lost = _sifted(calendar)
            partly += [one for one in broken if one < end]
            left_out += lost
            events = recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end)
            busy += [one for event in events if (one := _busy(event, name)) is not None]
    except NotACalendar:
        raise
    except Exception as problem:  # libraries of strangers' text have many errors of their own
        raise NotACalendar from problem
    return Taken(busy=sorted(busy), partly=sorted(partly), left_out=left_out)


def _sifted(calendar: Any) -> tuple[list[datetime], int]:
    """Beginnings of events that are broken in part; how many have none, which are taken out."""
    partly, lost = [], []
    for event in calendar.walk("VEVENT"):
        broken = [name for name, _ in event.errors if name in TIMES]
        begin = None if "DTSTART" in broken else getattr(event.get("DTSTART"), "dt", None)
        if not isinstance(begin, date):
            lost.append(id(event))
            continue
        for name in broken:
            event.pop(name, None)
        end = getattr(event.get("DTEND"), "dt", begin)
        if broken or (isinstance(end, date) and _moment(end) < _moment(begin)):
            partly.append(_moment(begin))
    calendar.subcomponents = [one for one in calendar.subcomponents if id(one) not in lost]
    return partly, len(lost)


def _busy(event: Any, name: str) -> Busy | None:
    if str(event.get("STATUS", "")) == "CANCELLED" or str(event.get("TRANSP", "")) == "TRANSPARENT":
        return None
    begin = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else begin
    if not isinstance(begin, datetime) and end == begin:
        end = begin + timedelta(days=1)
    begin, end = _moment(begin), _moment(end)
    return Busy(begin, end, name) if end > begin else None


def _moment(value: date | datetime) -> datetime:
    """In local time; what has no zone is meant locally."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=ZONE)
    return value.astimezone(ZONE) if value.tzinfo else value.replace(tzinfo=ZONE)
