"""Files and order become a bill, checked line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.fhir import resources as fhir_resources
from app.catalogue.rows import Column, read_table
from app.catalogue.steps import Severity, StepDocument
from app.services.patient_billing import fhir_reading
from app.services.patient_billing.fhir_reading import ReadBill
from app.services.patient_billing.findings import finding
from app.services.patient_billing.rules import Bill, Line, check, line_of, total_due

COLUMNS: Final = (
    Column(
        key="day",
        names=("Datum", "date", "behandlungsdatum", "leistungsdatum"),
        kind="date",
        required=True,
    ),
    Column(
        key="number",
        names=("GOÄ-Nummer", "goä", "goae", "nummer", "ziffer", "gebührennummer"),
        required=True,
    ),
    Column(key="factor", names=("Faktor", "steigerungssatz", "satz"), kind="amount", strict=True),
    Column(key="count", names=("Anzahl", "menge", "quantity"), kind="whole", strict=True),
    Column(key="reason", names=("Begründung", "begruendung")),
    Column(key="time", names=("Uhrzeit", "zeit")),
)
HEAD: Final = (
    "patient", "birth_date", "street", "town", "invoice_number", "invoice_date", "payable_by",
    "diagnosis", "practice_street", "practice_town", "iban",
)  # fmt: skip
NEEDED: Final[Mapping[str, str]] = {
    "patient": "PB-WITHOUT-PATIENT",
    "street": "PB-WITHOUT-ADDRESS",
    "invoice_number": "PB-WITHOUT-INVOICE-NUMBER",
    "diagnosis": "PB-WITHOUT-DIAGNOSIS",
}
DAYS_TO_PAY: Final = 30


def read_bill(
    order: Mapping[str, Any], documents: Sequence[StepDocument], *, today: date
) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """Findings, and values with their places. Never raises for a broken file."""
    bill = _read_files(documents)
    for number, row in enumerate(order.get("positions") or (), start=1):
        _add(bill, row, place=f"{number}", file=None)
    head = {key: order.get(key) or bill.values.get(key) for key in HEAD}
    agreed = bool(order.get("fees_agreed"))
    head["fees_agreed"] = agreed
    if bill.is_without_invoice and not (bill.lines and bill.values["patient"]):
        bill.findings.append(finding("PB-NO-INVOICE", Severity.ERROR))
    if not bill.lines and not bill.findings:
        bill.findings.append(finding("PB-NOTHING", Severity.ERROR))
    checked = Bill(
        lines=tuple(bill.lines), total=bill.total, left_out=bill.left_out, fees_agreed=agreed
    )
    findings = [*bill.findings, *check(checked, today=today), *_missing(head)]
    return findings, _values(head, bill, today)


def _read_files(documents: Sequence[StepDocument]) -> ReadBill:
    """FHIR resources of all files make one bill; lists add their lines."""
    bill, resources, has_fhir = ReadBill(), [], False
    lists = []
    for number, document in enumerate(documents):
        if document.name.lower().endswith(".json"):
            found = fhir_resources(document.content)
            has_fhir = True
            if found is None:
                bill.findings.append(finding("PB-NOT-FHIR", Severity.ERROR, file=number))
            resources += found or []
        elif document.name.lower().endswith((".csv", ".xlsx")):
            lists.append((number, document))
    if has_fhir and resources:
        read = fhir_reading.read(resources)
        read.findings = bill.findings + read.findings
        bill = read
    for number, document in lists:
        _read_list(bill, document, number)
    return bill


def _read_list(bill: ReadBill, document: StepDocument, file: int) -> None:
    table = read_table(document, COLUMNS)
    for one in table.findings:
        bill.findings.append(finding(one.code, one.severity, one.place, file=file, **one.params))
    for row in table.rows:
        cells = {key: value for key, value in row.cells.items() if value is not None}
        _add(bill, cells, place=f"{document.name}:{row.line}", file=file)


def _add(bill: ReadBill, row: Mapping[str, Any], *, place: str, file: int | None) -> None:
    try:
        line = line_of({**row, "factor": row.get("factor") or "1"}, place=place)
        if not row.get("factor") and line.listed is not None:
            line = replace(line, factor=line.listed.frame.threshold)
        bill.lines.append(line)
    except (ValueError, ArithmeticError):
        bill.findings.append(finding("PB-LINE", Severity.ERROR, place, file=file))


def _missing(head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Section 12 (2) GOÄ, and what a letter needs."""
    missing = [
        finding(code, Severity.WARNING, key) for key, code in NEEDED.items() if not head[key]
    ]
    if not head["iban"]:
        missing.append(finding("PB-WITHOUT-ACCOUNT", Severity.INFO, "iban"))
    return missing


def _values(head: Mapping[str, Any], bill: ReadBill, today: date) -> dict[str, list[Any]]:
    issued = head["invoice_date"] or today.isoformat()
    due = date.fromisoformat(str(issued)).toordinal() + DAYS_TO_PAY
    values = {
        **head,
        "invoice_date": issued,
        "payable_by": head["payable_by"] or date.fromordinal(due).isoformat(),
        "positions": [_row(line) for line in bill.lines],
        "total": str(total_due(bill.lines)),
    }
    return {key: [value, ""] for key, value in values.items() if value not in (None, "")}


def _row(line: Line) -> dict[str, Any]:
    listed = line.listed
    return {
        "day": line.day.isoformat(),
        "number": line.number,
        "factor": str(line.factor),
        "count": line.count,
        "reason": line.reason,
        "time": line.time,
        "service": listed.service if listed else "",
        "amount": str(line.due if listed else Decimal("0.00")),
    }
