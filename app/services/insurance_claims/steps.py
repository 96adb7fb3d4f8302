"""What the computer does for a case: read, compare, and tell what is missing and until when."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final

from app.catalogue.rows import shortened
from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.services.insurance_claims.case import Case, from_order
from app.services.insurance_claims.comparing import CENT, ZERO, Billed, Compared, Paid, compared
from app.services.insurance_claims.deadlines import answer_until, barred_after, objection_until
from app.services.insurance_claims.reading import read_files

HEAD: Final = (
    "insurance", "request", "patient", "birth_date", "insurer", "insurer_street", "insurer_town",
    "policy_number", "bill_number", "bill_date", "submitted_on", "decided_on", "diagnosis",
    "percent", "deductible",
)  # fmt: skip
NEEDED: Final[Mapping[str, str]] = {
    "patient": "IC-WITHOUT-PATIENT",
    "birth_date": "IC-WITHOUT-BIRTH-DATE",
    "insurer": "IC-WITHOUT-INSURER",
    "policy_number": "IC-WITHOUT-POLICY",
    "bill_number": "IC-WITHOUT-BILL-NUMBER",
    "bill_date": "IC-WITHOUT-BILL-DATE",
    "diagnosis": "IC-WITHOUT-DIAGNOSIS",
}
SHOWN: Final = tuple(key for key in HEAD if key not in ("percent", "deductible"))
SOON_DAYS: Final = 7
_ERROR, _WARN, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def check_case(step: StepInput) -> StepResult:
    """Values and findings of a case. Never raises for a file."""
    case = from_order(step.payload, HEAD)
    findings = read_files(case, step.documents)
    for number, row in enumerate(step.payload.get("lines") or (), start=1):
        _ordered(case, row, number)
    percent = _amount(case, "percent", Decimal(100), most=Decimal(100), findings=findings)
    deductible = _amount(case, "deductible", ZERO, most=None, findings=findings)
    lines, left = compared(case.billed, case.answers(), percent=percent, deductible=deductible)
    findings += [*_missing(case), *_sums(case)]
    findings += _compared(lines, left) if case.has_statement else []
    days = _days(case, step, findings)
    findings += _duplicate(case, step)
    return StepResult(
        values=_values(case, lines, days, percent=percent, deductible=deductible),
        findings=shortened(findings),
        fingerprints=_marks(case),
        straight_through=bool(lines) and all(one.severity is _INFO for one in findings),
    )


def _ordered(case: Case, row: Mapping[str, Any], number: int) -> None:
    """A line typed into the form: what was paid for it stands beside it, where it was answered."""
    day = date.fromisoformat(str(row["day"])) if row.get("day") else None
    line = Billed(
        place=str(number),
        day=day,
        number=str(row.get("number") or ""),
        service=str(row.get("service") or ""),
        amount=Decimal(str(row["billed"])),
    )
    case.billed.append(line)
    if row.get("paid") is not None:
        case.has_statement = True
        case.paid.append(
            Paid(
                place=str(number),
                day=day,
                number=line.number,
                amount=line.amount,
                paid=Decimal(str(row["paid"])),
                reason=str(row.get("reason") or ""),
            )
        )


def _amount(
    case: Case,
    key: str,
    default: Decimal,
    *,
    most: Decimal | None,
    findings: list[StepFinding],
) -> Decimal:
    told = case.head.get(key)
    if not told:
        return default
    try:
        number = Decimal(told)
    except InvalidOperation:
        number = Decimal(-1)
    if number < 0 or (most is not None and number > most):
        findings.append(_finding("IC-SHARE", _ERROR, key, found=told[:30]))
        return default
    return number


def _finding(code: str, severity: Severity, place: str = "", **params: object) -> StepFinding:
    return StepFinding(code=code, severity=severity, place=place, params=params)


def _missing(case: Case) -> list[StepFinding]:
    """What an insurer asks for, what is not there, and what contradicts itself."""
    found = [_finding(code, _WARN, key) for key, code in NEEDED.items() if not case.head.get(key)]
    if not case.billed:
        found.append(_finding("IC-WITHOUT-LINES", _ERROR))
    if not case.has_policy and not case.head.get("percent"):
        found.append(_finding("IC-NO-POLICY", _INFO))
    if not case.has_statement:
        found.append(_finding("IC-NO-STATEMENT", _INFO))
    for key, (one, other) in case.contradictions.items():
        if key == "insurance":
            found.append(_finding("IC-OTHER-INSURANCE", _ERROR, key))
        else:
            found.append(_finding("IC-CONTRADICTION", _ERROR, key, one=one, other=other))
    return found


def _compared(lines: Sequence[Compared], left: Sequence[Paid]) -> list[StepFinding]:
    found = [
        _finding(
            f"IC-CAUSE-{one.cause.upper()}",
            _INFO if one.cause in ("tariff", "deductible") else _WARN,
            one.billed.place,
            number=one.billed.number or "-",
            missing=str(one.billed.amount - one.paid),
            reason=one.reason[:120],
        )
        for one in lines
        if one.cause not in ("none", "unanswered") or one.decision == "object"
    ]
    found += [
        _finding("IC-NOT-BILLED", _WARN, one.place, number=one.number or "-", paid=str(one.paid))
        for one in left
    ]
    return found


def _sums(case: Case) -> list[StepFinding]:
    """The bill's own total against its lines."""
    total = case.head.get("bill_total")
    lines = sum((one.amount for one in case.billed), ZERO)
    if total is None or Decimal(total) == lines:
        return []
    return [_finding("IC-TOTAL", _WARN, "billed_total", found=total, expected=str(lines))]


def _days(case: Case, step: StepInput, findings: list[StepFinding]) -> dict[str, str]:
    insurance: Any = case.head.get("insurance") or "private"
    request: Any = case.head.get("request") or "bill"
    state = str(step.payload.get("state") or "")
    days: dict[str, str] = {}
    billed, submitted, decided = (
        case.day(key) for key in ("bill_date", "submitted_on", "decided_on")
    )
    if billed is not None:
        days["barred_after"] = barred_after(insurance, billed).day.isoformat()
    if case.has_statement and decided is not None:
        told = bool(step.payload.get("instructed", True))
        due = objection_until(insurance, decided, instructed=told, state=state)
    elif submitted is not None:
        due = answer_until(
            insurance,
            request,
            submitted,
            expert=step.payload.get("expert") or "none",
            urgent=bool(step.payload.get("urgent")),
            state=state,
        )
    else:
        findings.append(_finding("IC-NO-DAY", _WARN, "submitted_on"))
        return days
    if due is None:
        findings.append(_finding("IC-NO-TERM", _INFO, "due_on"))
        return days
    days |= {"due_on": due.day.isoformat(), "due_law": due.law}
    answered = case.has_statement
    ahead = (due.day - step.today).days
    if ahead < 0:
        code = "IC-TOO-LATE" if answered else "IC-OVERDUE"
        findings.append(_finding(code, _ERROR, "due_on", due=due.day.isoformat(), law=due.law))
    elif ahead <= SOON_DAYS:
        findings.append(_finding("IC-SOON", _WARN, "due_on", due=due.day.isoformat(), law=due.law))
    return days


def _values(
    case: Case,
    lines: Sequence[Compared],
    days: Mapping[str, str],
    *,
    percent: Decimal,
    deductible: Decimal,
) -> dict[str, ProposedValue]:
    objected = sum((one.missing for one in lines if one.decision == "object"), ZERO)
    if not case.has_statement:
        objected = ZERO
    values: dict[str, Any] = {key: case.head.get(key) for key in SHOWN}
    values |= days
    values |= {
        "percent": str(percent),
        "deductible": str(deductible),
        "answered": case.has_statement,
        "lines": [_row(one, answered=case.has_statement) for one in lines],
        "billed_total": str(sum((one.billed.amount for one in lines), ZERO).quantize(CENT)),
        "paid_total": str(sum((one.paid for one in lines), ZERO).quantize(CENT)),
        "objected_total": str(objected.quantize(CENT)),
    }
    return {
        key: ProposedValue(value=value) for key, value in values.items() if value not in (None, "")
    }


def _row(one: Compared, *, answered: bool) -> dict[str, Any]:
    return {
        "day": one.billed.day.isoformat() if one.billed.day else None,
        "number": one.billed.number,
        "service": one.billed.service,
        "billed": str(one.billed.amount.quantize(CENT)),
        "expected": str(one.expected),
        "paid": str(one.paid.quantize(CENT)),
        "cause": one.cause,
        "reason": one.reason,
        "decision": one.decision if answered else "accept",
    }


def _marks(case: Case) -> tuple[str, ...]:
    """Insurer and bill as a hash, once per stage: nothing of it stands in the open."""
    number = case.head.get("bill_number")
    if not number:
        return ()
    stage = "answered" if case.has_statement else "claimed"
    told = f"claim:{case.head.get('insurer', '')}:{number}:{stage}".casefold()
    return (sha256(told.encode()).hexdigest(),)


def _duplicate(case: Case, step: StepInput) -> list[StepFinding]:
    return [
        _finding("IC-DUPLICATE", _WARN, "bill_number", item=step.known_fingerprints[mark])
        for mark in _marks(case)
        if mark in step.known_fingerprints
    ]
