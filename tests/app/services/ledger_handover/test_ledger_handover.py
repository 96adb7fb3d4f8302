"""A batch for the tax adviser is what DATEV takes, and reads back to the same sums."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, strategies
from lxml import etree

from app.books.datev import rules
from app.books.datev.batch import Batch, batch_file, read_back
from app.books.datev.columns import COLUMNS
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.errors import Conflict
from app.services.ledger_handover import samples
from app.services.ledger_handover.gobd import audit_archive
from app.services.ledger_handover.manifest import SERVICE
from app.services.ledger_handover.results import handover_documents
from app.services.ledger_handover.schemas import ACROSS, Handover, HandoverOrder
from app.services.ledger_handover.steps import check, read_lists
from app.services.ledger_handover.texts import TEXTS, finding_text
from tests.conftest import REFERENCE_DATA, ROOT

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 31)
DATEV = REFERENCE_DATA / "datev-gobd"
LEDERMANN = DATEV / "ledermann/examples/EXTF_Buchungsstapel.csv"
ELEMENTS = re.compile(r"<!ELEMENT\s+(\w+)\s+([^>]+)>")


def booking(**change: Any) -> dict[str, Any]:
    return {
        "number": "ACME-1",
        "place": "1",
        "booked_on": "2026-10-05",
        "amount_minor": 119000,
        "currency": "EUR",
        "debit": "4930",
        "credit": "70012",
        "tax_key": "9",
        "reference": "RE-4711",
        "text": "Bürobedarf",
        "cost_centre": "",
        **change,
    }


def batch(**change: Any) -> Batch:
    facts = {
        "adviser": 1001,
        "client": 456,
        "year_start": date(2026, 1, 1),
        "account_length": 4,
        "since": SINCE,
        "until": UNTIL,
        "name": "Kontor 10/2026",
        "chart": "SKR03",
        "created_at": datetime(2026, 11, 2, 9, 30, 15, 250_000, tzinfo=UTC),
        "locked": False,
    }
    return Batch(**{**facts, **change})


def step(
    text: str, *, books: Mapping[str, Any] | None = None, encoding: str = "cp1252"
) -> StepInput:
    document = StepDocument(
        id=uuid4(), name="buchungen.csv", media_type="text/csv", content=text.encode(encoding)
    )
    return StepInput(
        documents=(document,) if text else (),
        payload=samples.order(2026, 10),
        client_name="Beispiel GmbH",
        client_locale="de",
        today=date(2026, 11, 2),
        books=books or {},
    )


def codes(result: StepResult) -> list[str]:
    return [one.code for one in result.findings]


def delivery(result: StepResult, given_step: StepInput) -> DeliveryInput:
    return DeliveryInput(
        number="ACME-9",
        values={key: one.value for key, one in result.values.items()},
        payload=given_step.payload,
        documents=given_step.documents,
        client_name="Beispiel GmbH",
        client_locale="de",
        books={"bookings": list(given_step.books.get("bookings") or ())},
    )


def test_the_batch_is_cp1252_with_crlf_31_and_125_fields() -> None:
    content = batch_file(batch(), [booking(), booking(text="“Zitat” 5 €")])
    assert content.endswith(b"\r\n")
    lines = content.decode("cp1252").split("\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == 4
    assert len(lines[0].split(";")) == 31
    assert lines[0].startswith('"EXTF";700;21;"Buchungsstapel";13;20261102093015250;')
    rows = list(csv.reader(lines[1:-1], delimiter=";"))
    assert {len(row) for row in rows} == {125} == {len(COLUMNS)}
    first = rows[1]
    assert first[:2] == ["1190,00", "S"]
    assert first[6:11] == ["4930", "70012", "9", "0510", "RE-4711"]
    assert rows[2][13] == "“Zitat” 5 €"


def test_the_columns_begin_as_in_a_batch_of_datev() -> None:
    if not LEDERMANN.is_file():
        pytest.skip(f"no DATEV batch in {LEDERMANN}")
    theirs = LEDERMANN.read_bytes().decode("cp1252").split("\r\n")[1].split(";")
    plain = [re.sub(r"[^a-zäöüß0-9]", "", name.lower()) for name in theirs]
    ours = [re.sub(r"[^a-zäöüß0-9]", "", name.lower()) for name in COLUMNS]
    assert len(theirs) == 120  # version 9; 13 has five more
    same = sum(one == other for one, other in zip(plain, ours, strict=False))
    assert same >= 108  # some have new names since


@pytest.mark.parametrize(
    "name",
    [
        "ledermann/examples/EXTF_Buchungsstapel.csv",
        "datev-lint/tests/fixtures/golden/encoding_windows1252.csv",
        "datev-lint/tests/fixtures/golden/valid_minimal_700.csv",
        "datev-lint/tests/fixtures/golden/leading_zero_konto.csv",
    ],
)
def test_batches_of_others_are_read_back_too(name: str) -> None:
    path = DATEV / name
    if not path.is_file():
        pytest.skip(f"no DATEV batch in {path}")
    rows = list(read_back(path.read_bytes()))
    assert rows
    assert all(amount > 0 and len(day) == 4 for _, _, amount, day in rows)


@given(
    strategies.lists(
        strategies.tuples(
            strategies.integers(1, 10**11),
            strategies.sampled_from(["4930", "1200", "70012", "10001"]),
            strategies.sampled_from(["8400", "4970", "70099"]),
            strategies.text(max_size=80),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_reading_back_gives_equal_sums(rows: list[tuple[int, str, str, str]]) -> None:
    bookings = [
        booking(amount_minor=amount, debit=debit, credit=credit, text=text, reference=text)
        for amount, debit, credit, text in rows
    ]
    told = [
        {"debit": debit, "credit": credit, "amount_minor": amount}
        for debit, credit, amount, _ in read_back(batch_file(batch(), bookings))
    ]
    assert rules.sums(told) == rules.sums(bookings)


def test_the_ledger_account_stands_first_and_says_debit_or_credit() -> None:
    length = {"account_length": 4}
    assert rules.sides(booking(), **length) == ("4930", "70012", "S")
    assert rules.sides(booking(debit="70012", credit="4930"), **length) == ("4930", "70012", "H")
    assert rules.sides(booking(debit="1200", credit="8400"), **length) == ("1200", "8400", "S")


@pytest.mark.parametrize(
    ("change", "code", "fatal"),
    [
        ({"booked_on": "2026-11-01"}, "LED-DAY", True),
        ({"currency": "USD"}, "LED-CURRENCY", True),
        ({"amount_minor": 0}, "LED-AMOUNT", True),
        ({"amount_minor": 10**12}, "LED-AMOUNT", True),
        ({"debit": "493"}, "LED-ACCOUNT", True),
        ({"debit": "493000"}, "LED-ACCOUNT", True),
        ({"debit": "70012"}, "LED-SAME-ACCOUNT", True),
        ({"text": "Łódź"}, "LED-CP1252", False),
        ({"text": "x" * 61}, "LED-TEXT", False),
        ({"reference": "RE 1/2"}, "LED-REFERENCE", False),
        ({"reference": "R" * 37}, "LED-REFERENCE-LONG", False),
    ],
)
def test_what_datev_does_not_take_is_said(
    change: dict[str, Any], code: str, *, fatal: bool
) -> None:
    found = rules.faults([booking(**change)], since=SINCE, until=UNTIL, account_length=4)
    assert [(one.code, one.fatal) for one in found] == [(code, fatal)]


def test_texts_are_cut_and_written_as_the_file_takes_them() -> None:
    assert rules.text_of("Łódź\n 東京  Ωmega") == "?ódz ?? ?mega"
    assert len(rules.text_of("ü" * 99)) == 60
    assert rules.reference_of("Nr. 2026/0815 ä") == "Nr2026/0815"
    assert rules.reference_of("A" + "1" * 36) == "1" * 36


def test_the_sample_is_checked_and_delivered() -> None:
    given_step = step(samples.journal(2026, 10))
    result = check(given_step)
    assert set(codes(result)) == {"LED-REFERENCE"}
    values = {key: one.value for key, one in result.values.items()}
    assert (values["count"], values["total"], values["year_start"]) == (5, "1979.20", "2026-01-01")
    assert Handover().validate(values) == {}
    made = handover_documents(delivery(result, given_step))
    assert [one.name for one in made] == [
        "EXTF_Buchungsstapel_ACME-9.csv",
        "ACME-9-gobd.zip",
        "ACME-9-protocol.pdf",
    ]
    assert sum(row[2] for row in read_back(made[0].content)) == 197920
    assert made[2].content.startswith(b"%PDF-")


def test_only_what_was_approved_leaves_the_house() -> None:
    given_step = step(samples.journal(2026, 10))
    right = delivery(check(given_step), given_step)
    changed = {**right.values, "total": "1979.21"}
    with pytest.raises(Conflict):
        handover_documents(
            DeliveryInput(
                number="A",
                values=changed,
                payload=right.payload,
                documents=right.documents,
                client_name="",
                client_locale="de",
                books=right.books,
            )
        )
    faulty = step("", books={"bookings": [booking(debit="493")]})
    with pytest.raises(Conflict):
        handover_documents(delivery(check(faulty), faulty))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "LED-NOTHING"),
        ("PK\x03\x04", "LED-LIST"),
        ("Datum;Betrag\n1.1.2026;1\n", "LED-COLUMNS"),
        (f"{samples.HEAD}\n31.02.2026;1,00;1200;8400;;;;\n", "LED-ROW"),
        (f"{samples.HEAD}\n05.10.2026;1,005;1200;8400;;;;\n", "LED-ROW"),
        (f"{samples.HEAD}\n05.10.2026\n", "LED-ROW"),
        (f"{samples.HEAD}\n05.10.2026;1.230;1200;8400;;;;\n", "LED-ROW"),
        (f"{samples.HEAD}\n05.10.2026;1;00;1200;8400;;;;;x\n", "LED-ROW-LONGER"),
        (f"{samples.HEAD}\n05.10.2026;1,00;1200;;;;;\n", "LED-ACCOUNT-MISSING"),
        ('"EXTF";700;21;"Buchungsstapel";13\n"Umsatz"\n', "LED-LIST"),
    ],
)
def test_a_wrong_file_gives_a_reason(text: str, code: str) -> None:
    result = check(step(text))
    assert code in [one.code for one in result.findings if one.severity is Severity.ERROR]


def test_the_other_amounts_tell_what_a_point_parts() -> None:
    rows = "05.10.2026;1.230;1200;8400;;;;\n05.10.2026;10,50;1200;8400;;;;\n"
    result = check(step(f"{samples.HEAD}\n{rows}"))
    assert "LED-ROW" not in codes(result)
    assert result.values["total"].value == "1240.50"


def test_a_batch_lies_within_one_fiscal_year() -> None:
    values = {key: one.value for key, one in check(step(samples.journal(2026, 10))).values.items()}
    assert "until" in Handover().validate({**values, "until": "2027-01-31"})
    assert "until" in Handover().validate({**values, "until": "2026-09-30"})
    assert rules.year_start(date(2026, 3, 1), first_month=7) == date(2025, 7, 1)


def test_a_period_across_two_years_is_refused_at_once() -> None:
    given = {"adviser": 1001, "client": 1, "since": "2026-10-01", "until": "2027-02-01"}
    assert HandoverOrder().validate(given) == {"until": [ACROSS]}
    assert HandoverOrder().validate({**given, "first_month": 10}) == {}


def test_a_batch_of_our_own_comes_back_as_it_was() -> None:
    """Days get the year of the fiscal year they lie in, whichever side stood first."""
    written = [
        booking(booked_on="2026-10-05"),
        booking(booked_on="2027-03-01", debit="1200", credit="8400", tax_key="", reference="R-2"),
        booking(booked_on="2026-12-31", debit="70012", credit="1200", text="Öl; groß"),
    ]
    facts = {"year_start": date(2026, 7, 1), "since": date(2026, 7, 1), "until": date(2027, 6, 30)}
    content = batch_file(batch(**facts), written)
    document = StepDocument(id=uuid4(), name="EXTF.csv", media_type="text/csv", content=content)
    found = read_lists([document])
    assert found.findings == []
    keys = ("booked_on", "amount_minor", "debit", "credit", "tax_key", "reference", "text")
    assert [[one[key] for key in keys] for one in found.bookings] == [
        [one[key] for key in keys] for one in written
    ]


@pytest.mark.skipif(not DATEV.is_dir(), reason="the reference data is not here")
def test_a_batch_of_another_program_is_a_list_too() -> None:
    content = LEDERMANN.read_bytes()
    document = StepDocument(id=uuid4(), name=LEDERMANN.name, media_type="", content=content)
    listed = read_lists([document])
    assert listed.findings == []
    sums = [(one["debit"], one["credit"], one["amount_minor"]) for one in listed.bookings]
    assert sums == [told[:3] for told in read_back(content)] != []
    assert {one["booked_on"][:7] for one in listed.bookings} == {"2018-02"}


def test_the_audit_archive_holds_what_its_index_says() -> None:
    content = audit_archive(
        [booking(), booking(debit="70012", credit="1200", amount_minor=5)],
        client="Beispiel & Söhne",
        since=SINCE,
        until=UNTIL,
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    index = etree.fromstring(
        files["index.xml"], etree.XMLParser(load_dtd=False, resolve_entities=False, no_network=True)
    )
    assert b'<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">' in files["index.xml"]
    tables = index.findall(".//Table")
    assert {table.findtext("URL") for table in tables} | {"index.xml"} == set(files)
    for table in tables:
        columns = table.findall(".//VariableColumn")
        rows = csv.reader(
            io.StringIO(files[table.findtext("URL")].decode(), newline=""), delimiter=";"
        )
        assert {len(row) for row in rows} == {len(columns)}
    assert files["summen.csv"].decode().splitlines()[0] == '"1200";"0,00";"0,05"'


def test_the_index_has_the_structure_of_the_official_dtd() -> None:
    """libxml2 refuses the DTD as not deterministic: its content models as patterns of names."""
    path = DATEV / "gdpdu/gdpdu-01-09-2004.dtd"
    if not path.is_file():
        pytest.skip(f"no DTD in {path}")
    models = dict(ELEMENTS.findall(re.sub(r"<!--.*?-->", "", path.read_text(), flags=re.DOTALL)))
    content = audit_archive([booking()], client="A", since=SINCE, until=UNTIL)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("index.xml"))
    seen = list(root.iter())
    assert len(seen) > 50
    for element in seen:
        model = models[element.tag].strip()
        names = "".join(f"{child.tag} " for child in element)
        if model in ("EMPTY", "(#PCDATA)"):
            assert names == ""
            continue
        pattern = re.sub(r"\w+", r"(?:\g<0>~)", model)
        pattern = re.sub(r"[,\s]", "", pattern).replace("~", " ")
        assert re.fullmatch(pattern, names), (element.tag, names)


def test_every_code_has_a_sentence() -> None:
    folder: Path = ROOT / "app/services/ledger_handover"
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    assert set(re.findall(r'"(LED-[A-Z0-9-]+)"', source)) == set(TEXTS)
    assert str(finding_text("LED-NEVER", {})).startswith("The check LED-NEVER")


def test_every_sample_may_be_ordered() -> None:
    for sample in samples.orders(date(2027, 1, 5)):
        assert SERVICE.work_type(sample.type_key).form().validate(dict(sample.payload)) == {}
        assert sample.payload["since"] == "2026-12-01"
