"""The hours in which nobody is told: messages wait for their end, records do not."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.sla.rules.clock_events import instant, moment
from app.sla.rules.refusal import Refused
from app.sla.rules.wall_clock import DAY, instant_of, local_day


@dataclass(frozen=True, slots=True)
class QuietHours:
    """[begins, ends) of every day, in seconds past local midnight; usually over midnight."""

    begins: int
    ends: int

    def __post_init__(self) -> None:
        if not (0 <= self.begins <= DAY and 0 <= self.ends <= DAY):
            raise Refused("quiet_hours", "begin and end at a time of day")
        if self.begins % DAY == self.ends % DAY:
            raise Refused("quiet_hours", "would never end")

    def send_at(self, at: datetime, *, zone: ZoneInfo) -> datetime:
        """When a message of `at` may go out: at once, or when the quiet hours end."""
        asked = instant(at)
        today = local_day(asked, zone=zone)
        length = (self.ends - self.begins) % DAY
        for day in (today - 1, today):
            begins = instant_of(day, self.begins, zone=zone)
            ends = instant_of(day, self.begins + length, zone=zone)
            if begins <= asked < ends:
                return moment(ends)
        return at
