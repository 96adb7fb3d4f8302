"""The automation of a supplier invoice, run as a job: each file is read in a sandbox of its own.

A file that crashes, fills the memory or takes too long ends as a finding; the item stays workable
by hand.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.sandbox import Failure, run_limited
from app.services.accounts_payable.accounts import Chart
from app.services.accounts_payable.findings import Finding, Place, error, warning
from app.services.accounts_payable.reader_process import request
from app.services.accounts_payable.rules.duplicates import duplicate_findings, file_fingerprint

READER: Final = "app.services.accounts_payable.reader_process:read_document"
SECONDS: Final = 20.0
MEGABYTES: Final = 768
MAX_FINDINGS: Final = 100  # a broken file of a thousand lines does not need a thousand sentences
SORTING: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
FAILURES: Final = {
    Failure.TIME: ("AP-READER-TIME", int(SECONDS)),
    Failure.MEMORY: ("AP-READER-MEMORY", MEGABYTES),
    Failure.CRASH: ("AP-READER-CRASH", 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sandbox said about one file."""

    document: StepDocument
    content: Mapping[str, Any]
    findings: tuple[StepFinding, ...]

    @property
    def is_invoice(self) -> bool:
        """Whether an invoice was found in the file."""
        return bool(self.content.get("is_invoice"))


def read_invoice(step: StepInput) -> StepResult:
    """Values, findings and fingerprints of the invoice among the files. Never raises for a file."""
    answers = [_read(document, step) for document in step.documents]
    chosen = next((one for one in answers if one.is_invoice), None)
    findings = [*_about_the_order(answers), *_duplicates(answers, chosen, step)]
    findings += [found for one in answers for found in one.findings if _matters(one, chosen)]
    findings.sort(key=lambda one: SORTING[one.severity])
    return StepResult(
        values=_values(chosen),
        findings=tuple(findings[:MAX_FINDINGS]),
        fingerprints=_fingerprints(answers, chosen),
        title=_title(chosen),
        straight_through=chosen is not None
        and all(one.severity is Severity.INFO for one in findings),
    )


def _read(document: StepDocument, step: StepInput) -> Answer:
    order = {
        "today": step.today.isoformat(),
        "client_name": step.client_name,
        "cost_centre": str(step.payload.get("cost_centre") or ""),
        "order_number": str(step.payload.get("order_number") or ""),
        "chart": _chart(step.payload.get("chart")),
    }
    payload = request(document.content, filename=document.name, order=order)
    outcome = run_limited(READER, payload, seconds=SECONDS, megabytes=MEGABYTES)
    if outcome.failure is not None:
        return _failed(document, outcome.failure)
    try:
        content = json.loads(outcome.output)
        findings = tuple(_stored(one, document) for one in content["findings"])
    except (ValueError, KeyError, TypeError):  # the child was taken over or cut off
        return _failed(document, Failure.CRASH)
    return Answer(document=document, content=content, findings=findings)


def _chart(wish: object) -> str:
    return str(wish) if wish in list(Chart) else str(Chart.SKR03)


def _failed(document: StepDocument, failure: Failure) -> Answer:
    code, limit = FAILURES[failure]
    finding = _step_finding(error(code, None, limit=limit), document)
    return Answer(document=document, content={}, findings=(finding,))


def _stored(found: Mapping[str, Any], document: StepDocument) -> StepFinding:
    return StepFinding(
        code=str(found["code"]),
        severity=Severity(found["severity"]),
        place=str(found["place"]),
        params=dict(found["params"]),
        document_id=document.id,
    )


def _step_finding(finding: Finding, document: StepDocument | None) -> StepFinding:
    return StepFinding(
        code=finding.code,
        severity=finding.severity,
        place=str(finding.place),
        params=dict(finding.params),
        document_id=document.id if document else None,
    )


def _matters(answer: Answer, chosen: Answer | None) -> bool:
    """Beside an invoice, a delivery note or picture without XML is nothing to talk about."""
    if answer.is_invoice or chosen is None:
        return True
    return answer.document.name.lower().endswith(".xml")


def _about_the_order(answers: list[Answer]) -> Iterator[StepFinding]:
    invoices = [one for one in answers if one.is_invoice]
    if not answers:
        yield _step_finding(warning("AP-NO-DOCUMENT"), None)
    if len(invoices) > 1:
        used = invoices[0].document.name
        finding = warning("AP-SEVERAL-INVOICES", None, count=len(invoices), used=used)
        yield _step_finding(finding, invoices[0].document)


def _duplicates(
    answers: list[Answer], chosen: Answer | None, step: StepInput
) -> Iterator[StepFinding]:
    """Told by seller, number and amount; for what cannot be read, by the very bytes."""
    for answer in answers:
        if chosen is not None and answer is not chosen:
            continue
        found = duplicate_findings(
            _marks(answer),
            number=str(answer.content.get("number") or ""),
            known=step.known_fingerprints,
            place=Place(path=str(answer.content.get("number_place") or "")),
        )
        yield from (_step_finding(one, answer.document) for one in found)


def _marks(answer: Answer) -> list[str]:
    marks = [str(one) for one in answer.content.get("fingerprints") or ()]
    return [*marks, file_fingerprint(answer.document.content)]


def _fingerprints(answers: list[Answer], chosen: Answer | None) -> tuple[str, ...]:
    told = [chosen] if chosen else answers
    return tuple(dict.fromkeys(mark for answer in told for mark in _marks(answer)))


def _values(chosen: Answer | None) -> dict[str, ProposedValue]:
    if chosen is None:
        return {}
    values = chosen.content["values"]
    return {key: ProposedValue(value=value, place=place) for key, (value, place) in values.items()}


def _title(chosen: Answer | None) -> str:
    """Supplier and number, as the lists show it."""
    if chosen is None:
        return ""
    parts = (chosen.content.get("supplier"), chosen.content.get("number"))
    return " · ".join(" ".join(str(part).split()) for part in parts if part)[:200]
