"""The automation of a patient's bill, run as a job: files are read in a sandbox."""

from hashlib import sha256
from typing import Any, Final

from app.catalogue.sandboxed import Limits, Told, read_in_sandbox
from app.catalogue.steps import ProposedValue, Severity, StepFinding, StepInput, StepResult

READER: Final = "app.services.patient_billing.reader_process:read_bill"
MOST_FINDINGS: Final = 100


def check_bill(step: StepInput) -> StepResult:
    """Values, findings and what tells a duplicate. Never raises for a file."""
    told = read_in_sandbox(
        READER,
        order={**step.payload, "today": step.today.isoformat()},
        documents=step.documents,
        limits=Limits(),
        prefix="PB",
    )
    findings = [*_duplicate(told, step), *told.findings]
    return StepResult(
        values=_values(told),
        findings=tuple(findings[:MOST_FINDINGS]),
        fingerprints=_marks(told),
        straight_through=bool(told.content)
        and all(one.severity is Severity.INFO for one in findings),
    )


def _values(told: Told) -> dict[str, ProposedValue]:
    found: dict[str, Any] = told.content.get("values") or {}
    return {key: ProposedValue(value=value, place=place) for key, (value, place) in found.items()}


def _marks(told: Told) -> tuple[str, ...]:
    """The number of the bill, as a hash: nothing of it stands in the open."""
    number = _values(told).get("invoice_number")
    if number is None:
        return ()
    return (sha256(f"bill:{str(number.value).strip().casefold()}".encode()).hexdigest(),)


def _duplicate(told: Told, step: StepInput) -> list[StepFinding]:
    return [
        StepFinding(
            code="PB-DUPLICATE",
            severity=Severity.ERROR,
            place="invoice_number",
            params={"item": step.known_fingerprints[mark]},
        )
        for mark in _marks(told)
        if mark in step.known_fingerprints
    ]
