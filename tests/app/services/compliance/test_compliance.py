"""Screening measured on a public list; retention, deadlines and the register by the law."""

import csv
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from uuid import uuid4

import pytest

from app.catalogue.steps import DeliveryInput, ProposedValue, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.compliance.gdpr import breach_until, request_days
from app.services.compliance.manifest import SERVICE
from app.services.compliance.retention import kept
from app.services.compliance.samples import ACTIVITIES, LIST, NAMES, records
from app.services.compliance.schemas import ScreeningValues
from app.services.compliance.screening import Screen, plain, read_list
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
FOLDER = REFERENCE_DATA / "screening"
GERMANS = [
    f"{first} {last}"
    for first in ("Anna", "Thomas", "Petra", "Jürgen", "Sabine", "Uwe", "Kerstin", "Holger")
    for last in ("Müller", "Schmidt", "Behrens", "Petersen", "Vogel", "Krause", "Lange", "Albrecht")
]


def run(key: str, payload: Mapping[str, object], *files: tuple[str, bytes]) -> StepResult:
    work = SERVICE.work_type(key)
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


def deliver(key: str, result: StepResult) -> int:
    """How many files are made of the values as proposed, which the schema takes."""
    work = SERVICE.work_type(key)
    values = {name: one.value for name, one in result.values.items()}
    assert work.values is not None
    assert work.deliver is not None
    assert work.values().validate(values) == {}
    return len(
        work.deliver(
            DeliveryInput(
                number="ACME-1",
                values=values,
                payload={},
                documents=(),
                client_name="C",
                client_locale="de",
            )
        )
    )


def test_names_are_told_apart_from_their_dress() -> None:
    assert plain("Müller & Söhne GmbH") == plain("SOEHNE, MUELLER Co.") == "mueller soehne"
    assert plain("AL-RASHIDI, Kareem") == plain("Kareem Al Rashidi")


def test_a_list_and_names() -> None:
    result = run("screening", {}, ("names.csv", NAMES.encode()), ("list.csv", LIST.encode()))
    hits = {(one["name"], one["reference"]) for one in result.values["hits"].value}
    assert hits == {
        ("Aleksandar Petrowich Zoran", "EX.101"),
        ("Northern Harbor Shipping", "EX.102"),
    }
    assert ("CP-SHORT", "names.csv:8 Name") in {(one.code, one.place) for one in result.findings}
    decided = [{**hit, "decision": "other"} for hit in result.values["hits"].value]
    values = {**result.values, "hits": ProposedValue(value=decided)}
    assert deliver("screening", replace(result, values=values)) == 1


def test_a_hit_that_nobody_decided_is_not_handed_over() -> None:
    result = run("screening", {}, ("names.csv", NAMES.encode()), ("list.csv", LIST.encode()))
    values = {key: one.value for key, one in result.values.items()}
    schema = ScreeningValues()
    assert set(schema.still_open(schema.load(values))) == {"hits"}
    values["hits"] = [{**hit, "decision": "other"} for hit in values["hits"]]
    assert schema.still_open(schema.load(values)) == {}


def test_without_list_or_names_it_says_so() -> None:
    assert run("screening", {}, ("n.csv", NAMES.encode())).findings[0].code == "CP-NO-LIST"
    assert run("screening", {}, ("l.csv", LIST.encode())).findings[0].code == "CP-NO-NAMES"


def test_every_table_of_names_is_screened() -> None:
    """A second table in one order is no reason to let the first one pass."""
    two = (("kunden.csv", b"Firma\nVOLNA TRADING HOUSE\n"), ("neu.csv", b"Lieferant\nMeier OHG\n"))
    result = run("screening", {}, ("l.csv", LIST.encode()), *two)
    assert result.values["screened"].value == 2
    assert result.units == 2
    assert [one["name"] for one in result.values["hits"].value] == ["VOLNA TRADING HOUSE"]


def test_names_behind_an_open_quotation_mark_are_not_cleared_in_silence() -> None:
    names = ("n.csv", b'Firma;Ort\nMeier OHG;"Kiel\nVOLNA TRADING HOUSE;Kiel\n')
    result = run("screening", {}, ("l.csv", LIST.encode()), names)
    assert [one.code for one in result.findings] == ["TABLE-ROW-OPEN"]
    assert not result.straight_through
    assert read_list(b'36,"AEROCARIBBEAN",-0-,"CUBA"\n306,"BANCO NACIONAL DE CUBA') == []


def slip(name: str, chance: Random) -> str:
    """Words in another order, no comma, one letter wrong."""
    words = name.replace(",", " ").replace(".", "").split()
    chance.shuffle(words)
    text = " ".join(words).title()
    at = chance.choice([place for place, one in enumerate(text) if one.isalpha()])
    return text[:at] + chance.choice("aeioux") + text[at + 1 :]


def test_measured_on_the_public_list() -> None:
    """Listed names with slips are found; ordinary German names are not."""
    path = FOLDER / "ofac_sdn.csv"
    if not path.exists():
        pytest.skip(f"no reference data: {path}")
    listed = read_list(path.read_bytes()) + read_list((FOLDER / "ofac_alt_half.csv").read_bytes())
    with path.open(encoding="utf-8", errors="replace") as file:
        assert len(listed) >= sum(1 for _ in csv.reader(file)) - 1
    chance = Random(11)  # noqa: S311  names, no secrets
    asked = [one for one in chance.sample(listed, 400) if len(plain(one.name)) >= 10]
    begun = time.perf_counter()
    screen = Screen(listed)
    found = sum(
        one.name in {hit.listed.name for hit in screen.hits(slip(one.name, chance))}
        for one in asked
    )
    wrong = sum(bool(screen.hits(name)) for name in GERMANS)
    assert found / len(asked) >= 0.97
    assert wrong / len(GERMANS) <= 0.05
    assert time.perf_counter() - begun < 30


@pytest.mark.parametrize(
    ("kind", "made", "until"),
    [
        ("voucher", date(2018, 6, 1), date(2026, 12, 31)),
        ("voucher", date(2014, 6, 1), date(2024, 12, 31)),  # was over before the relief
        ("voucher", date(2015, 6, 1), date(2023, 12, 31)),  # shortened by the relief
        ("books", date(2016, 12, 31), date(2026, 12, 31)),
        ("letter", date(2020, 1, 1), date(2026, 12, 31)),
        ("application", date(2026, 8, 31), date(2027, 2, 28)),
        ("working_time", date(2024, 11, 24), date(2026, 11, 24)),
    ],
)
def test_retention_by_law(kind: str, made: date, until: date) -> None:
    one = kept(kind, made, today=TODAY, on_hold=False)
    assert one.until == until
    assert one.state == ("delete" if until < TODAY else "keep")
    assert kept(kind, made, today=TODAY, on_hold=True).state == "hold"


def test_a_hold_that_cannot_be_read_is_taken_for_one() -> None:
    rows = b"Unterlage;Art;Datum;Sperre\nA;Beleg;1.1.2010;vielleicht\nB;Beleg;1.1.2010;\n"
    result = run("retention", {}, ("r.csv", rows))
    assert [one["state"] for one in result.values["records"].value] == ["hold", "delete"]


def test_records_are_listed() -> None:
    result = run("retention", {}, ("records.csv", records(TODAY)))
    states = [one["state"] for one in result.values["records"].value]
    assert sorted(set(states)) == ["delete", "hold", "keep"]
    assert deliver("retention", result) == 1
    later = run(
        "retention", {}, ("r.csv", b"Unterlage;Art;Datum\nA;Beleg;1.1.2030\nB;Roman;1.1.20\n")
    )
    assert [one.code for one in later.findings] == ["TABLE-CELL-CHOICE", "CP-FUTURE"]


def test_a_month_ends_on_a_working_day() -> None:
    days = request_days(date(2026, 11, 25), state="HH")
    assert (days.answer, days.moved) == (date(2026, 12, 28), True)  # Christmas, then a weekend
    assert request_days(date(2026, 1, 31), state="HH").answer == date(2026, 3, 2)
    assert breach_until(datetime(2026, 11, 27, 16, 0, tzinfo=UTC)) == datetime(
        2026, 11, 30, 16, 0, tzinfo=UTC
    )


def test_requests_and_breaches() -> None:
    breach = {"kind": "breach", "received_on": "2026-11-27", "received_at": "16:20", "state": "HH"}
    result = run("gdpr_request", breach)
    assert (result.values["due_on"].value, result.values["due_at"].value) == ("2026-11-30", "16:20")
    assert [one.code for one in result.findings] == ["CP-WEEKEND"]
    assert deliver("gdpr_request", result) == 2
    late = run("gdpr_request", {"kind": "access", "received_on": "2026-09-01", "state": "HH"})
    assert [one.code for one in late.findings] == ["CP-LATE"]


def test_the_register_and_its_gaps() -> None:
    result = run("register", {}, ("acts.csv", ACTIVITIES.encode()))
    assert {(one.code, one.place) for one in result.findings} == {
        ("CP-GAP", "acts.csv:3 Löschfrist"),
        ("CP-THIRD", "acts.csv:3 Drittland"),
        ("CP-GAP", "acts.csv:4 Empfänger"),
    }
    assert deliver("register", result) == 1
