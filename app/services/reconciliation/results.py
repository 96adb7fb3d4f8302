"""The result documents: the journal, what nobody could place, and a report to print."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.catalogue.result_files import Cell, csv_file
from app.catalogue.result_files import Sheet as Table
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.money import Money
from app.kernel.text import Text
from app.services.reconciliation.journal import Journal, decided, decisions_of, journal_of
from app.services.reconciliation.ledger import accounts_of

UNSAFE_NAME: Final = re.compile(r"[^\w.-]+")
_LINE: Final = (Text("Line"), Text("Booked on"), Text("Amount"), Text("Currency"))
JOURNAL: Final = (*_LINE, Text("Debit"), Text("Credit"), Text("Reference"), Text("Text"))
OPEN: Final = (*_LINE, Text("Name"), Text("Purpose"), Text("End-to-end reference"))
MOST_PRINTED: Final = 200
WORDS: Final = {
    "de": {
        "title": "Kontenabstimmung",
        "proof": "Nachweis der Salden",
        "account": "Konto",
        "number": "Auszug",
        "opening": "Anfangssaldo",
        "movement": "Umsätze",
        "closing": "Endsaldo",
        "kinds": "Zuordnung",
        "kind": "Art",
        "count": "Zeilen",
        "open": "Ungeklärt (auf Verrechnungskonto)",
        "date": "Datum",
        "party": "Name",
        "purpose": "Verwendungszweck",
        "amount": "Betrag",
        "none": "keine",
    },
    "en": {
        "title": "Reconciliation",
        "proof": "Proof of balances",
        "account": "Account",
        "number": "Statement",
        "opening": "Opening",
        "movement": "Movements",
        "closing": "Closing",
        "kinds": "How lines were matched",
        "kind": "Kind",
        "count": "Lines",
        "open": "Not placed (in clearing)",
        "date": "Date",
        "party": "Name",
        "purpose": "Purpose",
        "amount": "Amount",
        "none": "none",
    },
}
KINDS: Final = {
    "reference": ("eigene Referenz", "own reference"),
    "file": ("Zahlungsdatei", "payment file"),
    "number": ("Rechnungsnummer und Betrag", "invoice number and amount"),
    "discount": ("Rechnungsnummer, Skonto", "invoice number, cash discount"),
    "account": ("Konto und Betrag", "account and amount"),
    "name": ("Name und Betrag, bestätigt", "name and amount, confirmed"),
    "part": ("Teilzahlung, bestätigt", "part payment, confirmed"),
    "other_amount": ("anderer Betrag, bestätigt", "other amount, confirmed"),
    "charge": ("Bankentgelt", "bank charge"),
    "none": ("ungeklärt", "not placed"),
}


def statement_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """Journal and open list as CSV, the report as PDF."""
    lines = list(delivery.books.get("lines") or ())
    decisions = decisions_of(delivery.values.get("doubtful") or ())
    journal = journal_of(lines, decisions, accounts=accounts_of(delivery.values))
    by_position = {line["position"]: line for line in lines}
    unplaced = [by_position[position] for position in journal.in_clearing]
    kinds = Counter(
        decided(line["match"], decisions.get(line["position"]))["kind"] for line in lines
    )
    name = UNSAFE_NAME.sub("-", delivery.number)
    report = printed(_report(delivery, kinds, unplaced))
    return (
        csv_file(
            f"{name}-journal.csv",
            Table(
                title=Text("Journal"),
                headings=JOURNAL,
                rows=list(_journal_rows(journal, by_position)),
            ),
            locale=delivery.client_locale,
        ),
        csv_file(
            f"{name}-open.csv",
            Table(
                title=Text("Open items"), headings=OPEN, rows=[_open_row(one) for one in unplaced]
            ),
            locale=delivery.client_locale,
        ),
        ResultDocument(name=f"{name}-report.pdf", media_type="application/pdf", content=report),
    )


def _journal_rows(
    journal: Journal, by_position: Mapping[int, Mapping[str, Any]]
) -> Iterable[Sequence[Cell]]:
    for one in journal.entries:
        line = by_position[one.position]
        amount = Money(one.amount, line["currency"]).major
        yield (
            one.position + 1,
            date.fromisoformat(line["booked_on"]),
            amount,
            line["currency"],
            one.debit,
            one.credit,
            one.reference,
            one.text,
        )


def _open_row(line: Mapping[str, Any]) -> Sequence[Cell]:
    amount = Money(line["amount_minor"], line["currency"]).major
    booked_on = date.fromisoformat(line["booked_on"])
    head = (line["position"] + 1, booked_on, amount, line["currency"])
    return (*head, line["party"], line["purpose"], line["end_to_end_id"])


def _report(
    delivery: DeliveryInput, kinds: Counter[str], unplaced: Sequence[Mapping[str, Any]]
) -> Sheet:
    german = delivery.client_locale.startswith("de")
    words = WORDS["de" if german else "en"]
    columns = tuple(
        Column(
            label=words[key], right=key in ("opening", "movement", "closing"), wide=key == "account"
        )
        for key in ("account", "number", "opening", "movement", "closing")
    )
    proof = tuple(
        (
            row["account"],
            row["number"],
            *(_money(row[key], german=german) for key in ("opening", "movement", "closing")),
        )
        for row in delivery.values.get("statements") or ()
    )
    return Sheet(
        title=words["title"],
        language="de" if german else "en",
        recipient=(delivery.client_name,),
        facts=(("Nr.", delivery.number), (words["count"], str(kinds.total()))),
        tables=(
            PrintedTable(columns=columns, rows=proof[:MOST_PRINTED], heading=words["proof"]),
            _kinds_table(kinds, words, german=german),
            _open_table(unplaced, words, german=german),
        ),
        footer=delivery.number,
    )


def _kinds_table(kinds: Counter[str], words: Mapping[str, str], *, german: bool) -> PrintedTable:
    return PrintedTable(
        heading=words["kinds"],
        columns=(Column(label=words["kind"], wide=True), Column(label=words["count"], right=True)),
        rows=tuple(
            (KINDS.get(kind, (kind, kind))[0 if german else 1], str(count))
            for kind, count in kinds.most_common()
        ),
    )


def _open_table(
    unplaced: Sequence[Mapping[str, Any]], words: Mapping[str, str], *, german: bool
) -> PrintedTable:
    rows = tuple(
        (
            _day(line["booked_on"], german=german),
            line["party"],
            line["purpose"][:90],
            _money(Money(line["amount_minor"], line["currency"]).major, german=german),
        )
        for line in unplaced[:MOST_PRINTED]
    )
    return PrintedTable(
        heading=words["open"],
        columns=(
            Column(label=words["date"]),
            Column(label=words["party"]),
            Column(label=words["purpose"], wide=True),
            Column(label=words["amount"], right=True),
        ),
        rows=rows or ((words["none"], "", "", ""),),
    )


def _money(amount: object, *, german: bool) -> str:
    if amount in (None, ""):
        return ""
    text = f"{Decimal(str(amount)):,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if german else text


def _day(text: str, *, german: bool) -> str:
    return f"{date.fromisoformat(text):%d.%m.%Y}" if german else text
