"""Shipments: EDIFACT and EPCIS read whole, every kind of exception, hostile files."""

import io
import json
import re
import zipfile
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from app.catalogue.limited import limited
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.shipments import edifact, epcis
from app.services.shipments.manifest import SERVICE
from app.services.shipments.messages import announced, happened
from app.services.shipments.rules import PROBLEMS, Event, Expected, Step, journeys
from app.services.shipments.samples import (
    despatch,
    interchange,
    sample_orders,
    sscc,
    status,
    urn,
)
from app.services.shipments.schemas import ShipmentsValues
from app.services.shipments.steps import deliver
from app.services.shipments.texts import PROBLEM_WORDS, STEPS, finding_text
from app.services.shipments.units import ZONE, check_digit, is_wrong, unit_of
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
EDI = REFERENCE_DATA / "logistics-edi"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><EPCISDocument>&a;</EPCISDocument>'


def run(*files: tuple[str, bytes], quiet_days: int = 2) -> StepResult:
    automation = SERVICE.work_types[0].automation
    assert automation is not None
    step = StepInput(
        documents=tuple(
            StepDocument(id=uuid4(), name=name, media_type="", content=content)
            for name, content in files
        ),
        payload={"quiet_days": quiet_days},
        client_name="C",
        client_locale="de",
        today=TODAY,
    )
    with files_of_our_own():
        return automation(step)


def codes(result: StepResult) -> set[str]:
    return {one.code for one in result.findings}


def rows(result: StepResult) -> dict[str, dict[str, Any]]:
    return {row["unit"]: row for row in result.values["shipments"].value}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


def problems(*events: Event, plan: Expected | None = None) -> tuple[str, ...]:
    plans = [plan] if plan else []
    (journey, *_) = journeys(plans, events, today=TODAY, quiet_days=2)
    return journey.problems


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_an_sscc_is_found(body: str, place: int, more: int) -> None:
    whole = body + check_digit(body)
    assert not is_wrong(whole)
    wrong = str((int(whole[place]) + more) % 10)
    assert is_wrong(whole[:place] + wrong + whole[place + 1 :])


def test_an_sscc_is_the_same_in_every_writing() -> None:
    assert unit_of("106141411234567897") == "106141411234567897"
    assert not is_wrong("106141411234567897")  # the example of the GS1 General Specifications
    for text in (
        "(00)106141411234567897",
        "00106141411234567897",
        "1 0614141 123456789 7",
        "urn:epc:id:sscc:0614141.1123456789",
        "https://id.gs1.org/00/106141411234567897",
    ):
        assert unit_of(text) == "106141411234567897"
    assert unit_of(urn(7)) == sscc(7)
    assert unit_of("urn:epc:id:sgtin:0614141.107346.2017").startswith("urn:")


@pytest.mark.skipif(not EDI.exists(), reason="no reference data")
def test_every_real_interchange_is_cut_as_its_own_counts_say() -> None:
    whole = 0
    paths = [path for path in EDI.rglob("*") if path.suffix in (".edi", ".txt")]
    for path in paths:
        content = path.read_bytes()
        if not edifact.looks_like(content):
            continue
        for one in edifact.messages(edifact.segments(content)):
            whole += one.is_whole
            assert one.kind.isupper() or one.kind == "", path
    assert whole >= 9


def test_a_release_sign_and_other_separators() -> None:
    text = b"UNA*|.! ~UNB|UNOC*3|A|B~UNH|1|IFTSTA*D~FTX|AAI|||it!*s !~ !! here~UNT|3|1~"
    (message,) = edifact.messages(edifact.segments(text))
    assert message.is_whole
    assert message.segments[0].get(3) == "it*s ~ ! here"


@pytest.mark.skipif(not EDI.exists(), reason="no reference data")
def test_every_real_epcis_event_is_read() -> None:
    counted = read = files = 0
    for path in sorted((EDI / "gs1-epcis").rglob("*")):
        if path.suffix not in (".json", ".jsonld", ".xml"):
            continue
        content = path.read_bytes()
        count = _events_by_hand(content)
        if not count:
            continue
        if b"<!DOCTYPE" in content:
            with pytest.raises(epcis.NotEpcis, match="doctype"):
                epcis.read(content, path.name)
            continue
        found = epcis.read(content, path.name)
        assert found.reports == count, path
        files, counted, read = files + 1, counted + count, read + found.reports
        assert found.events or found.void or found.untold, path
    assert files >= 30
    assert read == counted


def _events_by_hand(content: bytes) -> int:
    if content.lstrip().startswith(b"<"):
        names = [etree.QName(one).localname for one in etree.fromstring(content).iter("*")]
        return sum(1 for one in names if one in epcis.KINDS)
    found = re.findall(rb'"(?:type|isA)"\s*:\s*"(\w+Event)"', content)
    return sum(1 for one in found if one.decode() in epcis.KINDS)


def test_a_despatch_advice_and_a_status_report() -> None:
    found = edifact.messages(edifact.segments(interchange(despatch(TODAY), status(TODAY))))
    assert all(one.is_whole for one in found)
    plans = announced(found[0])
    assert [one.unit for one in plans] == [sscc(number) for number in range(1, 9)]
    plan = plans[0]
    assert (plan.despatch, plan.order, plan.receiver) == (
        "LS-20815",
        "B-4711",
        "Kaufhaus Lübeck+Ost",
    )
    assert (plan.despatched_on, plan.expected_on) == (date(2026, 11, 20), date(2026, 11, 24))
    assert (plan.ordered, plan.shipped) == (60, 54)
    events = list(happened(found[1], "x"))
    assert len(events) == 24
    assert events[0] == Event(
        unit=sscc(1), at=at(20, 9).replace(minute=1), step=Step.PICKED_UP, place="Hamburg",
        code="13", source="x",
    )  # fmt: skip


def test_the_day_of_the_demo_has_every_kind_of_exception() -> None:
    order = sample_orders(TODAY)[0]
    result = run(*order.files)
    found = rows(result)
    told = {number: found[sscc(number)]["problem"] for number in (1, 2, 3, 4, 5, 6, 7, 8)}
    assert told == {
        1: "short", 2: "twice", 3: "short", 4: "late", 5: "damaged", 6: "lost", 7: "late",
        8: "late",
    }  # fmt: skip
    assert found[sscc(99)]["problem"] == "unknown"
    assert found[sscc(1)]["status"] == "delivered"
    assert found[sscc(7)]["status"] == "departed"
    assert {"SH-NO-MOVEMENT", "SH-MISSING", "SH-SHORT", "SH-LOST", "SH-TWICE"} <= codes(result)
    assert sum(one.code == "SH-SHORT" for one in result.findings) == 1, "of the whole despatch"
    assert result.units == 9
    assert result.documents[0].content.startswith(b"<svg")
    assert "Geliefert" in result.documents[0].content.decode()


def test_a_quiet_day_goes_straight_through() -> None:
    result = run(*sample_orders(TODAY)[1].files, quiet_days=3)
    assert codes(result) == set()
    assert result.straight_through
    assert {row["status"] for row in rows(result).values()} == {"delivered"}


def test_each_problem_alone() -> None:
    unit = sscc(1)
    plan = Expected(unit=unit, despatched_on=date(2026, 11, 24), expected_on=date(2026, 11, 25))
    came = Event(unit=unit, at=at(25), step=Step.DELIVERED, place="A")
    gone = Event(unit=unit, at=at(24), step=Step.PICKED_UP)
    assert problems(gone, came, plan=plan) == ()
    assert problems(gone, plan=plan) == ()
    assert problems(plan=plan) == ()
    assert problems(plan=Expected(unit=unit, despatched_on=date(2026, 11, 20))) == ("missing",)
    assert problems(Event(unit=unit, at=at(20), step=Step.ARRIVED)) == ("no_movement",)
    late = Expected(unit=unit, expected_on=date(2026, 11, 24))
    assert problems(came, plan=late) == ("late",)
    assert problems(came, Event(unit=unit, at=at(25, 9), step=Step.DELIVERED)) == ("twice",)
    assert problems(came, came) == (), "the same report in two files"
    assert problems(Event(unit=unit, at=at(24), step=Step.DELIVERED),
                    Event(unit=unit, at=at(25), step=Step.PICKED_UP)) == ("order",)  # fmt: skip
    assert problems(Event(unit=unit, at=at(27), step=Step.ARRIVED)) == ("future",)
    assert problems(Event(unit=unit[:-1] + "x", at=at(25), step=Step.ARRIVED)) == ()
    wrong = unit[:-1] + str((int(unit[-1]) + 1) % 10)
    assert problems(Event(unit=wrong, at=at(25), step=Step.ARRIVED)) == ("check_digit",)


def test_what_a_hub_takes_in_has_only_arrived() -> None:
    unit = sscc(1)
    hub = Event(unit=unit, at=at(23), step=Step.RECEIVED, place="Hub")
    on = Event(unit=unit, at=at(24), step=Step.DEPARTED, place="Hub")
    end = Event(unit=unit, at=at(25), step=Step.RECEIVED, place="Shop")
    (journey,) = journeys([], [end, hub, on], today=TODAY, quiet_days=2)
    assert [one.step for one in journey.events] == [Step.ARRIVED, Step.DEPARTED, Step.RECEIVED]
    assert (journey.status, journey.problems) == (Step.DELIVERED, ())
    assert journey.delivered_at == at(25)


def test_a_list_says_what_is_expected() -> None:
    table = (
        "NVE;Lieferschein;Empfänger;Versandt am;Erwartet am\r\n"
        f"(00){sscc(1)};L-1;Müller;23.11.2026;24.11.2026\r\n"
        f"{sscc(2)};L-1;=cmd();23.11.2026;26.11.2026\r\n"
    ).encode("cp1252")
    result = run(("liste.csv", table), ("x.edi", interchange(status(TODAY))))
    assert rows(result)[sscc(2)]["receiver"] == "=cmd()"
    assert "SH-UNKNOWN" in codes(result)
    given_ = DeliveryInput(
        number="A-1",
        values={key: one.value for key, one in result.values.items()},
        payload={},
        documents=(),
        client_name="C",
        client_locale="de",
    )
    xlsx, csv = deliver(given_)
    assert b"'=cmd()" in csv.content
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content))
    assert book.sheet_names == ["Versandeinheiten", "Ausnahmen"]
    assert len(book.get_sheet_by_index(0).to_python()) == len(rows(result)) + 1
    ShipmentsValues().load(given_.values)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.edi", b"", "SH-EMPTY"),
        ("a.edi", b"\x00\x01\x02", "SH-OTHER"),
        ("a.edi", b"UNB+UNOC:3+A+B'", "SH-OTHER"),
        ("a.edi", interchange(despatch(TODAY))[:-60], "SH-CUT"),
        ("a.edi", interchange(("ORDERS", ["BGM+220+1+9"])), "SH-MESSAGE"),
        ("a.xml", BOMB, "SH-DOCTYPE"),
        ("a.xml", b"<EPCISDocument><EPCISBody>", "SH-BROKEN"),
        ("a.xml", b"<html/>", "SH-OTHER"),
        ("a.json", b'{"epcisBody": ', "SH-BROKEN"),
        ("a.json", b"[" * 100_000, "SH-BROKEN"),
        ("a.json", b'{"hello": 1}', "SH-OTHER"),
        ("a.json", b'{"epcisBody": {"eventList": []}}', "SH-OTHER"),
        ("a.json", json.dumps({"type": "ObjectEvent", "epcList": ["x"]}).encode(), "SH-UNTOLD"),
        ("a.xlsx", b"PK\x03\x04half", "TABLE-UNREADABLE"),
        ("a.csv", b"a;b\r\n1;2", "TABLE-COLUMN"),
    ],
)
def test_hostile_and_half_files_give_a_finding(name: str, content: bytes, code: str) -> None:
    result = run((name, content))
    assert code in codes(result)
    assert not result.straight_through


def test_more_units_than_can_be_listed_are_told() -> None:
    reports = ["BGM+77+ST-9+9"]
    for number in range(5_001):
        reports += ["CNI+1+X", "STS+1+13", "DTM+334:20261125:102", f"GIN+BJ+{sscc(number)}"]
    result = run(("a.edi", interchange(("IFTSTA", reports))))
    assert "SH-MANY" in codes(result)
    assert len(rows(result)) == 5_000
    ShipmentsValues().load({key: one.value for key, one in result.values.items()})


def a_bomb() -> bytes:
    """A workbook of 100 kB that unpacks to a thousand times as much."""
    good, out = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(good)
    book.add_worksheet().write_row(0, 0, ["SSCC", "Empfänger"])
    book.close()
    with zipfile.ZipFile(good) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in read.namelist():
            content = read.read(name)
            if name.endswith("sheet1.xml"):
                rows = b'<row><c t="str"><v>1</v></c></row>' * 2_500_000
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            packed.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_a_finding() -> None:
    automation = limited("app.services.shipments.steps:check")
    file = StepDocument(id=uuid4(), name="a.xlsx", media_type="", content=a_bomb())
    step = StepInput(
        documents=(file,), payload={}, client_name="C", client_locale="de", today=TODAY
    )
    result = automation(step)
    assert codes(result) & {"READER-MEMORY", "READER-TIME", "TABLE-TOO-LONG", "TABLE-UNREADABLE"}
    assert result.values == {}


def test_bad_files_leave_the_limited_process_alive() -> None:
    automation = limited("app.services.shipments.steps:check")
    files = [b"UNA", b"UNB+UNOC'UNH+1+IFTSTA'STS'", b"{" * 50_000, "ü".encode("utf-16")]
    step = StepInput(
        documents=tuple(
            StepDocument(id=uuid4(), name=f"{number}.edi", media_type="", content=content)
            for number, content in enumerate(files)
        ),
        payload={},
        client_name="C",
        client_locale="de",
        today=TODAY,
    )
    result = automation(step)
    assert {one.severity for one in result.findings} >= {Severity.ERROR}
    assert "READER-CRASH" not in codes(result)


def test_there_are_words_for_everything() -> None:
    assert set(PROBLEM_WORDS) == set(PROBLEMS)
    assert set(STEPS) == set(Step)
    for one in PROBLEMS:
        assert "%(code)s" not in finding_text(f"SH-{one.upper().replace('_', '-')}", {}).msgid


def test_days_of_epcis_are_those_of_the_place() -> None:
    event = {
        "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-11-24T23:30:00Z",
        "epcList": ["urn:epc:id:sscc:4012345.1234567890"], "bizStep": "receiving",
    }  # fmt: skip
    document = {"epcisBody": {"eventList": [event]}}
    (told,) = epcis.read(json.dumps(document).encode(), "a.json").events
    assert told.at.date() == date(2026, 11, 25)
