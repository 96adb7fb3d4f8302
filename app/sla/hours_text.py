"""Opening hours as people type them: `9-12, 13:00-17:00`, `22:00-06:00`, nothing for a day off."""

import re
from collections.abc import Sequence

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla.rules import wire
from app.sla.rules.refusal import Refused

MOST_SHIFTS = 6
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_DASHES = "-\N{EN DASH}\N{EM DASH}"
_SHIFT = re.compile(rf"{_TIME}\s*[{_DASHES}]\s*{_TIME}")
_CLOSED = frozenset({"", *_DASHES})

Shifts = list[list[str]]
"""As the definition of a calendar has them: pairs of HH:MM."""


def read_hours(text: str, *, field: str) -> Shifts:
    """The shifts of a day, in order. Raises Invalid naming the field."""
    found: Shifts = []
    if text.strip() in _CLOSED:
        return found
    for part in re.split(r"[,;/]| und | and ", text.strip()):
        match = _SHIFT.fullmatch(part.strip())
        if match is None:
            raise _wrong(field, Text("Please write hours like 09:00-12:00, 13:00-17:00."))
        opens, closes = (
            f"{int(hours):02}:{minutes or '00'}"
            for hours, minutes in (match.group(1, 2), match.group(3, 4))
        )
        found.append([opens, closes])
    if len(found) > MOST_SHIFTS:
        raise _wrong(field, Text("A day has at most %(most)s shifts.", most=MOST_SHIFTS))
    return _in_order(found, field)


def _in_order(found: Shifts, field: str) -> Shifts:
    try:
        spans = sorted(
            (wire.seconds_of_day(opens, field), wire.seconds_of_day(closes, field), opens, closes)
            for opens, closes in found
        )
    except Refused:
        raise _wrong(field, Text("A day has the hours 00:00 to 24:00.")) from None
    last = -1
    for at, until, _opens, _closes in spans:
        if at in {until, 86_400}:
            raise _wrong(field, Text("A shift has no length; a whole day is 00:00-24:00."))
        if at < last:
            raise _wrong(field, Text("Two shifts of this day overlap."))
        last = until if until > at else until + 86_400
    return [[opens, closes] for _at, _until, opens, closes in spans]


def hours_text(shifts: Sequence[Sequence[str]]) -> str:
    """Hours as a page shows them; empty for a day off."""
    return ", ".join(f"{opens}\N{EN DASH}{closes}" for opens, closes in shifts)


def seconds(shifts: Sequence[Sequence[str]]) -> int:
    """How long a day with these shifts is, summer time left aside."""
    total = 0
    for opens, closes in shifts:
        at, until = (wire.seconds_of_day(text, "hours") for text in (opens, closes))
        total += until - at if until > at else until - at + 86_400
    return total


def _wrong(field: str, text: Text) -> Invalid:
    return Invalid(fields={field: [text]})
