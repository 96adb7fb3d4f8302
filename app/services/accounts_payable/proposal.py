"""From an invoice to what the clerk books: proposed values, each with the place it came from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from app.services.accounts_payable.accounts import (
    Chart,
    account_of_lines,
    creditor_account,
    tax_key,
)
from app.services.accounts_payable.invoice import Invoice, VatGroup
from app.services.accounts_payable.rules.calculation import plain
from app.services.accounts_payable.rules.codes import DEBIT_CODES
from app.services.accounts_payable.rules.germany import discounts

DAYS_IN_TERMS: Final = re.compile(r"\b(\d{1,3})\s*(?:kalendertag\w*|tag\w*|days?)\b", re.IGNORECASE)
AT_ONCE: Final = re.compile(r"\bsofort\b|\bimmediate", re.IGNORECASE)
STATUTORY_DAYS: Final = 30  # § 286 (3) BGB
INVOICE, CREDIT_NOTE = "invoice", "credit_note"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A JSON-able value and where it stood: `BT-112 /Invoice/…`; no place means: our suggestion."""

    value: Any
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the requester added to the file."""

    cost_centre: str = ""
    order_number: str = ""
    chart: Chart = Chart.SKR03


def propose(invoice: Invoice, *, order: Order) -> Mapping[str, Proposed]:
    """Every value of the booking. Amounts are decimal strings, dates ISO strings, as on the paper.

    A credit note keeps the positive amounts of its paper; `kind` tells that it gives money back.
    """
    return {**_who(invoice), **_when(invoice), **_how_much(invoice, order), **_where_to(invoice)}


def _read(invoice: Invoice, term: str, value: object) -> Proposed:
    place = str(invoice.place(term)) if value not in (None, "") else ""
    return Proposed("" if value is None else str(value), place)


def _read_or_none(invoice: Invoice, term: str, value: object) -> Proposed:
    """A date or amount: None, not an empty text, where the file does not say."""
    return Proposed(None) if value is None else _read(invoice, term, value)


def _who(invoice: Invoice) -> dict[str, Proposed]:
    seller = invoice.seller
    name = seller.name or seller.trading_name or ""
    gives_back = invoice.is_credit_note or (invoice.totals.gross or Decimal(0)) < 0
    return {
        "kind": Proposed(
            CREDIT_NOTE if gives_back else INVOICE, _read(invoice, "BT-3", invoice.type_code).place
        ),
        "supplier_name": _read(invoice, "BT-27" if seller.name else "BT-28", _one_line(name)),
        "supplier_vat_id": _read(invoice, "BT-31", seller.vat_id),
        "supplier_tax_number": _read(invoice, "BT-32", seller.tax_number),
        "creditor": Proposed(creditor_account(name)),
        "invoice_number": _read(invoice, "BT-1", invoice.id),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _when(invoice: Invoice) -> dict[str, Proposed]:
    due, place = due_date(invoice)
    return {
        "issue_date": _read_or_none(invoice, "BT-2", invoice.issue_date),
        "delivery_date": _read_or_none(invoice, "BT-72", invoice.delivered_on),
        "due_date": Proposed(None if due is None else due.isoformat(), place),
        **_discount(invoice),
    }


def due_date(invoice: Invoice) -> tuple[date | None, str]:
    """The day to pay and where it is said: stated, reckoned from the terms, or by law (30 days)."""
    if invoice.due_date:
        return invoice.due_date, str(invoice.place("BT-9"))
    if invoice.issue_date is None:
        return None, ""
    terms = invoice.terms or ""
    found = DAYS_IN_TERMS.findall(terms.partition("#SKONTO#")[0])
    if found:
        days = max(int(one) for one in found)
        return _after(invoice.issue_date, days), str(invoice.place("BT-20"))
    if AT_ONCE.search(terms):
        return invoice.issue_date, str(invoice.place("BT-20"))
    return _after(invoice.issue_date, STATUTORY_DAYS), ""


def _after(day: date, days: int) -> date | None:
    """So many days later; None where the calendar ends (a file may say 9999-12-31)."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _discount(invoice: Invoice) -> dict[str, Proposed]:
    """The first machine-readable cash discount."""
    found = discounts(invoice.terms)
    if not found or invoice.issue_date is None or not 0 <= found[0].days <= 365:
        return {"discount_percent": Proposed(""), "discount_until": Proposed(None)}
    place = str(invoice.place("BT-20"))
    until = _after(invoice.issue_date, found[0].days)
    return {
        "discount_percent": Proposed(f"{found[0].percent.normalize():f}", place),
        "discount_until": Proposed(until and until.isoformat(), place),
    }


def _how_much(invoice: Invoice, order: Order) -> dict[str, Proposed]:
    totals = invoice.totals
    amounts = {
        "net": ("BT-109", totals.net),
        "tax": ("BT-110", totals.tax if totals.tax is not None else _missing_tax(invoice)),
        "gross": ("BT-112", totals.gross),
        "payable": ("BT-115", totals.payable if totals.payable is not None else totals.gross),
    }
    values = {
        key: _read_or_none(
            invoice, term, None if amount is None else plain(_paper(invoice, amount))
        )
        for key, (term, amount) in amounts.items()
    }
    return {
        "currency": _read(invoice, "BT-5", invoice.currency),
        **values,
        "chart": Proposed(str(order.chart)),
        "bookings": Proposed(_bookings(invoice, order), str(invoice.place("BG-23", 1))),
        "order_number": Proposed(
            order.order_number or invoice.order_reference or "",
            "" if order.order_number else _read(invoice, "BT-13", invoice.order_reference).place,
        ),
        "cost_centre": Proposed(order.cost_centre),
    }


def _missing_tax(invoice: Invoice) -> Decimal | None:
    """An invoice without VAT may leave the total out."""
    totals = invoice.totals
    return None if totals.gross is None or totals.net is None else totals.gross - totals.net


def _paper(invoice: Invoice, amount: Decimal) -> Decimal:
    """Amounts of something that gives money back are positive, however its sender wrote them."""
    gross = invoice.totals.gross
    return -amount if gross is not None and gross < 0 else amount


def _bookings(invoice: Invoice, order: Order) -> list[dict[str, str]]:
    """One row per VAT rate: their nets and taxes add up to the invoice's totals exactly."""
    groups = invoice.vat or _single_group(invoice)
    return [_booking(invoice, group, order) for group in groups]


def _single_group(invoice: Invoice) -> tuple[VatGroup, ...]:
    """Where the file has no breakdown (profile MINIMUM), the totals are the one row."""
    if invoice.totals.net is None:
        return ()
    return (VatGroup(position=1, basis=invoice.totals.net, amount=invoice.totals.tax),)


def _booking(invoice: Invoice, group: VatGroup, order: Order) -> dict[str, str]:
    lines = [
        line
        for line in invoice.lines
        if line.counts and line.vat_category == group.category and line.vat_rate == group.rate
    ]
    net = _paper(invoice, group.basis or Decimal(0))
    tax = _paper(invoice, group.amount or Decimal(0))
    return {
        "account": account_of_lines(lines or invoice.lines).number(order.chart),
        "tax_key": tax_key(invoice, group.category, group.rate),
        "rate": "" if group.rate is None else f"{group.rate.normalize():f}",
        "net": plain(net),
        "tax": plain(tax),
    }


def _where_to(invoice: Invoice) -> dict[str, Proposed]:
    """An account that the supplier collects from is none to pay to."""
    payable = (one for one in invoice.payment if one.iban and one.code not in DEBIT_CODES)
    means = next(payable, None)
    position = means.position if means else 1
    iban = "".join((means.iban or "").split()) if means else ""
    place = str(invoice.place("BT-84", position)) if iban else ""
    bic = (means.bic or "") if means else ""
    payee = invoice.payee.name if invoice.payee else None
    return {
        "payee_name": _read(invoice, "BT-59", payee and _one_line(payee)),
        "iban": Proposed(iban, place),
        "bic": Proposed(bic, str(invoice.place("BT-86", position)) if bic else ""),
        "payment_reference": _read(invoice, "BT-83", invoice.remittance),
    }
