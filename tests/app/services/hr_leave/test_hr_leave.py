"""Leave by the law, tables with slips, onboarding, and what is handed over."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.hr_leave.manifest import SERVICE
from app.services.hr_leave.onboarding import benefit_limit, duties
from app.services.hr_leave.rules import (
    Absence,
    Person,
    balance,
    counted_days,
    entitlement,
    rounded,
    statutory_days,
)
from app.services.hr_leave.samples import absences, staff
from app.services.hr_leave.schemas import LeaveValues, OnboardingValues

TODAY = date(2026, 11, 25)


def run(number: int, payload: dict[str, object], *files: tuple[str, bytes]) -> StepResult:
    work = SERVICE.work_types[number]
    assert work.automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=name, media_type="text/csv", content=content)
        for name, content in files
    )
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=documents,
                payload=payload,
                client_name="C",
                client_locale="de",
                today=TODAY,
            )
        )


def someone(**more: object) -> Person:
    return Person(**{"name": "A", "entry": date(2015, 1, 1), "contract_days": Decimal(30)} | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("weekly", "days"), [(6, 24), (5, 20), (4, 16), (3, 12), (1, 4)])
def test_what_the_law_gives(weekly: int, days: int) -> None:
    assert statutory_days(weekly) == days


@pytest.mark.parametrize(
    ("entry", "leaves", "days"),
    [
        (date(2015, 1, 1), None, "30"),
        (date(2026, 4, 1), None, "30"),  # waited six months before the year's end
        (date(2026, 7, 1), None, "15"),  # second half: twelfths
        (date(2026, 8, 15), None, "10"),  # four full months
        (date(2015, 1, 1), date(2026, 5, 31), "13"),  # first half: 12.5 is 13
        (date(2015, 1, 1), date(2026, 9, 30), "30"),  # second half: all of it
        (date(2026, 2, 1), date(2026, 8, 31), "30"),  # waited, and leaves in the second half
        (date(2026, 3, 1), date(2026, 8, 31), "15"),  # leaves the day before it has waited
        (date(2027, 1, 1), None, "0"),
        (date(2015, 1, 1), date(2025, 12, 31), "0"),
    ],
)
def test_parts_of_a_year(entry: date, leaves: date | None, days: str) -> None:
    assert entitlement(someone(entry=entry, exit=leaves), 2026) == Decimal(days)


def test_the_extra_week_and_the_least() -> None:
    assert entitlement(someone(severely_disabled=True), 2026) == 35
    assert entitlement(someone(contract_days=Decimal(10)), 2026) == 20
    assert rounded(Decimal("12.49")) == Decimal("12.49")
    assert rounded(Decimal("12.50")) == 13


def test_an_absence_counts_days_that_would_be_worked() -> None:
    easter = Absence(first=date(2026, 3, 30), last=date(2026, 4, 10))
    assert counted_days(someone(state="HH"), easter) == 8  # without Good Friday, Easter Monday
    assert counted_days(someone(weekdays=(0, 2, 4)), easter) == 4
    corpus_christi = Absence(first=date(2026, 6, 4), last=date(2026, 6, 4))
    assert counted_days(someone(state="BY"), corpus_christi) == 0
    assert counted_days(someone(state="HH"), corpus_christi) == 1
    half = Absence(first=date(2026, 12, 24), last=date(2026, 12, 24), half=True)
    assert counted_days(someone(state="HH"), half) == Decimal("0.5")


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2027, 12, 1)), st.integers(0, 30), st.integers(0, 30))
def test_two_parts_count_as_the_whole(first: date, long: int, more: int) -> None:
    middle = date.fromordinal(first.toordinal() + long)
    last = date.fromordinal(middle.toordinal() + 1 + more)
    person = someone(state="BY")
    parts = counted_days(person, Absence(first=first, last=middle)) + counted_days(
        person, Absence(first=date.fromordinal(middle.toordinal() + 1), last=last)
    )
    assert parts == counted_days(person, Absence(first=first, last=last))


def test_what_is_carried_over_goes_first_and_ends_in_march() -> None:
    person = someone(carried_over=Decimal(5), state="HH")
    taken = [
        Absence(first=date(2026, 2, 2), last=date(2026, 2, 4)),
        Absence(first=date(2026, 8, 3), last=date(2026, 8, 7)),
        Absence(first=date(2026, 8, 4), last=date(2026, 8, 5), kind="sick"),
    ]
    found = balance(person, taken, year=2026, today=TODAY)
    assert [found.taken, found.sick, found.expired] == [6, 2, 2]
    assert found.left == 27
    assert balance(person, taken, year=2026, today=date(2026, 3, 31)).expired == 0


def test_tables_with_slips() -> None:
    files = (("staff.csv", staff(2026)), ("away.csv", absences(2026)))
    result = run(0, {"year": 2026, "state": "HH"}, *files)
    found = {(one.code, one.place) for one in result.findings}
    assert {
        ("HR-BELOW-LAW", "staff.csv:7 Urlaubstage"),
        ("HR-UNKNOWN", "away.csv:15 Name"),
        ("HR-OVERLAP", "away.csv:8 Von"),
        ("HR-OUTSIDE", "away.csv:10 Von"),
        ("HR-NO-DAYS", "away.csv:13 Von"),
        ("HR-SICK-IN-LEAVE", "away.csv:3 Von"),
        ("HR-OVERDRAWN", "Nowak, Ewa"),
        ("HR-EXPIRED", "Schulz, Rainer"),
    } <= found
    rows = {one["person"]: one for one in result.values["balances"].value}
    assert rows["Keller, Marion"]["entitled"] == "30.00"
    assert rows["Schulz, Rainer"]["entitled"] == "35.00"
    assert result.units == 8


@pytest.mark.parametrize(
    ("payload", "files", "code"),
    [
        ({"year": 2010}, (("staff.csv", staff(2010)),), "HR-YEAR"),
        ({"year": 2026}, (("away.csv", absences(2026)),), "HR-NO-STAFF"),
        ({"year": 2026}, (), "HR-NO-STAFF"),
    ],
)
def test_what_cannot_be_worked_out_is_said(
    payload: dict[str, object], files: tuple[tuple[str, bytes], ...], code: str
) -> None:
    result = run(0, payload, *files)
    assert [one.code for one in result.findings] == [code]
    assert result.values == {}


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        *(("Mo-Do", "4.00"), ("Mo–Fr", "5.00"), ("Montag bis Freitag", "5.00")),  # noqa: RUF001
        *(("Mo, Mi, Fr", "3.00"), ("4 Tage", "4.00"), ("Monday to Friday", "5.00")),
    ],
)
def test_working_days_as_people_write_them(told: str, taken: str) -> None:
    people = f"Name;Eintritt;Arbeitstage\nA;01.01.2020;{told}\n".replace(", ", " ")
    away = b"Name;Von;Bis\nA;14.09.2026;20.09.2026\n"
    result = run(0, {"year": 2026}, ("p.csv", people.encode()), ("a.csv", away))
    assert result.values["balances"].value[0]["taken"] == taken
    assert "HR-WEEKDAYS" not in {one.code for one in result.findings}


def test_working_days_that_nobody_can_read_are_said() -> None:
    people = b"Name;Eintritt;Arbeitstage\nA;01.01.2020;nach Absprache\n"
    result = run(0, {"year": 2026}, ("p.csv", people))
    assert [one.code for one in result.findings] == ["HR-WEEKDAYS"]


def test_what_a_list_says_wrongly_takes_no_leave_and_is_said() -> None:
    people = (
        "Name;Eintritt;Austritt;Bundesland\nA;01.01.2020;;Bayern\nC;01.05.2026;31.03.2026;NRW\n"
    )
    away = b"Name;Von;Bis;Art\nA;02.11.2026;02.11.2026;Quark\nA;06.01.2026;06.01.2026;Urlaub\n"
    result = run(0, {"year": 2026}, ("p.csv", people.encode()), ("a.csv", away))
    assert sorted((one.code, one.place) for one in result.findings) == [
        ("HR-EXIT", "p.csv:3 Austritt"),
        ("HR-NO-DAYS", "a.csv:3 Von"),  # Epiphany, in Bavaria
        ("TABLE-CELL-CHOICE", "a.csv:2 Art"),
    ]
    assert result.values["balances"].value[0]["taken"] == "0.00"


def test_a_day_that_two_absences_name_is_taken_once() -> None:
    two_weeks = Absence(first=date(2026, 8, 3), last=date(2026, 8, 14))
    inside = Absence(first=date(2026, 8, 10), last=date(2026, 8, 12))
    halves = [Absence(first=date(2026, 9, 1), last=date(2026, 9, 1), half=True)] * 2
    told = balance(someone(), [two_weeks, inside, *halves], year=2026, today=TODAY)
    assert told.taken == 11


def test_absences_of_every_table_count() -> None:
    people = ("p.csv", b"Name;Eintritt\nA;01.01.2020\n")
    months = [
        (f"{at}.csv", f"Name;Von;Bis\nA;14.{at}.2026;14.{at}.2026\n".encode())
        for at in ("09", "10")
    ]
    again = ("neu.csv", b"Name;Von;Bis\nA;14.10.2026;15.10.2026\n")
    result = run(0, {"year": 2026}, people, *months)
    assert result.values["balances"].value[0]["taken"] == "2.00"
    doubled = run(0, {"year": 2026}, people, *months, again)
    assert [(one.code, one.place) for one in doubled.findings] == [("HR-OVERLAP", "neu.csv:2 Von")]


def test_six_months_from_the_last_of_a_month() -> None:
    found = {
        one.key: one.until
        for one in duties(date(2026, 8, 31), state="HH", probation_months=6, immediate_notice=False)
    }
    assert found["probation_end"] == date(2027, 2, 28)
    assert found["protection"] == date(2027, 3, 1)


def test_the_duties_of_a_first_day() -> None:
    found = {
        one.key: one.until
        for one in duties(date(2027, 1, 4), state="HH", probation_months=6, immediate_notice=True)
    }
    assert found["contract"] == date(2026, 12, 31)
    assert found["immediate_notice"] == date(2027, 1, 4)
    assert found["terms_seventh_day"] == date(2027, 1, 11)
    assert found["insurance"] == date(2027, 2, 15)
    assert found["probation_end"] == date(2027, 7, 3)
    assert found["leave_waiting"] == date(2027, 7, 4)


def test_benefits_have_a_limit_by_year() -> None:
    assert benefit_limit(date(2021, 12, 31)) == 44
    assert benefit_limit(date(2026, 1, 1)) == 50
    assert benefit_limit(date(2031, 1, 1)) is None


def test_onboarding_is_listed_and_handed_over() -> None:
    payload: dict[str, object] = {
        "person": "Hansen, Levke",
        "start": "2026-11-01",
        "state": "HH",
        "probation_months": 6,
        "benefits": "60.00",
    }
    result = run(1, payload)
    codes = {one.code for one in result.findings}
    assert codes == {"HR-START-PAST", "HR-START-FREE", "HR-BENEFIT"}
    values = {key: one.value for key, one in result.values.items()}
    values["duties"][0]["done"] = True
    assert OnboardingValues().validate(values) == {}
    assert SERVICE.work_types[1].deliver is not None
    _, calendar = SERVICE.work_types[1].deliver(delivery(values))
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == len(values["duties"]) - 1


def delivery(values: dict[str, object]) -> DeliveryInput:
    return DeliveryInput(
        number="ACME-1",
        values=values,
        payload={},
        documents=(),
        client_name="C",
        client_locale="de",
    )


def test_the_calendar_says_nothing_of_sickness() -> None:
    files = (("staff.csv", staff(2026)), ("away.csv", absences(2026)))
    values = {key: one.value for key, one in run(0, {"year": 2026}, *files).values.items()}
    assert LeaveValues().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    book, calendar = SERVICE.work_types[0].deliver(delivery(values))
    assert book.content.startswith(b"PK")
    leave = [one for one in values["absences"] if one["kind"] == "leave"]
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == len(leave)
    assert "krank" not in calendar.content.decode().casefold()
