"""Proposed values, the clerk's schema, and the documents made from what was approved."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.catalogue.steps import DeliveryInput, StepDocument
from app.services.accounts_payable.accounts import Chart, account_for, creditor_account, tax_key
from app.services.accounts_payable.invoice import Invoice
from app.services.accounts_payable.proposal import Order, due_date, propose
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.results import COLUMNS, booking_documents
from app.services.accounts_payable.samples import sample
from app.services.accounts_payable.schemas import SupplierInvoiceValues
from tests.app.services.accounts_payable.reference import EINVOICE, expected_rows


def read(name: str) -> Invoice:
    invoice = read_file(sample(name)).invoice
    assert invoice is not None
    return invoice


def values_of(invoice: Invoice, **order: Any) -> dict[str, Any]:
    return {key: one.value for key, one in propose(invoice, order=Order(**order)).items()}


def delivered(values: dict[str, Any], *, locale: str = "de") -> dict[str, bytes]:
    document = StepDocument(id=uuid4(), name="a.xml", media_type="text/xml", content=b"")
    made = booking_documents(
        DeliveryInput(
            number="ALPH-1042",
            values=values,
            payload={},
            documents=(document,),
            client_name="Alpha Logistik KG",
            client_locale=locale,
        )
    )
    return {one.name: one.content for one in made}


def rows_of(content: bytes) -> list[dict[str, str]]:
    """By our names, whatever language the headings are in."""
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]


def test_every_value_tells_where_it_stood() -> None:
    proposed = propose(read("logistics-diesel.xml"), order=Order(cost_centre="310"))
    assert proposed["gross"].value == "3394.71"
    assert proposed["gross"].place == (
        "BT-112 /Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"
    )
    assert proposed["supplier_name"].value == "Küstenenergie Tankservice GmbH"
    assert proposed["order_number"].value == "B-2291"
    assert proposed["order_number"].place.startswith("BT-13 ")
    assert proposed["cost_centre"].value == "310"
    assert proposed["cost_centre"].place == ""
    assert proposed["iban"].value.startswith("DE")
    assert proposed["bookings"].value == [
        {"account": "4530", "tax_key": "9", "rate": "19", "net": "2852.70", "tax": "542.01"}
    ]


def test_the_requesters_order_number_goes_first() -> None:
    proposed = propose(read("logistics-diesel.xml"), order=Order(order_number="MINE"))
    assert (proposed["order_number"].value, proposed["order_number"].place) == ("MINE", "")


def test_one_booking_row_per_rate_adds_up_exactly() -> None:
    values = values_of(read("bakery-flour.xml"), chart=Chart.SKR04)
    assert [row["rate"] for row in values["bookings"]] == ["7", "19"]
    assert [row["account"] for row in values["bookings"]] == ["5200", "6710"]
    assert [row["tax_key"] for row in values["bookings"]] == ["8", "9"]
    assert sum(Decimal(row["net"]) for row in values["bookings"]) == Decimal(values["net"])
    assert sum(Decimal(row["tax"]) for row in values["bookings"]) == Decimal(values["tax"])


@pytest.mark.parametrize(
    "row", [one for one in expected_rows() if one["gross"]], ids=lambda one: one["file"]
)
def test_rows_and_documents_of_every_reference_invoice_add_up(row: dict[str, str]) -> None:
    invoice = read_file((EINVOICE / row["file"]).read_bytes()).invoice
    assert invoice is not None
    values = values_of(invoice)
    sign = -1 if values["kind"] == "credit_note" else 1
    content = json.loads(delivered(values)["ALPH-1042-booking.json"])
    assert abs(Decimal(values["gross"])) == abs(Decimal(row["gross"]))
    assert Decimal(content["gross"]) == sign * Decimal(values["gross"])
    if not {"CO-14", "CO-15"} & set(row["arithmetic_breaks"].split()):
        table = rows_of(delivered(values, locale="en")["ALPH-1042-booking.csv"])
        assert sum(Decimal(one["gross"]) for one in table) == Decimal(content["gross"])


def test_due_dates() -> None:
    invoice = replace(read("shop-flyers.xml"), due_date=None, terms=None)
    issued = date(2026, 11, 20)
    assert due_date(invoice) == (date(2026, 12, 20), "")
    for terms, expected in (
        ("Zahlbar innerhalb von 14 Tagen", date(2026, 12, 4)),
        ("30 Tage netto, 10 Tage 2 % Skonto", date(2026, 12, 20)),
        ("payable within 7 days", date(2026, 11, 27)),
        ("Zahlbar sofort ohne Abzug", issued),
        ("wie vereinbart", date(2026, 12, 20)),
        ("999 Tage", date(2029, 8, 15)),
    ):
        assert due_date(replace(invoice, terms=terms))[0] == expected, terms
    assert due_date(replace(invoice, issue_date=None)) == (None, "")
    assert due_date(replace(invoice, issue_date=date.max))[0] is None


def test_cash_discount() -> None:
    values = values_of(read("logistics-freight.xml"))
    assert (values["discount_percent"], values["discount_until"]) == ("2", "2026-11-28")
    assert values["due_date"] == "2026-12-18"


def test_a_credit_note_is_positive_on_paper_and_negative_in_the_books() -> None:
    values = values_of(read("bakery-flour-credit-note.xml"))
    assert (values["kind"], values["gross"]) == ("credit_note", "32.90")
    files = delivered(values)
    assert rows_of(files["ALPH-1042-booking.csv"])[0]["gross"] == "-32,90"
    assert json.loads(files["ALPH-1042-booking.json"])["gross"] == "-32.90"


def test_an_invoice_with_a_negative_total_becomes_a_credit_note() -> None:
    invoice = read("shop-flyers.xml")
    totals = invoice.totals
    turned = replace(
        invoice,
        totals=replace(totals, net=-totals.net, tax=-totals.tax, gross=-totals.gross),
        vat=tuple(replace(one, basis=-one.basis, amount=-one.amount) for one in invoice.vat),
    )
    values = values_of(turned)
    assert (values["kind"], values["gross"], values["net"]) == ("credit_note", "386.75", "325.00")
    assert values["bookings"][0]["net"] == "325.00"


def test_accounts_and_keys() -> None:
    assert account_for("Diesel B7").number(Chart.SKR04) == "6530"
    assert account_for("Unbekanntes").number(Chart.SKR03) == "4900"
    assert creditor_account("Ökostrom AG") == "84000"
    assert creditor_account("Zimmermann") == "95000"
    assert creditor_account("4711") == "96000"
    italian = read("shop-cloth-from-italy.xml")
    assert tax_key(italian, "K", Decimal(0)) == "19"
    assert tax_key(italian, "S", Decimal(22)) == ""
    assert tax_key(read("shop-flyers.xml"), "AE", Decimal(0)) == "94"


def test_the_proposal_of_every_good_sample_passes_the_clerks_schema() -> None:
    for name in (
        "bakery-boxes.pdf",
        "shop-flyers.xml",
        "shop-cloth-from-italy.xml",
        "bakery-flour-credit-note.xml",
        "logistics-freight.xml",
    ):
        assert SupplierInvoiceValues().validate(values_of(read(name))) == {}, name


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("gross", "386.76", "gross"),
        ("net", "324.99", "gross"),
        ("bookings", [{"account": "4900", "net": "1.00", "tax": "0.19"}], "bookings"),
        ("iban", "DE89370400440532013001", "iban"),
        ("due_date", "2026-11-19", "due_date"),
        ("currency", "Euro", "currency"),
        ("invoice_number", "", "invoice_number"),
        ("net", None, "net"),
        ("net", "NaN", "net"),
    ],
)
def test_the_clerks_schema_refuses(field: str, value: object, at: str) -> None:
    values = values_of(read("shop-flyers.xml")) | {field: value}
    assert at in SupplierInvoiceValues().validate(values)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_never_starts_a_formula(start: str) -> None:
    values = values_of(read("shop-flyers.xml")) | {"supplier_name": f"{start}cmd|' /C calc'!A0"}
    content = delivered(values)["ALPH-1042-booking.csv"]
    assert content.startswith(b"\xef\xbb\xbfNummer;Art;Kreditorenkonto;Lieferant;")
    assert b"\r\n" in content
    row = rows_of(content)[0]
    assert row["supplier_name"].startswith("'" + start)
    assert row["net"] == "325,00"


def test_the_booking_reads_as_its_reader_writes() -> None:
    values = values_of(read("logistics-freight.xml"))
    german, english = (
        rows_of(delivered(values, locale=locale)["ALPH-1042-booking.csv"])[0]
        for locale in ("de", "en")
    )
    keys = ("kind", "issue_date", "gross", "discount_percent")
    assert [german[key] for key in keys] == ["Rechnung", "18.11.2026", "1802,37", "2"]
    assert [english[key] for key in keys] == ["Invoice", "2026-11-18", "1802.37", "2"]


def test_an_item_without_booking_rows_still_has_its_documents() -> None:
    files = delivered({"kind": "invoice", "supplier_name": "A"})
    assert rows_of(files["ALPH-1042-booking.csv"]) == []
    assert json.loads(files["ALPH-1042-booking.json"])["bookings"] == []
