"""The files of an invoice: one truth in database, XML and page, and no finding by a validator."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import einvoice
import pypdf
import pytest
from flask import Flask
from lxml import etree

from app.billing import overview, queries
from app.billing.actions import approving, correcting, issuing
from app.billing.actions.contracts import Conditions
from app.billing.documents import words
from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import Collection, InvoiceType, LineKind, VatTreatment
from app.billing.rules.rounding import price_of
from app.billing.rules.terms import Month
from app.kernel.money import digits
from tenants.db import transaction
from tests.app.billing.conftest import MakeClient
from tests.factories import billing_book
from tests.factories.billing_book import EMIL, ROSA
from tests.factories.terms_book import a_line

OCTOBER = Month(first=date(2026, 10, 1))
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
BOTH = (
    a_line(LineKind.RETAINER, key="a", amount_minor=12_345, title="Grundgebühr & mehr"),
    a_line(LineKind.RETAINER, key="b", amount_minor=333, vat_percent=Decimal(7)),
)
CASES = {
    "19": ({}, BOTH[:1]),
    "19 and 7": ({}, BOTH),
    "reverse charge": ({"vat_treatment": VatTreatment.REVERSE_CHARGE}, BOTH[:1]),
    "exempt": ({"vat_treatment": VatTreatment.EXEMPT}, BOTH[:1]),
    "collected": ({"collection": Collection.CHARGE_AUTOMATICALLY}, BOTH),
    "yen": ({"currency": "JPY"}, BOTH[:1]),
    "forint": ({"currency": "HUF"}, BOTH[:1]),
    "dinar": ({"currency": "KWD"}, BOTH[:1]),
}


def amounts(xml: bytes) -> dict[str, Decimal]:
    root = etree.fromstring(xml)
    names = ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    return {name: Decimal(str(root.findtext(f".//{RAM}{name}"))) for name in names}


def inside(pdf: bytes) -> bytes:
    (files,) = pypdf.PdfReader(BytesIO(pdf)).attachments.values()
    return bytes(files[0])


def read(pdf: bytes) -> str:
    """What a person reads on the pages."""
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(pdf)).pages)


def look_at(invoice: Invoice) -> None:
    """Everything that an issued invoice is held against."""
    sign = -1 if invoice.document_type is InvoiceType.CORRECTION else 1
    net, tax, gross = (
        price_of(sign * minor, invoice.currency)
        for minor in (invoice.net_minor, invoice.vat_minor, invoice.gross_minor)
    )
    pdf = overview.document(invoice.id, "pdf").content
    shown = " ".join(read(pdf).split())
    for amount in (net, gross):
        text = words.number(amount, invoice.locale, places=digits(invoice.currency))
        assert f"{text} {invoice.currency}" in shown, text
    assert invoice.number in shown
    if digits(invoice.currency) > 2:
        assert overview.document_kinds(invoice.id) == ["pdf"]
        return
    for xml, profile in (
        (overview.document(invoice.id, "xml").content, "xrechnung"),
        (inside(pdf), "en16931"),
    ):
        assert list(amounts(xml).values()) == [net, tax, gross, gross]
        report = einvoice.validate_bytes(xml, filename="a.xml", profile=profile)
        assert report["violations"] == []
    report = einvoice.validate_bytes(pdf, filename="a.pdf", profile="en16931")
    assert [one for one in report["violations"] if one["severity"] == "fatal"] == []


@pytest.mark.parametrize("case", CASES)
def test_case_34_amounts_are_equal_everywhere_and_no_validator_finds_anything(
    app: Flask, new_client: MakeClient, case: str
) -> None:
    more, lines = CASES[case]
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client, country="AT", vat_id="ATU13585627")
        billing_book.agreed_terms(
            client, *lines, valid_from=OCTOBER.first, conditions=Conditions(**more)
        )
        issued = billing_book.issued(client, OCTOBER)
        assert issued.blocked_because == []
        look_at(issued)


def test_case_34_a_credit_line_and_a_correction_too(app: Flask, new_client: MakeClient) -> None:
    client = new_client()
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        billing_book.agreed_terms(client, *BOTH, valid_from=OCTOBER.first)
        credit_id = billing_book.a_credit(client, OCTOBER.first, amount_minor=500)
        issued = billing_book.issued(client, OCTOBER)
        line = queries.lines(issued.id)[-1]
        assert (line.kind, line.quantity, line.net_minor) == ("credit", -1, -500)
        look_at(issued)
        correction = correcting.correct(actor=ROSA, invoice_id=issued.id, reason="Wrong address")
        approving.approve(actor=EMIL, invoice_ids=[correction.id])
        issuing.issue(actor=ROSA, invoice_id=correction.id)
        assert correction.blocked_because == []
        look_at(correction)
        again = billing_book.issued(client, OCTOBER)
        assert [one.kind for one in queries.lines(again.id)].count("credit") == 1
        assert billing_book.credit(credit_id).invoice_id == again.id, "credited once"
