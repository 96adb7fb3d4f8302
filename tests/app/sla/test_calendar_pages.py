"""What the calendar pages rest on: hours as typed, days, differences, files from outside."""

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.sla.calendar_changes import calendar_changes, value_changes
from app.sla.calendar_days import DayKind, day_of, holidays_of, stretches_of, year_of
from app.sla.calendar_import import ProposedKind, countries, public_holidays, read_ics
from app.sla.hours_text import hours_text, read_hours
from app.sla.rules import wire

TODAY = date(2026, 11, 23)
OFFICE: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-12-25", "01-01"],
    "overrides": {
        "2026-12-24": [["09:00", "13:00"]],
        "2026-12-28": [],
        "2026-12-29": [],
        "2026-12-31": [],
        "2026-11-28": [["10:00", "14:00"]],
    },
    "names": {"2026-12-24": "Christmas Eve", "2026-12-28": "Closed", "2026-12-29": "Closed"},
}


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", []),
        ("-", []),
        ("9-17", [["09:00", "17:00"]]),
        ("13:00 \N{EN DASH} 17.30; 9-12", [["09:00", "12:00"], ["13:00", "17:30"]]),
        ("22:00-06:00", [["22:00", "06:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("8-12 und 13-15", [["08:00", "12:00"], ["13:00", "15:00"]]),
    ],
)
def test_hours_as_people_type_them(text: str, hours: list[list[str]]) -> None:
    assert read_hours(text, field="week-mon") == hours
    assert read_hours(hours_text(hours), field="week-mon") == hours
    wire.opening_hours({"zone": "UTC", "week": {"mon": hours}})


@pytest.mark.parametrize(
    "text", ["nine to five", "9", "9-9", "24-6", "25-26", "9-12, 11-13", "22-6, 23-1", "9:60-10"]
)
def test_hours_that_cannot_be(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_hours(text, field="week-mon")
    assert "week-mon" in refused.value.fields


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_whatever_is_typed_is_taken_or_refused(text: str) -> None:
    try:
        hours = read_hours(text, field="x")
    except Invalid:
        return
    wire.opening_hours({"zone": "UTC", "week": {"mon": hours}})


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 23), DayKind.WORKING),
        (date(2026, 11, 29), DayKind.FREE),
        (date(2026, 12, 25), DayKind.HOLIDAY),
        (date(2027, 1, 1), DayKind.HOLIDAY),
        (date(2026, 12, 24), DayKind.SHORT),
        (date(2026, 12, 28), DayKind.CLOSED),
        (date(2026, 11, 28), DayKind.EXTRA),
    ],
)
def test_how_a_day_is_drawn(day: date, kind: DayKind) -> None:
    assert day_of(OFFICE, day).kind is kind
    assert year_of(OFFICE, day.year)[day.month - 1][day.day - 1].kind is kind


def test_days_in_a_row_are_one_stretch() -> None:
    spans = [(one.first.day, one.last.day, one.hours) for one in stretches_of(OFFICE)]
    assert spans == [
        (28, 28, "10:00\N{EN DASH}14:00"),
        (24, 24, "09:00\N{EN DASH}13:00"),
        (28, 29, ""),
        (31, 31, ""),
    ]
    assert [one.key for one in holidays_of(OFFICE)] == ["01-01", "2026-12-25"]


def test_differences_of_two_versions() -> None:
    later = {
        **OFFICE,
        "zone": "Europe/Vienna",
        "week": {**OFFICE["week"], "fri": [["09:00", "15:00"]]},
        "holidays": ["2026-12-25", "2027-05-01"],
        "overrides": {**OFFICE["overrides"], "2026-12-30": []},
    }
    found = [change.what for change in calendar_changes(OFFICE, later)]
    assert found[:4] == ["zone", "week", "holiday_added", "holiday_removed"]
    assert calendar_changes(OFFICE, OFFICE) == []
    (one,) = value_changes({"a": {"b": 1, "c": [1]}}, {"a": {"b": 2, "c": [1]}})
    assert (one.place, one.before, one.after) == ("a.b", "1", "2")


def test_holidays_of_a_state() -> None:
    berlin = {one.first for one in public_holidays("DE", years=[2026], state="BE")}
    assert date(2026, 3, 8) in berlin
    assert date(2026, 3, 8) not in {one.first for one in public_holidays("DE", years=[2026])}
    assert "BY" in countries()["DE"]
    for country, state in (("ZZ", ""), ("DE", "XX"), ("", "")):
        with pytest.raises(Invalid):
            public_holidays(country, years=[2026], state=state)


def ics(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def days(*events: str) -> list[tuple[date, date]]:
    return [(one.first, one.last) for one in read_ics(ics(*events), today=TODAY).proposed]


def test_whole_days_are_taken_their_end_is_not_part_of_them() -> None:
    found = read_ics(
        ics(
            "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Closed\\, all",
            "DTSTART:20261224T090000Z\r\nSUMMARY:Meeting",
            "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20261231\r\nSUMMARY:Old Outlook",
            "DTSTART;VALUE=DATE:20270301\r\nDURATION:P2D\r\nSUMMARY:Stocktaking",
            "SUMMARY:No date at all",
        ),
        today=TODAY,
    )
    assert [(one.first, one.last, one.name, one.kind) for one in found.proposed] == [
        (date(2026, 12, 24), date(2027, 1, 1), "Closed, all", ProposedKind.CLOSED),
        (date(2026, 12, 31), date(2026, 12, 31), "Old Outlook", ProposedKind.HOLIDAY),
        (date(2027, 3, 1), date(2027, 3, 2), "Stocktaking", ProposedKind.CLOSED),
    ]
    assert found.left_out == 2


def test_what_comes_again_yearly_is_worked_out_within_reach() -> None:
    every = days("DTSTART;VALUE=DATE:20000106\r\nRRULE:FREQ=YEARLY")
    assert [first.year for first, _ in every] == list(range(2025, 2032))
    until = days("DTSTART;VALUE=DATE:20250106\r\nRRULE:FREQ=YEARLY;UNTIL=20270106")
    assert [first.year for first, _ in until] == [2025, 2026, 2027]
    counted = days("DTSTART;VALUE=DATE:20250106\r\nRRULE:FREQ=YEARLY;COUNT=2")
    assert [first.year for first, _ in counted] == [2025, 2026]
    leap = days("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY")
    assert [first.year for first, _ in leap] == [2028]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"<html></html>",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260230\nEND:VEVENT\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 15_000,
        b"BEGIN:VCALENDAR\n" + b"\n" * 30_000,
        b"BEGIN:VCALENDAR\n" + b"X" * 600_000,
        b"BEGIN:VCALENDAR\n\xff\xfe\x00\nEND:VCALENDAR",
        ics("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY"),
        ics("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ics("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:99991231"),
        ics("DTSTART;VALUE=DATE:20260101\r\nDURATION:P999999999D"),
        ics("DTSTART;VALUE=DATE:99991231"),
        ics(*["DTSTART;VALUE=DATE:20260101"] * 501),
    ],
    ids=range(15),
)
def test_a_hostile_file_is_refused_at_little_cost(content: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(Invalid) as refused:
        read_ics(content, today=TODAY)
    assert list(refused.value.fields) == ["file"]
    assert time.process_time() - begun < 2


@given(st.binary(max_size=300), st.integers(0, 200))
@settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused(noise: bytes, place: int) -> None:
    whole = ics("DTSTART;VALUE=DATE:20261224\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nSUMMARY:x")
    try:
        read_ics(whole[:place] + noise + whole[place:], today=TODAY)
    except Invalid as refused:
        where = list(refused.fields)
    else:
        where = ["file"]
    assert where == ["file"]
