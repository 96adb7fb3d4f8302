"""Working time: a calendar compiled once into UTC intervals with running totals.

Instants are whole seconds since 1970 (UTC); durations are whole seconds of working time. `add` and
`between` are two binary searches whatever the span. Intervals are half-open, [open, close).
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date

from app.sla.rules.opening_hours import OpeningHours, zone_info
from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY, EPOCH_ORDINAL, instant_of, local_day, utc_offset

_FIRST_DAY = date(2, 1, 1).toordinal()
_LAST_DAY = date(3000, 12, 31).toordinal()
_BACK = 40
_AHEAD = 400
_BARREN = 28 * 366
"""Days after which a week that never found an opening will not find one."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The part of a calendar that is expanded: days [first_day, last_day]."""

    first_day: int
    last_day: int
    starts_at: int
    ends_at: int
    opens: list[int]
    lengths: list[int]
    before: list[int]
    """Working seconds of the span before each interval."""
    total: int
    days: list[int]
    """Ordinals of the working days."""
    day_closes: list[int]


class Calendar:
    """A compiled calendar. Grows by itself when asked about a day it has not yet expanded."""

    def __init__(self, definition: OpeningHours) -> None:
        self.definition = definition
        self._zone = zone_info(definition.zone)
        self._span = _Span(0, 0, 0, 0, [0], [0], [0], 0, [], [])
        self.has_working_time = definition.has_working_time()

    def between(self, start: int, end: int) -> int:
        """Working seconds in [start, end); 0 when the end is not after the start."""
        if end <= start:
            return 0
        span = self._span
        if start < span.starts_at or end > span.ends_at:
            span = self._cover(start, end)
        return _worked(span, end) - _worked(span, start)

    def add(self, start: int, seconds: int) -> int | None:
        """The earliest instant at which `seconds` of working time have passed since `start`.

        0 seconds: the first working instant at or after `start`. None: never. Negative: `Refused`.
        """
        if seconds <= 0:
            return self._next_opening(start, seconds)
        span = self._span
        if start < span.starts_at or start > span.ends_at:
            span = self._cover(start, start)
        while True:
            goal = _worked(span, start) + seconds
            if goal <= span.total:
                index = bisect_left(span.before, goal) - 1
                found = span.opens[index] + goal - span.before[index]
                if found <= span.ends_at:
                    return found
            if not self._may_grow(span):
                return None
            span = self._grow(span)

    def _next_opening(self, start: int, seconds: int) -> int | None:
        if seconds < 0:
            raise Refused("target", "a target cannot be negative")
        following = self.add(start, 1)
        return None if following is None else following - 1

    def business_day_close(self, start: int, days: int, *, cutoff: int | None) -> int | None:
        """The close of the `days`-th working day after day 0; None when there is none.

        Day 0 is the local day of `start` when it is a working day and `start` is not after the
        cut-off (seconds past midnight; None: the day's close), else the next working day.
        """
        span = self._cover(start, start)
        today = local_day(start, zone=self._zone)
        while True:
            index = bisect_left(span.days, today)
            if index < len(span.days) and span.days[index] == today:
                last = span.day_closes[index]
                if cutoff is not None:
                    last = instant_of(today, cutoff, zone=self._zone)
                index += start > last
            if index + days < len(span.days):
                return span.day_closes[index + days]
            if not self._may_grow(span):
                return None
            span = self._grow(span)

    def _cover(self, start: int, end: int) -> _Span:
        """Expand so that [start, end] lies within; much at a time, so that it happens seldom."""
        span = self._span
        if span.starts_at <= start and end <= span.ends_at and span.ends_at:
            return span
        first = start // DAY + EPOCH_ORDINAL - _BACK
        last = end // DAY + EPOCH_ORDINAL + _AHEAD
        if span.ends_at:
            first, last = min(first, span.first_day), max(last, span.last_day)
        self._span = self._expand(max(first, _FIRST_DAY), min(last, _LAST_DAY))
        return self._span

    def _may_grow(self, span: _Span) -> bool:
        """Whether working time can follow beyond the span at all."""
        written = self.definition.last_written_day().toordinal()
        if span.last_day >= _LAST_DAY:
            return False
        if not self.definition.has_weekly_hours() and span.last_day > written + 2:
            return False
        latest = span.days[-1] if span.days else span.first_day
        return span.last_day - max(written, latest) <= _BARREN

    def _grow(self, span: _Span) -> _Span:
        """Expand twice as far, and at least over all days that are written down."""
        written = self.definition.last_written_day().toordinal()
        last = max(span.last_day * 2 - span.first_day, written)
        self._span = self._expand(span.first_day, min(last, _LAST_DAY))
        return self._span

    def _expand(self, first_day: int, last_day: int) -> _Span:
        intervals: list[tuple[int, int]] = []
        days: list[int] = []
        closes: list[int] = []
        for ordinal in range(first_day, last_day + 1):
            shifts = self._shifts(ordinal)
            if shifts:
                days.append(ordinal)
                closes.append(max(close for _, close in shifts))
                intervals += shifts
        opens, lengths, before, total = _merged(intervals)
        return _Span(
            first_day,
            last_day,
            (first_day + 2 - EPOCH_ORDINAL) * DAY,
            (last_day - 1 - EPOCH_ORDINAL) * DAY,
            opens,
            lengths,
            before,
            total,
            days,
            closes,
        )

    def _shifts(self, ordinal: int) -> list[tuple[int, int]]:
        """The shifts that start on that day, as instants; empty ones (leapt over) left out."""
        shifts = self.definition.shifts_on(date.fromordinal(ordinal))
        if not shifts:
            return []
        zone = self._zone
        offset = utc_offset(ordinal, zone=zone)
        if offset == utc_offset(ordinal + 2, zone=zone):
            midnight = (ordinal - EPOCH_ORDINAL) * DAY - offset
            return [(midnight + shift.opens, midnight + shift.closes) for shift in shifts]
        exact = [
            tuple(instant_of(ordinal, at, zone=zone) for at in (shift.opens, shift.closes))
            for shift in shifts
        ]
        return [(opens, closes) for opens, closes in exact if opens < closes]


def _worked(span: _Span, instant: int) -> int:
    """Working seconds since the span's arbitrary beginning: only differences mean anything."""
    index = bisect_right(span.opens, instant) - 1
    inside = instant - span.opens[index]
    length = span.lengths[index]
    # An expression, not min(): this line is most of what a clock costs.
    return span.before[index] + (inside if inside < length else length)  # noqa: FURB136


def _merged(
    intervals: list[tuple[int, int]],
) -> tuple[list[int], list[int], list[int], int]:
    """The union: sorted openings, lengths and running totals, behind an empty first interval."""
    opens, lengths, before = [-(10**12)], [0], [0]
    total, end = 0, -(10**12)
    for start, close in sorted(intervals):
        if close <= end:
            continue
        if start <= end:
            lengths[-1] += close - end
            total += close - end
        else:
            opens.append(start)
            lengths.append(close - start)
            before.append(total)
            total += close - start
        end = close
    return opens, lengths, before, total
