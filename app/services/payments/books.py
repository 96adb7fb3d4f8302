"""A payment run in the client's books: what is due is read, what was approved is ordered."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.books import actions as books
from app.books import queries
from app.books.entries import PaymentEntry
from app.books.models import OpenKind
from app.catalogue.service import BookKeeping
from app.catalogue.steps import Deed
from app.kernel.money import Money
from app.services.payments.due import open_item_of


def gather(deed: Deed) -> Mapping[str, Any]:
    """Supplier invoices that are not paid and not ordered to be paid."""
    if not deed.payload.get("from_books"):
        return {}
    return {
        "open_items": [
            {
                "id": str(one.id),
                "party": one.party,
                "iban": one.iban,
                "bic": one.bic,
                "reference": one.reference,
                "purpose": one.purpose,
                "due_on": one.due_on.isoformat(),
                "discount_minor": one.discount_minor,
                "discount_until": one.discount_until and one.discount_until.isoformat(),
                "amount_minor": one.amount_minor,
                "open_minor": one.amount_minor - one.paid_minor,
                "currency": one.currency,
            }
            for one in queries.open_items(kind=OpenKind.PAYABLE, ordered=False)
        ]
    }


def order_transfers(deed: Deed) -> None:
    """Approved: nobody proposes these again."""
    _order(deed, sign=-1)


def order_debits(deed: Deed) -> None:
    """Approved: this money is expected."""
    _order(deed, sign=1)


def _order(deed: Deed, *, sign: int) -> None:
    entries = []
    for row in deed.values["payments"]:
        amount = Money.of(Decimal(str(row["amount"])), "EUR").minor
        entries.append(
            PaymentEntry(
                end_to_end_id=row["end_to_end_id"],
                party=row["name"],
                iban=row["iban"],
                amount_minor=sign * amount,
                currency="EUR",
                execute_on=date.fromisoformat(deed.values["execution_date"]),
                open_item_id=open_item_of(row["end_to_end_id"]),
            )
        )
    if deed.replaces is not None:
        books.forget_payments(item_id=deed.replaces)
    books.order_payments(item_id=deed.item_id, number=deed.number, entries=entries)


def forget(deed: Deed) -> None:
    """The client sent it back, or it was cancelled: the invoices are open again."""
    books.forget_payments(item_id=deed.item_id)


TRANSFERS: Final = BookKeeping(gather=gather, delivered=order_transfers, taken_back=forget)
DEBITS: Final = BookKeeping(delivered=order_debits, taken_back=forget)
