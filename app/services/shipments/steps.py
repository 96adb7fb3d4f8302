"""Reads announcements and reports, follows every unit; writes the list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import Column, at, read_table, shortened
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Tone, Way, ways
from app.kernel.text import Text
from app.services.shipments import edifact, epcis
from app.services.shipments.messages import announced, happened
from app.services.shipments.rules import (
    ENDS,
    TROUBLE,
    Event,
    Expected,
    Journey,
    Step,
    journeys,
)
from app.services.shipments.schemas import ShipmentsValues
from app.services.shipments.texts import PROBLEM_WORDS, STEPS
from app.services.shipments.units import ZONE, unit_of

COLUMNS: Final = (
    Column(key="unit", names=("SSCC", "NVE", "Sendungsnummer", "Shipment"), required=True),
    Column(key="despatch", names=("Lieferschein", "Despatch advice")),
    Column(key="order", names=("Bestellung", "Bestellnummer", "Order number")),
    Column(key="receiver", names=("Empfänger", "Receiver")),
    Column(key="despatched_on", names=("Versandt am", "Despatched on"), kind="date"),
    Column(key="expected_on", names=("Erwartet am", "Expected on"), kind="date"),
    Column(key="ordered", names=("Bestellt", "Ordered"), kind="amount"),
    Column(key="shipped", names=("Versandt", "Shipped"), kind="amount"),
)
MILD: Final = frozenset({"unknown", "future", "order", "short"})
MOST_DRAWN: Final = 40
MOST_UNITS: Final = 5_000
_TIME: Final = "%Y-%m-%d %H:%M"


@dataclass(slots=True)
class Read:
    """What all files say together."""

    expected: list[Expected] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    findings: list[StepFinding] = field(default_factory=list)


def check(step: StepInput) -> StepResult:
    """Every unit with its last status, and what needs somebody."""
    read = Read()
    for document in step.documents:
        _read(document, read)
    found = journeys(
        read.expected,
        read.events,
        today=step.today,
        quiet_days=int(step.payload.get("quiet_days") or 2),
    )
    findings = [*read.findings, *_about_all(read)]
    if len(found) > MOST_UNITS:
        told = {"count": len(found), "shown": MOST_UNITS}
        findings.append(StepFinding(code="SH-MANY", severity=Severity.ERROR, params=told))
        found = found[:MOST_UNITS]
    findings += _once([told for one in found for told in _of_unit(one)])
    rows = [_row(one) for one in found]
    came = sum(1 for one in found if one.status is Step.DELIVERED)
    values = {
        "as_of": ProposedValue(value=step.today.isoformat()),
        "delivered": ProposedValue(value=came),
        "open": ProposedValue(value=len(found) - came),
        "exceptions": ProposedValue(value=sum(1 for one in found if one.problems)),
        "shipments": ProposedValue(value=rows),
    }
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        documents=(_picture(found, step.today, step.client_locale),) if rows else (),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _read(document: StepDocument, read: Read) -> None:
    content = document.content
    bare = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not bare:
        read.findings.append(at(document, "SH-EMPTY", Severity.ERROR))
    elif edifact.looks_like(bare):
        _read_edifact(document, bare, read)
    elif bare.startswith((b"<", b"{", b"[")):
        _read_epcis(document, read)
    elif document.name.lower().endswith((".csv", ".xlsx", ".txt")):
        _read_list(document, read)
    else:
        read.findings.append(at(document, "SH-OTHER", Severity.ERROR))


def _read_edifact(document: StepDocument, content: bytes, read: Read) -> None:
    try:
        found = edifact.messages(edifact.segments(content))
    except edifact.NotEdifact as reason:
        read.findings.append(at(document, f"SH-{str(reason).upper()}", Severity.ERROR))
        return
    if not found:
        read.findings.append(at(document, "SH-OTHER", Severity.ERROR))
    for one in found:
        kind = one.kind[:10]
        if not one.is_whole:
            cut = at(
                document,
                "SH-CUT",
                Severity.ERROR,
                found=len(one.segments) + 2,
                stated=one.stated or 0,
                kind=kind,
            )
            read.findings.append(cut)
        if one.kind == "DESADV":
            read.expected += announced(one)
        elif one.kind == "IFTSTA":
            read.events += happened(one, document.name)
        else:
            read.findings.append(at(document, "SH-MESSAGE", Severity.WARNING, kind=kind))


def _read_epcis(document: StepDocument, read: Read) -> None:
    try:
        found = epcis.read(document.content, document.name)
    except epcis.NotEpcis as reason:
        read.findings.append(at(document, f"SH-{str(reason).upper()}", Severity.ERROR))
        return
    read.events += found.events
    for code, count in (("SH-VOID", found.void), ("SH-UNTOLD", found.untold)):
        if count:
            read.findings.append(at(document, code, Severity.INFO, count=count))


def _read_list(document: StepDocument, read: Read) -> None:
    table = read_table(document, COLUMNS)
    read.findings += table.findings
    for row in table.rows:
        read.expected.append(
            Expected(
                unit=unit_of(row["unit"])[:200],
                despatch=row["despatch"] or "",
                order=row["order"] or "",
                receiver=row["receiver"] or "",
                despatched_on=row["despatched_on"],
                expected_on=row["expected_on"],
                ordered=row["ordered"],
                shipped=row["shipped"],
                references=(row["despatch"],) if row["despatch"] else (),
            )
        )


def _about_all(read: Read) -> Iterator[StepFinding]:
    if not read.expected and not read.events:
        if not any(one.severity is Severity.ERROR for one in read.findings):
            yield StepFinding(code="SH-NOTHING", severity=Severity.ERROR)
    elif not read.expected:
        yield StepFinding(code="SH-NO-PLAN", severity=Severity.INFO)
    codes = {one.code for one in read.events if one.step is Step.OTHER and one.code}
    for code in sorted(codes)[:20]:
        told = {"found": code[:40]}
        yield StepFinding(code="SH-CODE", severity=Severity.INFO, params=told)


def _of_unit(one: Journey) -> Iterator[StepFinding]:
    plan, last = one.expected, one.events[-1] if one.events else None
    told: dict[str, Any] = {
        "unit": one.unit[:80],
        "place": f"({last.place})" if last and last.place else "",
        "last": last.at.strftime(_TIME) if last else "-",
        "expected": _day(plan.expected_on if plan else None),
        "despatched": _day(plan.despatched_on if plan else None),
        "despatch": plan.despatch if plan else "",
        "ordered": f"{plan.ordered:f}" if plan and plan.ordered is not None else "",
        "shipped": f"{plan.shipped:f}" if plan and plan.shipped is not None else "",
    }
    for problem in one.problems:
        yield StepFinding(
            code=f"SH-{problem.upper().replace('_', '-')}",
            severity=Severity.WARNING if problem in MILD else Severity.ERROR,
            place=one.unit[:80],
            params=told,
        )


def _once(findings: Sequence[StepFinding]) -> list[StepFinding]:
    """What is short is short of a whole despatch, not of each of its units."""
    kept: dict[tuple[str, str], StepFinding] = {}
    for one in findings:
        whose = str(one.params["despatch"]) if one.code == "SH-SHORT" else one.place
        kept.setdefault((one.code, whose), one)
    return list(kept.values())


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _row(one: Journey) -> dict[str, Any]:
    plan, last = one.expected, one.events[-1] if one.events else None
    return {
        "unit": one.unit[:200],
        "despatch": plan.despatch[:60] if plan else "",
        "order": plan.order[:60] if plan else "",
        "receiver": plan.receiver[:120] if plan else "",
        "expected_on": plan.expected_on.isoformat() if plan and plan.expected_on else None,
        "status": str(one.status),
        "last": last.at.strftime(_TIME) if last else "",
        "place": last.place[:80] if last else "",
        "problem": one.problem,
        "done": "",
    }


def _picture(found: Sequence[Journey], today: date, locale: str) -> ResultDocument:
    """The way of each unit; those with an exception first."""
    say = speaker(locale)
    drawn = sorted(found, key=lambda one: not one.problems)[:MOST_DRAWN]
    end = datetime.combine(today, time(23, 59), ZONE)
    times = [event.at for one in drawn for event in one.events]
    start = min([*times, end - timedelta(days=3)])
    start = max(start, end - timedelta(days=60)).astimezone(ZONE).replace(hour=0, minute=0)
    rows = []
    for one in drawn:
        word = PROBLEM_WORDS[one.problem] if one.problem else STEPS[one.status]
        rows.append(
            Way(
                label=f"…{one.unit[-12:]}" if len(one.unit) > 26 else one.unit,
                moments=[(event.at, _tone(event), _hint(event, say)) for event in one.events],
                open_until=None if one.status in ENDS | TROUBLE else end,
                note=say(word),
                tone="bad" if one.problem else "good" if one.status in ENDS else "calm",
            )
        )
    picture = ways(say(Text("Shipments on their way")), rows, start=start, end=end)
    return ResultDocument(name="shipments.svg", media_type="image/svg+xml", content=picture)


def _tone(event: Event) -> Tone:
    if event.step in TROUBLE:
        return "bad"
    if event.step in ENDS:
        return "good"
    return "faint" if event.step is Step.OTHER else "calm"


def _hint(event: Event, say: Any) -> str:
    return f"{event.at.strftime(_TIME)} {say(STEPS[event.step])} {event.place}".strip()


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The list as XLSX and CSV, and the exceptions on a sheet of their own."""
    values = ShipmentsValues().load(dict(delivery.values), unknown=EXCLUDE)
    headings = (
        *(Text("Shipping unit (SSCC)"), Text("Despatch advice"), Text("Order number")),
        *(Text("Receiver"), Text("Expected on"), Text("Status"), Text("Last report")),
        *(Text("Place"), Text("Exception"), Text("What was done")),
    )
    rows = [
        [
            *(one["unit"], one["despatch"], one["order"], one["receiver"], one["expected_on"]),
            *(STEPS[Step(one["status"])], one["last"], one["place"]),
            *(PROBLEM_WORDS[one["problem"]] if one["problem"] else "", one["done"]),
        ]
        for one in values["shipments"]
    ]
    whole = Sheet(title=Text("Shipping units"), headings=headings, rows=rows)
    odd = Sheet(title=Text("Exceptions"), headings=headings, rows=[one for one in rows if one[8]])
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "shipments", "xlsx"), [whole, odd], locale=locale),
        csv_file(file_name(number, "shipments", "csv"), whole, locale=locale),
    )
