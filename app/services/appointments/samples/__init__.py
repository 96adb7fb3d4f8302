"""Calendars of a practice made by us, for the demo and the tests (no names in them)."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.catalogue.samples import SampleOrder


def practice(monday: date) -> bytes:
    """A weekly team meeting, appointments that clash, one at night, a cancelled one, a free day."""

    def event(number: int, day: int, begin: str, end: str, more: str = "") -> str:
        on = f"{monday + timedelta(days=day):%Y%m%d}"
        return (
            f"BEGIN:VEVENT\r\nUID:{number}@practice.example\r\nDTSTAMP:{on}T060000Z\r\n"
            f"DTSTART;TZID=Europe/Berlin:{on}T{begin}00\r\n"
            f"DTEND;TZID=Europe/Berlin:{on}T{end}00\r\n"
            f"SUMMARY:Termin {number}\r\n{more}END:VEVENT\r\n"
        )

    free_day = f"{monday + timedelta(days=4):%Y%m%d}"
    body = "".join(
        (
            event(1, 0, "0800", "0845", "RRULE:FREQ=WEEKLY;COUNT=10\r\n"),
            event(2, 0, "0900", "0920"),
            event(3, 0, "0910", "0930"),
            event(4, 1, "0800", "1200"),
            event(5, 2, "1930", "2000"),
            event(6, 2, "0800", "0900", "STATUS:CANCELLED\r\n"),
            (
                f"BEGIN:VEVENT\r\nUID:7@practice.example\r\nDTSTAMP:{free_day}T060000Z\r\n"
                f"DTSTART;VALUE=DATE:{free_day}\r\nSUMMARY:Fortbildung\r\nEND:VEVENT\r\n"
            ),
        )
    )
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Practice//DE\r\n"
    return f"{head}{body}END:VCALENDAR\r\n".encode()


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Free times of two weeks, under way and delivered."""
    monday = today + timedelta(days=7 - today.weekday())
    wish = {
        "first": monday.isoformat(),
        "weeks": 2,
        "hours": "08:00-12:00, 14:00-17:00",
        "minutes": 20,
        "buffer": 5,
        "state": "SH",
        "note": "",
    }
    file = ("sprechzimmer-1.ics", practice(monday))
    return [
        SampleOrder(type_key="free_times", payload=wish, files=(file,), hours_ago=1, end="taken"),
        SampleOrder(
            type_key="free_times",
            payload=wish | {"minutes": 30},
            files=(file,),
            hours_ago=18,
            end="delivered",
        ),
    ]
