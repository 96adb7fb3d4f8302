"""Reads a list of vehicles, works out what is due; writes it as table and calendar."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.rows import Table, TypedRow, at, read_table, table_of
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.law_dates import add_months
from app.kernel.spoken import speaker
from app.kernel.svg import Span, Tone, spans
from app.kernel.text import Text
from app.services.fleet.columns import COLUMNS, PAST, vehicle
from app.services.fleet.rules import IN_FORCE, Due, Vehicle, dues, is_long_overdue
from app.services.fleet.schemas import DUTIES, DUTY_LABELS, FleetValues

SOON: Final = timedelta(days=30)
SHORT: Final = dict(zip(DUTIES, ("HU", "SP", "UVV", "§ 57b", "FSK", "Service"), strict=True))
TONES: Final[Mapping[str, Tone]] = {"main": "calm", "safety": "calm", "service": "good"}
REMIND: Final = (30, 7)


def check(step: StepInput) -> StepResult:
    """What is due in the months asked for, and what already was."""
    document = table_of(step.documents)
    if document is None:
        missing = StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
        return StepResult(findings=(missing,))
    table = read_table(document, COLUMNS)
    horizon = add_months(step.today, int(step.payload.get("months") or 12))
    vehicles, doubles = _once(table)
    findings, rows = [*table.findings, *doubles], []
    for row in vehicles:
        known = vehicle(row)
        found = [one for one in dues(known, today=step.today) if one.day <= horizon]
        rows += [
            {"plate": row["plate"][:20], "what": one.what, "due_on": one.day.isoformat()}
            for one in found
        ]
        findings += _slips(table, row, known, step.today)
        findings += _dues(table, row, found, step.today)
    if vehicles and not rows:
        findings.append(at(document, "FL-NONE", Severity.INFO, until=horizon.isoformat()))
    rows.sort(key=lambda one: (one["due_on"], one["plate"]))
    values = {
        "as_of": ProposedValue(value=step.today.isoformat()),
        "vehicles": ProposedValue(value=len(vehicles)),
        "dues": ProposedValue(value=rows, place=document.name),
    }
    picture = _picture(rows, step.today, horizon, step.client_locale)
    return StepResult(
        values=values if vehicles else {},
        findings=tuple(findings),
        documents=(picture,) if rows else (),
        units=Decimal(max(len(vehicles), 1)),
        straight_through=bool(vehicles) and all(one.severity is Severity.INFO for one in findings),
    )


def _dues(table: Table, row: TypedRow, found: Sequence[Due], today: date) -> Iterator[StepFinding]:
    for one in found:
        told = {"plate": row["plate"], "what": one.what, "due": one.day.isoformat()}
        column = f"last_{one.what}"
        if one.what == "main" and is_long_overdue(one.day, today=today):
            yield table.finding("FL-LONG-OVERDUE", Severity.ERROR, row.line, "last_main", **told)
        elif one.overdue:
            yield table.finding("FL-OVERDUE", Severity.WARNING, row.line, column, **told)
        elif one.day - today <= SOON:
            yield table.finding("FL-SOON", Severity.INFO, row.line, column, **told)


def _slips(table: Table, row: TypedRow, known: Vehicle, today: date) -> Iterator[StepFinding]:
    plate = row["plate"]
    for column in (*PAST, "last_service", "registered_on"):
        day = row[column]
        told = {"plate": plate, "found": day.isoformat()} if day else {}
        if day and day > today:
            yield table.finding("FL-FUTURE", Severity.ERROR, row.line, column, **told)
        elif day and day < known.registered_on:
            registered = known.registered_on.isoformat()
            yield table.finding(
                "FL-BEFORE-NEW", Severity.WARNING, row.line, column, registered=registered, **told
            )
    if known.last_main and known.last_main < IN_FORCE:
        told = {"found": known.last_main.isoformat(), "since": IN_FORCE.isoformat()}
        yield table.finding(
            "FL-OLD-RULE", Severity.WARNING, row.line, "last_main", plate=plate, **told
        )
    if known.km is not None and known.km < (known.km_at_service or 0):
        yield table.finding(
            "FL-KM-BACK",
            Severity.ERROR,
            row.line,
            "km",
            plate=plate,
            km=known.km,
            before=known.km_at_service,
        )
    if known.service_km and known.km is None:
        yield table.finding("FL-NO-PACE", Severity.INFO, row.line, "km", plate=plate)


def _once(table: Table) -> tuple[list[TypedRow], list[StepFinding]]:
    """Each vehicle once, and what is said of the others."""
    seen: dict[str, int] = {}
    kept, findings = [], []
    for row in table.rows:
        plate = "".join(row["plate"].upper().replace("-", " ").split())
        first = seen.setdefault(plate, row.line)
        if first == row.line:
            kept.append(row)
            continue
        told = {"plate": row["plate"], "first": first}
        findings.append(table.finding("FL-DOUBLE", Severity.WARNING, row.line, "plate", **told))
    return kept, findings


def _picture(
    rows: Sequence[Mapping[str, Any]], today: date, horizon: date, locale: str
) -> ResultDocument:
    """The maintenance calendar: a row for each vehicle, a mark for each duty."""
    start = today - timedelta(days=60)
    by_plate: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        by_plate.setdefault(one["plate"], []).append(one)
    drawn = []
    for plate, mine in list(by_plate.items())[:40]:
        marks = []
        for one in mine:
            day = date.fromisoformat(str(one["due_on"]))
            late: Tone = "bad" if day < today else TONES.get(one["what"], "warn")
            marks.append((max(day, start), late))
        note = ", ".join(f"{SHORT[one['what']]} {one['due_on']}" for one in mine)
        drawn.append(Span(label=plate, marks=marks, note=note))
    title = speaker(locale)(Text("Maintenance calendar"))
    picture = spans(title, drawn, start=start, end=horizon, today=today)
    return ResultDocument(name="maintenance.svg", media_type="image/svg+xml", content=picture)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """Due list and calendar of the approved days."""
    values = FleetValues().load(dict(delivery.values), unknown=EXCLUDE)
    say = speaker(delivery.client_locale)
    duties = {key: Text(label) for key, label in zip(DUTIES, DUTY_LABELS, strict=True)}
    sheet = Sheet(
        title=Text("Due list"),
        headings=(Text("Number plate"), Text("Duty"), Text("Due on"), Text("Appointment with")),
        rows=[
            [one["plate"], duties[one["what"]], one["due_on"], one["workshop"]]
            for one in values["dues"]
        ],
    )
    entries = [
        Entry(
            key=f"{delivery.client_name}/{one['plate']}/{one['what']}/{one['due_on']}",
            day=one["due_on"],
            summary=f"{one['plate']}: {say(duties[one['what']])}",
            note=one["workshop"],
            remind_days=REMIND,
        )
        for one in values["dues"]
    ]
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "due-list", "xlsx"), [sheet], locale=locale),
        ics_file(file_name(number, "due-list", "ics"), entries),
    )
