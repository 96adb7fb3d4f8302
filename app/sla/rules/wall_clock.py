"""From the wall clock of a zone to instants, exact where summer time begins and ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
EPOCH_ORDINAL = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a date's number, not an instant


def utc_offset(ordinal: int, *, zone: ZoneInfo) -> int:
    """Seconds that the zone is ahead of UTC at the first local midnight of that day."""
    return _offset(datetime.fromordinal(ordinal), zone=zone)


def instant_of(ordinal: int, seconds: int, *, zone: ZoneInfo) -> int:
    """The first instant at which the wall clock of that day shows `seconds` past midnight or more.

    `seconds` may reach into the next day. A time that the clock shows twice is its first showing;
    a time that it leaps over is the instant of the leap. Result in seconds since 1970 (UTC).
    """
    local = datetime.fromordinal(ordinal) + timedelta(seconds=seconds)
    wall = (ordinal - EPOCH_ORDINAL) * DAY + seconds
    before, after = _offset(local, zone=zone), _offset(local.replace(fold=1), zone=zone)
    if after <= before:
        return wall - before
    return _leap(wall - after, wall - before, zone=zone)


def local_day(instant: int, *, zone: ZoneInfo) -> int:
    """The ordinal of the local day on which the instant falls."""
    return datetime.fromtimestamp(instant, zone).toordinal()


def _offset(local: datetime, *, zone: ZoneInfo) -> int:
    offset = zone.utcoffset(local)
    assert offset is not None  # noqa: S101 - ZoneInfo answers None only for None
    return offset.days * DAY + offset.seconds


def _leap(low: int, high: int, *, zone: ZoneInfo) -> int:
    """The first instant after `low` that has the offset of `high`."""
    target = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high
