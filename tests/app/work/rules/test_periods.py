"""Recurring periods against dateutil and the German tax calendar of 2026 to 2028."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import FR, MO, relativedelta
from dateutil.rrule import DAILY, MONTHLY, YEARLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from app.sla.holidays import public_holidays
from app.work.rules.periods import (
    Convention,
    Due,
    Period,
    Rhythm,
    Rule,
    UnfitRule,
    due_on,
    following,
    is_working,
    moved,
    opens_on,
    period_of,
    periods,
    rule_of,
)

HOLIDAYS = frozenset(public_holidays("DE", years=range(2025, 2030)))
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def month(text: str) -> Period:
    return period_of(date.fromisoformat(f"{text}-01"), Rhythm.MONTHLY)


def rule(rhythm: Rhythm, due: Due, **more: object) -> Rule:
    return Rule(rhythm=rhythm, due=due, **more)  # type: ignore[arg-type]


TENTHS = {
    2026: "2026-01-12 2026-02-10 2026-03-10 2026-04-10 2026-05-11 2026-06-10 "
    "2026-07-10 2026-08-10 2026-09-10 2026-10-12 2026-11-10 2026-12-10",
    2027: "2027-01-11 2027-02-10 2027-03-10 2027-04-12 2027-05-10 2027-06-10 "
    "2027-07-12 2027-08-10 2027-09-10 2027-10-11 2027-11-10 2027-12-10",
    2028: "2028-01-10 2028-02-10 2028-03-10 2028-04-10 2028-05-10 2028-06-12 "
    "2028-07-10 2028-08-10 2028-09-11 2028-10-10 2028-11-10 2028-12-11",
}
"""The last days for returns due on the tenth of each month (§ 108 (3) AO)."""
FALLS_DUE = [date.fromisoformat(day) for year in TENTHS.values() for day in year.split()]


@pytest.mark.parametrize("due", FALLS_DUE, ids=str)
def test_monthly_returns_are_due_on_the_tenth_of_the_next_month(due: date) -> None:
    before = period_of(due - relativedelta(months=1), Rhythm.MONTHLY)
    two_before = period_of(due - relativedelta(months=2), Rhythm.MONTHLY)
    for kind in (Due.VAT_ADVANCE, Due.WAGE_TAX):
        assert due_on(before, rule(Rhythm.MONTHLY, kind), holidays=HOLIDAYS) == due
    extended = rule(Rhythm.MONTHLY, Due.VAT_ADVANCE_EXTENDED)
    assert due_on(two_before, extended, holidays=HOLIDAYS) == due


@pytest.mark.parametrize(
    ("first", "due", "extended"),
    [
        ("2025-10-01", "2026-01-12", "2026-02-10"),
        ("2026-01-01", "2026-04-10", "2026-05-11"),
        ("2026-04-01", "2026-07-10", "2026-08-10"),
        ("2026-07-01", "2026-10-12", "2026-11-10"),
        ("2026-10-01", "2027-01-11", "2027-02-10"),
        ("2027-01-01", "2027-04-12", "2027-05-10"),
        ("2027-07-01", "2027-10-11", "2027-11-10"),
        ("2028-04-01", "2028-07-10", "2028-08-10"),
    ],
)
def test_quarterly_vat_with_and_without_extension(first: str, due: str, extended: str) -> None:
    quarter = period_of(date.fromisoformat(first), Rhythm.QUARTERLY)
    for kind, day in ((Due.VAT_ADVANCE, due), (Due.VAT_ADVANCE_EXTENDED, extended)):
        found = due_on(quarter, rule(Rhythm.QUARTERLY, kind), holidays=HOLIDAYS)
        assert found == date.fromisoformat(day)


def test_yearly_wage_tax_is_due_in_january() -> None:
    year = period_of(date(2026, 6, 1), Rhythm.YEARLY)
    found = due_on(year, rule(Rhythm.YEARLY, Due.WAGE_TAX), holidays=HOLIDAYS)
    assert found == date(2027, 1, 11)


def test_a_holiday_on_the_tenth_moves_the_deadline() -> None:
    taken = {date(2026, 11, 10), date(2026, 11, 11)}
    found = due_on(month("2026-10"), rule(Rhythm.MONTHLY, Due.WAGE_TAX), holidays=taken)
    assert found == date(2026, 11, 12)


def test_months_and_years_are_those_of_dateutil() -> None:
    since, until = date(2019, 12, 17), date(2031, 3, 1)
    for rhythm, frequency, interval in (
        (Rhythm.MONTHLY, MONTHLY, 1),
        (Rhythm.QUARTERLY, MONTHLY, 3),
        (Rhythm.YEARLY, YEARLY, 1),
    ):
        start = date(2020, 1, 1)
        expected = [
            day.date() for day in rrule(frequency, interval=interval, dtstart=start, until=until)
        ]
        assert [one.first for one in periods(since, until, rhythm=rhythm)] == expected
    halves = [day.date() for day in rrule(DAILY, dtstart=since, until=until, bymonthday=(1, 16))]
    assert [one.first for one in periods(since, until, rhythm=Rhythm.SEMI_MONTHLY)] == halves


@pytest.mark.parametrize("number", [1, 2, 3, 4, -1])
@pytest.mark.parametrize("weekday", range(7))
def test_the_nth_weekday_is_that_of_dateutil(number: int, weekday: int) -> None:
    wanted = rule(
        Rhythm.MONTHLY, Due.NTH_WEEKDAY, number=number, weekday=weekday,
        convention=Convention.UNCHANGED,
    )  # fmt: skip
    expected = rrule(
        MONTHLY, byweekday=MO.__class__(weekday)(number), dtstart=date(2026, 1, 1), count=36
    )
    found = [
        due_on(one, wanted)
        for one in periods(date(2026, 1, 1), date(2028, 12, 1), rhythm=Rhythm.MONTHLY)
    ]
    assert found == [day.date() for day in expected]


def test_the_last_working_day_is_that_of_dateutil() -> None:
    wanted = rule(Rhythm.MONTHLY, Due.LAST_WORKING_DAY)
    expected = rrule(MONTHLY, byweekday=range(5), bysetpos=-1, dtstart=date(2026, 1, 1), count=36)
    found = [
        due_on(one, wanted)
        for one in periods(date(2026, 1, 1), date(2028, 12, 1), rhythm=Rhythm.MONTHLY)
    ]
    assert found == [day.date() for day in expected]
    with_holidays = due_on(month("2026-05"), wanted, holidays={date(2026, 5, 29)})
    assert with_holidays == date(2026, 5, 28)


def test_halves_end_on_their_last_working_day() -> None:
    wanted = rule(Rhythm.SEMI_MONTHLY, Due.LAST_WORKING_DAY)
    first = period_of(date(2026, 11, 3), Rhythm.SEMI_MONTHLY)
    assert due_on(first, wanted) == date(2026, 11, 13)  # the 15th is a Sunday
    assert due_on(following(first), wanted) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("convention", "day"),
    [
        (Convention.UNCHANGED, "2026-05-30"),
        (Convention.PRECEDING, "2026-05-29"),
        (Convention.FOLLOWING, "2026-06-01"),
        (Convention.MODIFIED_FOLLOWING, "2026-05-29"),
    ],
)
def test_conventions_on_a_saturday_at_the_end_of_a_month(convention: Convention, day: str) -> None:
    assert moved(date(2026, 5, 30), convention, holidays=()) == date.fromisoformat(day)


def test_a_day_that_the_month_does_not_have_is_its_last() -> None:
    wanted = rule(Rhythm.MONTHLY, Due.DAY, number=31, convention=Convention.UNCHANGED)
    assert due_on(month("2028-02"), wanted) == date(2028, 2, 29)
    assert due_on(month("2026-02"), wanted) == date(2026, 2, 28)


def test_work_opens_so_many_days_ahead() -> None:
    wanted = rule(Rhythm.MONTHLY, Due.WAGE_TAX, days_ahead=12)
    assert opens_on(month("2026-11"), wanted, holidays=HOLIDAYS) == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"due": Due.DAY, "number": 0}, "number"),
        ({"due": Due.DAY, "number": 32}, "number"),
        ({"due": Due.NTH_WEEKDAY, "number": 5}, "number"),
        ({"due": Due.NTH_WEEKDAY, "weekday": 7}, "weekday"),
        ({"due": Due.DAY, "days_ahead": 121}, "days_ahead"),
        ({"due": Due.DAY, "months_after": -1}, "months_after"),
        ({"due": Due.VAT_ADVANCE, "rhythm": Rhythm.YEARLY}, "due"),
        ({"due": Due.DAY, "rhythm": Rhythm.SEMI_MONTHLY}, "due"),
    ],
)
def test_rules_that_fit_nothing_are_refused(more: dict[str, object], field: str) -> None:
    with pytest.raises(UnfitRule) as unfit:
        Rule(**{"rhythm": Rhythm.MONTHLY, **more})  # type: ignore[arg-type]
    assert unfit.value.field == field


def test_a_rule_survives_the_database() -> None:
    wanted = rule(Rhythm.MONTHLY, Due.NTH_WEEKDAY, number=-1, weekday=FR.weekday, days_ahead=3)
    assert rule_of(wanted.as_json()) == wanted


@given(DAYS, st.sampled_from(Rhythm))
def test_periods_cover_every_day_once(day: date, rhythm: Rhythm) -> None:
    period = period_of(day, rhythm)
    assert period.first <= day <= period.last
    assert following(period).first == period.last + timedelta(days=1)
    assert period_of(period.last, rhythm) == period
    assert following(period).key != period.key


@given(DAYS, st.sampled_from(Rhythm), st.sampled_from([Convention.PRECEDING, Convention.FOLLOWING]))
def test_a_moved_day_is_a_working_day_and_dues_go_on(
    day: date, rhythm: Rhythm, convention: Convention
) -> None:
    wanted = rule(rhythm, Due.DAYS_AFTER, number=5, convention=convention)
    period = period_of(day, rhythm)
    due = due_on(period, wanted, holidays=HOLIDAYS)
    assert is_working(due, HOLIDAYS)
    assert due < due_on(following(period), wanted, holidays=HOLIDAYS)
