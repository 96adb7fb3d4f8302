"""Free times and clashes: by hand, by property, on real calendars, and on hostile ones."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.appointments.calendars import NotACalendar, occurrences
from app.services.appointments.manifest import SERVICE
from app.services.appointments.rules import ZONE, Busy, Hours, clashes, free, parse_hours, slots
from app.services.appointments.samples import practice
from app.services.appointments.schemas import AppointmentsValues
from tests.conftest import REFERENCE_DATA

MONDAY = date(2026, 11, 30)
FOLDER = REFERENCE_DATA / "calendar" / "ics"
HOURS = Hours(((time(8), time(12)),))


def moment(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def run(*files: tuple[str, bytes], **more: object) -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=name, media_type="text/calendar", content=content)
        for name, content in files
    )
    payload = {"first": MONDAY.isoformat(), "weeks": 1, "minutes": 20, "state": "SH"}
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=documents,
                payload=payload | more,
                client_name="C",
                client_locale="de",
                today=date(2026, 11, 25),
            )
        )


def test_hours_are_read_or_refused() -> None:
    assert parse_hours("08:00-12:00, 14:00-17:30")[1] == (time(14), time(17, 30))
    for wrong in ("8-12", "12:00-08:00", "08:00-12:00, 11:00-13:00", ""):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_hours(wrong)


def test_what_is_free_by_hand() -> None:
    busy = [Busy(moment(9), moment(9, 30)), Busy(moment(11, 50), moment(13))]
    found = free(HOURS, busy, first=MONDAY, last=MONDAY, minutes=20, buffer=10)
    assert found == [(moment(8), moment(8, 50)), (moment(9, 40), moment(11, 40))]
    assert len(slots(found, minutes=20)) == 2 + 6


def test_no_time_is_free_on_a_holiday() -> None:
    christmas = date(2026, 12, 25)
    assert free(HOURS, [], first=christmas, last=christmas, minutes=5) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(420, 760), st.integers(1, 90)), max_size=10))
def test_free_times_touch_nothing_and_leave_nothing_out(taken: list[tuple[int, int]]) -> None:
    start = moment(0)
    busy = [
        Busy(start + timedelta(minutes=at), start + timedelta(minutes=at + long))
        for at, long in taken
    ]
    found = free(HOURS, busy, first=MONDAY, last=MONDAY, minutes=1)
    minutes = {
        int((one - start).total_seconds() // 60)
        for begin, end in found
        for one in (begin + timedelta(minutes=n) for n in range(int((end - begin).seconds / 60)))
    }
    expected = {
        minute
        for minute in range(480, 720)
        if not any(at <= minute < at + long for at, long in taken)
    }
    assert minutes == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=12))
def test_clashes_are_those_of_comparing_all(taken: list[tuple[int, int]]) -> None:
    start = moment(0)
    busy = [
        Busy(start + timedelta(minutes=at), start + timedelta(minutes=at + long))
        for at, long in taken
    ]
    pairs = sum(
        one.begin < other.end and other.begin < one.end
        for at, one in enumerate(busy)
        for other in busy[at + 1 :]
    )
    assert len(clashes(busy)) == pairs


def test_a_practice_with_its_slips() -> None:
    result = run(("room.ics", practice(MONDAY)))
    assert sorted(one.code for one in result.findings) == ["AM-CLASH", "AM-OUTSIDE"]
    assert result.values["taken"].value == 6
    days = {one["day"] for one in result.values["slots"].value}
    assert days == {"2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"}
    tuesday = [one["begin"] for one in result.values["slots"].value if one["day"] == "2026-12-01"]
    assert tuesday[0] == "14:00"
    told = str(result.values) + str(result.findings)
    assert "Termin" not in told


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", b"\x00\xff"]
)
def test_broken_calendars_are_findings(content: bytes) -> None:
    result = run(("x.ics", content))
    assert [one.code for one in result.findings] == ["AM-NO-CALENDAR"]
    assert result.values == {}


def calendar_of(*events: str) -> bytes:
    inner = "".join(f"BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{inner}END:VCALENDAR\r\n".encode()


def test_an_event_that_cannot_be_read_is_told_and_the_others_count() -> None:
    content = calendar_of(
        "UID:1\r\nDTSTART:20261130T090000\r\nDTEND:20261130T080000\r\nSUMMARY:Frau Meier",
        "UID:2\r\nDTSTART:20261201T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WOECHENTLICH",
        "UID:3\r\nDTSTART:20261399T100000\r\nDTEND:20261399T110000",
        "UID:4\r\nSUMMARY:ohne Beginn",
        "UID:5\r\nDTSTART:20261202T080000\r\nDTEND:20261202T120000",
    )
    result = run(("room.ics", content))
    told = [(one.code, one.params.get("begin", one.params.get("count"))) for one in result.findings]
    assert told == [
        ("AM-PARTLY", "2026-11-30 09:00"),
        ("AM-PARTLY", "2026-12-01 09:00"),
        ("AM-LEFT-OUT", 2),
    ]
    assert result.values["taken"].value == 3
    assert "Meier" not in str(result)


def test_an_absence_is_told_by_its_days() -> None:
    content = calendar_of(
        "UID:1\r\nDTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261203",
        "UID:2\r\nDTSTART:20261202T090000\r\nDTEND:20261202T093000",
        "UID:3\r\nDTSTART;VALUE=DATE:20261202\r\nDTEND;VALUE=DATE:20261204",
    )
    found = {one.code: one.params for one in run(("room.ics", content)).findings}
    assert found["AM-IN-ABSENCE"]["first"] == "09:00-09:30"
    assert "AM-ABSENCES" in found
    assert "AM-CLASH" not in found


def test_an_old_calendar_is_not_taken_for_free_weeks() -> None:
    result = run(("room.ics", practice(date(2024, 1, 1))))
    assert [one.code for one in result.findings] == ["AM-NOTHING-TAKEN"]
    assert not result.straight_through
    gone = run(("room.ics", practice(MONDAY)), first="2026-11-02")
    assert "AM-PAST" in {one.code for one in gone.findings}


def test_given_times_are_handed_over_with_reminders() -> None:
    values = {key: one.value for key, one in run(("room.ics", practice(MONDAY))).values.items()}
    values["slots"][0]["given_to"] = "P-1042"
    assert AppointmentsValues().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    made = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    (event,) = Calendar.from_ical(made[2].content).walk("VEVENT")
    assert (str(event["summary"]), event["dtstart"].dt.hour) == ("P-1042", 9)
    assert len(event.walk("VALARM")) == 1


def test_real_calendars_are_read() -> None:
    """Every file that holds a calendar is read; a known one has its ten days."""
    if not FOLDER.exists():
        pytest.skip(f"no reference data: {FOLDER}")
    read, refused = 0, []
    for path in sorted(FOLDER.rglob("*.ics")):
        try:
            occurrences(
                path.read_bytes(), name="x", first=date(2019, 1, 1), last=date(2020, 12, 31)
            )
            read += 1
        except NotACalendar:
            refused.append(path.name)
    assert read >= 0.97 * (read + len(refused)), refused
    (ten,) = FOLDER.rglob("event_10_times.ics")
    found = occurrences(ten.read_bytes(), name="x", first=date(2020, 1, 1), last=date(2020, 12, 31))
    assert len(found.busy) == 10
