"""Calendars by number: a few hundred of them, as different as calendars get.

Around the changes of summer time on both halves of the globe, in zones that are hours, halves and
quarters away from UTC; several shifts a day, over midnight, half days, extra days, days off.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from app.sla.rules.calendar import Calendar
from app.sla.rules.opening_hours import OpeningHours, Shift, Shifts
from tests.app.sla.rules.slow_reference import QUARTER, Hours

STARTS = [date(2026, 3, 1), date(2026, 3, 23), date(2026, 6, 20), date(2026, 10, 20)]
ZONES = [
    "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
    "Pacific/Chatham", "Asia/Kathmandu", "UTC",
]  # fmt: skip
HOW_MANY = 300
SPAN = 21
"""Days after the start in which things happen."""
_BEFORE = timedelta(days=4)


def start_of(number: int) -> datetime:
    """The midnight (UTC) from which on things happen in that calendar."""
    first = STARTS[number % len(STARTS)]
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


@cache
def definition(number: int) -> OpeningHours:
    """The calendar of that number, written down."""
    chance = Random(number)  # noqa: S311 - the same calendars every time
    first = STARTS[number % len(STARTS)]

    def days(most: int) -> list[date]:
        return [
            first + timedelta(days=chance.randrange(SPAN)) for _ in range(chance.randint(0, most))
        ]

    week = [_shifts(chance, least=0) for _ in range(7)]
    week[chance.randrange(7)] = _shifts(chance, least=1)
    return OpeningHours(
        zone=ZONES[number // len(STARTS) % len(ZONES)],
        week=tuple(week),
        holidays=frozenset(days(4)),
        overrides={day: _shifts(chance, least=0) for day in days(4)},
    )


def _shifts(chance: Random, *, least: int) -> Shifts:
    usual = [Shift(9 * 3600, 17 * 3600)]
    return tuple(
        chance.choice(usual) if chance.random() < 0.3 else _shift(chance)
        for _ in range(chance.randint(least, 2))
    )


def _shift(chance: Random) -> Shift:
    opens = chance.randrange(96)
    length = chance.randint(1, 96 if opens == 0 else 95)
    return Shift(opens * QUARTER, (opens + length) * QUARTER)


@cache
def compiled(number: int) -> Calendar:
    """As the engine counts it."""
    return Calendar(definition(number))


@cache
def hours(number: int) -> Hours:
    """As the slow reference counts it."""
    return Hours(definition(number), STARTS[number % len(STARTS)] - _BEFORE)


@cache
def closes_in_order(number: int) -> bool:
    """Whether no working day closes before the one that came before it does."""
    closes = [at for _, at in sorted(hours(number).closes.items())]
    return closes == sorted(closes)
