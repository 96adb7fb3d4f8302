"""Days from elsewhere, proposed for review: public holidays, and calendars in ICS.

Nothing here is saved: a person ticks what holds. A hostile file costs little and is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import holidays as library
from icalendar import Calendar as ICalendar

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla import holidays
from app.sla.rules.refusal import Refused

LARGEST = 512 * 1024
MOST_LINES = 20_000
MOST_EVENTS = 500
LONGEST = 370
_LONGEST_NAME = 80
_AHEAD = 5
_LAST_YEAR = 9_000
_EXCEPT = re.compile(r"[\x00-\x1f\x7f]")


class ProposedKind(StrEnum):
    """What a proposed day may become."""

    HOLIDAY = "holiday"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Days in a row that somebody may tick."""

    first: date
    last: date
    name: str
    kind: ProposedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file holds, and how many entries could not be taken."""

    proposed: Sequence[Proposed]
    left_out: int
    """Entries with a time of day, a date out of reach or a repetition that is not yearly."""


@lru_cache
def countries() -> dict[str, tuple[str, ...]]:
    """ISO code → codes of its states, as far as the library knows them."""
    found = library.list_supported_countries(include_aliases=False)
    return {code: tuple(states) for code, states in sorted(found.items())}


def public_holidays(country: str, *, years: Iterable[int], state: str = "") -> list[Proposed]:
    """The public holidays of a country or state. Raises Invalid for one that is not known."""
    if country not in countries():
        raise Invalid(fields={"country": [Text("Nothing is known of this country.")]})
    if state and state not in countries()[country]:
        raise Invalid(fields={"state": [Text("Nothing is known of this state.")]})
    try:
        found = holidays.public_holidays(country, years=years, state=state or None)
    except Refused as unknown:
        raise Invalid(fields={"country": [Text("Nothing is known of this country.")]}) from unknown
    return [
        Proposed(first=day, last=day, name=_clean(name), kind=ProposedKind.HOLIDAY)
        for day, name in found.items()
    ]


def read_ics(content: bytes, *, today: date) -> Found:
    """The whole-day entries of an ICS file, in order. Raises Invalid with what is wrong."""
    if len(content) > LARGEST:
        raise _wrong(Text("This file is larger than %(most)s kB.", most=LARGEST // 1024))
    if content.count(b"\n") > MOST_LINES:
        raise _wrong(Text("This file has too many lines."))
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise _wrong(Text("This is not a calendar file (ICS)."))
    events = _events(content)
    if len(events) > MOST_EVENTS:
        raise _wrong(Text("This file has more than %(most)s entries.", most=MOST_EVENTS))
    proposed: list[Proposed] = []
    left_out = 0
    for event in events:
        days = list(_days(event, today=today))
        proposed += days
        left_out += not days
    if not proposed:
        raise _wrong(Text("There is no whole-day entry from last year on in this file."))
    ordered = sorted(set(proposed), key=lambda one: (one.first, one.last, one.name))
    return Found(proposed=ordered, left_out=left_out)


def _events(content: bytes) -> list[Any]:
    try:
        found = ICalendar.from_ical(content, multiple=True)
        return [event for one in found for event in one.walk("VEVENT")]
    # The parser meets what somebody made up: whatever it says, the file cannot be read.
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as wrong:
        raise _wrong(Text("This calendar file cannot be read: it is damaged.")) from wrong


def _days(event: Any, *, today: date) -> Iterator[Proposed]:
    """The entry's days from last year on; nothing where it cannot be taken."""
    span = _span(event)
    if span is None:
        return
    first, last = span
    name = _clean(str(event.get("SUMMARY", "")))
    kind = ProposedKind.HOLIDAY if first == last else ProposedKind.CLOSED
    for shift in _years(event, first, today=today):
        start = _moved(first, shift)
        if start is None or start.year < today.year - 1 or start.year > today.year + _AHEAD:
            continue
        yield Proposed(first=start, last=start + (last - first), name=name, kind=kind)


def _span(event: Any) -> tuple[date, date] | None:
    try:
        first = event.decoded("DTSTART")
        end = event.decoded("DTEND") if "DTEND" in event else None
        length = event.decoded("DURATION") if "DURATION" in event else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(first, date) or isinstance(first, datetime):
        return None
    days = 1
    if isinstance(end, date) and not isinstance(end, datetime):
        days = (end - first).days
    elif isinstance(length, timedelta):
        days = length.days
    if days > LONGEST or first.year > _LAST_YEAR:
        return None
    # RFC 5545: the end is not part of it; some programs write it equal to the start.
    return first, first + timedelta(days=max(days, 1) - 1)


def _years(event: Any, first: date, *, today: date) -> Iterable[int]:
    """By how many years the entry comes again; only yearly repetition is taken."""
    rule = event.get("RRULE")
    if rule is None:
        return (0,)
    if isinstance(rule, list) or set(rule) - {
        "FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "WKST",
    }:  # fmt: skip
        return ()
    if [str(one).upper() for one in rule.get("FREQ", [])] != ["YEARLY"]:
        return ()
    if rule.get("BYMONTH", [first.month]) != [first.month]:
        return ()
    if rule.get("BYMONTHDAY", [first.day]) != [first.day]:
        return ()
    interval = max(_number(rule, "INTERVAL", 1), 1)
    most = _number(rule, "COUNT", 10_000)
    until = _until(rule)
    last = min(today.year + _AHEAD, until.year if until else today.year + _AHEAD)
    return [
        years
        for number, years in enumerate(range(0, max(last - first.year + 1, 0), interval))
        if number < most and (until is None or (_moved(first, years) or first) <= until)
    ]


def _number(rule: Any, name: str, usual: int) -> int:
    found = rule.get(name, [usual])
    return found[0] if found and isinstance(found[0], int) else usual


def _until(rule: Any) -> date | None:
    found = rule.get("UNTIL", [None])[0]
    return found.date() if isinstance(found, datetime) else found


def _moved(day: date, years: int) -> date | None:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29 February of a year that has none
        return None


def _clean(name: str) -> str:
    return " ".join(_EXCEPT.sub(" ", name).split())[:_LONGEST_NAME]


def _wrong(text: Text) -> Invalid:
    return Invalid(fields={"file": [text]})
