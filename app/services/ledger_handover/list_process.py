"""What happens inside the sandbox: a list of bookings (CSV or XLSX) becomes plain rows.

In: the file's bytes. Out: JSON. No database, no network, no secrets: see app.kernel.sandbox.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.catalogue.rows import as_date
from app.kernel.numerals import decimal_sign, money_of
from app.kernel.tables import read_list
from app.services.ledger_handover.batches import batch_rows, is_batch

COLUMNS: Final = {
    "booked_on": ("Belegdatum", "Buchungsdatum", "Datum", "Date"),
    "amount": ("Betrag", "Umsatz"),
    "debit": ("Soll", "Sollkonto", "Konto", "Debit"),
    "credit": ("Haben", "Habenkonto", "Gegenkonto", "Credit"),
    "tax_key": ("Steuerschlüssel", "BU-Schlüssel", "BU", "Tax key"),
    "reference": ("Belegnummer", "Belegfeld 1", "Beleg", "Reference"),
    "text": ("Buchungstext", "Text", "Bezeichnung"),
    "cost_centre": ("Kostenstelle", "KOST1", "Cost centre"),
    "currency": ("Währung", "WKZ"),
}
MUST_HAVE: Final = frozenset({"booked_on", "amount", "debit", "credit"})


def read(content: bytes) -> bytes:
    """`{"reason": "", "bookings": […], "faulty": [line, …], "longer": [line, …]}`."""
    try:
        if is_batch(content):
            return _of_batch(content)
        columns, rows = read_list(content, COLUMNS)
    except ValueError:  # NotAList is one
        return json.dumps({"reason": "LED-LIST"}).encode()
    missing = MUST_HAVE - columns
    if missing:
        wanted = ", ".join(COLUMNS[one][0] for one in sorted(missing))
        return json.dumps({"reason": "LED-COLUMNS", "detail": wanted}).encode()
    decimal = decimal_sign(row.cells["amount"] for row in rows if not row.is_longer)
    longer = [row.line for row in rows if row.is_longer]
    return _answer([(one.line, one.cells) for one in rows if not one.is_longer], decimal, longer)


def _of_batch(content: bytes) -> bytes:
    """Raises ValueError where it is none."""
    return _answer(list(batch_rows(content)), ",", [])


def _answer(
    rows: Sequence[tuple[int, Mapping[str, str]]], decimal: str, longer: Sequence[int]
) -> bytes:
    bookings, faulty = [], []
    for line, cells in rows:
        booking = _booking(cells, decimal)
        if booking is None:
            faulty.append(line)
        else:
            bookings.append({**booking, "line": line})
    told = {"reason": "", "bookings": bookings, "faulty": faulty, "longer": longer}
    return json.dumps(told).encode()


def _booking(cells: Mapping[str, str], decimal: str) -> dict[str, Any] | None:
    day, amount = as_date(cells["booked_on"]), money_of(cells["amount"], decimal=decimal)
    if day is None or amount is None:
        return None
    return {
        "booked_on": day.isoformat(),
        "amount_minor": int(amount.scaleb(2)),
        "currency": cells.get("currency") or "EUR",
        **{key: cells.get(key, "") for key in ("debit", "credit", "tax_key", "reference")},
        **{key: cells.get(key, "") for key in ("text", "cost_centre")},
    }
