"""What EN 16931 demands of every invoice (BR-01 … BR-65, BR-CO-…): presence and codes."""

from collections.abc import Callable, Iterator
from typing import Final

from app.services.accounts_payable.findings import Finding, error
from app.services.accounts_payable.invoice import (
    CREDIT_NOTE_TYPES,
    AllowanceCharge,
    Invoice,
    Line,
    Party,
    Period,
    VatGroup,
)
from app.services.accounts_payable.rules.codes import CURRENCIES, INVOICE_TYPES, TRANSFER_CODES

Getter = Callable[[Invoice], object]

# code, business term, value: an invoice without it is not complete
DOCUMENT: Final[tuple[tuple[str, str, Getter], ...]] = (
    ("BR-01", "BT-24", lambda one: one.profile),
    ("BR-02", "BT-1", lambda one: one.id),
    ("BR-03", "BT-2", lambda one: one.issue_date),
    ("BR-04", "BT-3", lambda one: one.type_code),
    ("BR-05", "BT-5", lambda one: one.currency),
    ("BR-06", "BT-27", lambda one: one.seller.name),
    ("BR-07", "BT-44", lambda one: one.buyer.name),
    ("BR-08", "BG-5", lambda one: one.seller.has_address),
    ("BR-09", "BT-40", lambda one: one.seller.country),
    ("BR-13", "BT-109", lambda one: one.totals.net is not None),
    ("BR-14", "BT-112", lambda one: one.totals.gross is not None),
    ("BR-15", "BT-115", lambda one: one.totals.payable is not None),
)
BEYOND_MINIMUM: Final[tuple[tuple[str, str, Getter], ...]] = (
    ("BR-10", "BG-8", lambda one: one.buyer.has_address),
    ("BR-11", "BT-55", lambda one: one.buyer.country),
    ("BR-12", "BT-106", lambda one: one.totals.line_sum is not None),
    ("BR-16", "BG-25", lambda one: one.lines),
    ("BR-CO-18", "BG-23", lambda one: one.vat),
)
LINE: Final[tuple[tuple[str, str, Callable[[Line], object]], ...]] = (
    ("BR-21", "BT-126", lambda one: one.id),
    ("BR-22", "BT-129", lambda one: one.quantity is not None),
    ("BR-23", "BT-130", lambda one: one.unit),
    ("BR-24", "BT-131", lambda one: one.net is not None),
    ("BR-25", "BT-153", lambda one: one.name),
    ("BR-26", "BT-146", lambda one: one.price is not None),
    ("BR-27", "BT-146", lambda one: one.price is None or one.price >= 0),
    ("BR-28", "BT-148", lambda one: one.gross_price is None or one.gross_price >= 0),
    ("BR-CO-04", "BT-151", lambda one: one.vat_category),
)
VAT: Final[tuple[tuple[str, str, Callable[[VatGroup], object]], ...]] = (
    ("BR-45", "BT-116", lambda one: one.basis is not None),
    ("BR-46", "BT-117", lambda one: one.amount is not None),
    ("BR-47", "BT-118", lambda one: one.category),
    ("BR-48", "BT-119", lambda one: one.rate is not None or one.category == "O"),
)


def mandatory_findings(invoice: Invoice) -> list[Finding]:
    """What is missing or not a code of its list."""
    return [
        *_document(invoice),
        *_codes(invoice),
        *(found for line in invoice.lines if line.counts for found in _line(invoice, line)),
        *_vat(invoice),
        *_allowances(invoice),
        *_periods(invoice),
        *_payment(invoice),
        *_parties(invoice),
    ]


def _document(invoice: Invoice) -> Iterator[Finding]:
    demanded = DOCUMENT if invoice.is_summary_only else (*DOCUMENT, *BEYOND_MINIMUM)
    for code, term, value in demanded:
        if not value(invoice):
            yield error(code, invoice.place(term))


def _codes(invoice: Invoice) -> Iterator[Finding]:
    if invoice.type_code and invoice.type_code not in INVOICE_TYPES | CREDIT_NOTE_TYPES:
        yield error("BR-CL-01", invoice.place("BT-3"), found=invoice.type_code)
    if invoice.currency and invoice.currency not in CURRENCIES:
        yield error("BR-CL-04", invoice.place("BT-5"), found=invoice.currency)
    if invoice.accounting_currency:
        if invoice.accounting_currency not in CURRENCIES:
            yield error("BR-CL-05", invoice.place("BT-6"), found=invoice.accounting_currency)
        currency = invoice.accounting_currency
        if invoice.totals.tax_in_accounting_currency is None and currency != invoice.currency:
            yield error("BR-53", invoice.place("BT-111"), currency=currency)


def _line(invoice: Invoice, line: Line) -> Iterator[Finding]:
    for code, term, value in LINE:
        if not value(line):
            yield error(code, invoice.place(term, line.position))
    for one in line.allowances:
        term = "BG-28" if one.is_charge else "BG-27"
        place = invoice.place(term, line.position)
        if one.amount is None:
            yield error("BR-43" if one.is_charge else "BR-41", place)
        if not one.reason and not one.reason_code:
            yield error("BR-44" if one.is_charge else "BR-42", place)


def _vat(invoice: Invoice) -> Iterator[Finding]:
    for group in invoice.vat:
        for code, term, value in VAT:
            if not value(group):
                yield error(code, invoice.place(term, group.position))


def _allowances(invoice: Invoice) -> Iterator[Finding]:
    for one in invoice.allowances:
        amount, category, reason = CHARGE_RULES if one.is_charge else ALLOWANCE_RULES
        place = invoice.place("BG-21" if one.is_charge else "BG-20", one.position)
        if one.amount is None:
            yield error(amount, place)
        if not one.vat_category:
            yield error(category, place)
        if not _has_reason(one):
            yield error(reason, place)


ALLOWANCE_RULES: Final = ("BR-31", "BR-32", "BR-33")
CHARGE_RULES: Final = ("BR-36", "BR-37", "BR-38")


def _has_reason(one: AllowanceCharge) -> bool:
    return bool(one.reason or one.reason_code)


def _periods(invoice: Invoice) -> Iterator[Finding]:
    yield from _period(invoice, invoice.period, ("BR-29", "BR-CO-19"), None)
    for line in invoice.lines:
        yield from _period(invoice, line.period, ("BR-30", "BR-CO-20"), line.position)


def _period(
    invoice: Invoice, period: Period | None, codes: tuple[str, str], position: int | None
) -> Iterator[Finding]:
    if period is None:
        return
    place = invoice.place("BG-14" if position is None else "BG-26", position)
    if period.start and period.end and period.end < period.start:
        yield error(codes[0], place, start=period.start, end=period.end)
    if not period.start and not period.end:
        yield error(codes[1], place)


def _payment(invoice: Invoice) -> Iterator[Finding]:
    for means in invoice.payment:
        place = invoice.place("BT-84", means.position)
        if not means.code:
            yield error("BR-49", invoice.place("BT-81", means.position))
        if means.has_transfer and not means.iban:
            yield error("BR-50", place)
        if means.code in TRANSFER_CODES and not means.iban:
            yield error("BR-61", place)
    payable = invoice.totals.payable
    said = invoice.due_date or invoice.terms or invoice.is_credit_note
    if payable is not None and payable > 0 and not said:
        yield error("BR-CO-25", invoice.place("BT-9"))


def _parties(invoice: Invoice) -> Iterator[Finding]:
    seller, payee, representative = invoice.seller, invoice.payee, invoice.tax_representative
    if not (seller.identifier or seller.legal_id or seller.vat_id):
        yield error("BR-CO-26", invoice.place("BG-4"))
    if payee and not payee.name:
        yield error("BR-17", invoice.place("BT-59"))
    if representative:
        yield from _representative(invoice, representative)
    for code, term, party in (("BR-62", "BT-34", seller), ("BR-63", "BT-49", invoice.buyer)):
        if party.electronic_address and not party.electronic_scheme:
            yield error(code, invoice.place(term))
    yield from _vat_prefixes(invoice)


def _representative(invoice: Invoice, representative: Party) -> Iterator[Finding]:
    if not representative.name:
        yield error("BR-18", invoice.place("BT-62"))
    if not representative.has_address:
        yield error("BR-19", invoice.place("BG-12"))
    elif not representative.country:
        yield error("BR-20", invoice.place("BT-69"))
    if not representative.vat_id:
        yield error("BR-56", invoice.place("BT-63"))


def _vat_prefixes(invoice: Invoice) -> Iterator[Finding]:
    """BR-CO-09: a VAT id starts with the code of its country (Greece may use EL)."""
    representative = invoice.tax_representative
    for term, vat_id in (
        ("BT-31", invoice.seller.vat_id),
        ("BT-48", invoice.buyer.vat_id),
        ("BT-63", representative.vat_id if representative else None),
    ):
        if vat_id and not (vat_id[:2].isalpha() and vat_id[:2].isascii()):
            yield error("BR-CO-09", invoice.place(term), found=vat_id[:30])
