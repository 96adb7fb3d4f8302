"""What happens inside the sandbox: a file of statements becomes plain rows.

In: one line of JSON with the file's name, then its bytes. Out: JSON. No database, no network, no
secrets: see app.kernel.sandbox.
"""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.kernel.tables import NotAList, read_list
from app.services.reconciliation.bank_csv import is_statement, read_bank_csv
from app.services.reconciliation.camt import read_camt
from app.services.reconciliation.mt940 import read_mt940
from app.services.reconciliation.statement import Reading, Statement

OPEN_COLUMNS: Final = {
    "number": ("Rechnungsnummer", "Belegnummer", "Invoice", "Invoice number", "Beleg", "Nummer"),
    "party": ("Kunde", "Debitor", "Name", "Customer", "Lieferant", "Kreditor"),
    "account": ("Konto", "Debitorenkonto", "Personenkonto"),
    "iban": (),
    "amount": ("Betrag", "Offen", "Offener Betrag", "Open"),
    "due": ("Fällig", "Fälligkeit", "Due", "Fällig am"),
    "currency": ("Währung",),
}


def request(content: bytes, *, filename: str) -> bytes:
    """The bytes that `read_document` understands."""
    return json.dumps({"filename": filename}).encode() + b"\n" + content


def read_document(payload: bytes) -> bytes:
    """Statements, or a list of open items. Never raises for a broken file."""
    head, _, content = payload.partition(b"\n")
    filename = str(json.loads(head)["filename"]).lower()
    table = filename.endswith((".csv", ".xlsx"))
    if table and not is_statement(content):
        return json.dumps(_open_list(content)).encode()
    reading = read_bank_csv(content) if table else read_statements(content)
    return json.dumps(
        {
            "reason": reading.reason,
            "detail": reading.detail,
            "notes": reading.notes[:50],
            "statements": [_plain(one) for one in reading.statements],
        }
    ).encode()


def read_statements(content: bytes) -> Reading:
    """camt where the file is XML, else MT940."""
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return read_camt(content) if start == b"<" else read_mt940(content)


def _plain(statement: Statement) -> dict[str, Any]:
    said = {
        "account": statement.account,
        "number": statement.number,
        "currency": statement.currency,
        "opening": _text(statement.opening),
        "closing": _text(statement.closing),
        "movement": _text(statement.movement),
        "balances": statement.balances,
        "difference": _text(statement.difference),
        "turned": statement.reversed_by_balance,
    }
    return {**said, "lines": [_values(asdict(line)) for line in statement.lines]}


def _values(line: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat()
        if isinstance(value, date)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for key, value in line.items()
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _open_list(content: bytes) -> dict[str, Any]:
    try:
        columns, rows = read_list(content, OPEN_COLUMNS)
    except NotAList:
        return {"reason": "REC-OPEN-LIST", "detail": ""}
    missing = {"number", "party", "amount"} - columns
    if missing:
        return {"reason": "REC-OPEN-COLUMNS", "detail": ", ".join(sorted(missing))}
    return {"reason": "", "open": [[row.line, dict(row.cells)] for row in rows]}
