"""Days and periods as German law counts them: months, working days, ends that fall on a holiday."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays as library

STATE_NAMES: Final[Mapping[str, str]] = {
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "BE": "Berlin",
    "BB": "Brandenburg",
    "HB": "Bremen",
    "HH": "Hamburg",
    "HE": "Hessen",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "SH": "Schleswig-Holstein",
    "TH": "Thüringen",
}
"""The federal states by their usual abbreviations (ISO 3166-2:DE), as German lists write them."""
STATE_WORDS: Final[Mapping[str, str]] = {
    **{code.casefold(): code for code in STATE_NAMES},
    **{name.casefold(): code for code, name in STATE_NAMES.items()},
    "nrw": "NW",
}
"""What lists write for a state, in lower case → its abbreviation."""
STATES: Final = tuple(STATE_NAMES)
STATE_TITLES: Final = (
    *("Baden-Württemberg", "Bavaria", "Berlin", "Brandenburg", "Bremen", "Hamburg", "Hesse"),
    *("Mecklenburg-Western Pomerania", "Lower Saxony", "North Rhine-Westphalia"),
    *("Rhineland-Palatinate", "Saarland", "Saxony", "Saxony-Anhalt", "Schleswig-Holstein"),
    "Thuringia",
)
"""Their English names, in the order of `STATES`: what a form says."""
_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@cache
def holidays(year: int, state: str = "") -> frozenset[date]:
    """Public holidays of a state, or those of the whole country. Source: library `holidays`."""
    return frozenset(library.country_holidays("DE", subdiv=state or None, years=year))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last (§ 188 (2) and (3) BGB)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_end(first: date, months: int) -> date:
    """The last day of so many months that begin with the first day (§§ 187 (2), 188 (2) and (3)).

    From 31 August six months end on 28 February: the 30th, the day before the 31st, is missing.
    """
    after = add_months(first, months)
    return after if after.day < first.day else after - timedelta(days=1)


def month_end(day: date, *, every: int = 1) -> date:
    """The last day of the month, quarter (3) or year (12) the day lies in."""
    last_month = (day.month - 1) // every * every + every
    return date(day.year, last_month, monthrange(day.year, last_month)[1])


def is_working_day(day: date, state: str = "") -> bool:
    """Monday to Friday without public holidays."""
    return day.weekday() < SATURDAY and day not in holidays(day.year, state)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def working_day_on_or_before(day: date, state: str = "") -> date:
    """The day itself, or the working day before."""
    while not is_working_day(day, state):
        day -= _DAY
    return day


def working_day_on_or_after(day: date, state: str = "") -> date:
    """The day itself, or the working day after (§ 193 BGB; Regulation 1182/71, art. 3 (4))."""
    while not is_working_day(day, state):
        day += _DAY
    return day


def working_days_back(day: date, count: int, state: str = "") -> date:
    """So many working days before the day."""
    for _ in range(count):
        day = working_day_on_or_before(day - _DAY, state)
    return day


def last_day_of_receipt(end: date, count: int, unit: str) -> date:
    """The last day on which a notice of so many days, weeks or months can arrive to end a contract
    with the day `end`: the period begins the day after it arrived (§ 187 (1), § 188 BGB).
    """
    if unit == "months":
        day = add_months(end, -count) + timedelta(days=3)
        while add_months(day, count) > end:
            day -= _DAY
        return day
    return end - timedelta(days=count * (7 if unit == "weeks" else 1))


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(library.financial_holidays("XECB", years=year))


def is_target_day(day: date) -> bool:
    """Whether TARGET settles that day: no weekend, none of its six holidays."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(day.year)


def next_target_day(day: date) -> date:
    """The day itself, or the first one after it that TARGET settles."""
    while not is_target_day(day):
        day += _DAY
    return day


def last_target_day(day: date) -> date:
    """The last day of the day's month that TARGET settles."""
    last = month_end(day)
    while not is_target_day(last):
        last -= _DAY
    return last
