"""What a computer does for each kind of work of compliance."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import Column, at, heads, read_table, shortened, table_of
from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.sandbox import counted
from app.kernel.tables import decoded
from app.services.compliance.gdpr import (
    NEEDED,
    REGISTER,
    ZONE,
    breach_until,
    free_days_inside,
    request_days,
)
from app.services.compliance.retention import KNOWN_UNTIL, kept
from app.services.compliance.screening import CUTOFF, Listed, Screen, plain, read_list

SHORT: Final = 4
NAMES: Final = (Column(key="name", names=("Name", "Firma", "Kunde", "Lieferant"), required=True),)
RECORD_KINDS: Final = {
    **dict.fromkeys(
        ("books", "bücher", "jahresabschluss", "inventar", "inventur", "bilanz", "hauptbuch"),
        "books",
    ),
    **dict.fromkeys(
        (
            *("voucher", "beleg", "rechnung", "buchungsbeleg", "eingangsrechnung"),
            *("ausgangsrechnung", "kontoauszug", "quittung", "invoice"),
        ),
        "voucher",
    ),
    **dict.fromkeys(("letter", "brief", "handelsbrief", "geschäftsbrief", "vertrag"), "letter"),
    **dict.fromkeys(("payroll", "lohnkonto"), "payroll"),
    **dict.fromkeys(
        ("working time", "arbeitszeit", "stundenzettel", "working_time"), "working_time"
    ),
    **dict.fromkeys(("application", "bewerbung"), "application"),
}
RECORDS: Final = (
    Column(key="record", names=("Unterlage", "Bezeichnung", "Record"), required=True),
    Column(key="kind", names=("Art", "Kind", "Typ"), choices=RECORD_KINDS, required=True),
    Column(key="made_on", names=("Datum", "Entstanden", "Date"), kind="date", required=True),
    Column(key="on_hold", names=("Sperre", "Hold", "Verfahren"), kind="yes"),
)
ACTIVITIES: Final = (
    Column(key="activity", names=("Verarbeitung", "Tätigkeit", "Activity"), required=True),
    Column(key="purpose", names=("Zweck", "Purpose")),
    Column(key="persons", names=("Personen", "Betroffene", "Kategorien")),
    Column(key="recipients", names=("Empfänger", "Recipients")),
    Column(key="third_country", names=("Drittland", "Third country")),
    Column(key="erasure", names=("Löschfrist", "Löschung", "Erasure")),
    Column(key="measures", names=("TOM", "Maßnahmen", "Measures")),
)
_ERROR, _WARN, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def _nothing(code: str) -> StepResult:
    return StepResult(findings=(StepFinding(code=code, severity=_ERROR),))


def screen(step: StepInput) -> StepResult:
    """Every name against every list handed in."""
    listed, names, others = _sorted_out(step)
    if not listed:
        return _nothing("CP-NO-LIST")
    if not names:
        return _nothing("CP-NO-NAMES")
    screened, cutoff = Screen(listed), int(step.payload.get("cutoff") or CUTOFF)
    tables = [read_table(one, NAMES) for one in names]
    findings, hits = [*others, *(one for table in tables for one in table.findings)], []
    rows = [(table, row) for table in tables for row in table.rows]
    for table, row in counted(rows):
        name = row["name"]
        if len(plain(name)) < SHORT:
            findings.append(table.finding("CP-SHORT", _WARN, row.line, "name", name=name[:60]))
            continue
        for hit in screened.hits(name, cutoff=cutoff):
            told: dict[str, Any] = {"name": name[:120], "listed": hit.listed.name[:120]}
            told |= {"reference": hit.listed.reference, "score": hit.score}
            hits.append(told)
            findings.append(table.finding("CP-HIT", _WARN, row.line, "name", **told))
    return StepResult(
        values={
            "screened": ProposedValue(
                value=len(rows), place=", ".join(one.name for one in names)[:200]
            ),
            "listed": ProposedValue(value=len(listed)),
            "screened_on": ProposedValue(value=step.today.isoformat()),
            "hits": ProposedValue(value=hits),
        },
        findings=shortened(findings),
        units=Decimal(max(len(rows), 1)),
        title=", ".join(one.name for one in names)[:200],
        straight_through=bool(rows) and not findings,
    )


def _sorted_out(
    step: StepInput,
) -> tuple[list[Listed], list[StepDocument], list[StepFinding]]:
    """All listed names, the tables of those to be screened, and what is neither."""
    listed, names, others = list[Listed](), list[StepDocument](), list[StepFinding]()
    for document in step.documents:
        found = read_list(document.content)
        if _is_official(found) or (found and "reference" in _heading(document.content)):
            listed += found
        elif "name" in heads(document, NAMES):
            names.append(document)
        else:
            others.append(at(document, "FILE-KIND", _WARN))
    return listed, names, others


def _heading(content: bytes) -> str:
    return decoded(content[:800]).split("\n", 1)[0].casefold()


def _is_official(found: list[Listed]) -> bool:
    return bool(found) and found[0].reference.startswith(("OFAC", "EU."))


def retain(step: StepInput) -> StepResult:
    """Until when every record is kept."""
    document = table_of(step.documents)
    if document is None:
        return _nothing("FILE-MISSING")
    table = read_table(document, RECORDS)
    findings, rows = list(table.findings), []
    for row in table.rows:
        if row["made_on"] > step.today:
            found = row["made_on"].isoformat()
            findings.append(table.finding("CP-FUTURE", _ERROR, row.line, "made_on", found=found))
            continue
        # What nobody can read may be a hold: in doubt nothing is deleted.
        on_hold = row["on_hold"] or "on_hold" in row.unread
        one = kept(row["kind"], row["made_on"], today=step.today, on_hold=bool(on_hold))
        rows.append(
            {
                "record": row["record"][:160],
                "kind": row["kind"],
                "made_on": row["made_on"].isoformat(),
                "until": one.until.isoformat(),
                "state": one.state,
                "law": one.law,
            }
        )
    if step.today.year > KNOWN_UNTIL:
        findings.append(table.finding("CP-LAW-YEAR", _WARN, year=str(step.today.year)))
    may_go = sum(one["state"] == "delete" for one in rows)
    if may_go:
        findings.append(table.finding("CP-MAY-GO", _INFO, count=may_go))
    rows.sort(key=lambda one: one["until"])
    return StepResult(
        values={"records": ProposedValue(value=rows, place=document.name)} if rows else {},
        findings=shortened(findings),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is _INFO for one in findings),
    )


def answer(step: StepInput) -> StepResult:
    """Until when a request is answered, or a breach told to the authority."""
    kind, state = str(step.payload["kind"]), str(step.payload.get("state") or "BE")
    received = date.fromisoformat(str(step.payload["received_on"]))
    findings = []
    if kind == "breach":
        hour, minute = (int(one) for one in str(step.payload.get("received_at")).split(":"))
        known = datetime(received.year, received.month, received.day, hour, minute, tzinfo=ZONE)
        until = breach_until(known)
        due, at, longest = until.date(), f"{until:%H:%M}", None
        if free := free_days_inside(received, due, state):
            findings.append(StepFinding(code="CP-WEEKEND", severity=_WARN, params={"count": free}))
    else:
        days = request_days(received, state=state)
        due, at, longest = days.answer, "", days.longer.isoformat()
        if days.moved:
            told = {"due": due.isoformat()}
            findings.append(StepFinding(code="CP-MOVED", severity=_INFO, params=told))
    if due < step.today:
        told = {"due": due.isoformat()}
        findings.append(StepFinding(code="CP-LATE", severity=_ERROR, params=told))
    values = {"kind": kind, "due_on": due.isoformat(), "due_at": at, "longest": longest}
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in values.items()},
        findings=tuple(findings),
    )


def register(step: StepInput) -> StepResult:
    """The register of processing activities, and its gaps."""
    document = table_of(step.documents)
    if document is None:
        return _nothing("FILE-MISSING")
    table = read_table(document, ACTIVITIES)
    findings, rows, seen = list(table.findings), [], dict[str, int]()
    for row in table.rows:
        name = row["activity"][:160]
        told = {"activity": name[:80]}
        rows.append({"activity": name} | {key: (row[key] or "")[:500] for key in REGISTER})
        for key in NEEDED:
            if not row[key]:
                gap = told | {"what": table.headings[key], "letter": REGISTER[key]}
                findings.append(table.finding("CP-GAP", _WARN, row.line, key, **gap))
        country = (row["third_country"] or "").strip(" -–")  # noqa: RUF001
        if country.casefold() not in ("", "nein", "no", "keine", "none"):
            third = told | {"country": country[:60]}
            findings.append(table.finding("CP-THIRD", _WARN, row.line, "third_country", **third))
        if name.casefold() in seen:
            first = seen[name.casefold()]
            findings.append(
                table.finding("CP-DOUBLE", _WARN, row.line, "activity", first=first, **told)
            )
        seen.setdefault(name.casefold(), row.line)
    return StepResult(
        values={"activities": ProposedValue(value=rows, place=document.name)} if rows else {},
        findings=shortened(findings),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and not findings,
    )
