"""Office hours of the demo's people (Monday to Friday, 8 to 17): forwards and backwards."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")


def working(moment: datetime, chance: Random) -> datetime:
    """The moment itself within office hours, else one on the working day before."""
    local = moment.astimezone(ZONE)
    if local.hour >= 17 or local.weekday() > 4 or local.hour < 8:
        day = local.date() - timedelta(days=1 if local.hour < 8 else 0)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        local = datetime.combine(
            day, time(chance.randint(8, 15), chance.randint(0, 59)), tzinfo=ZONE
        )
    return local.astimezone(UTC)


def after(moment: datetime, hours: float) -> datetime:
    """So many office hours later."""
    local = moment.astimezone(ZONE)
    left = timedelta(hours=hours)
    while True:
        closes = local.replace(hour=17, minute=0, second=0)
        if local.weekday() < 5 and local < closes:
            if local + left <= closes:
                return (local + left).astimezone(UTC)
            left -= closes - local
        day = local.date() + timedelta(days=1)
        local = datetime.combine(day, time(8, 0), tzinfo=ZONE)


def before(moment: datetime, hours: float) -> datetime:
    """So many office hours earlier."""
    local = moment.astimezone(ZONE)
    left = timedelta(hours=hours)
    while True:
        opens = local.replace(hour=8, minute=0, second=0, microsecond=0)
        if local.weekday() < 5 and local > opens:
            local = min(local, opens.replace(hour=17))
            if local - left >= opens:
                return (local - left).astimezone(UTC)
            left -= local - opens
        day = local.date() - timedelta(days=1)
        local = datetime.combine(day, time(17, 0), tzinfo=ZONE)
