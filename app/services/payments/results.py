"""The result documents: the bank's file, a slip to sign, and the payments as a list."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.books.pain import DEBIT, TRANSFER, debit_file, transfer_file
from app.catalogue.result_files import Sheet as Table
from app.catalogue.result_files import csv_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.clock import now
from app.kernel.text import Text
from app.services.payments.schemas import LABELS

UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")
COLUMNS: Final = ("name", "iban", "bic", "amount", "purpose", "end_to_end_id")
WORDS: Final = {
    "de": {
        "slip": "Begleitzettel",
        "number": "Nr.",
        TRANSFER: "Sammelüberweisung",
        DEBIT: "Sammellastschrift",
        "holder": "Kontoinhaber",
        "day": "Ausführung am",
        "count": "Anzahl",
        "total": "Summe",
        "file": "Datei",
        "hash": "SHA-256",
        "name": "Name",
        "purpose": "Verwendungszweck",
        "amount": "Betrag EUR",
        "sign": "Geprüft im Vier-Augen-Prinzip. Freigabe bei der Bank: Datum, Unterschrift",
    },
    "en": {
        "slip": "Slip",
        "number": "No.",
        TRANSFER: "Credit transfers",
        DEBIT: "Direct debits",
        "holder": "Account holder",
        "day": "Execution on",
        "count": "Payments",
        "total": "Total",
        "file": "File",
        "hash": "SHA-256",
        "name": "Name",
        "purpose": "Purpose",
        "amount": "Amount EUR",
        "sign": "Checked by two people. Release at the bank: date, signature",
    },
}


def transfer_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """pain.001, slip, list."""
    content = transfer_file(
        delivery.values, delivery.values["payments"], number=_safe(delivery.number), at=now()
    )
    return _documents(delivery, content, schema=TRANSFER)


def debit_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """pain.008, slip, list."""
    content = debit_file(
        delivery.values, delivery.values["payments"], number=_safe(delivery.number), at=now()
    )
    return _documents(delivery, content, schema=DEBIT)


def _safe(text: str) -> str:
    return UNSAFE_NAME.sub("-", text)


def _documents(
    delivery: DeliveryInput, content: bytes, *, schema: str
) -> tuple[ResultDocument, ...]:
    name = f"{_safe(delivery.number)}-{schema}"
    slip = printed(_slip(delivery, content, file=f"{name}.xml", schema=schema))
    return (
        ResultDocument(name=f"{name}.xml", media_type="application/xml", content=content),
        ResultDocument(name=f"{name}.pdf", media_type="application/pdf", content=slip),
        csv_file(f"{name}.csv", _list(delivery), locale=delivery.client_locale),
    )


def _slip(delivery: DeliveryInput, content: bytes, *, file: str, schema: str) -> Sheet:
    values = delivery.values
    language = "de" if delivery.client_locale.startswith("de") else "en"
    words = WORDS[language]
    digest = hashlib.sha256(content).hexdigest()
    rows = tuple(
        (
            row["name"],
            _spaced(row["iban"]),
            row.get("purpose") or "",
            _money(row["amount"], language),
        )
        for row in values["payments"]
    )
    return Sheet(
        title=f"{words['slip']}: {words[schema]}",
        language=language,
        recipient=tuple(
            dict.fromkeys((delivery.client_name, values["account_holder"], _spaced(values["iban"])))
        ),
        facts=(
            (words["number"], delivery.number),
            (words["day"], _day(values["execution_date"], language)),
            (words["count"], str(len(rows))),
            (words["total"], f"{_money(values['total'], language)} EUR"),
        ),
        opening=(f"{words['file']}: {file}", f"{words['hash']}: {digest[:32]} {digest[32:]}"),
        tables=(
            PrintedTable(
                columns=(
                    Column(label=words["name"]),
                    Column(label="IBAN"),
                    Column(label=words["purpose"], wide=True),
                    Column(label=words["amount"], right=True),
                ),
                rows=rows,
                totals=((words["total"], "", "", _money(values["total"], language)),),
            ),
        ),
        closing=(f"{words['sign']} ______________________________",),
        footer=f"{delivery.number} · {file}",
    )


def _list(delivery: DeliveryInput) -> Table:
    return Table(
        title=Text("Payments"),
        headings=[Text(LABELS[key]) for key in COLUMNS],
        rows=[[_cell(key, row) for key in COLUMNS] for row in delivery.values["payments"]],
    )


def _cell(key: str, row: Mapping[str, Any]) -> str | Decimal:
    return Decimal(str(row[key])) if key == "amount" else str(row.get(key) or "")


def _money(amount: object, language: str) -> str:
    text = f"{Decimal(str(amount)):,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def _day(text: str, language: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%d.%m.%Y}" if language == "de" else f"{day:%d %b %Y}"


def _spaced(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
