"""When a schedule's slots are: five fields read on the clock on somebody's wall.

Where the clock is put forward, a slot that the wall skips fires right after the gap. Where it is
put back, a slot of a fixed hour fires once; one of every hour or minute follows the real time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError


class Unreadable(ValueError):
    """No schedule can be made of this text and zone."""


def slots(text: str, *, zone: str, after: datetime) -> Iterator[datetime]:
    """The slots later than `after` (aware), in UTC and in order. Raises Unreadable."""
    last = after.astimezone(UTC)
    for moment in _simulated(text, zone, after):
        slot = moment.astimezone(UTC)
        if (
            slot > last
        ):  # two slots of a skipped hour are one, as is one in an hour that comes twice
            last = slot
            yield slot


def following(text: str, *, zone: str, after: datetime) -> datetime:
    """The next slot. Raises Unreadable."""
    found = next(slots(text, zone=zone, after=after), None)
    if found is None:
        raise Unreadable("there is no such day")
    return found


def _simulated(text: str, zone: str, after: datetime) -> CronSim:
    if len(text.split()) != 5:
        raise Unreadable("a schedule has five fields")
    try:
        return CronSim(text, after.astimezone(ZoneInfo(zone)))
    except CronSimError as unfit:
        raise Unreadable(str(unfit)) from None
    except (ZoneInfoNotFoundError, ValueError):
        raise Unreadable(f"there is no time zone {zone}") from None
