"""What a good clerk would see: duplicates, VAT ids, accounts, dates, addressee, signs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.services.accounts_payable.books import open_entry
from app.services.accounts_payable.findings import Place
from app.services.accounts_payable.invoice import Invoice, Party, PaymentMeans, Totals
from app.services.accounts_payable.proposal import Order, propose
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.rules.duplicates import (
    duplicate_findings,
    file_fingerprint,
    fingerprints,
)
from app.services.accounts_payable.rules.names import same_company
from app.services.accounts_payable.samples import sample

TODAY = date(2026, 11, 23)


def invoice_of(name: str = "shop-flyers.xml") -> Invoice:
    invoice = read_file(sample(name)).invoice
    assert invoice is not None
    return invoice


def found(invoice: Invoice, **facts: object) -> dict[str, str]:
    """Codes and severities."""
    context = Context(**{"today": TODAY, **facts})  # type: ignore[arg-type]
    return {one.code: str(one.severity) for one in check(invoice, context=context)}


def test_a_good_invoice_to_the_client_has_no_findings() -> None:
    assert found(invoice_of(), client_names=("Nordlicht GmbH",)) == {}


def test_the_same_invoice_again_is_an_error_and_names_the_first() -> None:
    known = dict.fromkeys(fingerprints(invoice_of("bakery-flour.xml")), "BAEK-1007")
    again = invoice_of("bakery-flour-again.xml")
    findings = check(again, context=Context(today=TODAY, known_fingerprints=known))
    assert [one.code for one in findings] == ["AP-DUPLICATE"]
    assert findings[0].params == {"number": "MP-88217", "reference": "BAEK-1007"}
    assert findings[0].place.term == "BT-1"


def test_the_same_number_with_another_amount_is_a_warning() -> None:
    first = invoice_of()
    known = dict.fromkeys(fingerprints(first), "NORD-1")
    other = replace(first, totals=replace(first.totals, gross=Decimal("999.00")))
    assert found(other, known_fingerprints=known)["AP-DUPLICATE-NUMBER"] == "warning"


@pytest.mark.parametrize("number", ["DE-26-2019", "de 26 2019", "DE/26/2019", "DE262019"])
def test_a_number_is_the_same_however_it_is_written(number: str) -> None:
    first = invoice_of()
    assert set(fingerprints(first)) == set(fingerprints(replace(first, id=number)))


def test_a_supplier_without_vat_id_is_known_by_name() -> None:
    first = invoice_of()
    bare = replace(first, seller=Party(name="DRUCKEREI ELBE"))
    assert set(fingerprints(bare)) < set(fingerprints(first))


def test_credit_note_and_invoice_of_one_number_are_two_things() -> None:
    first = invoice_of()
    assert not set(fingerprints(first)) & set(fingerprints(replace(first, type_code="381")))


def test_without_a_number_only_the_bytes_tell() -> None:
    assert fingerprints(replace(invoice_of(), id=None)) == ()
    mark = file_fingerprint(b"scan")
    findings = duplicate_findings([mark], number=None, known={mark: "A-1"}, place=Place())
    assert [one.code for one in findings] == ["AP-SAME-FILE"]


@pytest.mark.parametrize(
    ("vat_id", "valid"),
    [
        ("DE136695976", True),
        ("DE 136 695 976", True),
        ("DE136695977", False),
        ("ATU13585627", True),
        ("FR40303265045", True),
        ("IT00743110157", True),
        ("IT00743110158", False),
        ("EL094259216", True),
        ("CHE123456788", True),  # not in the EU: not checked
    ],
)
def test_vat_ids(vat_id: str, valid: bool) -> None:  # noqa: FBT001 (a table's column)
    invoice = invoice_of()
    seller = replace(invoice.seller, vat_id=vat_id, country=vat_id[:2])
    assert ("AP-VAT-ID" not in found(replace(invoice, seller=seller))) == valid


@pytest.mark.parametrize(
    ("account", "code", "expected"),
    [
        ("DE89370400440532013000", "58", None),
        ("DE89 3704 0044 0532 0130 00", "58", None),
        ("GB29NWBK60161331926819", "30", None),
        ("DE90200400000625894000", "58", "AP-IBAN"),
        ("DE12", "58", "AP-IBAN"),
        ("4711 0815", "30", "AP-ACCOUNT-NOT-IBAN"),
    ],
)
def test_accounts(account: str, code: str, expected: str | None) -> None:
    means = PaymentMeans(position=1, code=code, iban=account, has_transfer=True)
    codes = found(replace(invoice_of(), payment=(means,)))
    assert {one for one in codes if "IBAN" in one} == ({expected} if expected else set())


def test_debited_account_bic_and_several_accounts() -> None:
    one = PaymentMeans(position=1, code="58", iban="DE89370400440532013000", has_transfer=True)
    two = replace(one, position=2, iban="GB29NWBK60161331926819", bic="NOTABIC")
    debit = PaymentMeans(position=3, code="59", debited_iban="DE00", has_debit=True)
    codes = found(replace(invoice_of(), payment=(one, two, debit)))
    assert {"AP-SEVERAL-ACCOUNTS", "AP-BIC", "AP-IBAN-DEBITED"} <= set(codes)


def test_dates() -> None:
    invoice = invoice_of()
    assert "AP-DUE-BEFORE-ISSUE" in found(replace(invoice, due_date=date(2026, 11, 19)))
    assert "AP-FUTURE-DATE" in found(invoice, today=date(2026, 11, 19))
    assert found(invoice, today=date(2026, 12, 5)) == {"AP-OVERDUE": "info"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nordlicht GmbH", "NORDLICHT", True),
        ("Nordlicht GmbH", "Nordlicht Handels GmbH & Co. KG", True),
        ("Bäckerei Sommer GmbH", "Baeckerei Sommer", True),
        ("Praxis Dr. Wolf", "Praxis Dr. Wolf, Zahnarzt", True),
        ("Nordlicht GmbH", "Südlicht GmbH", False),
        ("GmbH", "GmbH", True),
        ("GmbH", "Nordlicht", False),
    ],
)
def test_company_names(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_company(one, other) == same
    assert same_company(other, one) == same


def test_the_addressee_is_compared_with_the_client() -> None:
    invoice = invoice_of()
    assert found(invoice, client_names=("Praxis Dr. Wolf",)) == {"AP-OTHER-ADDRESSEE": "warning"}
    own_id = invoice.buyer.vat_id or ""
    assert found(invoice, client_names=("Nordlicht neu",), client_vat_ids=(own_id,)) == {}
    assert found(replace(invoice, buyer=Party(country="DE")), client_names=("X",)).keys() >= {
        "BR-07"
    }


def test_a_self_billed_invoice_is_ours_on_the_sellers_side() -> None:
    invoice = replace(invoice_of(), type_code="389")
    assert "AP-OTHER-ADDRESSEE" not in found(invoice, client_names=("Druckerei Elbe",))


@pytest.mark.parametrize(
    ("type_code", "expected"), [("380", "AP-NEGATIVE-INVOICE"), ("381", "AP-CREDIT-SIGN")]
)
def test_signs(type_code: str, expected: str) -> None:
    invoice = invoice_of()
    negative = Totals(
        **{
            name: -(getattr(invoice.totals, name) or Decimal(0))
            for name in ("line_sum", "net", "tax", "gross", "payable")
        }
    )
    assert expected in found(replace(invoice, type_code=type_code, totals=negative))


@pytest.mark.parametrize(
    ("rate", "day", "usual"),
    [
        ("19", date(2026, 11, 1), True),
        ("16", date(2026, 11, 1), False),
        ("16", date(2020, 8, 1), True),
        ("20", date(2026, 11, 1), False),
    ],
)
def test_german_rates(rate: str, day: date, usual: bool) -> None:  # noqa: FBT001
    invoice = invoice_of()
    groups = tuple(replace(one, rate=Decimal(rate)) for one in invoice.vat)
    codes = found(replace(invoice, vat=groups, delivered_on=day))
    assert ("AP-RATE-UNUSUAL" not in codes) == usual


def test_foreign_vat_is_no_input_tax() -> None:
    invoice = invoice_of()
    seller = replace(invoice.seller, vat_id="FR40303265045", country="FR")
    assert found(replace(invoice, seller=seller))["AP-FOREIGN-VAT"] == "warning"
    assert "AP-FOREIGN-VAT" not in found(invoice_of("shop-cloth-from-italy.xml"))


def test_money_that_goes_to_somebody_else_is_asked_about() -> None:
    first = invoice_of()
    same = replace(first, payee=Party(name="Druckerei Elbe"))
    assert "AP-PAYEE" not in found(same)
    other = replace(first, payee=Party(name="Factoring Nord AG"))
    assert found(other)["AP-PAYEE"] == "warning"
    values = propose(other, order=Order())
    assert values["payee_name"].value == "Factoring Nord AG"
    booked = open_entry({key: one.value for key, one in values.items()})
    assert booked is not None
    assert (booked.party, booked.account) == ("Factoring Nord AG", values["creditor"].value)


def test_what_the_supplier_collects_is_not_transferred_too() -> None:
    first = invoice_of()
    means = first.payment[0]
    debit = replace(first, payment=(replace(means, code="59"),))
    assert found(debit)["AP-COLLECTED"] == "info"
    assert propose(debit, order=Order())["iban"].value == ""
    both = replace(first, payment=(replace(means, code="59"), replace(means, position=2)))
    assert "AP-COLLECTED" not in found(both)
    assert propose(both, order=Order())["iban"].value == means.iban


def test_another_currency_is_told() -> None:
    assert "AP-CURRENCY" not in found(invoice_of())
    assert found(replace(invoice_of(), currency="USD"))["AP-CURRENCY"] == "warning"
