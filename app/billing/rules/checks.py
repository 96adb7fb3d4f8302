"""What keeps an invoice from being issued: looked for before it gets its number."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.billing.rules import rounding
from app.billing.rules.bill import Bill, BillLine
from app.kernel.money import Money, digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong: a code, and what it is about."""

    code: str
    detail: str = ""


def findings(bill: Bill) -> Iterator[Finding]:
    """What our own rules find; the e-invoice's rules are asked beside them."""
    reverse_charge = any(tax.category == "AE" for tax in bill.taxes)
    yield from (Finding(code="seller_missing", detail=name) for name in bill.seller.missing())
    missing = bill.buyer.missing(reverse_charge=reverse_charge)
    yield from (Finding(code="buyer_missing", detail=name) for name in missing)
    yield from (Finding(code="seller_wrong", detail=name) for name in bill.seller.wrong())
    yield from (Finding(code="buyer_wrong", detail=name) for name in bill.buyer.wrong())
    if not bill.lines:
        yield Finding(code="no_lines")
    yield from _sums(bill)


def _sums(bill: Bill) -> Iterator[Finding]:
    for line in bill.lines:
        if not _is_product(line, bill.currency):
            yield Finding(code="line_sum", detail=str(line.position))
    if sum((line.net for line in bill.lines), Decimal(0)) != bill.net:
        yield Finding(code="net_sum")
    for tax in bill.taxes:
        net = sum((one.net for one in bill.lines if _group(one) == (tax.category, tax.percent)), 0)
        if net != tax.net or rounding.tax_minor(_minor(net, bill), tax.percent) != _minor(
            tax.tax, bill
        ):
            yield Finding(code="tax_group", detail=f"{tax.category} {tax.percent:f}")
    if sum((tax.tax for tax in bill.taxes), Decimal(0)) != bill.tax:
        yield Finding(code="tax_sum")
    if bill.net + bill.tax != bill.gross:
        yield Finding(code="gross_sum")


def _minor(amount: Decimal | int, bill: Bill) -> int:
    return Money.of(Decimal(amount), bill.currency).minor


def _group(line: BillLine) -> tuple[str, Decimal]:
    return line.category, line.percent


def _is_product(line: BillLine, currency: str) -> bool:
    minor = rounding.amount_minor(line.quantity, line.unit_price, currency)
    return Decimal(minor).scaleb(-digits(currency)) == line.net
