"""The automation of a payment run, run as a job: what is due and what lists say, checked."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.books.characters import has_no_likeness, transliterated
from app.catalogue.rows import as_date
from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.law_dates import next_target_day
from app.kernel.sandbox import Failure, run_limited
from app.kernel.spoken import in_language, written
from app.services.payments import rules
from app.services.payments.due import due_rows
from app.services.payments.schemas import LABELS

READER: Final = "app.services.payments.list_process:read"
SECONDS: Final = 20.0
MEGABYTES: Final = 512
MOST_ROWS: Final = 5_000
MOST_FINDINGS: Final = 200
MUST_HAVE: Final = ("name", "iban", "amount")
CHANGED: Final = ("PAY-CHANGED", Severity.INFO)
LOST: Final = ("PAY-LOST", Severity.WARNING)
WEIGHT: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
TEXT_FIELDS: Final = ("name", "purpose", "end_to_end_id", "street", "building", "town")
CODES: Final = {
    "empty": "PAY-FILE-EMPTY",
    "unreadable": "PAY-FILE-UNREADABLE",
    "too_long": "PAY-TOO-MANY",
}


@dataclass(slots=True)
class Gathered:
    """Payments with the place each came from, and what was found on the way."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[str, StepDocument | None]] = field(default_factory=list)
    headings: dict[UUID, Mapping[str, str]] = field(default_factory=dict)
    """Our name of a column → what it is called in the file."""
    findings: list[StepFinding] = field(default_factory=list)

    def note(
        self,
        code: str,
        severity: Severity,
        place: str = "",
        document: StepDocument | None = None,
        **params: Any,
    ) -> None:
        """Add a finding; what is said of a whole file has its name as the place."""
        place = place or (document.name if document else "")
        self.findings.append(
            StepFinding(
                code=code,
                severity=severity,
                place=place,
                params=params,
                document_id=document.id if document else None,
            )
        )


def check_transfers(step: StepInput) -> StepResult:
    """Values and findings of credit transfers. Never raises for a file."""
    day = _execution_day(step)
    gathered = Gathered()
    due, said = due_rows(step.books.get("open_items") or (), payload=step.payload, day=day)
    for row in due:
        _add(gathered, row, place=row["purpose"], document=None)
    for code, severity, params in said:
        gathered.note(code, severity, **params)
    return _result(step, gathered, day, extra={})


def check_debits(step: StepInput) -> StepResult:
    """Values and findings of direct debits. Never raises for a file."""
    extra = {"creditor_id": str(step.payload.get("creditor_id") or ""), "scheme": "CORE"}
    day = _execution_day(step, first=rules.first_debit_day(step.today))
    return _result(step, Gathered(), day, extra=extra)


def _execution_day(step: StepInput, *, first: date | None = None) -> date:
    wanted = step.payload.get("execution_date")
    return date.fromisoformat(wanted) if wanted else first or next_target_day(step.today)


def _result(
    step: StepInput, gathered: Gathered, day: date, *, extra: Mapping[str, str]
) -> StepResult:
    for document in step.documents:
        _read(document, gathered, step)
    holder = str(step.payload.get("account_holder") or step.client_name)
    run = {
        "account_holder": transliterated(holder)[:70],
        "iban": _bare(step.payload.get("iban")),
        "bic": _bare(step.payload.get("bic")),
        "execution_date": day.isoformat(),
        "one_booking": True,
        **extra,
        "payments": gathered.rows,
    }
    faults = [*rules.run_faults(run, today=step.today)]
    faults += rules.debit_faults(run, today=step.today) if extra else []
    for fault in faults:
        place, source = _place(gathered, fault.row, fault.name, locale=step.client_locale)
        gathered.note(fault.code, Severity.ERROR, place, source, **fault.params)
    marks = [_mark(row) for row in gathered.rows]
    _repeated(gathered, marks, step.known_fingerprints)
    if not gathered.rows:
        gathered.note("PAY-NOTHING", Severity.ERROR)
    control = rules.total(gathered.rows)
    run |= {"count": len(gathered.rows), "total": f"{control:.2f}"}
    findings = sorted(gathered.findings, key=lambda one: WEIGHT[one.severity])
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in run.items()},
        findings=tuple(findings[:MOST_FINDINGS]),
        units=Decimal(len(gathered.rows) + 1),
        fingerprints=tuple(dict.fromkeys([*marks, *map(_file_mark, step.documents)])),
        title=f"{holder} · {len(gathered.rows)} · {written(control, step.client_locale)} EUR",
        straight_through=all(one.severity is Severity.INFO for one in findings),
    )


def _place(
    gathered: Gathered, row: int | None, name: str, *, locale: str
) -> tuple[str, StepDocument | None]:
    """`file.csv:4 Betrag`; of what stands in no file the field's key, which the desk names."""
    if row is None:
        return name, None
    label = in_language(LABELS[name], locale) if name in LABELS else name
    place, document = gathered.places[row]
    known = gathered.headings.get(document.id, {}) if document else {}
    return f"{place} {known.get(name, label)}", document


def _read(document: StepDocument, gathered: Gathered, step: StepInput) -> None:
    before = step.known_fingerprints.get(_file_mark(document))
    if before is not None:
        gathered.note("PAY-SAME-FILE", Severity.ERROR, "", document, number=before)
    outcome = run_limited(READER, document.content, seconds=SECONDS, megabytes=MEGABYTES)
    if outcome.failure is Failure.TIME:
        gathered.note("PAY-FILE-TIME", Severity.ERROR, "", document, limit=int(SECONDS))
        return
    if outcome.failure is Failure.MEMORY:
        gathered.note("PAY-FILE-MEMORY", Severity.ERROR, "", document, limit=MEGABYTES)
        return
    try:
        answer = json.loads(outcome.output)
    except ValueError:
        answer = {"reason": "unreadable"}
    if "reason" in answer:
        code = CODES.get(answer["reason"], "PAY-FILE-UNREADABLE")
        gathered.note(code, Severity.ERROR, "", document, most=MOST_ROWS)
        return
    missing = [name for name in MUST_HAVE if name not in answer["columns"]]
    if missing:
        wanted = ", ".join(in_language(LABELS[name], step.client_locale) for name in missing)
        gathered.note("PAY-FILE-COLUMNS", Severity.ERROR, "", document, columns=wanted)
        return
    gathered.headings[document.id] = answer["columns"]
    _take_rows(answer, document, gathered)


def _take_rows(answer: Mapping[str, Any], document: StepDocument, gathered: Gathered) -> None:
    for line, cells, is_longer in answer["rows"]:
        place = f"{document.name}:{line}"
        if is_longer:
            gathered.note("PAY-ROW-LONGER", Severity.ERROR, place, document)
            continue
        if len(gathered.rows) >= MOST_ROWS:
            gathered.note("PAY-TOO-MANY", Severity.ERROR, place, document, most=MOST_ROWS)
            return
        currency = cells.get("currency", "").upper()
        if currency not in ("", "EUR"):
            gathered.note("PAY-CURRENCY", Severity.ERROR, place, document, currency=currency)
        if cells.get("address"):
            gathered.note("PAY-ADDRESS-UNSTRUCTURED", Severity.ERROR, place, document)
        row = _row(cells, len(gathered.rows) + 1, decimal=answer["decimal"])
        if row.get("sequence") not in (None, *rules.SEQUENCES):
            found = row["sequence"]
            gathered.note("PAY-SEQUENCE", Severity.WARNING, place, document, found=found)
            row["sequence"] = rules.RECURRING
        _add(gathered, row, place=place, document=document)


def _row(cells: Mapping[str, str], number: int, *, decimal: str) -> dict[str, Any]:
    amount = rules.amount_of(cells.get("amount", ""), decimal=decimal)
    row: dict[str, Any] = {
        "name": cells.get("name", ""),
        "iban": _bare(cells.get("iban")),
        "amount": "" if amount is None else str(amount),
        "purpose": cells.get("purpose", ""),
        "end_to_end_id": cells.get("end_to_end_id", ""),
        "bic": _bare(cells.get("bic")),
        **{key: cells.get(key, "") for key in rules.ADDRESS},
    }
    if not row["end_to_end_id"]:
        content = json.dumps([row, number], sort_keys=True)
        row["end_to_end_id"] = f"KTL{hashlib.sha256(content.encode()).hexdigest()[:24].upper()}"
    if cells.get("mandate_id") or cells.get("mandate_date"):
        signed = as_date(cells.get("mandate_date", ""))
        row["mandate_id"] = cells.get("mandate_id", "")
        row["mandate_date"] = signed.isoformat() if signed else None
        row["sequence"] = cells.get("sequence", "").upper() or rules.RECURRING
    return row


def _add(
    gathered: Gathered, row: dict[str, Any], *, place: str, document: StepDocument | None
) -> None:
    """Take a payment in, written as banks take it; what that changed is said."""
    for key in TEXT_FIELDS:
        before = str(row.get(key) or "")
        row[key] = transliterated(before)
        if row[key] != before:
            code, weight = LOST if has_no_likeness(before) else CHANGED
            gathered.note(code, weight, place, document, before=before, after=row[key])
    row["country"] = str(row.get("country") or "").upper()
    gathered.rows.append(row)
    gathered.places.append((place, document))


def _repeated(gathered: Gathered, marks: list[str], known: Mapping[str, str]) -> None:
    for later, earlier in rules.repeated(gathered.rows):
        place, document = gathered.places[later]
        before = gathered.places[earlier][0]
        gathered.note("PAY-REPEATED", Severity.WARNING, place, document, other=before)
    for place, document, number in _paid_before(gathered, marks, known):
        gathered.note("PAY-BEFORE", Severity.WARNING, place, document, number=number)


def _paid_before(
    gathered: Gathered, marks: list[str], known: Mapping[str, str]
) -> Iterator[tuple[str, StepDocument | None, str]]:
    for (place, document), mark in zip(gathered.places, marks, strict=True):
        if mark in known:
            yield place, document, known[mark]


def _mark(row: Mapping[str, Any]) -> str:
    text = "\x1f".join(str(row.get(key)) for key in ("iban", "amount", "purpose"))
    return f"payment:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _file_mark(document: StepDocument) -> str:
    return f"file:{hashlib.sha256(document.content).hexdigest()}"


def _bare(text: object) -> str:
    return "".join(str(text or "").split()).upper()
