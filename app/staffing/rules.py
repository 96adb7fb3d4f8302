"""Who may do what and when: skills, shifts, walls. Values in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXPIRES_SOON = timedelta(days=30)
LEVELS = (1, 2, 3)
"""Learning, working alone, expert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A skill that somebody has."""

    level: int
    expires_on: date | None = None

    def is_valid(self, on: date) -> bool:
        """A certificate counts until its last day, included."""
        return self.expires_on is None or self.expires_on >= on

    def ends_soon(self, on: date) -> bool:
        """Valid, and over within a month."""
        ends = self.expires_on
        return ends is not None and on <= ends <= on + EXPIRES_SOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours of a weekday (0 is Monday); one that ends before it begins runs over midnight."""

    weekday: int
    begins: time
    ends: time


def is_able(needed: Collection[str], held: Mapping[str, Held], *, level: int, on: date) -> bool:
    """Every skill that is needed is there, at this level at least, with a valid certificate."""
    return all(
        skill in held and held[skill].level >= level and held[skill].is_valid(on)
        for skill in needed
    )


def is_on_shift(shifts: Sequence[Shift], at: datetime, *, zone: str) -> bool:
    """Whether somebody works at this moment; nobody's hours are noted: always."""
    if not shifts:
        return True
    local = at.astimezone(ZoneInfo(zone))
    return any(_covers(shift, local) for shift in shifts)


def _covers(shift: Shift, local: datetime) -> bool:
    clock = local.time()
    if shift.begins < shift.ends:
        return local.weekday() == shift.weekday and shift.begins <= clock < shift.ends
    begun = local.weekday() == shift.weekday and clock >= shift.begins
    over_night = local.weekday() == (shift.weekday + 1) % 7 and clock < shift.ends
    return begun or over_night


def behind_walls(walls: Mapping[str, Collection[int]], sides: Mapping[str, int]) -> frozenset[int]:
    """The clients that somebody may not serve: the others of each wall on whose side one stands."""
    return frozenset(
        client for wall, side in sides.items() for client in walls.get(wall, ()) if client != side
    )
