"""Reads the files of a case: policy, bill and statement as CSV or XLSX, and FHIR in JSON."""

from collections.abc import Sequence
from typing import Final

from app.catalogue.fhir import resources
from app.catalogue.rows import Column, Table, at, heads, read_table
from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.services.insurance_claims import fhir_claims
from app.services.insurance_claims.case import Case
from app.services.insurance_claims.comparing import Billed, Paid

_LINE: Final = (
    Column(key="day", names=("Datum", "Behandlungsdatum", "Leistungsdatum", "Date"), kind="date"),
    Column(key="number", names=("Ziffer", "Nummer", "GOÄ", "GOÄ-Ziffer", "Position", "Code")),
)
BILL: Final = (
    *_LINE,
    Column(key="service", names=("Leistung", "Bezeichnung", "Text")),
    Column(
        key="amount",
        names=("Betrag", "Rechnungsbetrag", "Honorar", "EUR"),
        kind="amount",
        required=True,
    ),
)
STATEMENT: Final = (
    *_LINE,
    Column(
        key="amount",
        names=("Eingereicht", "Betrag", "Rechnungsbetrag", "Eingereichter Betrag", "Claimed"),
        kind="amount",
    ),
    Column(
        key="paid",
        names=("Erstattet", "Erstattung", "Erstattungsbetrag", "Gezahlt", "Leistungsbetrag"),
        kind="amount",
        required=True,
    ),
    Column(key="reason", names=("Grund", "Begründung", "Hinweis", "Bemerkung", "Note")),
)
POLICY: Final = (
    Column(
        key="policy_number",
        names=("Versicherungsnummer", "Vertragsnummer", "Versichertennummer"),
        required=True,
    ),
    Column(key="insurer", names=("Versicherer", "Versicherung", "Krankenkasse", "Kasse")),
    Column(key="insurer_street", names=("Straße", "Street")),
    Column(key="insurer_town", names=("Ort", "PLZ Ort", "Town")),
    Column(key="patient", names=("Versicherter", "Versicherte Person", "Name")),
    Column(key="birth_date", names=("Geburtsdatum", "Geboren"), kind="date"),
    Column(key="percent", names=("Erstattungssatz", "Prozent", "Tarif Prozent"), kind="amount"),
    Column(
        key="deductible",
        names=("Selbstbehalt", "Selbstbehalt offen", "Selbstbeteiligung"),
        kind="amount",
    ),
)
TABLES: Final = (".csv", ".xlsx", ".txt")


def read_files(case: Case, documents: Sequence[StepDocument]) -> list[StepFinding]:
    """Put into the case what the files tell; a file's own marks go by its headings."""
    findings: list[StepFinding] = []
    by_file = {
        document.id: resources(document.content)
        for document in documents
        if document.name.lower().endswith(".json")
    }
    among = [one for found in by_file.values() for one in found or ()]
    for document in documents:
        if document.id in by_file:
            found = by_file[document.id]
            if found is None:
                findings.append(at(document, "IC-NOT-FHIR", Severity.ERROR))
            elif not fhir_claims.read(case, found, document.name, among=among):
                findings.append(at(document, "IC-NOTHING-KNOWN", Severity.WARNING))
        elif document.name.lower().endswith(TABLES):
            findings += _read_table(case, document)
    return findings


def _read_table(case: Case, document: StepDocument) -> Sequence[StepFinding]:
    found = heads(document, (*STATEMENT, *POLICY))
    if "paid" in found:
        return _statement(case, read_table(document, STATEMENT))
    if "policy_number" in found:
        return _policy(case, read_table(document, POLICY))
    return _bill(case, read_table(document, BILL))


def _bill(case: Case, table: Table) -> Sequence[StepFinding]:
    for row in table.rows:
        case.billed.append(
            Billed(
                place=f"{table.document.name}:{row.line}",
                day=row["day"],
                number=(row["number"] or "")[:20],
                service=(row["service"] or "")[:200],
                amount=row["amount"],
            )
        )
    return table.findings


def _statement(case: Case, table: Table) -> Sequence[StepFinding]:
    case.has_statement = case.has_statement or bool(table.rows)
    for row in table.rows:
        case.paid.append(
            Paid(
                place=f"{table.document.name}:{row.line}",
                day=row["day"],
                number=(row["number"] or "")[:20],
                amount=row["amount"],
                paid=row["paid"],
                reason=(row["reason"] or "")[:300],
            )
        )
    return table.findings


def _policy(case: Case, table: Table) -> Sequence[StepFinding]:
    case.has_policy = case.has_policy or bool(table.rows)
    for row in table.rows[:1]:
        for column in POLICY:
            value = row[column.key]
            case.note(column.key, value if value is None or column.kind != "amount" else f"{value}")
    return table.findings
