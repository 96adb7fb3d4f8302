"""Which open items a run pays: due until a day, or while their cash discount lasts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.catalogue.steps import Severity
from app.kernel.money import Money
from app.services.payments.rules import iban_fault

Said = tuple[str, Severity, dict[str, Any]]
MARK: Final = "KTR"
"""Begins the end-to-end reference of an open item; its id follows (35 characters together)."""


def reference_of(open_item_id: UUID) -> str:
    """The end-to-end reference under which an open item is paid."""
    return f"{MARK}{open_item_id.hex.upper()}"


def open_item_of(reference: str) -> UUID | None:
    """The open item that such a reference pays."""
    try:
        return UUID(reference[len(MARK) :]) if reference.startswith(MARK) else None
    except ValueError:
        return None


def due_rows(
    items: Iterable[Mapping[str, Any]], *, payload: Mapping[str, Any], day: date
) -> tuple[list[dict[str, Any]], list[Said]]:
    """Rows of payments, and what a person should know about items that are not among them."""
    rows: list[dict[str, Any]] = []
    said: list[Said] = []
    until = date.fromisoformat(payload["due_until"]) if payload.get("due_until") else day
    for item in items:
        discount = _discount(item, payload, day)
        if date.fromisoformat(item["due_on"]) > until and not discount:
            continue
        known = {"party": item["party"], "reference": item["reference"]}
        owed = Money(item["open_minor"], item["currency"])
        if item["currency"] != "EUR":
            said.append(("PAY-OTHER-CURRENCY", Severity.WARNING, known))
        elif owed.minor < 0:
            back = {"amount": f"{-owed.major:.2f}", "currency": owed.currency}
            said.append(("PAY-CREDIT-NOTE", Severity.WARNING, known | back))
        elif iban_fault(item["iban"]):
            said.append(("PAY-NO-IBAN", Severity.WARNING, known))
        else:
            if discount:
                saved = {"amount": f"{Money(discount, 'EUR').major:.2f}", **known}
                said.append(("PAY-DISCOUNT", Severity.INFO, saved))
            rows.append(_row(item, owed + Money(-discount, "EUR")))
    return rows, said


def _discount(item: Mapping[str, Any], payload: Mapping[str, Any], day: date) -> int:
    """Cash discount in cents; none on what is partly paid."""
    until = item.get("discount_until")
    if not payload.get("take_discount") or not until or date.fromisoformat(until) < day:
        return 0
    return int(item["discount_minor"]) if item["open_minor"] == item["amount_minor"] > 0 else 0


def _row(item: Mapping[str, Any], amount: Money) -> dict[str, Any]:
    return {
        "name": item["party"],
        "iban": item["iban"],
        "amount": f"{amount.major:.2f}",
        "purpose": item["purpose"] or item["reference"],
        "end_to_end_id": reference_of(UUID(item["id"])),
        "bic": item["bic"],
    }
