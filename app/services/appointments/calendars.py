"""Reads calendars (RFC 5545): every occurrence in a stretch of days, without what it is for."""

from datetime import date, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from app.services.appointments.rules import ZONE, Busy


class NotACalendar(ValueError):
    """The file holds no calendar."""


def occurrences(content: bytes, *, name: str, first: date, last: date) -> list[Busy]:
    """Everything that is taken from the first to the last day. Raises NotACalendar.

    Cancelled events and those that leave the time free do not count.
    """
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        if not calendars:
            raise NotACalendar
        found = []
        for calendar in calendars:
            if calendar.name != "VCALENDAR":
                raise NotACalendar
            begin = datetime(first.year, first.month, first.day, tzinfo=ZONE)
            end = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)
            events = recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end)
            found += [one for event in events if (one := _busy(event, name)) is not None]
    except NotACalendar:
        raise
    except Exception as problem:  # libraries of strangers' text have many errors of their own
        raise NotACalendar from problem
    return sorted(found)


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
