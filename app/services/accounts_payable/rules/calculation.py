"""The arithmetic of EN 16931 on `Decimal`: a cent too much anywhere is found."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from app.services.accounts_payable.findings import Finding, Place, error, warning
from app.services.accounts_payable.invoice import (
    AllowanceCharge,
    Invoice,
    Line,
    Syntax,
    VatGroup,
)

ALLOWANCE: Final = ("BG-20", "BG-27")  # on the document, on a line
CHARGE: Final = ("BG-21", "BG-28")
CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)
LINE_SLACK: Final = Decimal("0.02")  # as PEPPOL-EN16931-R120: prices are often rounded
WHOLE_UNIT_SLACK: Final = Decimal("0.5")
VAT_SLACK: Final = Decimal(1)  # as the official BR-CO-17
PRECISION: Final = 120  # amounts have up to 24 digits: products and quotients must stay exact


def calculation_findings(invoice: Invoice) -> list[Finding]:
    """Every sum and product of the invoice recomputed."""
    with localcontext() as exact:
        exact.prec = PRECISION
        return [
            *_sums(invoice),
            *_tax_sum(invoice),
            *_totals(invoice),
            *(found for line in invoice.lines for found in _line(invoice, line)),
            *(found for group in invoice.vat for found in _vat_amount(invoice, group)),
            *_percentages(invoice),
            *_decimals(invoice),
        ]


def rounded(value: Decimal) -> Decimal:
    """To the cent, half up (EN 16931 rounds half away from zero)."""
    with localcontext() as exact:
        exact.prec = PRECISION
        return value.quantize(CENT, rounding=ROUND_HALF_UP)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is there."""
    return sum((value for value in values if value is not None), ZERO)


def plain(value: Decimal) -> str:
    """An amount as text with at least two decimals: 12.5 → 12.50, 1E+3 → 1000.00."""
    digits = -int(value.as_tuple().exponent)
    return f"{value:.{max(2, digits)}f}"


def _unequal(
    code: str, place: Place, *, expected: Decimal, found: Decimal | None
) -> Iterator[Finding]:
    """A wrong or missing sum. Missing counts as zero, as in the official rules."""
    if (found or ZERO) != expected:
        yield error(code, place, expected=plain(expected), found=plain(found or ZERO))


def _sums(invoice: Invoice) -> Iterator[Finding]:
    totals, counted = invoice.totals, [line for line in invoice.lines if line.counts]
    if totals.line_sum is not None and not invoice.is_summary_only:
        expected = total(line.net for line in counted)
        place = invoice.place("BT-106")
        yield from _unequal("BR-CO-10", place, expected=expected, found=totals.line_sum)
    incomplete = invoice.is_summary_only or invoice.syntax is Syntax.ZUGFERD_1  # sums only
    if invoice.allowances or not incomplete:
        allowances = total(one.amount for one in invoice.allowances if not one.is_charge)
        place = invoice.place("BT-107")
        yield from _unequal("BR-CO-11", place, expected=allowances, found=totals.allowances)
        charges = total(one.amount for one in invoice.allowances if one.is_charge)
        place = invoice.place("BT-108")
        yield from _unequal("BR-CO-12", place, expected=charges, found=totals.charges)
    if totals.net is not None and totals.line_sum is not None:
        expected = totals.line_sum - (totals.allowances or ZERO) + (totals.charges or ZERO)
        place = invoice.place("BT-109")
        yield from _unequal("BR-CO-13", place, expected=expected, found=totals.net)


def _tax_sum(invoice: Invoice) -> Iterator[Finding]:
    if invoice.vat:
        expected = total(group.amount for group in invoice.vat)
        place = invoice.place("BT-110")
        yield from _unequal("BR-CO-14", place, expected=expected, found=invoice.totals.tax)


def _totals(invoice: Invoice) -> Iterator[Finding]:
    totals = invoice.totals
    if totals.gross is None:
        return
    if totals.net is not None:
        expected = totals.net + (totals.tax or ZERO)
        place = invoice.place("BT-112")
        yield from _unequal("BR-CO-15", place, expected=expected, found=totals.gross)
        for beside in totals.taxes_beside:
            if beside != totals.tax:
                values = {"expected": plain(totals.net + beside), "found": plain(totals.gross)}
                yield error("BR-CO-15", place, **values)
    if totals.payable is not None:
        expected = totals.gross - (totals.prepaid or ZERO) + (totals.rounding or ZERO)
        place = invoice.place("BT-115")
        yield from _unequal("BR-CO-16", place, expected=expected, found=totals.payable)


def _line(invoice: Invoice, line: Line) -> Iterator[Finding]:
    """Quantity times price per base quantity, less allowances, plus charges."""
    if line.net is None or line.price is None or line.quantity is None or not line.counts:
        return
    base = line.price_base if line.price_base is not None else Decimal(1)
    place = invoice.place("BT-131", line.position)
    if base <= 0:
        base_place = invoice.place("BT-149", line.position)
        yield error("PEPPOL-EN16931-R121", base_place, found=plain(base))
        return
    exact = line.quantity * line.price / base + _signed(line.allowances)
    expected = rounded(exact)
    difference = abs(line.net - expected)
    if difference and abs(line.net - exact) > CENT / 2:
        slack = WHOLE_UNIT_SLACK if invoice.currency in WHOLE_UNITS else LINE_SLACK
        if slack is WHOLE_UNIT_SLACK and difference <= slack:
            return
        finding = error if difference > slack else warning
        yield finding("PEPPOL-EN16931-R120", place, expected=plain(expected), found=plain(line.net))


def _signed(allowances: Iterable[AllowanceCharge]) -> Decimal:
    return total(
        None if one.amount is None else (one.amount if one.is_charge else -one.amount)
        for one in allowances
    )


def _vat_amount(invoice: Invoice, group: VatGroup) -> Iterator[Finding]:
    """Basis times rate. The standard forgives less than 1; a cent is still worth a look."""
    if group.basis is None or group.amount is None:
        return
    expected = rounded(group.basis * (group.rate or ZERO) / 100)
    difference = abs(group.amount - expected)
    place = invoice.place("BT-117", group.position)
    values = {"expected": plain(expected), "found": plain(group.amount)}
    if difference >= VAT_SLACK:
        yield error("BR-CO-17", place, **values, rate=_rate(group.rate))
    elif difference and not (invoice.currency in WHOLE_UNITS and difference <= WHOLE_UNIT_SLACK):
        yield warning("AP-VAT-CENT", place, **values, rate=_rate(group.rate))


def _rate(rate: Decimal | None) -> str:
    """A percentage without needless zeros: 19.00 → 19."""
    return f"{(rate or ZERO).normalize():f}"


def _percentages(invoice: Invoice) -> Iterator[Finding]:
    """An allowance given as a percentage of a base must be that percentage (Peppol R040)."""
    on_lines = [(one, line) for line in invoice.lines for one in line.allowances]
    for one, line in [*((one, None) for one in invoice.allowances), *on_lines]:
        if one.amount is None or one.base is None or one.percent is None:
            continue
        expected = rounded(one.base * one.percent / 100)
        if abs(one.amount - expected) > LINE_SLACK:
            group = CHARGE if one.is_charge else ALLOWANCE
            position = line.position if line else one.position
            place = invoice.place(group[line is not None], position)
            values = {"expected": plain(expected), "found": plain(one.amount)}
            yield warning("PEPPOL-EN16931-R040", place, **values)


def _decimals(invoice: Invoice) -> Iterator[Finding]:
    """Amounts have at most two decimals (BR-DEC-…), and as few as their currency has."""
    totals = invoice.totals
    amounts = {
        "BT-106": totals.line_sum,
        "BT-107": totals.allowances,
        "BT-108": totals.charges,
        "BT-109": totals.net,
        "BT-110": totals.tax,
        "BT-111": totals.tax_in_accounting_currency,
        "BT-112": totals.gross,
        "BT-113": totals.prepaid,
        "BT-114": totals.rounding,
        "BT-115": totals.payable,
    }
    allowed = 0 if invoice.currency in WITHOUT_DECIMALS else 2
    for term, amount in amounts.items():
        if amount is not None and amount != amount.quantize(CENT):
            yield error(DECIMAL_RULES[term], invoice.place(term), found=plain(amount))
        elif amount is not None and allowed == 0 and amount != amount.quantize(Decimal(1)):
            place = invoice.place(term)
            yield warning(
                "AP-CURRENCY-DIGITS", place, found=plain(amount), currency=invoice.currency
            )
    for line in invoice.lines:
        if line.net is not None and line.net != line.net.quantize(CENT):
            place = invoice.place("BT-131", line.position)
            yield error("BR-DEC-23", place, found=plain(line.net))


WITHOUT_DECIMALS: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
WHOLE_UNITS: Final = WITHOUT_DECIMALS | {"HUF"}  # billed in whole units though it has decimals
DECIMAL_RULES: Final = {
    "BT-106": "BR-DEC-09",
    "BT-107": "BR-DEC-10",
    "BT-108": "BR-DEC-11",
    "BT-109": "BR-DEC-12",
    "BT-110": "BR-DEC-13",
    "BT-111": "BR-DEC-15",
    "BT-112": "BR-DEC-14",
    "BT-113": "BR-DEC-16",
    "BT-114": "BR-DEC-17",
    "BT-115": "BR-DEC-18",
}
