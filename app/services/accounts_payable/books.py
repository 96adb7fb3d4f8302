"""An accepted invoice in the client's books: an open item, and one booking for each VAT rate."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.books import actions as books
from app.books.entries import BookingEntry, OpenEntry
from app.books.models import OpenKind
from app.catalogue.service import BookKeeping
from app.catalogue.steps import Deed
from app.kernel.money import Money
from app.services.accounts_payable.proposal import CREDIT_NOTE

UNKNOWN_CREDITOR: Final = "79999"
"""Collective account of creditors nobody has numbered yet (70000-99999 are creditors)."""


def write(deed: Deed) -> None:
    """Called when the client accepts the invoice."""
    entry = open_entry(deed.values)
    if entry is not None:
        books.owe(
            item_id=deed.item_id,
            number=deed.number,
            kind=OpenKind.PAYABLE,
            entry=entry,
            replaces=deed.replaces,
        )
    books.book(
        item_id=deed.item_id,
        number=deed.number,
        entries=booking_entries(deed.values),
        replaces=deed.replaces,
    )


def open_entry(values: Mapping[str, Any]) -> OpenEntry | None:
    """What is to be paid; None where nothing is (paid in advance)."""
    sign = -1 if values.get("kind") == CREDIT_NOTE else 1
    currency = str(values.get("currency") or "EUR")
    amount = sign * _minor(values["payable"], currency)
    if amount == 0:
        return None
    issued = date.fromisoformat(values["issue_date"])
    percent = Decimal(str(values.get("discount_percent") or "0").replace(",", "."))
    until = values.get("discount_until")
    return OpenEntry(
        account=str(values.get("creditor") or UNKNOWN_CREDITOR),
        party=str(values.get("payee_name") or values["supplier_name"]),
        reference=str(values["invoice_number"]),
        issued_on=issued,
        due_on=date.fromisoformat(values["due_date"]) if values.get("due_date") else issued,
        amount_minor=amount,
        currency=currency,
        iban="".join(str(values.get("iban") or "").split()),
        bic=str(values.get("bic") or ""),
        purpose=str(values.get("payment_reference") or ""),
        discount_minor=Money(amount, currency).times(percent / 100).minor,
        discount_until=date.fromisoformat(until) if until else None,
    )


def booking_entries(values: Mapping[str, Any]) -> list[BookingEntry]:
    """Expense against creditor, gross with the tax key (the tax is split off by it)."""
    currency = str(values.get("currency") or "EUR")
    creditor = str(values.get("creditor") or UNKNOWN_CREDITOR)
    found = []
    for row in values.get("bookings") or ():
        gross = _minor(row["net"], currency) + _minor(row["tax"], currency)
        gives_back = (values.get("kind") == CREDIT_NOTE) != (gross < 0)
        debit, credit = (creditor, row["account"]) if gives_back else (row["account"], creditor)
        if gross == 0:
            continue
        found.append(
            BookingEntry(
                booked_on=date.fromisoformat(values["issue_date"]),
                amount_minor=abs(gross),
                currency=currency,
                debit=debit,
                credit=credit,
                tax_key=str(row.get("tax_key") or ""),
                reference=str(values["invoice_number"]),
                text=str(values["supplier_name"]),
                cost_centre=str(values.get("cost_centre") or ""),
            )
        )
    return found


def _minor(amount: object, currency: str) -> int:
    return Money.of(Decimal(str(amount)), currency).minor


KEEPING: Final = BookKeeping(accepted=write)
