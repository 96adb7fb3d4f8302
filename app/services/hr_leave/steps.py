"""Reads people and absences and works out the balances; lists what a new colleague needs."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import Table, at, heads, read_table, shortened
from app.catalogue.steps import (
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.law_dates import is_working_day
from app.kernel.spoken import speaker
from app.kernel.svg import Span, Tone, spans
from app.kernel.text import Text
from app.services.hr_leave.onboarding import benefit_limit, duties
from app.services.hr_leave.rules import LEAVE_SINCE, Balance, Person, balance, counted_days
from app.services.hr_leave.tables import ABSENCES, STAFF, Away, away, people

DRAWN: Final = 40
TONES: Final[Mapping[str, Tone]] = {"leave": "good", "sick": "warn", "other": "faint"}


def _nothing(code: str, **params: object) -> StepResult:
    finding = StepFinding(code=code, severity=Severity.ERROR, params=params)
    return StepResult(findings=(finding,))


def check_leave(step: StepInput) -> StepResult:
    """Everybody's balance of the year, and each absence in working days."""
    year = int(step.payload["year"])
    if year < LEAVE_SINCE:
        return _nothing("HR-YEAR", year=year)
    lists = [one for one in step.documents if {"person", "entry"} <= heads(one, STAFF)]
    if not lists:
        return _nothing("HR-NO-STAFF")
    staff = read_table(lists[0], STAFF)
    known, findings = people(staff, state=str(step.payload.get("state") or "BE"))
    tables = list[Table]()
    for document in step.documents:
        if {"person", "first", "last"} <= heads(document, ABSENCES):
            tables.append(read_table(document, ABSENCES))
        elif document is not lists[0]:
            findings.append(at(document, "FILE-KIND", Severity.WARNING))
    absent, more = away(tables, known)
    findings += more
    balances = {
        key: balance(
            one, [each.absence for each in absent.get(key, ())], year=year, today=step.today
        )
        for key, one in known.items()
    }
    findings += _about(known, balances)
    rows = [_balance_row(known[key], one) for key, one in balances.items()]
    values = {
        "year": ProposedValue(value=year),
        "balances": ProposedValue(value=rows, place=lists[0].name),
        "absences": ProposedValue(value=_absence_rows(known, absent)),
    }
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        documents=(_picture(known, absent, year, step),) if rows else (),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _about(known: Mapping[str, Person], balances: Mapping[str, Balance]) -> list[StepFinding]:
    findings = []
    for key, one in balances.items():
        name = known[key].name
        if one.left < 0:
            told = {"person": name, "days": f"{-one.left:f}"}
            findings.append(
                StepFinding(code="HR-OVERDRAWN", severity=Severity.WARNING, place=name, params=told)
            )
        if one.expired:
            told = {"person": name, "days": f"{one.expired:f}"}
            findings.append(
                StepFinding(code="HR-EXPIRED", severity=Severity.WARNING, place=name, params=told)
            )
    return findings


def _balance_row(person: Person, one: Balance) -> dict[str, str]:
    names = ("entitled", "carried_over", "expired", "taken", "left", "sick")
    return {"person": person.name} | {name: f"{getattr(one, name):.2f}" for name in names}


def _absence_rows(
    known: Mapping[str, Person], absent: Mapping[str, Sequence[Away]]
) -> list[dict[str, Any]]:
    rows = []
    for key, mine in absent.items():
        sick = [one.absence for one in mine if one.absence.kind == "sick"]
        for one in sorted(mine, key=lambda each: each.absence.first):
            without = sick if one.absence.kind == "leave" else ()
            rows.append(
                {
                    "person": known[key].name,
                    "kind": one.absence.kind,
                    "first": one.absence.first.isoformat(),
                    "last": one.absence.last.isoformat(),
                    "days": f"{counted_days(known[key], one.absence, without=without):.1f}",
                }
            )
    return rows


def _picture(
    known: Mapping[str, Person], absent: Mapping[str, Sequence[Away]], year: int, step: StepInput
) -> ResultDocument:
    drawn = [
        Span(
            label=person.name,
            stretches=[
                (one.absence.first, one.absence.last, TONES[one.absence.kind])
                for one in absent.get(key, ())
            ],
        )
        for key, person in list(known.items())[:DRAWN]
    ]
    title = speaker(step.client_locale)(Text("Absences of %(year)s", year=str(year)))
    first, last = date(year, 1, 1), date(year, 12, 31)
    picture = spans(title, drawn, start=first, end=last, today=step.today)
    return ResultDocument(name="absences.svg", media_type="image/svg+xml", content=picture)


def check_onboarding(step: StepInput) -> StepResult:
    """The dated list of a new colleague."""
    payload = step.payload
    start, state = date.fromisoformat(str(payload["start"])), str(payload.get("state") or "BE")
    found = duties(
        start,
        state=state,
        probation_months=int(payload.get("probation_months") or 0),
        immediate_notice=bool(payload.get("immediate_notice")),
    )
    rows = [{"what": one.key, "until": one.until.isoformat()} for one in found]
    findings = _about_start(start, state, sum(one.until < step.today for one in found), step.today)
    findings += _about_benefits(start, Decimal(str(payload.get("benefits") or 0)))
    return StepResult(
        values={
            "person": ProposedValue(value=payload["person"]),
            "duties": ProposedValue(value=rows),
        },
        findings=tuple(findings),
        title=str(payload["person"])[:200],
        straight_through=not findings,
    )


def _about_start(start: date, state: str, late: int, today: date) -> list[StepFinding]:
    findings, told = [], {"start": start.isoformat()}
    if start < today and late:
        told_late = told | {"count": str(late)}
        findings.append(
            StepFinding(code="HR-START-PAST", severity=Severity.WARNING, params=told_late)
        )
    if not is_working_day(start, state):
        findings.append(StepFinding(code="HR-START-FREE", severity=Severity.INFO, params=told))
    return findings


def _about_benefits(start: date, amount: Decimal) -> list[StepFinding]:
    limit = benefit_limit(start)
    if not amount:
        return []
    if limit is None:
        told: dict[str, object] = {"year": str(start.year)}
        return [StepFinding(code="HR-BENEFIT-YEAR", severity=Severity.WARNING, params=told)]
    if amount <= limit:
        return []
    told = {"amount": f"{amount:.2f}", "limit": f"{limit:.2f}"}
    return [StepFinding(code="HR-BENEFIT", severity=Severity.WARNING, params=told)]
