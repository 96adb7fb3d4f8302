"""One cent changed anywhere in an amount is found, at its place."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from lxml import etree

from app.services.accounts_payable.samples import names, sample
from tests.app.services.accounts_payable.reference import (
    EINVOICE,
    all_findings,
    files,
    name,
    serious,
)

CENT = Decimal("0.01")
UBL = re.compile(
    r"/(LegalMonetaryTotal/(?!Payable\w*Rounding)\w+|TaxTotal/TaxAmount|TaxSubtotal/TaxAmount"
    r"|TaxSubtotal/TaxableAmount|InvoiceLine/LineExtensionAmount"
    r"|CreditNoteLine/LineExtensionAmount|(Invoice|CreditNote)/AllowanceCharge/Amount)$"
)
CII = re.compile(
    r"(HeaderMonetarySummation/\w+Amount|HeaderTradeSettlement/ApplicableTradeTax/CalculatedAmount"
    r"|HeaderTradeSettlement/ApplicableTradeTax/BasisAmount"
    r"|LineMonetarySummation/LineTotalAmount"
    r"|HeaderTradeSettlement/SpecifiedTradeAllowanceCharge/ActualAmount)$"
)


def amounts(root: etree._Element) -> Iterator[etree._Element]:
    """Every amount that takes part in a sum, in the currency of the invoice."""
    for element in root.iter("*"):
        chain = [element, *element.iterancestors()]
        path = "/" + "/".join(str(one.tag).rpartition("}")[2] for one in reversed(chain))
        in_accounting = element.get("currencyID") not in (None, own_currency(root))
        if (UBL.search(path) or CII.search(path)) and not in_accounting:
            yield element


def own_currency(root: etree._Element) -> str:
    found = root.xpath(
        "string(//*[local-name()='DocumentCurrencyCode' or local-name()='InvoiceCurrencyCode'])"
    )
    return str(found).strip()


def silent_changes(content: bytes) -> tuple[int, list[str]]:
    """How many amounts were changed by a cent, and the paths whose change nobody noticed."""
    before = {(one.code, str(one.place), *one.params.values()) for one in all_findings(content)}
    root = etree.fromstring(content)
    tried, silent = 0, []
    for element in list(amounts(root)):
        right = element.text or ""
        element.text = str(Decimal(right.strip()) + CENT)
        changed = serious(all_findings(etree.tostring(root)))
        after = {(one.code, str(one.place), *one.params.values()) for one in changed}
        if not after - before:
            silent.append(root.getroottree().getpath(element))
        element.text = right
        tried += 1
    return tried, silent


XML_SAMPLES = [one for one in names() if one.endswith(".xml") and "truncated" not in one]


@pytest.mark.parametrize("filename", XML_SAMPLES)
def test_a_cent_is_found_in_our_samples(filename: str) -> None:
    tried, silent = silent_changes(sample(filename))
    assert tried >= 6
    assert silent == []


@pytest.mark.skipif(not EINVOICE.is_dir(), reason=f"the reference invoices are not in {EINVOICE}")
@pytest.mark.parametrize(
    "path", files("xrechnung-testsuite", "zugferd-corpus/XML-Rechnung/CII"), ids=name
)
def test_a_cent_is_found_in_the_reference_invoices(path: object) -> None:
    tried, silent = silent_changes(path.read_bytes())  # type: ignore[attr-defined]
    assert tried >= 6
    assert silent == []
