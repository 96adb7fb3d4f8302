"""The automation of a patient's bill, run as a job in a limited process."""

from hashlib import sha256
from typing import Any, Final

from app.catalogue.steps import ProposedValue, Severity, StepFinding, StepInput, StepResult
from app.services.patient_billing.reading import read_bill

MOST_FINDINGS: Final = 100
Values = dict[str, ProposedValue]


def check_bill(step: StepInput) -> StepResult:
    """Values, findings and what tells a duplicate. Never raises for a file."""
    found, told = read_bill(step.payload, step.documents, today=step.today)
    values = {key: ProposedValue(value=value, place=place) for key, (value, place) in told.items()}
    findings = [*_duplicate(values, step), *(_finding(one, step) for one in found)]
    return StepResult(
        values=values,
        findings=tuple(findings[:MOST_FINDINGS]),
        fingerprints=_marks(values),
        straight_through=all(one.severity is Severity.INFO for one in findings),
    )


def _finding(found: dict[str, Any], step: StepInput) -> StepFinding:
    file = found["file"]
    return StepFinding(
        code=found["code"],
        severity=found["severity"],
        place=found["place"] or ("" if file is None else step.documents[file].name),
        params=found["params"],
        document_id=None if file is None else step.documents[file].id,
    )


def _marks(values: Values) -> tuple[str, ...]:
    """The number of the bill, as a hash: nothing of it stands in the open."""
    number = values.get("invoice_number")
    if number is None:
        return ()
    return (sha256(f"bill:{str(number.value).strip().casefold()}".encode()).hexdigest(),)


def _duplicate(values: Values, step: StepInput) -> list[StepFinding]:
    return [
        StepFinding(
            code="PB-DUPLICATE",
            severity=Severity.ERROR,
            place="invoice_number",
            params={"item": step.known_fingerprints[mark]},
        )
        for mark in _marks(values)
        if mark in step.known_fingerprints
    ]
