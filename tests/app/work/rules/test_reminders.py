"""Reminders: seldom, by day, with an end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.work.rules.reminders import MOST, awake, next_reminder

BERLIN = "Europe/Berlin"


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(BERLIN))


def test_the_first_comes_after_two_days_and_the_next_after_three() -> None:
    asked = berlin(23, 10)
    first = next_reminder(asked_at=asked, sent=0, last_at=None, due_at=None, zone=BERLIN)
    assert first == berlin(25, 10)
    again = next_reminder(asked_at=asked, sent=1, last_at=first, due_at=None, zone=BERLIN)
    assert again == berlin(30, 8)  # the 28th is a Saturday


def test_a_deadline_brings_it_forward_to_the_day_before() -> None:
    found = next_reminder(
        asked_at=berlin(23, 10), sent=0, last_at=None, due_at=berlin(25, 9), zone=BERLIN
    )
    assert found == berlin(24, 9)


def test_a_deadline_that_is_over_brings_nothing_forward() -> None:
    found = next_reminder(
        asked_at=berlin(16, 10), sent=1, last_at=berlin(23, 10), due_at=berlin(20, 9), zone=BERLIN
    )
    assert found == berlin(26, 10)


def test_there_is_an_end() -> None:
    found = next_reminder(
        asked_at=berlin(2, 10), sent=MOST, last_at=berlin(20, 10), due_at=None, zone=BERLIN
    )
    assert found is None


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (berlin(24, 17, 59), berlin(24, 17, 59)),
        (berlin(24, 18), berlin(25, 8)),
        (berlin(24, 3), berlin(24, 8)),
        (berlin(27, 22), berlin(30, 8)),  # Friday night: Monday morning
        (berlin(29, 12), berlin(30, 8)),  # Sunday noon
    ],
)
def test_nobody_is_reminded_at_night_or_at_the_week_end(at: datetime, told: datetime) -> None:
    assert awake(at, zone=BERLIN) == told


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001  made aware below
    st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "UTC"]),
)
def test_never_earlier_and_never_in_the_quiet_hours(naive: datetime, zone: str) -> None:
    at = naive.replace(tzinfo=UTC)
    told = awake(at, zone=zone)
    local = told.astimezone(ZoneInfo(zone))
    assert at <= told <= at + timedelta(days=4)
    assert local.weekday() < 5
    assert 8 <= local.hour < 18
    assert awake(told, zone=zone) == told
