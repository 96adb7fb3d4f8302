"""The automation of a hand-over, run as a job: bookings of the books and of lists, checked."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.books.datev import rules
from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.money import Money
from app.kernel.sandbox import Failure, run_limited

READER: Final = "app.services.ledger_handover.list_process:read"
SECONDS: Final = 20.0
MEGABYTES: Final = 512
MOST_FINDINGS: Final = 200
FAILURES: Final = {
    Failure.TIME: ("LED-TIME", int(SECONDS)),
    Failure.MEMORY: ("LED-MEMORY", MEGABYTES),
    Failure.CRASH: ("LED-LIST", 0),
}
WEIGHT: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(slots=True)
class Listed:
    """Bookings of the lists among the files, and what was found reading them."""

    bookings: list[dict[str, Any]] = field(default_factory=list)
    findings: list[StepFinding] = field(default_factory=list)


def check(step: StepInput) -> StepResult:
    """Values and findings of a hand-over. Never raises for a file."""
    listed = read_lists(step.documents)
    bookings = [*(step.books.get("bookings") or ()), *listed.bookings]
    since = date.fromisoformat(step.payload["since"])
    until = date.fromisoformat(step.payload["until"])
    length = int(step.payload["account_length"])
    findings = listed.findings
    for fault in rules.faults(bookings, since=since, until=until, account_length=length):
        severity = Severity.ERROR if fault.fatal else Severity.WARNING
        place = str(bookings[fault.row]["place"])
        findings.append(
            StepFinding(code=fault.code, severity=severity, place=place, params=fault.params)
        )
    if not bookings:
        findings.append(StepFinding(code="LED-NOTHING", severity=Severity.ERROR))
    findings.sort(key=lambda one: WEIGHT[one.severity])
    values = _values(step, bookings, since=since)
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in values.items()},
        findings=tuple(findings[:MOST_FINDINGS]),
        units=Decimal(max(len(bookings), 1)),
        title=f"{since:%d.%m.%Y} - {until:%d.%m.%Y} · {len(bookings)}",
        straight_through=bool(bookings) and not findings,
        records=tuple({"id": one["id"]} for one in bookings if one.get("id")),
    )


def _values(
    step: StepInput, bookings: Sequence[Mapping[str, Any]], *, since: date
) -> dict[str, Any]:
    first_month = int(step.payload["first_month"])
    total = sum(one["amount_minor"] for one in bookings)
    return {
        **{key: step.payload[key] for key in ("adviser", "client", "chart", "account_length")},
        "since": step.payload["since"],
        "until": step.payload["until"],
        "year_start": rules.year_start(since, first_month=first_month).isoformat(),
        "name": str(step.payload.get("name") or f"Kontor {since:%m/%Y}"),
        "locked": False,
        "count": len(bookings),
        "total": f"{Money(total, 'EUR').major:.2f}",
        "sums": sum_rows(bookings),
    }


def sum_rows(bookings: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Sums of each account, as the clerk sees and approves them."""
    return [
        {
            "account": account,
            "debit": f"{Money(debit, 'EUR').major:.2f}",
            "credit": f"{Money(credit, 'EUR').major:.2f}",
        }
        for account, (debit, credit) in rules.sums(bookings).items()
    ]


def read_lists(documents: Iterable[StepDocument]) -> Listed:
    """What the files say; the same files give the same bookings."""
    listed = Listed()
    for document in documents:
        _read(document, listed)
    return listed


def _read(document: StepDocument, listed: Listed) -> None:
    def note(code: str, place: str = "", **params: Any) -> None:
        listed.findings.append(
            StepFinding(
                code=code,
                severity=Severity.ERROR,
                place=place or document.name,
                params=params,
                document_id=document.id,
            )
        )

    outcome = run_limited(READER, document.content, seconds=SECONDS, megabytes=MEGABYTES)
    if outcome.failure is not None:
        code, limit = FAILURES[outcome.failure]
        note(code, limit=limit)
        return
    answer = json.loads(outcome.output)
    if answer["reason"]:
        note(answer["reason"], detail=answer.get("detail", ""))
        return
    for line in answer["faulty"]:
        note("LED-ROW", place=f"{document.name}:{line}")
    for line in answer["longer"]:
        note("LED-ROW-LONGER", place=f"{document.name}:{line}")
    for one in answer["bookings"]:
        place = f"{document.name}:{one['line']}"
        listed.bookings.append({**one, "number": place, "place": place})
