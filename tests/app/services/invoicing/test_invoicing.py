"""Invoices of the client's own: by law and standard, every VAT case, numbers, hostile lists."""

import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import einvoice as validator
import pypdf
import pytest
import xlsxwriter
from lxml import etree
from marshmallow import ValidationError

from app.catalogue.limited import limited
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.invoicing import rules
from app.services.invoicing.books import booking_entries, open_entry
from app.services.invoicing.manifest import SERVICE
from app.services.invoicing.samples import (
    ABROAD,
    AUTHORITY,
    LIST,
    WORKSHOP,
    order,
    position,
    sample_orders,
)
from app.services.invoicing.schemas import InvoicingValues
from app.services.invoicing.steps import deliver

TODAY = date(2026, 11, 25)
HOURS = [position("Beratung", "1.5", "HUR", "99.99"), position("Buch", "3", "C62", "38.32", "7")]
PLAIN = [position("Leistung", "2", "C62", "1250.00")]
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def run(payload: dict[str, Any], *files: tuple[str, bytes], **more: Any) -> StepResult:
    automation = SERVICE.work_types[0].automation
    assert automation is not None
    step = StepInput(
        documents=tuple(
            StepDocument(id=uuid4(), name=name, media_type="text/csv", content=content)
            for name, content in files
        ),
        payload=payload,
        client_name="Lagerhaus Nord GmbH",
        client_locale="de",
        today=TODAY,
        **more,
    )
    with files_of_our_own():
        return automation(step)


def codes(result: StepResult, *severities: Severity) -> set[str]:
    return {one.code for one in result.findings if not severities or one.severity in severities}


def values(result: StepResult) -> dict[str, Any]:
    return {key: one.value for key, one in result.values.items()}


def issued(result: StepResult) -> tuple[bytes, bytes]:
    """The page and the XRechnung."""
    given = DeliveryInput(
        number="A-1",
        values=values(result),
        payload={},
        documents=(),
        client_name="C",
        client_locale="de",
    )
    pdf, xml = deliver(given)
    return pdf.content, xml.content


CASES = {
    "19 and 7": (order(TODAY, WORKSHOP, positions=HOURS), {"S"}),
    "discount": (
        order(TODAY, WORKSHOP, positions=PLAIN, discount_percent="2.5", discount_days=10),
        {"S"},
    ),
    "authority": (order(TODAY, AUTHORITY, positions=PLAIN), {"S"}),
    "reverse charge": (
        order(
            TODAY,
            {**WORKSHOP, "buyer_vat_id": "DE136695976"},
            positions=PLAIN,
            vat_case="reverse_charge",
        ),
        {"AE"},
    ),
    "within the community": (order(TODAY, ABROAD, positions=PLAIN, language="en"), {"K"}),
    "small business": (
        order(TODAY, WORKSHOP, positions=PLAIN, vat_case="small_business"),
        {"E"},
    ),
    "small, no vat id": (
        order(
            TODAY,
            WORKSHOP,
            positions=PLAIN,
            vat_case="small_business",
            seller_vat_id="",
            seller_tax_number="41/123/04567",
        ),
        {"E"},
    ),
    "exempt": (
        order(
            TODAY,
            WORKSHOP,
            positions=PLAIN,
            vat_case="exempt",
            exemption_reason="Steuerfrei nach § 4 Nr. 21 UStG",
        ),
        {"E"},
    ),
    "less than nothing in a line": (
        order(TODAY, WORKSHOP, positions=[*PLAIN, position("Nachlass", "-1", "LS", "100.00")]),
        {"S"},
    ),
    "correction": (
        order(
            TODAY,
            WORKSHOP,
            positions=HOURS,
            corrects_number="RE-2026-0007",
            corrects_on="2026-10-01",
        ),
        {"S"},
    ),
    "four places": (
        order(TODAY, WORKSHOP, positions=[position("Klicks", "12345", "C62", "0.0137")]),
        {"S"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_vat_case_is_issued_and_no_validator_finds_anything(case: str) -> None:
    payload, categories = CASES[case]
    result = run(payload)
    assert codes(result, Severity.ERROR, Severity.WARNING) == set()
    assert result.straight_through
    pdf, xml = issued(result)
    root = etree.fromstring(xml)
    assert {one.text for one in root.iter(f"{RAM}CategoryCode")} == categories
    (inside,) = pypdf.PdfReader(io.BytesIO(pdf)).attachments.values()
    for written, profile in ((xml, "xrechnung"), (bytes(inside[0]), "en16931")):
        report = validator.validate_bytes(written, filename="a.xml", profile=profile)
        assert report["violations"] == []
        amount = etree.fromstring(written).findtext(f".//{RAM}DuePayableAmount")
        assert amount == values(result)["gross"]
    report = validator.validate_bytes(pdf, filename="a.pdf", profile="en16931")
    assert [one for one in report["violations"] if one["severity"] == "fatal"] == []
    shown = " ".join(
        "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages).split()
    )
    assert values(result)["invoice_number"] in shown


def test_tax_is_rounded_once_for_each_rate() -> None:
    result = run(CASES["19 and 7"][0])
    found = values(result)
    # 1.5 * 99.99 = 149.985 → 149.99; 3 * 38.32 = 114.96; 28.4981 → 28.50 and 8.0472 → 8.05
    assert (found["net"], found["tax"], found["gross"]) == ("264.95", "36.55", "301.50")
    lines = [rules.line_net(Decimal("0.333"), Decimal(1)) for _ in range(3)]
    assert lines == [Decimal("0.33")] * 3
    (group,) = rules.groups([(Decimal(19), line) for line in lines])
    assert group.tax == Decimal("0.19")


def test_the_rate_is_that_of_the_day_of_the_service() -> None:
    assert rules.rates_on(date(2020, 12, 31)) == (16, 5)
    assert rules.rates_on(date(2021, 1, 1)) == (19, 7)
    assert rules.rates_on(date(1999, 1, 1)) == ()
    past = order(TODAY, WORKSHOP, positions=HOURS, since="2020-11-02", until="2020-11-02")
    assert codes(run(past), Severity.ERROR) == {"IV-RATE"}, "7 % did not hold then"
    older = order(TODAY, WORKSHOP, positions=PLAIN, since="1999-11-02", until="1999-11-02")
    assert "IV-NO-RATES" in codes(run(older))


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"iban": "DE02120300000000202052"}, "IV-IBAN", "iban"),
        ({"seller_vat_id": "DE136695977"}, "IV-VAT-ID", "seller_vat_id"),
        ({"seller_phone": ""}, "IV-MISSING", "seller_phone"),
        ({"buyer_email": ""}, "IV-MISSING", "buyer_email"),
        ({"buyer_reference": "04011000-1234512345-07"}, "IV-LEITWEG", "buyer_reference"),
        ({"vat_case": "reverse_charge"}, "IV-MISSING", "buyer_vat_id"),
        ({"vat_case": "exempt"}, "IV-MISSING", "exemption_reason"),
        ({"vat_case": "intra_community"}, "IV-NOT-EU", "buyer_country"),
        ({"since": "2026-11-20", "until": "2026-11-10"}, "IV-PERIOD", "until"),
        ({"discount_percent": "2"}, "IV-DISCOUNT", "discount_days"),
        ({"corrects_number": "RE-1"}, "IV-CORRECTS", "corrects_on"),
        ({"positions": [position("x", "0", "C62", "1")]}, "IV-QUANTITY", "positions 1 quantity"),
        ({"positions": [position("x", "1", "C62", "-1")]}, "IV-PRICE", "positions 1 unit_price"),
        ({"positions": [position("x", "1", "C62", "1", "18")]}, "IV-RATE", "positions 1 vat_rate"),
        ({"positions": []}, "IV-NO-POSITIONS", ""),
        ({"order_number": "9" * 61}, "IV-FIELDS", ""),
        ({"positions": PLAIN * 1_001}, "IV-FIELDS", ""),
    ],
)
def test_what_forbids_an_invoice_is_said_with_its_field(
    more: dict[str, Any], code: str, field: str
) -> None:
    result = run(order(TODAY, WORKSHOP, **{"positions": PLAIN, **more}))
    assert (code, field) in {(one.code, one.place) for one in result.findings}
    assert not result.straight_through
    with pytest.raises(ValidationError):
        InvoicingValues().load(values(result))


def test_a_position_of_a_list_is_named_by_line_and_heading() -> None:
    listed = "Leistung;Menge;Einheit;Preis;MwSt\nA;0;Stk;5;19\nB;1;Furlong;5;19\nC;1;Stk;5;viel\n"
    result = run(order(TODAY, WORKSHOP), ("p.csv", listed.encode()))
    told = {(one.code, one.place) for one in result.findings if one.severity is Severity.ERROR}
    assert told == {
        ("IV-QUANTITY", "p.csv:2 Menge"),
        ("TABLE-CELL-CHOICE", "p.csv:3 Einheit"),
        ("TABLE-CELL-AMOUNT", "p.csv:4 MwSt"),
    }


def test_numbers_are_proposed_without_gaps_and_taken_ones_are_refused() -> None:
    assert rules.next_number("RE-2026-", ()) == "RE-2026-0001"
    known = ("RE-2026-00098", "RE-2026-00099", "RE-2025-00500", "RE-2026-x")
    assert rules.next_number("RE-2026-", known) == "RE-2026-00100"
    assert rules.next_number("RE-2026-", (*known, "RE-2026-²")) == "RE-2026-00100"
    assert rules.gaps("RE-2026-", ("RE-2026-0003", "RE-2026-0006")) == [
        "RE-2026-0004",
        "RE-2026-0005",
    ]
    books = {"numbers": ["RE-2026-0001", "RE-2026-0002"], "seller": {}}
    proposed = run(order(TODAY, WORKSHOP, positions=PLAIN), books=books)
    assert values(proposed)["invoice_number"] == "RE-2026-0003"
    waiting = {"number:RE-2026-0003": "ACME-8"}
    after = run(order(TODAY, WORKSHOP, positions=PLAIN), books=books, known_fingerprints=waiting)
    assert values(after)["invoice_number"] == "RE-2026-0004", "another order is about to take it"
    taken = order(TODAY, WORKSHOP, positions=PLAIN, invoice_number="RE-2026-0002")
    assert codes(run(taken, books=books), Severity.ERROR) == {"IV-NUMBER-TAKEN"}
    far = order(TODAY, WORKSHOP, positions=PLAIN, invoice_number="RE-2026-0005")
    assert codes(run(far, books=books), Severity.WARNING) == {"IV-NUMBER-GAP"}


def test_the_issuer_of_the_last_invoice_is_used_where_the_order_names_none() -> None:
    bare = {key: one for key, one in order(TODAY, WORKSHOP, positions=PLAIN).items()
            if not key.startswith("seller_") and key not in ("iban", "bic")}  # fmt: skip
    full = order(TODAY, WORKSHOP)
    known = {key: one for key, one in full.items() if key.startswith("seller_")}
    books = {"numbers": [], "seller": {**known, "iban": full["iban"]}}
    result = run(bare, books=books)
    assert result.straight_through
    assert values(result)["seller_name"] == "Lagerhaus Nord GmbH"
    assert values(result)["seller_city"] == "Hamburg"
    assert "IV-MISSING" in codes(run(bare))


def test_the_same_again_is_a_duplicate() -> None:
    payload = order(TODAY, WORKSHOP, positions=PLAIN)
    mark, number = run(payload).fingerprints
    assert number == "number:RE-2026-0001"
    again = run(payload, known_fingerprints={mark: "ACME-7"})
    assert codes(again, Severity.WARNING) == {"IV-DUPLICATE"}


def test_lists_are_read_in_every_usual_form() -> None:
    payload = order(TODAY, AUTHORITY)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, line in enumerate(LIST.strip().split("\r\n")):
        sheet.write_row(number, 0, line.split(";"))
    book.close()
    results = [
        run(payload, ("a.csv", LIST.encode("cp1252"))),
        run(payload, ("a.csv", LIST.encode("utf-8-sig"))),
        run(payload, ("a.csv", LIST.encode("utf-16"))),
        run(payload, ("a.xlsx", out.getvalue())),
    ]
    assert {values(one)["gross"] for one in results} == {"939.92"}
    assert [one["unit"] for one in values(results[0])["positions"]] == ["C62", "KMT", "C62"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "TABLE-EMPTY"),
        ("a.csv", b"Bezeichnung;Menge\r\nx;1", "TABLE-COLUMN"),
        ("a.csv", LIST.encode()[:60], "TABLE-CELL-MISSING"),
        ("a.csv", b"Bezeichnung;Menge;Einzelpreis\r\nx;viel;1", "TABLE-CELL-AMOUNT"),
        ("a.csv", b"Bezeichnung;Menge;Einheit;Einzelpreis\r\nx;1;Fuder;1", "TABLE-CELL-CHOICE"),
        ("a.xlsx", b"PK\x03\x04 half a workbook", "TABLE-UNREADABLE"),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>", "FILE-KIND"),
    ],
)
def test_bad_lists_give_a_finding(name: str, content: bytes, code: str) -> None:
    assert code in codes(run(order(TODAY, WORKSHOP), (name, content)))


def test_texts_stay_texts_on_the_page_and_in_the_xml() -> None:
    evil = '=HYPERLINK("x") #eval[<b>&amp;] $x$'
    result = run(order(TODAY, WORKSHOP, positions=[position(evil, "1", "C62", "10")]))
    pdf, xml = issued(result)
    assert etree.fromstring(xml).findtext(f".//{RAM}SpecifiedTradeProduct/{RAM}Name") == evil
    shown = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "#eval[" in shown


def test_half_an_order_never_raises_in_the_limited_process() -> None:
    automation = limited("app.services.invoicing.steps:check")
    step = StepInput(
        documents=(), payload={"buyer_name": "X"}, client_name="C", client_locale="de", today=TODAY
    )
    assert {"IV-MISSING", "IV-NO-POSITIONS"} <= codes(automation(step))


def test_books_get_debtor_revenue_and_discount() -> None:
    payload = order(TODAY, WORKSHOP, positions=HOURS, discount_percent="2", discount_days=7)
    found = values(run(payload))
    owed = open_entry(found, 30_150)
    assert (owed.amount_minor, owed.discount_minor) == (30_150, 603)
    assert owed.discount_until == date(2026, 12, 2)
    entries = booking_entries(found)
    assert [(one.debit, one.credit, one.amount_minor) for one in entries] == [
        ("69999", "8400", 17_849),
        ("69999", "8300", 12_301),
    ]
    abroad = values(run(order(TODAY, ABROAD, positions=PLAIN, chart="SKR04")))
    assert [one.credit for one in booking_entries(abroad)] == ["4125"]


def test_a_correction_takes_back_what_was_billed() -> None:
    result = run(CASES["correction"][0])
    pdf, xml = issued(result)
    root = etree.fromstring(xml)
    assert root.findtext(".//{*}ExchangedDocument/{*}TypeCode") == "381"
    assert root.findtext(".//{*}InvoiceReferencedDocument/{*}IssuerAssignedID") == "RE-2026-0007"
    shown = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Rechnungskorrektur" in shown
    assert "01.10.2026" in shown
    assert "überweisen" not in shown
    entries = booking_entries(values(result))
    assert [(one.debit, one.credit) for one in entries] == [("8400", "69999"), ("8300", "69999")]
    with pytest.raises(ValidationError):
        InvoicingValues().load({**values(result), "discount_percent": "2", "discount_days": 7})


def test_samples_are_checked_as_the_demo_says() -> None:
    good, public, wrong = (run(dict(one.payload), *one.files) for one in sample_orders(TODAY))
    assert good.straight_through
    assert public.straight_through
    assert good.documents[0].content.startswith(b"<svg")
    assert wrong.documents == (), "what cannot be issued is not shown as if it could"
    assert codes(wrong, Severity.ERROR) == {"IV-VAT-ID"}
