"""Reads certificates and accounts, and says what is wrong with them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import Column, Table, at, read_table, shortened, table_of
from app.catalogue.steps import (
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Bar, bars
from app.kernel.text import Text
from app.services.it_upkeep.certificates import (
    NotACertificate,
    has_private_key,
    read_certificates,
)
from app.services.it_upkeep.rules import (
    SOON_DAYS,
    Access,
    Certificate,
    about_access,
    about_certificate,
    conflicts,
    covers,
    longest_days,
)

ACCESS: Final = (
    Column(key="user", names=("Benutzer", "Konto", "Account", "Login"), required=True),
    Column(key="system", names=("System", "Anwendung", "Application"), required=True),
    Column(key="role", names=("Rolle", "Rechte", "Role")),
    Column(key="last_login", names=("Letzte Anmeldung", "Last sign-in"), kind="date"),
    Column(key="has_second_factor", names=("Zweiter Faktor", "MFA", "2FA"), kind="yes"),
    Column(key="left_on", names=("Austritt", "Ausgeschieden am", "Left"), kind="date"),
)
DRAWN: Final = 40


def check_certificates(step: StepInput) -> StepResult:
    """Every certificate of every file, soonest end first."""
    found: list[Certificate] = []
    findings: list[StepFinding] = []
    for document in step.documents:
        if has_private_key(document.content):
            findings.append(at(document, "IT-PRIVATE-KEY", Severity.ERROR))
            continue
        try:
            mine, lost = read_certificates(document.content)
        except NotACertificate:
            findings.append(at(document, "IT-NO-CERTIFICATE", Severity.ERROR))
            continue
        if lost:
            findings.append(at(document, "IT-BROKEN", Severity.ERROR, count=lost))
        for one in mine:
            if one in found:
                findings.append(at(document, "IT-TWICE", Severity.INFO, name=one.name[:120]))
                continue
            found.append(one)
            findings += _about(document, one, step)
    findings += _uncovered(found, str(step.payload.get("hosts") or ""))
    found.sort(key=lambda one: (one.ends, one.name))
    rows = [_row(one, step) for one in found]
    values = {
        "as_of": ProposedValue(value=step.today.isoformat()),
        "certificates": ProposedValue(value=rows),
    }
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        documents=(_picture(rows, step.client_locale),) if rows else (),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _about(document: StepDocument, one: Certificate, step: StepInput) -> Iterator[StepFinding]:
    told = {
        "name": one.name[:120],
        "ends": one.ends.isoformat(),
        "begins": one.begins.isoformat(),
        "key": f"{one.key} {one.bits}",
        "digest": one.digest,
        "days": (one.ends - one.begins).days,
        "most": longest_days(one.begins) or 0,
    }
    for problem, severity in about_certificate(one, today=step.today):
        yield StepFinding(
            code=f"IT-{problem.upper().replace('_', '-')}",
            severity=Severity(severity),
            place=f"{document.name} {one.name}"[:200],
            params=told,
            document_id=document.id,
        )


def _uncovered(found: list[Certificate], hosts: str) -> Iterator[StepFinding]:
    for host in hosts.split():
        if not any(covers(one, host) for one in found):
            told = {"host": host[:120]}
            yield StepFinding(
                code="IT-UNCOVERED", severity=Severity.ERROR, place=host[:120], params=told
            )


def _row(one: Certificate, step: StepInput) -> dict[str, Any]:
    return {
        "name": one.name[:200] or "-",
        "issuer": one.issuer[:200],
        "ends_on": one.ends.isoformat(),
        "days_left": (one.ends - step.today).days,
        "key": f"{one.key.upper()} {one.bits or ''}".strip(),
    }


def _picture(rows: list[dict[str, Any]], locale: str) -> ResultDocument:
    drawn = [
        Bar(
            label=one["name"],
            value=Decimal(max(one["days_left"], 0)),
            shown=str(one["days_left"]),
            tone="bad" if one["days_left"] <= SOON_DAYS else "good",
        )
        for one in rows[:DRAWN]
    ]
    picture = bars(speaker(locale)(Text("Days until certificates expire")), drawn)
    return ResultDocument(name="certificates.svg", media_type="image/svg+xml", content=picture)


def check_access(step: StepInput) -> StepResult:
    """Which accounts are doubtful, and why."""
    document = table_of(step.documents)
    if document is None:
        missing = StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
        return StepResult(findings=(missing,))
    table = read_table(document, ACCESS)
    accesses = [_access(row.cells) for row in table.rows]
    findings, doubtful = list(table.findings), []
    for row, one in zip(table.rows, accesses, strict=True):
        problems = about_access(one, today=step.today)
        findings += [_said(table, row.line, problem, one) for problem in problems]
        if problems or row.unread:
            doubtful.append(one)
    for one, other in conflicts(accesses):
        line = table.rows[accesses.index(one)].line
        findings.append(_said(table, line, "conflict", one, other=other.role[:60]))
        doubtful += [each for each in (one, other) if each not in doubtful]
    values = {
        "accounts": ProposedValue(value=len(accesses), place=document.name),
        "doubtful": ProposedValue(value=[_account(one) for one in doubtful]),
    }
    return StepResult(
        values=values if accesses else {},
        findings=shortened(findings),
        units=Decimal(max(len(accesses), 1)),
        straight_through=bool(accesses) and not findings,
    )


def _access(cells: Mapping[str, Any]) -> Access:
    return Access(
        user=cells["user"][:120],
        system=cells["system"][:120],
        role=(cells.get("role") or "")[:120],
        last_login=cells.get("last_login"),
        has_second_factor=cells.get("has_second_factor"),
        left_on=cells.get("left_on"),
    )


def _said(table: Table, line: int, problem: str, one: Access, **more: object) -> StepFinding:
    told = {
        "user": one.user[:80],
        "system": one.system[:80],
        "role": one.role[:60],
        "left": one.left_on.isoformat() if one.left_on else "",
    }
    severity = Severity.ERROR if problem in ("left", "conflict") else Severity.WARNING
    code = f"IT-{problem.upper().replace('_', '-')}"
    return table.finding(code, severity, line, "user", **told, **more)


def _account(one: Access) -> dict[str, Any]:
    last = one.last_login.isoformat() if one.last_login else None
    return {"user": one.user, "system": one.system, "role": one.role, "last_login": last}
