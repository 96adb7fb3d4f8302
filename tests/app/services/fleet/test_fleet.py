"""Inspections by Annex VIII StVZO, lists with slips, and what is handed over."""

from datetime import date
from uuid import uuid4

import pytest
from icalendar import Calendar

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.fleet.manifest import SERVICE
from app.services.fleet.rules import (
    Vehicle,
    dues,
    is_long_overdue,
    next_main,
    next_safety,
    next_service,
)
from app.services.fleet.samples import vehicles
from app.services.fleet.schemas import FleetValues

TODAY = date(2026, 11, 25)
NEW = date(2024, 3, 14)


def run(content: bytes, *, months: int = 12) -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    file = StepDocument(id=uuid4(), name="fleet.csv", media_type="text/csv", content=content)
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=(file,),
                payload={"months": months},
                client_name="C",
                client_locale="de",
                today=TODAY,
            )
        )


@pytest.mark.parametrize(
    ("kind", "first", "later"),
    [
        ("car", date(2027, 3, 31), date(2028, 5, 31)),
        ("rental", date(2025, 3, 31), date(2027, 5, 31)),
        ("motorcycle", date(2026, 3, 31), date(2028, 5, 31)),
        ("truck_3_5", date(2026, 3, 31), date(2028, 5, 31)),
        ("truck_7_5", date(2025, 3, 31), date(2027, 5, 31)),
        ("truck_over_12", date(2025, 3, 31), date(2027, 5, 31)),
        ("trailer_0_75", date(2027, 3, 31), date(2028, 5, 31)),
    ],
)
def test_main_inspections(kind: str, first: date, later: date) -> None:
    assert next_main(Vehicle(kind=kind, registered_on=NEW)) == first
    inspected = Vehicle(kind=kind, registered_on=NEW, last_main=date(2026, 5, 20))
    assert next_main(inspected) == later


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("truck_over_12", date(2026, 9, 30)),  # 30 months after registration
        ("truck_12", date(2027, 9, 30)),  # 42 months
        ("trailer_over_10", date(2026, 9, 30)),
    ],
)
def test_safety_inspections_begin_with_age(kind: str, begins: date) -> None:
    assert next_safety(Vehicle(kind=kind, registered_on=NEW, last_main=date(2025, 3, 3))) == begins


def test_no_safety_inspection_below_seven_and_a_half_tonnes() -> None:
    assert next_safety(Vehicle(kind="truck_7_5", registered_on=NEW)) is None


def test_a_service_by_what_comes_first() -> None:
    by_km = Vehicle(
        kind="car",
        registered_on=NEW,
        last_service=date(2026, 8, 17),
        km=40_000,
        km_at_service=30_000,
        service_km=15_000,
        service_months=12,
    )
    assert next_service(by_km, today=TODAY) == date(2027, 1, 14)  # 100 km a day, 5,000 left
    by_months = Vehicle(
        kind="car",
        registered_on=NEW,
        last_service=date(2026, 1, 10),
        km=31_000,
        km_at_service=30_000,
        service_km=30_000,
        service_months=12,
    )
    assert next_service(by_months, today=TODAY) == date(2027, 1, 10)


def test_two_months_late_is_dearer() -> None:
    assert not is_long_overdue(date(2026, 9, 30), today=TODAY)
    assert is_long_overdue(date(2026, 8, 31), today=TODAY)


def test_a_list_with_its_slips() -> None:
    result = run(vehicles(TODAY))
    codes = {one.code for one in result.findings}
    assert {"FL-LONG-OVERDUE", "FL-KM-BACK", "FL-OVERDUE", "FL-SOON"} <= codes
    back = next(one for one in result.findings if one.code == "FL-KM-BACK")
    assert back.place == "fleet.csv:8 Kilometerstand"
    late = next(one for one in result.findings if one.code == "FL-OVERDUE")
    assert late.params["what"] == "uvv"
    assert late.place == "fleet.csv:4 Letzte UVV"
    assert SERVICE.finding_text is not None
    said = SERVICE.finding_text(late.code, late.params).params["what"]
    assert str(said) == "Accident prevention check (UVV)"
    assert result.values["vehicles"].value == 8
    assert result.units == 8
    assert b"Wartungskalender" in result.documents[0].content


def test_wrong_kinds_and_dates_are_findings() -> None:
    head = "Kennzeichen;Fahrzeugart;Erstzulassung;HU\n"
    rows = "B-A 1;Raumschiff;1.1.2020;\nB-A 2;PKW;1.1.2020;1.1.2030\nB-A2;PKW;1.1.2020;\n"
    rows += "B-A 3;PKW;1.1.2020;1.1.2019\n"
    codes = {one.code for one in run((head + rows).encode()).findings}
    assert {"TABLE-CELL-CHOICE", "FL-FUTURE", "FL-BEFORE-NEW", "FL-DOUBLE"} <= codes


def test_the_list_is_handed_over() -> None:
    values = {key: one.value for key, one in run(vehicles(TODAY)).values.items()}
    assert FleetValues().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    _, calendar = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    events = Calendar.from_ical(calendar.content).walk("VEVENT")
    assert len(events) == len(values["dues"])
    assert len({str(one["uid"]) for one in events}) == len(events)
    assert any("Hauptuntersuchung" in str(one["summary"]) for one in events)


def test_what_is_due_comes_in_order() -> None:
    days = [one.day for one in dues(Vehicle(kind="bus", registered_on=NEW), today=TODAY)]
    assert days == sorted(days)
    assert len(days) == 5


def test_a_vehicle_that_stands_there_twice_counts_once() -> None:
    head = "Kennzeichen;Fahrzeugart;Erstzulassung;Letzte HU"
    line = "HH-AL 1;PKW;01.03.2022;01.03.2025"
    once, twice = (run("\n".join([head, *[line] * count]).encode()) for count in (1, 2))
    assert once.values == twice.values
    assert (twice.units, [one.code for one in twice.findings][:1]) == (1, ["FL-DOUBLE"])


def test_nothing_due_is_said_and_can_be_handed_over() -> None:
    content = b"Kennzeichen;Fahrzeugart;Erstzulassung\nHH-AL 1;PKW;01.11.2026\n"
    result = run(content, months=1)
    assert [one.code for one in result.findings] == ["FL-NONE"]
    values = {key: one.value for key, one in result.values.items()}
    assert FleetValues().validate(values) == {}


def test_kinds_are_named_as_people_write_them() -> None:
    (told,) = run(b"Kennzeichen;Fahrzeugart;Erstzulassung\nA;Rakete;01.11.2020\n").findings
    assert "van/lkw bis 3,5 t" in told.params["choices"]
    assert "_" not in told.params["choices"]
