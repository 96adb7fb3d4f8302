"""The automation of a reconciliation, run as a job: statements proved, lines matched."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.money import Money
from app.kernel.sandbox import Failure, counted, run_limited
from app.kernel.spoken import in_language
from app.services.reconciliation.journal import ACCOUNTS, Chart
from app.services.reconciliation.lines import Found, known_left_out, line_records, open_list
from app.services.reconciliation.matching import Matcher, Ordered, owed_from
from app.services.reconciliation.reader_process import request

READER: Final = "app.services.reconciliation.reader_process:read_document"
SECONDS: Final = 90.0
MEGABYTES: Final = 900
MOST_ROWS: Final = 300
"""Lines shown to a person; a form of thousands helps nobody."""
FAILURES: Final = {
    Failure.TIME: ("REC-TIME", int(SECONDS)),
    Failure.MEMORY: ("REC-MEMORY", MEGABYTES),
    Failure.CRASH: ("REC-CRASH", 0),
}
COLUMN_LABELS: Final = {"number": "Invoice number", "party": "Customer", "amount": "Amount"}
WEIGHT: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(slots=True)
class Gathered:
    """What the files hold, and what was found on the way."""

    statements: list[tuple[StepDocument, dict[str, Any]]] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    findings: list[StepFinding] = field(default_factory=list)

    def note(
        self, code: str, severity: Severity, document: StepDocument | None = None, **params: Any
    ) -> None:
        """Add a finding: `place` in its file, or the file as a whole."""
        place = str(params.pop("place", ""))
        if document:
            place = f"{document.name}:{place}".rstrip(":")
        self.findings.append(
            StepFinding(
                code=code,
                severity=severity,
                place=place,
                params=params,
                document_id=document.id if document else None,
            )
        )


def reconcile(step: StepInput) -> StepResult:
    """Values, findings and records of the statements. Never raises for a file."""
    gathered = Gathered()
    for document in step.documents:
        _read(document, gathered, step)
    if not gathered.statements:
        gathered.note("REC-NOTHING", Severity.ERROR)
    _prove(gathered)
    found = line_records(statement for _, statement in gathered.statements)
    for amount in found.rounded:
        gathered.note("REC-CENTS", Severity.WARNING, amount=amount)
    fresh = known_left_out(found.records, set(step.books.get("known") or ()))
    if found.records and not fresh:
        gathered.note("REC-SAME-STATEMENT", Severity.ERROR)
    elif len(fresh) != len(found.records):
        gathered.note("REC-KNOWN-LINES", Severity.INFO, count=len(found.records) - len(fresh))
    open_rows = [*(step.books.get("open_items") or ()), *gathered.open]
    _match(fresh, found, open_rows, step.books.get("orders") or (), step)
    return _result(step, gathered, fresh, open_rows)


def _said(detail: str, step: StepInput) -> str:
    """Columns by their names in the client's language; whatever else it is as it is."""
    return ", ".join(
        in_language(COLUMN_LABELS[part], step.client_locale) if part in COLUMN_LABELS else part
        for part in detail.split(", ")
    )


def _read(document: StepDocument, gathered: Gathered, step: StepInput) -> None:
    payload = request(document.content, filename=document.name)
    outcome = run_limited(READER, payload, seconds=SECONDS, megabytes=MEGABYTES)
    if outcome.failure is not None:
        code, limit = FAILURES[outcome.failure]
        gathered.note(code, Severity.ERROR, document, limit=limit)
        return
    answer = json.loads(outcome.output)
    if answer["reason"]:
        gathered.note(
            answer["reason"], Severity.ERROR, document, detail=_said(answer["detail"], step)
        )
        return
    for code, place in answer.get("notes") or ():
        gathered.note(code, Severity.WARNING, document, place=place)
    for one in answer.get("statements") or ():
        if one["closing"] is not None and any(one == known for _, known in gathered.statements):
            told = {key: one[key] for key in ("number", "account")}
            gathered.note("REC-TWICE", Severity.WARNING, document, **told)
        else:
            gathered.statements.append((document, one))
    for line, row in open_list(answer.get("open") or ()):
        if row is None:
            gathered.note("REC-OPEN-ROW", Severity.WARNING, document, place=str(line))
        else:
            gathered.open.append(row)


def _prove(gathered: Gathered) -> None:
    """Opening balance + movements = closing balance, statement by statement."""
    ended: dict[str, str] = {}
    for document, one in gathered.statements:
        known = {key: one[key] for key in ("opening", "movement", "closing")}
        known |= {key: one[key] or "-" for key in ("number", "account")}
        if one["opening"] is None or one["closing"] is None:
            gathered.note("REC-NO-BALANCE", Severity.ERROR, document, **known)
        elif not one["balances"]:
            known["difference"] = one["difference"]
            gathered.note("REC-BALANCE", Severity.ERROR, document, **known)
        if one["turned"]:
            gathered.note("REC-TURNED", Severity.INFO, document, **known)
        before = ended.get(one["account"])
        if before is not None and one["opening"] and Decimal(before) != Decimal(one["opening"]):
            gathered.note("REC-GAP", Severity.WARNING, document, **known)
        if one["closing"] is not None:
            ended[one["account"]] = one["closing"]
    _one_account(gathered)


def _one_account(gathered: Gathered) -> None:
    """All lines are booked on one account of the ledger, and the adviser is handed euros."""
    accounts = dict.fromkeys(one["account"] for _, one in gathered.statements)
    if len(accounts) > 1:
        gathered.note("REC-ACCOUNTS", Severity.WARNING, accounts=", ".join(accounts)[:200])
    for document, one in gathered.statements:
        told = {key: one[key] or "-" for key in ("number", "account", "currency")}
        if one["currency"] not in (None, "", "EUR"):
            gathered.note("REC-CURRENCY", Severity.WARNING, document, **told)


def _match(
    fresh: Sequence[dict[str, Any]],
    found: Found,
    open_rows: Sequence[Mapping[str, Any]],
    orders: Iterable[Mapping[str, Any]],
    step: StepInput,
) -> None:
    """Put the match into each record, with the account of what it pays."""
    by_id = {row["id"]: row for row in open_rows}
    matcher = Matcher(
        [owed_from(row) for row in open_rows],
        [Ordered(**{**row, "execute_on": date.fromisoformat(row["execute_on"])}) for row in orders],
    )
    charges = ACCOUNTS[_chart(step)].charges
    for record in counted(fresh):
        match = matcher.match(found.movements[record["position"]]).plain()
        match["parts"] = [_with_account(part, by_id[part[0]]) for part in match["parts"]]
        if match["kind"] in ("reference", "file") and _uncovered(record, match):
            match["sure"] = False
        if match["kind"] == "none" and found.is_charge(record):
            match |= {"kind": "charge", "account": charges}
        record["match"] = match


def _with_account(part: Sequence[Any], row: Mapping[str, Any]) -> list[Any]:
    return [*part, row["account"], row["number"], row["kind"], row["party"]]


def _uncovered(record: Mapping[str, Any], match: Mapping[str, Any]) -> bool:
    """A payment of ours whose other side nobody has named yet."""
    return bool(record["amount_minor"] != sum(part[1] for part in match["parts"]))


def _chart(step: StepInput) -> Chart:
    wish = str(step.payload.get("chart") or "")
    return Chart(wish) if wish in list(Chart) else Chart.SKR03


def _result(
    step: StepInput,
    gathered: Gathered,
    fresh: Sequence[dict[str, Any]],
    open_rows: Sequence[Mapping[str, Any]],
) -> StepResult:
    numbers = {row["id"]: f"{row['number']} {row['party']}" for row in open_rows}
    open_lines = [record for record in fresh if not record["match"]["sure"]]
    if open_lines:
        gathered.note("REC-DOUBTFUL", Severity.WARNING, count=len(open_lines))
    if len(open_lines) > MOST_ROWS:
        gathered.note("REC-MANY", Severity.WARNING, count=len(open_lines), shown=MOST_ROWS)
    sure = len(fresh) - len(open_lines)
    if fresh:
        gathered.note("REC-MATCHED", Severity.INFO, sure=sure, count=len(fresh))
    values: dict[str, Any] = {
        "chart": str(_chart(step)),
        "bank_account": step.payload.get("bank_account") or ACCOUNTS[_chart(step)].bank,
        "count": len(fresh),
        "matched": sure,
        "statements": [_statement_row(one) for _, one in gathered.statements[:MOST_ROWS]],
        "doubtful": [_doubtful_row(record, numbers) for record in open_lines[:MOST_ROWS]],
    }
    findings = sorted(gathered.findings, key=lambda one: WEIGHT[one.severity])
    accounts = Counter(one["account"] for _, one in gathered.statements)
    named = ", ".join(sorted(accounts))[:80]
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in values.items()},
        findings=tuple(findings[:100]),
        units=Decimal(max(len(fresh), 1)),
        title=f"{named} · {len(fresh)}" if named else "",
        straight_through=bool(fresh) and all(one.severity is Severity.INFO for one in findings),
        records=tuple(fresh),
    )


def _statement_row(one: Mapping[str, Any]) -> dict[str, str]:
    keys = ("account", "number", "opening", "movement", "closing")
    return {key: str(one[key] or "") for key in keys}


def _doubtful_row(record: Mapping[str, Any], numbers: Mapping[str, str]) -> dict[str, Any]:
    match = record["match"]
    amount = Money(record["amount_minor"], record["currency"] or "EUR").major
    named = [numbers.get(part[0], "") for part in match["parts"]] or match.get("orders") or []
    return {
        "line": record["position"] + 1,
        "booked_on": record["booked_on"],
        "amount": str(amount),
        "party": record["party"],
        "purpose": record["purpose"][:140],
        "proposal": ", ".join(named)[:200],
        "take": False,
        "account": match.get("account") or "",
    }
