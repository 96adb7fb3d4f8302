"""Leave by German law: what somebody is entitled to, and what an absence takes of it.

Sources: Bundesurlaubsgesetz §§ 3 (24 of 6 working days a week), 4 (six months), 5 (twelfths,
halves rounded up), 7 (3) (carry-over until 31 March), 9 (sickness during leave is no leave);
§ 208 SGB IX (a working week more for severely disabled people). Days of law are in force since
1963 and 2018; a year before LEAVE_SINCE is not judged.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.kernel.law_dates import days, holidays, period_end

LEAVE_SINCE: Final = 2018
STATUTORY_OF_SIX: Final = 24
CARRY_OVER_UNTIL: Final = (3, 31)
WAITING_MONTHS: Final = 6
_FULL_WEEK: Final = 6
_MONTHS: Final = 12
_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who takes leave. `weekdays`: working days, Monday is 0."""

    name: str
    entry: date
    exit: date | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    state: str = "BE"
    contract_days: Decimal = Decimal(0)
    """Days a full year by contract."""
    carried_over: Decimal = Decimal(0)
    severely_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """From the first to the last day. `kind`: leave, sick or other."""

    first: date
    last: date
    kind: str = "leave"
    half: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """A person's leave of one year, in days."""

    entitled: Decimal
    carried_over: Decimal
    taken: Decimal
    sick: Decimal
    expired: Decimal
    """Carried over and not taken by 31 March."""

    @property
    def left(self) -> Decimal:
        """What may still be taken."""
        return self.entitled + self.carried_over - self.expired - self.taken


def statutory_days(weekly: int) -> Decimal:
    """The least a full year gives: four weeks (§ 3 BUrlG)."""
    return Decimal(STATUTORY_OF_SIX * weekly) / _FULL_WEEK


def yearly_days(person: Person) -> Decimal:
    """A full year's days: by contract, never below the law, and the extra week."""
    weekly = len(person.weekdays)
    days_ = max(person.contract_days, statutory_days(weekly))
    return days_ + weekly if person.severely_disabled else days_


def entitlement(person: Person, year: int) -> Decimal:
    """The days of one year, in twelfths where the law says so."""
    months = full_months(person, year)
    full = yearly_days(person)
    if months == 0:
        return Decimal(0)
    if has_full_year(person, year):
        return full
    return rounded(full * months / _MONTHS)


def has_full_year(person: Person, year: int) -> bool:
    """All of it belongs to whoever waited six months and does not leave in the first half.

    Who enters on 1 July has waited only when the year is over (BAG 9 AZR 179/15).
    """
    ends = min(person.exit or date(year, 12, 31), date(year, 12, 31))
    return ends > date(year, 6, 30) and period_end(person.entry, WAITING_MONTHS) < ends


def full_months(person: Person, year: int) -> int:
    """Whole months of employment in the year."""
    begins = max(person.entry, date(year, 1, 1))
    ends = min(person.exit or date(year, 12, 31), date(year, 12, 31))
    count = 0
    while count < _MONTHS and period_end(begins, count + 1) <= ends:
        count += 1
    return count


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def rounded(amount: Decimal) -> Decimal:
    """Fractions of at least half a day are a day (§ 5 (2)); smaller ones stay as they are."""
    whole = amount.to_integral_value(rounding="ROUND_FLOOR")
    fraction = (amount - whole).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return whole + 1 if fraction >= _HALF else whole + fraction


def counted_days(person: Person, absence: Absence, *, without: Sequence[Absence] = ()) -> Decimal:
    """Days that would have been worked: no holidays of the state, no free weekdays.

    `without`: sickness, whose days are not leave (§ 9).
    """
    count = len(_working_days(person, absence, without))
    return Decimal(count) * _HALF if absence.half else Decimal(count)


def _working_days(person: Person, absence: Absence, without: Sequence[Absence]) -> Sequence[date]:
    sick = {day for one in without for day in days(one.first, one.last)}
    return [
        day
        for day in days(absence.first, absence.last)
        if day.weekday() in person.weekdays
        and day not in holidays(day.year, person.state)
        and day not in sick
    ]


def within(absence: Absence, first: date, last: date) -> Absence | None:
    """The part of an absence that lies between two days."""
    begins, ends = max(absence.first, first), min(absence.last, last)
    if begins > ends:
        return None
    return Absence(first=begins, last=ends, kind=absence.kind, half=absence.half)


def balance(person: Person, absences: Sequence[Absence], *, year: int, today: date) -> Balance:
    """Entitled, taken and left in the year; what was carried over goes first."""
    sick = [one for one in absences if one.kind == "sick"]
    leave = [one for one in absences if one.kind == "leave"]
    until = date(year, *CARRY_OVER_UNTIL)
    early = _taken(person, leave, sick, date(year, 1, 1), until)
    late = _taken(person, leave, sick, _day_after(until), date(year, 12, 31))
    unused = max(person.carried_over - early, Decimal(0))
    return Balance(
        entitled=entitlement(person, year),
        carried_over=person.carried_over,
        taken=early + late,
        sick=_taken(person, sick, (), date(year, 1, 1), date(year, 12, 31)),
        expired=unused if today > until else Decimal(0),
    )


def _taken(
    person: Person, absences: Sequence[Absence], sick: Sequence[Absence], first: date, last: date
) -> Decimal:
    """Each day once, however many absences name it; two halves are a whole."""
    taken: dict[date, Decimal] = {}
    for part in (part for one in absences if (part := within(one, first, last))):
        for day in _working_days(person, part, sick):
            more = _HALF if part.half else Decimal(1)
            taken[day] = min(taken.get(day, Decimal(0)) + more, Decimal(1))
    return sum(taken.values(), Decimal(0))


def overlaps(absences: Sequence[Absence]) -> list[tuple[int, int]]:
    """Pairs of places of absences of the same kind that share a day."""
    order = sorted(range(len(absences)), key=lambda at: (absences[at].first, absences[at].last))
    return [
        (earlier, later)
        for earlier, later in itertools.pairwise(order)
        if absences[later].first <= absences[earlier].last
        and absences[later].kind == absences[earlier].kind
    ]
