"""What happens inside the sandbox: a list of payments (CSV or XLSX) becomes rows of texts.

In: the file's bytes. Out: JSON. No database, no network, no secrets: see app.kernel.sandbox.
"""

import json
from typing import Any, Final

from app.kernel.numerals import decimal_sign
from app.kernel.tables import NotAList, read_headed

COLUMNS: Final = {
    "name": (
        "Empfänger",
        "Zahlungsempfänger",
        "Begünstigter",
        "Zahlungspflichtiger",
        "Payee",
        "Recipient",
        "Creditor",
        "Debtor",
    ),
    "iban": ("Kontonummer", "Konto", "Account"),
    "bic": ("SWIFT",),
    "amount": ("Betrag", "Betrag EUR", "Betrag in EUR", "Summe"),
    "currency": ("Währung", "Waehrung", "Ccy"),
    "purpose": ("Verwendungszweck", "Zweck", "Reference", "Remittance", "Description"),
    "end_to_end_id": (
        "EndToEndId",
        "End-to-End-Referenz",
        "End-to-end reference",
        "Kundenreferenz",
    ),
    "street": ("Straße", "Strasse"),
    "building": ("Hausnummer", "House number"),
    "postcode": ("PLZ", "Postleitzahl", "Zip"),
    "town": ("Ort", "Stadt", "City"),
    "country": ("Land", "Ländercode"),
    "address": ("Anschrift", "Adresse", "Adresszeile", "Address line"),
    "mandate_id": ("Mandatsreferenz", "Mandate reference", "Mandat"),
    "mandate_date": ("Mandatsdatum", "Mandate signed on", "Unterschrieben am"),
    "sequence": ("Sequenz", "Sequenztyp", "Sequence"),
}


def read(content: bytes) -> bytes:
    """`{"columns": {name: heading}, "decimal": ",", "rows": [[line, {…}, is longer], …]}` or
    `{"reason": "…"}`.
    """
    try:
        found, rows = read_headed(content, COLUMNS)
    except NotAList as reason:
        return json.dumps({"reason": str(reason)}).encode()
    answer: dict[str, Any] = {
        "columns": found,
        "decimal": decimal_sign(row.cells.get("amount", "") for row in rows),
        "rows": [[row.line, dict(row.cells), row.is_longer] for row in rows],
    }
    return json.dumps(answer).encode()
