"""Periods of German law, and holidays against an independent source."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.law_dates import (
    STATES,
    add_months,
    holidays,
    is_working_day,
    last_day_of_receipt,
    month_end,
    period_end,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_back,
)
from tests.conftest import REFERENCE_DATA

REFERENCE = REFERENCE_DATA / "calendar" / "holidays_date-holidays.csv"
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("end", "count", "unit", "last"),
    [
        (date(2026, 12, 31), 3, "months", date(2026, 9, 30)),
        (date(2026, 3, 31), 1, "months", date(2026, 2, 28)),
        (date(2024, 3, 31), 1, "months", date(2024, 2, 29)),
        (date(2026, 4, 30), 1, "months", date(2026, 3, 31)),
        (date(2026, 5, 29), 3, "months", date(2026, 2, 28)),
        (date(2026, 6, 14), 3, "months", date(2026, 3, 14)),
        (date(2026, 12, 31), 6, "weeks", date(2026, 11, 19)),
        (date(2026, 12, 31), 30, "days", date(2026, 12, 1)),
    ],
)
def test_the_last_day_a_notice_can_arrive(end: date, count: int, unit: str, last: date) -> None:
    assert last_day_of_receipt(end, count, unit) == last


@settings(deadline=None)
@given(DAYS, st.integers(min_value=1, max_value=24))
def test_a_day_later_is_too_late(end: date, months: int) -> None:
    last = last_day_of_receipt(end, months, "months")
    assert add_months(last, months) <= end < add_months(last + timedelta(days=1), months)


def test_ends_of_periods() -> None:
    assert month_end(date(2024, 2, 10)) == date(2024, 2, 29)
    assert month_end(date(2026, 5, 10), every=3) == date(2026, 6, 30)
    assert month_end(date(2026, 5, 10), every=12) == date(2026, 12, 31)


@settings(deadline=None)
@given(DAYS, st.sampled_from(STATES))
def test_working_days_before_and_after(day: date, state: str) -> None:
    before, after = working_day_on_or_before(day, state), working_day_on_or_after(day, state)
    assert before <= day <= after
    assert is_working_day(before, state)
    assert is_working_day(after, state)
    assert working_days_back(day, 1, state) < day


def test_holidays_agree_with_an_independent_list() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"no reference data: {REFERENCE}")
    expected: dict[tuple[str, int], set[date]] = {}
    with REFERENCE.open() as file:
        for row in csv.DictReader(file):
            if row["country"] == "DE" and row["type"] == "public" and row["subdiv"] in STATES:
                day = date.fromisoformat(row["date"])
                expected.setdefault((row["subdiv"], day.year), set()).add(day)
    assert len(expected) >= 16
    differing = {
        key: sorted(day.isoformat() for day in found ^ holidays(key[1], key[0]))
        for key, found in expected.items()
        if found - {day for day in found if day.weekday() == 6}
        != holidays(key[1], key[0])
        - {day for day in holidays(key[1], key[0]) if day.weekday() == 6}
    }
    assert differing == {}


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2024, 3, 1), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 8, 30), 6, date(2025, 2, 28)),
        (date(2024, 8, 29), 6, date(2025, 2, 28)),
        (date(2024, 8, 28), 6, date(2025, 2, 27)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_months_that_begin_with_a_day(first: date, months: int, last: date) -> None:
    assert period_end(first, months) == last
