"""Every fee, every note on what excludes what, and the official samples, against reference data."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.catalogue.steps import StepInput, StepResult
from app.services.patient_billing.manifest import SERVICE
from app.services.patient_billing.rules import Bill, Line, check
from app.services.patient_billing.schedule import position, spread
from tests.app.services.patient_billing.bills import DAY, documents
from tests.conftest import REFERENCE_DATA

HEALTH = REFERENCE_DATA / "health"
pytestmark = pytest.mark.skipif(not HEALTH.is_dir(), reason="the reference data is not here")
SAMPLES = "dipag-fhir/Resources/fsh-generated/resources"


def rows(name: str) -> list[dict[str, str]]:
    with (HEALTH / "goae" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_position_is_in_the_schedule_with_its_points() -> None:
    found = {row["nummer"]: position(row["nummer"], on=DAY) for row in rows("goae_positions.csv")}
    assert len(found) == 2295
    wrong = [
        row["nummer"]
        for row in rows("goae_positions.csv")
        if (listed := found[row["nummer"]]) is None or listed.points != Decimal(row["punkte"])
    ]
    assert wrong == []


def test_every_fee_is_exact() -> None:
    wrong = []
    for row in rows("goae_fees_half.csv"):
        listed = position(row["nummer"], on=DAY)
        assert listed is not None, row
        fees = (listed.fee(Decimal(1)), listed.fee(Decimal("2.3")))
        if fees != (Decimal(row["gebuehr_einfach_eur"]), Decimal(row["gebuehr_2_3_eur"])):
            wrong.append(row["nummer"])
    assert wrong == []


def excluded_pairs() -> Iterator[tuple[str, str]]:
    """Pairs that the notes name by number, as plain as `Nummer 4 ist neben … 30, 34 … nicht`."""
    for row in rows("goae_exclusion_notes_half.csv"):
        if row["nummer"] in ("1730", "2005", "5378", "437"):
            continue  # only for a purpose, or by section
        for sentence in re.findall(r"[^.]*?nicht berechnungsfähig", row["hinweis"]):
            if "eben" not in sentence or "anderen Leistungen" in sentence:
                continue
            numbers = re.findall(r"(?<![\d])(\d{1,4})(?![\d])", sentence)
            others = [one for one in numbers if one != row["nummer"]]
            beside = sentence.split("nach Nummer " + row["nummer"])
            if len(beside) == 2 and "bis" not in sentence:
                yield from ((row["nummer"], other) for other in others)


def excluded_by_range() -> Iterator[tuple[str, str]]:
    """Pairs of the notes that name numbers `from A to B`: every number of the schedule between."""
    for row in rows("goae_exclusion_notes_half.csv"):
        if row["nummer"] in ("2005", "5378", "437"):
            continue  # only for a purpose, or by section
        for sentence in re.findall(r"[^.]*?nicht berechnungsfähig", row["hinweis"]):
            if " bis " not in sentence or "eben" not in sentence:
                continue
            beside = re.split(r"neben|sind", sentence, maxsplit=1)[-1]
            named = re.sub(r"(\d+) bis (\d+)", r"\1-\2", beside)
            numbers = re.findall(r"\d+(?:-\d+)?", named)
            yield from (
                (row["nummer"], other)
                for other in spread(" ".join(numbers)) - {row["nummer"]}
                if position(other, on=DAY) is not None
            )


def test_numbers_that_exclude_each_other_are_flagged() -> None:
    pairs = list(excluded_pairs())
    assert len(pairs) > 120
    ranges = list(excluded_by_range())
    assert len(ranges) > 150
    pairs += ranges
    missed = []
    for one, other in pairs:
        lines = tuple(
            Line(place=number, day=DAY, number=number, factor=Decimal(1)) for number in (one, other)
        )
        codes = {found["code"] for found in check(Bill(lines=lines), today=DAY)}
        if "PB-EXCLUDED" not in codes:
            missed.append((one, other))
    assert missed == []


def told(paths: list[Path]) -> StepResult:
    automation = SERVICE.work_type("patient_bill").automation
    assert automation is not None
    return automation(
        StepInput(
            documents=documents(paths),
            payload={},
            client_name="",
            client_locale="de",
            today=date(2026, 11, 25),
        )
    )


def test_the_complete_sample_is_a_cent_out() -> None:
    (folder,) = (HEALTH / "dipag-invoice-complete").iterdir()
    answer = told(sorted(folder.glob("*.json")))
    found = {one.code: one.params for one in answer.findings}
    assert found["PB-TOTAL"] == {"found": "54.95", "expected": "54.94"}
    assert "PB-AMOUNT" not in found, found
    assert answer.values["total"].value == "54.94"
    assert len(answer.values["positions"].value) == 7


def test_the_bundle_bills_number_one_wrongly() -> None:
    answer = told([HEALTH / SAMPLES / "Bundle-BundleExample.json"])
    (found,) = [one for one in answer.findings if one.code == "PB-AMOUNT"]
    assert found.params == {
        "number": "1", "factor": "2.3", "found": "29.35", "expected": "10.72",
    }  # fmt: skip
    assert answer.values["patient"].value == "Max Mustermann"


def test_every_other_resource_gives_a_reason_and_no_crash() -> None:
    paths = sorted((HEALTH / SAMPLES).glob("*.json"))
    assert len(paths) > 20
    for path in paths:
        if path.name == "Bundle-BundleExample.json":
            continue
        answer = told([path])
        assert answer.findings, path.name
        assert not any("READER" in one.code for one in answer.findings), path.name


def test_a_treatment_before_the_euro_has_no_schedule() -> None:
    line = Line(place="1", day=date(2001, 12, 31), number="1", factor=Decimal(1))
    codes = {one["code"] for one in check(Bill(lines=(line,)), today=DAY)}
    assert codes == {"PB-NO-SCHEDULE"}
    later = replace(line, day=date(2002, 1, 1))
    assert check(Bill(lines=(later,)), today=DAY) == []
    assert json.dumps(check(Bill(lines=(later,)), today=DAY)) == "[]"
