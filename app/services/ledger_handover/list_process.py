"""What happens inside the sandbox: a list of bookings (CSV or XLSX) becomes plain rows.

In: the file's bytes. Out: JSON. No database, no network, no secrets: see app.kernel.sandbox.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.kernel.numerals import decimal_sign, money_of
from app.kernel.tables import NotAList, read_list

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
    """`{"reason": "", "bookings": […], "faulty": [line, …]}`."""
    try:
        columns, rows = read_list(content, COLUMNS)
    except NotAList:
        return json.dumps({"reason": "LED-LIST"}).encode()
    missing = MUST_HAVE - columns
    if missing:
        wanted = ", ".join(COLUMNS[one][0] for one in sorted(missing))
        return json.dumps({"reason": "LED-COLUMNS", "detail": wanted}).encode()
    bookings, faulty = [], []
    decimal = decimal_sign(row.cells["amount"] for row in rows)
    for row in rows:
        booking = _booking(row.cells, decimal)
        if booking is None:
            faulty.append(row.line)
        else:
            bookings.append({**booking, "line": row.line})
    return json.dumps({"reason": "", "bookings": bookings, "faulty": faulty}).encode()


def _booking(cells: Mapping[str, str], decimal: str) -> dict[str, Any] | None:
    day, amount = _day(cells["booked_on"]), money_of(cells["amount"], decimal=decimal)
    if day is None or amount is None:
        return None
    return {
        "booked_on": day.isoformat(),
        "amount_minor": int(amount.scaleb(2)),
        "currency": cells.get("currency") or "EUR",
        **{key: cells.get(key, "") for key in ("debit", "credit", "tax_key", "reference")},
        **{key: cells.get(key, "") for key in ("text", "cost_centre")},
    }


def _day(text: str) -> date | None:
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
