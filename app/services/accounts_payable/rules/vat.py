"""VAT categories: what EN 16931 says of each, as one table.

The official rules repeat one pattern for nine categories, BR-<category>-<number>. The number is the
pattern: 01 stands in the breakdown, 02-04 who must have a VAT id (line, allowance, charge), 05-07
the rate, 08 the basis, 09 the amount, 10 the reason for exemption.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from app.services.accounts_payable.findings import Finding, error
from app.services.accounts_payable.invoice import Invoice, VatGroup
from app.services.accounts_payable.rules.calculation import ZERO, plain, total


class Rate(Enum):
    """What rate a category may have."""

    POSITIVE = "positive"
    ZERO = "zero"
    ANY = "any"
    NONE = "none"


class Ids(Enum):
    """Whose VAT registration a category needs."""

    SELLER = "seller"
    SELLER_VAT = "seller_vat"
    BOTH = "both"
    BOTH_VAT = "both_vat"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Category:
    """One VAT category code and what it demands."""

    code: str
    rule: str
    rate: Rate
    ids: Ids
    needs_reason: bool


CATEGORIES: Final = {
    one.code: one
    for one in (
        Category("S", "BR-S", Rate.POSITIVE, Ids.SELLER, needs_reason=False),
        Category("Z", "BR-Z", Rate.ZERO, Ids.SELLER, needs_reason=False),
        Category("E", "BR-E", Rate.ZERO, Ids.SELLER, needs_reason=True),
        Category("AE", "BR-AE", Rate.ZERO, Ids.BOTH, needs_reason=True),
        Category("K", "BR-IC", Rate.ZERO, Ids.BOTH_VAT, needs_reason=True),
        Category("G", "BR-G", Rate.ZERO, Ids.SELLER_VAT, needs_reason=True),
        Category("O", "BR-O", Rate.NONE, Ids.NEITHER, needs_reason=True),
        Category("L", "BR-AF", Rate.ANY, Ids.SELLER, needs_reason=False),
        Category("M", "BR-AG", Rate.ANY, Ids.SELLER, needs_reason=False),
    )
}
PER_RATE: Final = frozenset({"S", "L", "M"})


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a category is used: 0 line, 1 allowance, 2 charge."""

    kind: int
    category: str | None
    rate: Decimal | None
    amount: Decimal | None
    term: str
    position: int


def vat_findings(invoice: Invoice) -> list[Finding]:
    """Whether categories, rates, bases and reasons agree with each other."""
    uses = list(_uses(invoice))
    findings = [*_unknown(invoice, uses)]
    for category in CATEGORIES.values():
        own = [use for use in uses if use.category == category.code]
        groups = [group for group in invoice.vat if group.category == category.code]
        findings += _breakdown(invoice, category, own, groups)
        findings += _registrations(invoice, category, own)
        findings += _rates(invoice, category, own)
        for group in groups:
            findings += _group(invoice, category, group, own)
    return [*findings, *_outside(invoice, uses), *_delivery(invoice)]


def _uses(invoice: Invoice) -> Iterator[Use]:
    for line in invoice.lines:
        if line.counts:
            yield Use(0, line.vat_category, line.vat_rate, line.net, "BT-151", line.position)
    for one in invoice.allowances:
        kind, term = (2, "BG-21") if one.is_charge else (1, "BG-20")
        yield Use(kind, one.vat_category, one.vat_rate, one.amount, term, one.position)


def _unknown(invoice: Invoice, uses: list[Use]) -> Iterator[Finding]:
    for use in uses:
        if use.category and use.category not in CATEGORIES:
            place = invoice.place(use.term, use.position)
            yield error("BR-CL-18" if use.kind == 0 else "BR-CL-17", place, found=use.category[:10])
    for group in invoice.vat:
        if group.category and group.category not in CATEGORIES:
            place = invoice.place("BT-118", group.position)
            yield error("BR-CL-17", place, found=group.category[:10])


def _breakdown(
    invoice: Invoice, category: Category, uses: list[Use], groups: list[VatGroup]
) -> Iterator[Finding]:
    """01: what is used has its row; but for rates side by side there is just one row."""
    lonely = not uses and groups and category.code != "S" and bool(invoice.lines)
    crowded = len(groups) > 1 and category.code not in PER_RATE
    if (uses and not groups) or crowded or (lonely and category.code not in PER_RATE):
        yield error(f"{category.rule}-01", invoice.place("BG-23"), category=category.code)


def _registrations(invoice: Invoice, category: Category, uses: list[Use]) -> Iterator[Finding]:
    """02-04: the same demand for lines, allowances and charges; said once for each kind."""
    if _ids_suffice(invoice, category.ids):
        return
    for kind in sorted({use.kind for use in uses}):
        use = next(use for use in uses if use.kind == kind)
        place = invoice.place(use.term, use.position)
        yield error(f"{category.rule}-{kind + 2:02}", place, category=category.code)


def _ids_suffice(invoice: Invoice, ids: Ids) -> bool:
    seller, buyer = invoice.seller, invoice.buyer
    represented = bool(invoice.tax_representative and invoice.tax_representative.vat_id)
    seller_vat = bool(seller.vat_id) or represented
    if ids is Ids.NEITHER:
        return not (seller_vat or buyer.vat_id)
    if ids is Ids.SELLER_VAT:
        return seller_vat
    if ids is Ids.BOTH_VAT:
        return seller_vat and bool(buyer.vat_id)
    if ids is Ids.BOTH:
        has_buyer = bool(buyer.vat_id or buyer.legal_id)
        return (seller_vat or bool(seller.tax_number)) and has_buyer
    return seller_vat or bool(seller.tax_number)


def _rates(invoice: Invoice, category: Category, uses: list[Use]) -> Iterator[Finding]:
    """05-07."""
    for use in uses:
        if not _rate_fits(category.rate, use.rate):
            place = invoice.place("BT-152" if use.kind == 0 else use.term, use.position)
            code = f"{category.rule}-{use.kind + 5:02}"
            yield error(code, place, category=category.code, found=_shown(use.rate))


def _rate_fits(demand: Rate, rate: Decimal | None) -> bool:
    if demand is Rate.NONE:
        return rate is None
    if demand is Rate.POSITIVE:
        return rate is not None and rate > 0
    if demand is Rate.ANY:
        return rate is not None and rate >= 0
    return rate is not None and rate == 0


def _shown(rate: Decimal | None) -> str:
    return "-" if rate is None else plain(rate)


def _group(
    invoice: Invoice, category: Category, group: VatGroup, uses: list[Use]
) -> Iterator[Finding]:
    """08 the basis, 09 the amount, 10 the reason."""
    same = [use for use in uses if category.code not in PER_RATE or use.rate == group.rate]
    expected = total(
        None if use.amount is None else (-use.amount if use.kind == 1 else use.amount)
        for use in same
    )
    if group.basis is not None and invoice.lines and abs(group.basis - expected) > ZERO:
        place = invoice.place("BT-116", group.position)
        values = {"expected": plain(expected), "found": plain(group.basis)}
        yield error(f"{category.rule}-08", place, category=category.code, **values)
    if category.code not in PER_RATE and group.amount:
        place = invoice.place("BT-117", group.position)
        yield error(f"{category.rule}-09", place, category=category.code, found=plain(group.amount))
    if bool(group.exemption_reason or group.exemption_code) != category.needs_reason:
        place = invoice.place("BT-120", group.position)
        yield error(f"{category.rule}-10", place, category=category.code)


def _outside(invoice: Invoice, uses: list[Use]) -> Iterator[Finding]:
    """BR-O-11 … 14: "not subject to VAT" stands alone."""
    if not any(group.category == "O" for group in invoice.vat):
        return
    if any(group.category != "O" for group in invoice.vat):
        yield error("BR-O-11", invoice.place("BG-23"), category="O")
    for use in uses:
        if use.category != "O":
            yield error(f"BR-O-{use.kind + 12}", invoice.place(use.term, use.position))


def _delivery(invoice: Invoice) -> Iterator[Finding]:
    """BR-IC-11 and 12: goods within the EU say when and whereto."""
    if any(group.category == "K" for group in invoice.vat):
        period = invoice.period
        if not invoice.delivered_on and not (period and (period.start or period.end)):
            yield error("BR-IC-11", invoice.place("BT-72"))
        if not invoice.delivery_country:
            yield error("BR-IC-12", invoice.place("BT-80"))
