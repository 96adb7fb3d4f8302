"""Periods of recurring work and the day on which each is due: calendar dates, no clock.

Sources: VAT advance returns § 18 (1) and (2) UStG, permanent extension § 46 UStDV; wage-tax returns
§ 41a EStG; a deadline on a Saturday, Sunday or holiday moves to the next working day, § 108 (3) AO.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Rhythm(StrEnum):
    """How long a period is."""

    SEMI_MONTHLY = "semi_monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Due(StrEnum):
    """What the due day follows from."""

    DAY = "day"
    """A day of the month; a month that is too short ends earlier."""
    DAYS_AFTER = "days_after"
    """So many days after the end of the period."""
    LAST_WORKING_DAY = "last_working_day"
    NTH_WEEKDAY = "nth_weekday"
    """The first Friday, the last Monday."""
    VAT_ADVANCE = "vat_advance"
    VAT_ADVANCE_EXTENDED = "vat_advance_extended"
    WAGE_TAX = "wage_tax"


class Convention(StrEnum):
    """What becomes of a due day that is no working day."""

    UNCHANGED = "unchanged"
    PRECEDING = "preceding"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    """The following one, unless that lies in the next month: then the preceding one."""


STATUTORY: Mapping[Due, str] = {
    Due.VAT_ADVANCE: "§ 18 UStG, § 108 AO",
    Due.VAT_ADVANCE_EXTENDED: "§ 18 UStG, § 46 UStDV, § 108 AO",
    Due.WAGE_TAX: "§ 41a EStG, § 108 AO",
}
_TENTH = 10
_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}
_HALF = 15
MOST_DAYS_AHEAD = 120


class UnfitRule(ValueError):
    """Values that do not make a rule together; `field` says which one is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From its first to its last day, both included."""

    first: date
    last: date
    rhythm: Rhythm

    @property
    def key(self) -> str:
        """`2026-11`, `2026-11-1` and `2026-11-2` (halves), `2026-Q4`, `2026`."""
        month = f"{self.first:%Y-%m}"
        return {
            Rhythm.SEMI_MONTHLY: f"{month}-{1 if self.first.day == 1 else 2}",
            Rhythm.MONTHLY: month,
            Rhythm.QUARTERLY: f"{self.first.year}-Q{(self.first.month + 2) // 3}",
            Rhythm.YEARLY: str(self.first.year),
        }[self.rhythm]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When work recurs and when each piece of it is due."""

    rhythm: Rhythm
    due: Due
    number: int = 1
    """The day of the month, the days after the period, or which weekday (-1: the last)."""
    weekday: int = 0
    """0 is Monday."""
    months_after: int = 0
    """Months from the period's last month to the one in which it is due."""
    convention: Convention = Convention.FOLLOWING
    days_ahead: int = 7
    """Calendar days before the due day on which the work is opened."""

    def __post_init__(self) -> None:
        wrong = {
            "number": not _fits(self.due, self.number),
            "weekday": not 0 <= self.weekday <= 6,
            "months_after": not 0 <= self.months_after <= 12,
            "days_ahead": not 0 <= self.days_ahead <= MOST_DAYS_AHEAD,
            "due": self._is_unfit(),
        }
        for field, is_wrong in wrong.items():
            if is_wrong:
                raise UnfitRule(field)

    def _is_unfit(self) -> bool:
        if self.rhythm is Rhythm.SEMI_MONTHLY:
            return self.due not in {Due.DAYS_AFTER, Due.LAST_WORKING_DAY}
        return self.rhythm is Rhythm.YEARLY and self.due in {
            Due.VAT_ADVANCE,
            Due.VAT_ADVANCE_EXTENDED,
        }

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {name: getattr(self, name) for name in self.__slots__}


def rule_of(stored: Mapping[str, Any]) -> Rule:
    """The rule that was stored. Raises UnfitRule."""
    return Rule(
        rhythm=Rhythm(stored["rhythm"]),
        due=Due(stored["due"]),
        number=int(stored["number"]),
        weekday=int(stored["weekday"]),
        months_after=int(stored["months_after"]),
        convention=Convention(stored["convention"]),
        days_ahead=int(stored["days_ahead"]),
    )


def _fits(due: Due, number: int) -> bool:
    allowed = {
        Due.DAY: range(1, 32),
        Due.DAYS_AFTER: range(91),
        Due.NTH_WEEKDAY: (1, 2, 3, 4, -1),
    }
    return due not in allowed or number in allowed[due]


def period_of(day: date, rhythm: Rhythm) -> Period:
    """The period that the day lies in."""
    if rhythm is Rhythm.SEMI_MONTHLY:
        if day.day <= _HALF:
            return Period(day.replace(day=1), day.replace(day=_HALF), rhythm)
        return Period(day.replace(day=_HALF + 1), month_end(day), rhythm)
    length = _MONTHS[rhythm]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    return Period(first, month_end(_month(first, length - 1)), rhythm)


def following(period: Period) -> Period:
    """The next one."""
    return period_of(period.last + timedelta(days=1), period.rhythm)


def periods(since: date, until: date, *, rhythm: Rhythm) -> Iterator[Period]:
    """Those that begin within [since, until], in their order."""
    period = period_of(since, rhythm)
    if period.first < since:
        period = following(period)
    while period.first <= until:
        yield period
        period = following(period)


def due_on(period: Period, rule: Rule, *, holidays: Collection[date] = ()) -> date:
    """The day by which the period's work is to be done."""
    if rule.due in STATUTORY:
        months = 2 if rule.due is Due.VAT_ADVANCE_EXTENDED else 1
        day = _month(period.last, months).replace(day=_TENTH)
        return moved(day, Convention.FOLLOWING, holidays=holidays)
    month = _month(period.last, rule.months_after)
    if rule.due is Due.LAST_WORKING_DAY:
        ends = month_end(month) if rule.months_after else period.last
        return moved(ends, Convention.PRECEDING, holidays=holidays)
    if rule.due is Due.NTH_WEEKDAY:
        return moved(_nth(month, rule), rule.convention, holidays=holidays)
    if rule.due is Due.DAYS_AFTER:
        day = period.last + timedelta(days=rule.number)
    else:
        day = month.replace(day=min(rule.number, month_end(month).day))
    return moved(day, rule.convention, holidays=holidays)


def opens_on(period: Period, rule: Rule, *, holidays: Collection[date] = ()) -> date:
    """The day on which the work is opened."""
    return due_on(period, rule, holidays=holidays) - timedelta(days=rule.days_ahead)


def is_working(day: date, holidays: Collection[date]) -> bool:
    """Neither a Saturday nor a Sunday nor a holiday."""
    return day.weekday() < 5 and day not in holidays


def moved(day: date, convention: Convention, *, holidays: Collection[date]) -> date:
    """The day by the convention."""
    if convention is Convention.UNCHANGED:
        return day
    step = -1 if convention is Convention.PRECEDING else 1
    found = _walk(day, step, holidays)
    if convention is Convention.MODIFIED_FOLLOWING and found.month != day.month:
        return _walk(day, -1, holidays)
    return found


def _walk(day: date, step: int, holidays: Collection[date]) -> date:
    while not is_working(day, holidays):
        day += timedelta(days=step)
    return day


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def _month(day: date, further: int) -> date:
    """The first day of the month so many months further."""
    months = day.year * 12 + day.month - 1 + further
    return date(months // 12, months % 12 + 1, 1)


def _nth(month: date, rule: Rule) -> date:
    if rule.number < 0:
        last = month_end(month)
        return last - timedelta(days=(last.weekday() - rule.weekday) % 7)
    first = month.replace(day=1)
    ahead = (rule.weekday - first.weekday()) % 7
    return first + timedelta(days=ahead + 7 * (rule.number - 1))
