"""Looks at hosts over the network: whether they answer, how fast, and with which certificate."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Final

from app.adapters.probing import Kind, Probed, Target, Trouble, probe
from app.catalogue.rows import shortened
from app.catalogue.steps import (
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.sandbox import progress
from app.kernel.spoken import speaker
from app.kernel.svg import Bar, bars
from app.kernel.text import Text
from app.services.it_upkeep.certificates import NotACertificate, read_certificates
from app.services.it_upkeep.rules import Certificate, about_certificate
from app.services.it_upkeep.targets import MOST_TARGETS, targets

_UNTRUSTED: Final = (
    ("self-signed", "IT-UNTRUSTED-SELF"),
    ("self signed", "IT-UNTRUSTED-SELF"),
    ("mismatch", "IT-UNTRUSTED-NAME"),
    ("has expired", "IT-UNTRUSTED-EXPIRED"),
    ("not yet valid", "IT-UNTRUSTED-NOT-YET"),
    ("unable to get", "IT-UNTRUSTED-ISSUER"),
    ("unable to verify", "IT-UNTRUSTED-ISSUER"),
)
"""What the library says of a chain that does not hold, and what we make of it."""
AT_ONCE: Final = 8
SLOW_MILLISECONDS: Final = 2_000
SERVER_ERROR, CLIENT_ERROR, REDIRECT = 500, 400, 300
_TROUBLES: Final = {
    Trouble.REFUSED: "IT-NOT-PUBLIC",
    Trouble.NAME: "IT-UNKNOWN-NAME",
    Trouble.CONNECTION: "IT-NO-CONNECTION",
    Trouble.TLS: "IT-NO-TLS",
    Trouble.TIME: "IT-NO-ANSWER-IN-TIME",
    Trouble.ANSWER: "IT-ODD-ANSWER",
}
_ERROR, _WARN, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def check_reachability(step: StepInput) -> StepResult:
    """Every host once, eight at a time. Never raises for what a host does."""
    asked, unread = targets(str(step.payload.get("targets") or ""))
    findings = [_finding("IT-NO-TARGET", _ERROR, line, line=line[:120]) for line in unread]
    if len(asked) > MOST_TARGETS:
        findings.append(_finding("IT-MANY-TARGETS", _WARN, most=MOST_TARGETS))
        asked = asked[:MOST_TARGETS]
    rows = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = pool.map(probe, [target for _, target in asked])
        for done, ((line, target), found) in enumerate(zip(asked, seen, strict=True), start=1):
            progress(done, len(asked))
            certificate = _certificate(found)
            findings += _about(line, target, found, certificate, step)
            rows.append(_row(line, target, found, certificate))
    if not rows and not findings:
        findings.append(_finding("IT-NOTHING-ASKED", _ERROR))
    values = {
        "as_of": ProposedValue(value=step.today.isoformat()),
        "checks": ProposedValue(value=rows),
    }
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        title=", ".join(line for line, _ in asked[:3]),
        documents=(_picture(rows, step.client_locale),) if rows else (),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is _INFO for one in findings),
    )


def _finding(code: str, severity: Severity, place: str = "", **params: object) -> StepFinding:
    return StepFinding(code=code, severity=severity, place=place[:200], params=params)


def _certificate(found: Probed) -> Certificate | None:
    try:
        return read_certificates(found.certificate)[0][0] if found.certificate else None
    except NotACertificate:
        return None


def _about(
    line: str, target: Target, found: Probed, certificate: Certificate | None, step: StepInput
) -> Iterator[StepFinding]:
    told: dict[str, object] = {"host": line[:120]}
    if found.trouble is not None:
        yield _finding(_TROUBLES[found.trouble], _ERROR, line, **told)
    if found.untrusted:
        said = found.untrusted.lower()
        code = next((code for words, code in _UNTRUSTED if words in said), "IT-UNTRUSTED")
        why = found.untrusted[:120]
        yield _finding(code, _ERROR, line, why=why, **told)
    if found.milliseconds > SLOW_MILLISECONDS:
        yield _finding("IT-SLOW", _WARN, line, milliseconds=found.milliseconds, **told)
    yield from _about_status(line, target, found)
    if certificate is not None:
        ends = {"name": certificate.name[:120] or line[:120], "ends": certificate.ends.isoformat()}
        for problem, severity in about_certificate(certificate, today=step.today):
            if problem in ("expired", "soon"):
                yield _finding(f"IT-{problem.upper()}", Severity(severity), line, **ends)


def _about_status(line: str, target: Target, found: Probed) -> Iterator[StepFinding]:
    told: dict[str, object] = {"host": line[:120], "status": found.status}
    if found.status >= CLIENT_ERROR:
        severity = _ERROR if found.status >= SERVER_ERROR else _WARN
        yield _finding("IT-STATUS", severity, line, **told)
    elif found.status >= REDIRECT and found.location:
        yield _finding("IT-REDIRECT", _INFO, line, to=found.location[:200], **told)
    leads_on = found.location.lower().startswith("https://")
    if target.kind is Kind.HTTP and found.status and not leads_on:
        yield _finding("IT-PLAIN", _WARN, line, host=line[:120])


def _row(
    line: str, target: Target, found: Probed, certificate: Certificate | None
) -> dict[str, Any]:
    return {
        "target": line[:300],
        "kind": str(target.kind),
        "reached": "yes" if found.trouble is None else "no",
        "status": found.status or None,
        "milliseconds": found.milliseconds or None,
        "ends_on": certificate.ends.isoformat() if certificate else None,
        "trusted": ("no" if found.untrusted else "yes") if found.certificate else "",
    }


def _picture(rows: list[dict[str, Any]], locale: str) -> ResultDocument:
    drawn = [
        Bar(
            label=one["target"],
            value=Decimal(one["milliseconds"] or 0),
            shown=f"{one['milliseconds']} ms" if one["reached"] == "yes" else "-",
            tone="good" if one["reached"] == "yes" else "bad",
        )
        for one in rows
    ]
    picture = bars(speaker(locale)(Text("How fast hosts answer")), drawn)
    return ResultDocument(name="hosts.svg", media_type="image/svg+xml", content=picture)
