"""Files and order become a bill, checked line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.fhir import resources as fhir_resources
from app.catalogue.steps import Severity
from app.kernel.tables import NotAList, read_list
from app.services.patient_billing import fhir_reading
from app.services.patient_billing.fhir_reading import ReadBill
from app.services.patient_billing.findings import finding
from app.services.patient_billing.rules import Bill, Line, check, line_of, total_due

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("Datum", "date", "behandlungsdatum", "leistungsdatum"),
    "number": ("GOÄ-Nummer", "goä", "goae", "nummer", "ziffer", "gebührennummer"),
    "factor": ("faktor", "steigerungssatz", "satz"),
    "count": ("anzahl", "menge", "quantity"),
    "reason": ("begründung", "begruendung"),
    "time": ("uhrzeit", "zeit"),
}
HEAD: Final = (
    "patient", "birth_date", "street", "town", "invoice_number", "invoice_date", "payable_by",
    "diagnosis",
)  # fmt: skip
NEEDED: Final[Mapping[str, str]] = {
    "patient": "PB-WITHOUT-PATIENT",
    "street": "PB-WITHOUT-ADDRESS",
    "invoice_number": "PB-WITHOUT-INVOICE-NUMBER",
    "diagnosis": "PB-WITHOUT-DIAGNOSIS",
}
DAYS_TO_PAY: Final = 30


def read_bill(
    order: Mapping[str, Any], files: Iterable[tuple[str, bytes]], *, today: date
) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """Findings, and values with their places. Never raises for a broken file."""
    bill = _read_files(files)
    for number, row in enumerate(order.get("positions") or (), start=1):
        _add(bill, row, place=f"{number}", file=None)
    head = {key: order.get(key) or bill.values.get(key) for key in HEAD}
    agreed = bool(order.get("fees_agreed"))
    head["fees_agreed"] = agreed
    if not bill.lines and not bill.findings:
        bill.findings.append(finding("PB-NOTHING", Severity.ERROR))
    checked = Bill(lines=tuple(bill.lines), total=bill.total, fees_agreed=agreed)
    findings = [*bill.findings, *check(checked, today=today), *_missing(head)]
    return findings, _values(head, bill, today)


def _read_files(files: Iterable[tuple[str, bytes]]) -> ReadBill:
    """FHIR resources of all files make one bill; lists add their lines."""
    bill, resources, has_fhir = ReadBill(), [], False
    lists = []
    for number, (name, content) in enumerate(files):
        if name.lower().endswith(".json"):
            found = fhir_resources(content)
            has_fhir = True
            if found is None:
                bill.findings.append(finding("PB-NOT-FHIR", Severity.ERROR, file=number))
            resources += found or []
        elif name.lower().endswith((".csv", ".xlsx")):
            lists.append((number, name, content))
    if has_fhir and resources:
        read = fhir_reading.read(resources)
        read.findings = bill.findings + read.findings
        bill = read
    for number, name, content in lists:
        _read_list(bill, content, number, name)
    return bill


def _read_list(bill: ReadBill, content: bytes, file: int, name: str) -> None:
    try:
        found, rows = read_list(content, COLUMNS)
    except NotAList as broken:
        bill.findings.append(
            finding(f"PB-LIST-{broken.args[0].upper()}", Severity.ERROR, file=file)
        )
        return
    if missing := {"day", "number"} - found:
        wanted = ", ".join(COLUMNS[one][0] for one in sorted(missing))
        bill.findings.append(finding("PB-COLUMNS", Severity.ERROR, file=file, columns=wanted))
        return
    for row in rows:
        _add(
            bill,
            {**row.cells, "day": _iso(row.cells.get("day", ""))},
            place=f"{name}:{row.line}",
            file=file,
        )


def _iso(text: str) -> str:
    """`24.10.2026` as 2026-10-24."""
    parts = text.split(".")
    return f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}" if len(parts) == 3 else text[:10]


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
    return [finding(code, Severity.WARNING, key) for key, code in NEEDED.items() if not head[key]]


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
