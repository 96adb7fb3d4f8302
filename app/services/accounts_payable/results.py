"""The result documents: the booking proposal as CSV and JSON, made from the approved values."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.catalogue.steps import DeliveryInput, ResultDocument
from app.services.accounts_payable.proposal import CREDIT_NOTE
from app.services.accounts_payable.rules.calculation import plain

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
HEADER_AMOUNTS: Final = ("net", "tax", "gross", "payable")
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")


def booking_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """CSV and JSON. Amounts of a credit note are negative, so that columns can be added up."""
    name = UNSAFE_NAME.sub("-", f"{delivery.number}-booking")
    return (
        ResultDocument(name=f"{name}.csv", media_type="text/csv", content=_csv(delivery)),
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


def _csv(delivery: DeliveryInput) -> bytes:
    """`;` and a byte order mark: what a German Excel opens by a double click."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    comma = delivery.client_locale.lower().startswith("de")
    for row in _rows(delivery.values):
        cells = {**delivery.values, **row, "work_item": delivery.number}
        writer.writerow([_cell(name, cells.get(name), comma=comma) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _cell(name: str, value: object, *, comma: bool) -> str:
    text = "" if value is None else str(value)
    if name in AMOUNTS:
        return text.replace(".", ",") if comma else text
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


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
