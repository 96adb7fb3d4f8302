"""Mandatory fields, VAT categories, XRechnung: each rule speaks when its value is taken away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.services.accounts_payable.findings import Severity
from app.services.accounts_payable.invoice import (
    AllowanceCharge,
    Invoice,
    Party,
    PaymentMeans,
    Period,
    VatGroup,
)
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.rules.germany import Discount, discounts
from app.services.accounts_payable.samples import sample

Change = Callable[[Invoice], Invoice]
BAD_PERIOD = Period(start=date(2026, 2, 1), end=date(2026, 1, 1))


def read(name: str = "logistics-freight.xml") -> Invoice:
    invoice = read_file(sample(name)).invoice
    assert invoice is not None
    return invoice


def codes(invoice: Invoice) -> set[str]:
    return {one.code for one in check(invoice, context=Context(today=date(2026, 11, 23)))}


def seller(**values: object) -> Change:
    return lambda one: replace(one, seller=replace(one.seller, **values))


def buyer(**values: object) -> Change:
    return lambda one: replace(one, buyer=replace(one.buyer, **values))


def total(**values: object) -> Change:
    return lambda one: replace(one, totals=replace(one.totals, **values))


def header(**values: object) -> Change:
    return lambda one: replace(one, **values)


def line(**values: object) -> Change:
    return lambda one: replace(one, lines=(replace(one.lines[0], **values), *one.lines[1:]))


def group(**values: object) -> Change:
    return lambda one: replace(one, vat=(replace(one.vat[0], **values), *one.vat[1:]))


def extra(number: int, **values: object) -> Change:
    def change(one: Invoice) -> Invoice:
        changed = list(one.allowances)
        changed[number] = replace(changed[number], **values)
        return replace(one, allowances=tuple(changed))

    return change


def payment(**values: object) -> Change:
    means = PaymentMeans(**{"position": 1, "code": "58", **values})
    return lambda one: replace(one, payment=(means,))


ALLOWANCE, CHARGE = (
    AllowanceCharge(position=1, is_charge=False),
    AllowanceCharge(position=2, is_charge=True),
)

CASES: list[tuple[str, Change]] = [
    ("BR-01", header(profile=None)),
    ("BR-02", header(id=None)),
    ("BR-03", header(issue_date=None)),
    ("BR-04", header(type_code=None)),
    ("BR-05", header(currency=None)),
    ("BR-06", seller(name=None)),
    ("BR-07", buyer(name=None)),
    ("BR-08", seller(has_address=False)),
    ("BR-09", seller(country=None)),
    ("BR-10", buyer(has_address=False)),
    ("BR-11", buyer(country=None)),
    ("BR-12", total(line_sum=None)),
    ("BR-13", total(net=None)),
    ("BR-14", total(gross=None)),
    ("BR-15", total(payable=None)),
    ("BR-16", header(lines=())),
    ("BR-17", header(payee=Party())),
    ("BR-18", header(tax_representative=Party())),
    ("BR-19", header(tax_representative=Party())),
    ("BR-20", header(tax_representative=Party(has_address=True))),
    ("BR-56", header(tax_representative=Party())),
    ("BR-21", line(id=None)),
    ("BR-22", line(quantity=None)),
    ("BR-23", line(unit=None)),
    ("BR-24", line(net=None)),
    ("BR-25", line(name=None)),
    ("BR-26", line(price=None)),
    ("BR-27", line(price=Decimal(-1))),
    ("BR-28", line(gross_price=Decimal(-1))),
    ("BR-29", header(period=BAD_PERIOD)),
    ("BR-30", line(period=BAD_PERIOD)),
    ("BR-31", extra(0, amount=None)),
    ("BR-32", extra(0, vat_category=None)),
    ("BR-33", extra(0, reason=None)),
    ("BR-36", extra(1, amount=None)),
    ("BR-37", extra(1, vat_category=None)),
    ("BR-38", extra(1, reason=None)),
    ("BR-41", line(allowances=(ALLOWANCE,))),
    ("BR-42", line(allowances=(ALLOWANCE,))),
    ("BR-43", line(allowances=(CHARGE,))),
    ("BR-44", line(allowances=(CHARGE,))),
    ("BR-45", group(basis=None)),
    ("BR-46", group(amount=None)),
    ("BR-47", group(category=None)),
    ("BR-48", group(rate=None)),
    ("BR-49", payment(code=None)),
    ("BR-50", payment(has_transfer=True)),
    ("BR-61", payment()),
    ("BR-53", header(accounting_currency="SEK")),
    ("BR-62", seller(electronic_scheme=None)),
    ("BR-63", buyer(electronic_scheme=None)),
    ("BR-CO-04", line(vat_category=None)),
    ("BR-CO-09", seller(vat_id="123456789")),
    ("BR-CO-10", total(line_sum=Decimal("1.00"))),
    ("BR-CO-11", total(allowances=None)),
    ("BR-CO-12", total(charges=None)),
    ("BR-CO-13", total(net=Decimal("1.00"))),
    ("BR-CO-14", total(tax=None)),
    ("BR-CO-15", total(gross=Decimal("1.00"))),
    ("BR-CO-16", total(prepaid=Decimal("1.00"))),
    ("BR-CO-17", group(amount=Decimal("1.00"))),
    ("BR-CO-18", header(vat=())),
    ("BR-CO-19", header(period=Period())),
    ("BR-CO-20", line(period=Period())),
    ("BR-CO-25", header(due_date=None, terms=None)),
    ("BR-CO-26", seller(vat_id=None)),
    ("BR-CL-01", header(type_code="999")),
    ("BR-CL-04", header(currency="EURO")),
    ("BR-CL-05", header(accounting_currency="XYZ")),
    ("BR-CL-17", group(category="Q")),
    ("BR-CL-18", line(vat_category="Q")),
    ("BR-DEC-23", line(net=Decimal("1.234"))),
    ("BR-DEC-12", total(net=Decimal("1.234"))),
    ("AP-CURRENCY-DIGITS", header(currency="JPY")),
    ("PEPPOL-EN16931-R120", line(quantity=Decimal(2))),
    ("PEPPOL-EN16931-R121", line(price_base=Decimal(0))),
    ("PEPPOL-EN16931-R040", extra(0, base=Decimal(100), percent=Decimal(50))),
    ("BR-S-01", header(vat=())),
    ("BR-S-02", seller(vat_id=None)),
    ("BR-S-03", seller(vat_id=None)),
    ("BR-S-04", seller(vat_id=None)),
    ("BR-S-05", line(vat_rate=Decimal(0))),
    ("BR-S-06", extra(0, vat_rate=Decimal(0))),
    ("BR-S-07", extra(1, vat_rate=None)),
    ("BR-S-08", group(basis=Decimal("1.00"))),
    ("BR-S-10", group(exemption_reason="why")),
    ("BR-E-10", group(category="E", rate=Decimal(0), amount=Decimal(0))),
    ("BR-E-09", group(category="E", rate=Decimal(0))),
    ("BR-O-05", line(vat_category="O")),
    ("BR-O-11", lambda one: replace(one, vat=(*one.vat, VatGroup(position=2, category="O")))),
    ("BR-O-12", lambda one: replace(one, vat=(*one.vat, VatGroup(position=2, category="O")))),
    ("BR-AE-02", lambda one: buyer(vat_id=None)(line(vat_category="AE")(one))),
    ("BR-G-02", lambda one: seller(vat_id=None)(line(vat_category="G")(one))),
    ("BR-AF-05", line(vat_category="L", vat_rate=Decimal(-1))),
    ("BR-DE-1", header(payment=())),
    ("BR-DE-2", seller(has_contact=False)),
    ("BR-DE-3", seller(city=None)),
    ("BR-DE-4", seller(postcode=None)),
    ("BR-DE-5", seller(contact_name=None)),
    ("BR-DE-6", seller(telephone=None)),
    ("BR-DE-7", seller(email=None)),
    ("BR-DE-8", buyer(city=None)),
    ("BR-DE-9", buyer(postcode=None)),
    ("BR-DE-14", group(rate=None)),
    ("BR-DE-15", header(buyer_reference=None)),
    ("BR-DE-16", seller(vat_id=None)),
    ("BR-DE-17", header(type_code="325")),
    ("BR-DE-18", header(terms="#SKONTO#TAGE=7#PROZENT=2#")),
    ("BR-DE-23-a", payment()),
    ("BR-DE-23-b", payment(has_transfer=True, has_debit=True)),
    ("BR-DE-24-a", payment(code="48")),
    ("BR-DE-24-b", payment(code="48", has_card=True, has_transfer=True)),
    ("BR-DE-25-a", payment(code="59")),
    ("BR-DE-25-b", payment(code="59", has_debit=True, has_card=True)),
    ("BR-DE-26", header(type_code="384")),
    ("BR-DE-27", seller(telephone="12")),
    ("BR-DE-28", seller(email="nobody@here")),
    ("BR-DE-30", payment(code="59", has_debit=True)),
    ("BR-DE-31", payment(code="59", has_debit=True)),
    ("BR-DE-TMP-32", header(delivered_on=None)),
]


def test_the_sample_is_clean() -> None:
    assert codes(read()) == set()


@pytest.mark.parametrize(("code", "change"), CASES, ids=[code for code, _ in CASES])
def test_the_rule_speaks(code: str, change: Change) -> None:
    assert code in codes(change(read()))


def test_a_supply_within_the_eu_says_when_and_whereto() -> None:
    cloth = read("shop-cloth-from-italy.xml")
    assert codes(cloth) == set()
    assert {"BR-IC-11", "BR-IC-12"} <= codes(
        replace(cloth, delivered_on=None, delivery_country=None)
    )
    assert {"BR-IC-02"} <= codes(replace(cloth, buyer=replace(cloth.buyer, vat_id=None)))
    assert {"BR-IC-10"} <= codes(group(exemption_reason=None)(cloth))
    assert {"BR-IC-05"} <= codes(line(vat_rate=Decimal(19))(cloth))
    assert {"BR-IC-01"} <= codes(replace(cloth, vat=(*cloth.vat, *cloth.vat)))


def test_defects_of_form_in_an_xrechnung_are_warnings() -> None:
    findings = check(header(buyer_reference=None)(read()), context=Context(today=date(2026, 1, 1)))
    assert {one.severity for one in findings if one.code == "BR-DE-15"} == {Severity.WARNING}


def test_other_profiles_do_not_answer_to_xrechnung() -> None:
    other = header(profile="urn:cen.eu:en16931:2017", buyer_reference=None)(read())
    assert codes(other) == set()


def test_a_summary_without_lines_is_incomplete_but_no_error() -> None:
    bare = replace(read(), profile="urn:factur-x.eu:1p0:minimum", lines=(), vat=(), allowances=())
    bare = total(line_sum=None, allowances=None, charges=None, payable=None)(bare)
    findings = check(bare, context=Context(today=date(2026, 11, 23)))
    assert [(one.code, one.severity) for one in findings] == [("BR-15", Severity.WARNING)]


def test_the_vat_of_a_group_may_differ_by_cents_with_a_warning() -> None:
    invoice = read()
    amount = invoice.vat[0].amount
    assert amount is not None
    assert "AP-VAT-CENT" in codes(group(amount=amount + Decimal("0.02"))(invoice))
    whole = replace(group(amount=amount + Decimal("0.02"))(invoice), currency="HUF")
    assert "AP-VAT-CENT" not in codes(whole)


def test_cash_discounts_are_read() -> None:
    terms = "#SKONTO#TAGE=7#PROZENT=2.00#\n#SKONTO#TAGE=14#PROZENT=1.00#BASISBETRAG=5.53#\nText"
    assert discounts(terms) == (
        Discount(days=7, percent=Decimal("2.00")),
        Discount(days=14, percent=Decimal("1.00"), basis=Decimal("5.53")),
    )
    assert discounts(None) == ()


def test_lines_of_text_do_not_count() -> None:
    invoice = read()
    text = replace(invoice.lines[0], position=3, counts=False, net=Decimal(99), vat_category=None)
    assert codes(replace(invoice, lines=(*invoice.lines, text))) == set()
