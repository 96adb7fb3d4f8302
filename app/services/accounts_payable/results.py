"""The result documents: the booking proposal as CSV and JSON, made from the approved values."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.result_files import Cell, csv_file
from app.catalogue.result_files import Sheet as Table
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.text import Text
from app.services.accounts_payable.proposal import CREDIT_NOTE, INVOICE
from app.services.accounts_payable.rules.calculation import plain
from app.services.accounts_payable.schemas import BookingRow, SupplierInvoiceValues

COLUMNS: Final = (
    "work_item",
    "kind",
    "creditor",
    "supplier_name",
    "supplier_vat_id",
    "invoice_number",
    "issue_date",
    "delivery_date",
    "due_date",
    "account",
    "tax_key",
    "rate",
    "net",
    "tax",
    "gross",
    "currency",
    "cost_centre",
    "order_number",
    "payee_name",
    "iban",
    "bic",
    "payment_reference",
    "discount_percent",
    "discount_until",
)
AMOUNTS: Final = frozenset({"net", "tax", "gross", "rate", "discount_percent"})
DAYS: Final = frozenset({"issue_date", "delivery_date", "due_date", "discount_until"})
KINDS: Final = {INVOICE: "Invoice", CREDIT_NOTE: "Credit note"}
LABELS: Final = {
    **{
        name: one.metadata["label"]
        for schema in (SupplierInvoiceValues, BookingRow)
        for name, one in schema().fields.items()
    },
    "work_item": "Number",
    "gross": "Gross",
}
"""What a column is called."""
HEADER_AMOUNTS: Final = ("net", "tax", "gross", "payable")
UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")


def booking_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """CSV and JSON. Amounts of a credit note are negative, so that columns can be added up."""
    name = UNSAFE_NAME.sub("-", f"{delivery.number}-booking")
    return (
        csv_file(f"{name}.csv", _table(delivery), locale=delivery.client_locale),
        ResultDocument(name=f"{name}.json", media_type="application/json", content=_json(delivery)),
    )


def _sign(values: Mapping[str, Any]) -> int:
    return -1 if values.get("kind") == CREDIT_NOTE else 1


def _amount(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def _rows(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The booking rows, signed, each with its gross."""
    sign = _sign(values)
    rows = []
    for row in values.get("bookings") or ():
        net, tax = sign * _amount(row.get("net")), sign * _amount(row.get("tax"))
        rows.append({**row, "net": plain(net), "tax": plain(tax), "gross": plain(net + tax)})
    return rows


def _table(delivery: DeliveryInput) -> Table:
    rows = (
        {**delivery.values, **row, "work_item": delivery.number} for row in _rows(delivery.values)
    )
    return Table(
        title=Text("Booking"),
        headings=[Text(LABELS[name]) for name in COLUMNS],
        rows=[[_cell(name, cells.get(name)) for name in COLUMNS] for cells in rows],
    )


def _cell(name: str, value: object) -> Cell:
    """Amounts, days and the kind as such: the file writes them as its reader does."""
    if value in (None, ""):
        return None
    text = str(value)
    if name in AMOUNTS:
        return Decimal(text.replace(",", "."))
    if name in DAYS:
        return date.fromisoformat(text)
    return Text(KINDS[text]) if name == "kind" else text


def _json(delivery: DeliveryInput) -> bytes:
    """Amounts are strings: no reader turns them into binary fractions."""
    values, sign = delivery.values, _sign(delivery.values)
    header = {
        key: plain(sign * _amount(value)) if key in HEADER_AMOUNTS and value else value
        for key, value in values.items()
        if key != "bookings"
    }
    content = {
        "work_item": delivery.number,
        "client": delivery.client_name,
        **header,
        "bookings": _rows(values),
        "documents": [one.name for one in delivery.documents],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=str).encode() + b"\n"
