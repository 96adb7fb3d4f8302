"""When somebody is reminded of what is still missing: seldom, by day, and never for ever."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST = timedelta(days=2)
AGAIN = timedelta(days=3)
BEFORE_DEADLINE = timedelta(days=1)
MOST = 4
"""Reminders of one request; after that a person has to call."""
QUIET_FROM, QUIET_UNTIL = time(18), time(8)
"""Nobody is reminded in the evening, at night or at a week-end, in the client's own zone."""


def next_reminder(
    *, asked_at: datetime, sent: int, last_at: datetime | None, due_at: datetime | None, zone: str
) -> datetime | None:
    """The moment of the next reminder, moved out of the quiet hours; None when it was enough.

    A deadline brings it forward to the day before, where that is still to come.
    """
    if sent >= MOST:
        return None
    since = last_at or asked_at
    at = since + (AGAIN if sent else FIRST)
    if due_at is not None and since < due_at - BEFORE_DEADLINE < at:
        at = due_at - BEFORE_DEADLINE
    return awake(at, zone=zone)


def awake(
    at: datetime, *, zone: str, begins: time = QUIET_FROM, ends: time = QUIET_UNTIL
) -> datetime:
    """`at`, or the next morning of a working day where it lies in the quiet hours."""
    local = at.astimezone(ZoneInfo(zone))
    if local.time() >= begins:
        local = _morning(local + timedelta(days=1), ends)
    elif local.time() < ends:
        local = _morning(local, ends)
    while local.weekday() >= 5:
        local = _morning(local + timedelta(days=1), ends)
    return local.astimezone(at.tzinfo)


def _morning(local: datetime, ends: time) -> datetime:
    return local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0, fold=0)
