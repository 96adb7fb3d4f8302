"""The automation: read the stops, plan the tours, recompute every promise, draw and print them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from icalendar import Calendar, Event

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
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
from app.kernel.tables import NotAList, Row, read_list
from app.kernel.text import Text
from app.services.routes.drawing import drawn
from app.services.routes.problem import Plan, Problem, Stop, breaches, on_earth
from app.services.routes.solver import solve

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("stop", "stopp", "kunde", "adresse", "address"),
    "latitude": ("lat", "breite", "breitengrad"),
    "longitude": ("lon", "lng", "länge", "längengrad"),
    "load": ("menge", "last", "gewicht", "demand"),
    "ready": ("von", "from", "ab"),
    "due": ("bis", "to", "until"),
    "service": ("dauer", "minuten", "minutes"),
}
MOST_STOPS: Final = 1_000
ALL_DAY: Final = ("0:00", "23:59")


def check(step: StepInput) -> StepResult:
    """Tours, findings and files. Never raises for a file."""
    document = step.documents[0]
    try:
        found, rows = read_list(document.content, COLUMNS)
    except NotAList:
        return _refused(document, "RO-UNREADABLE")
    if missing := {"name", "latitude", "longitude"} - found:
        return _refused(document, "RO-COLUMNS", columns=", ".join(sorted(missing)))
    findings: list[StepFinding] = []
    stops = list(_stops(document, rows, findings))
    if not stops or len(stops) > MOST_STOPS:
        return _refused(document, "RO-COUNT", count=len(stops), most=MOST_STOPS)
    problem = _problem(step.payload, stops)
    plan = solve(problem)
    findings += _of_plan(document, problem, plan)
    return StepResult(
        values=_values(step.payload, problem, plan),
        findings=tuple(findings),
        documents=_files(step, problem, plan),
        units=Decimal(len(stops)),
        straight_through=not findings,
    )


def _refused(document: StepDocument, code: str, **params: object) -> StepResult:
    return StepResult(findings=(_finding(document, code, Severity.ERROR, 0, **params),))


def _finding(
    document: StepDocument, code: str, severity: Severity, line: int, **params: object
) -> StepFinding:
    return StepFinding(
        code=code,
        severity=severity,
        place=f"{document.name}:{line}" if line else document.name,
        params={"line": str(line), **{name: str(value) for name, value in params.items()}},
        document_id=document.id,
    )


def _stops(
    document: StepDocument, rows: Sequence[Row], findings: list[StepFinding]
) -> Iterator[Stop]:
    for row in rows:
        try:
            yield _stop(row)
        except (ValueError, ArithmeticError):
            findings.append(_finding(document, "RO-LINE", Severity.ERROR, row.line))


def _stop(row: Row) -> Stop:
    """Raises ValueError."""
    cells = {name: text.replace(",", ".") for name, text in row.cells.items()}
    latitude, longitude = float(cells["latitude"]), float(cells["longitude"])
    load, service = float(cells.get("load") or 0), float(cells.get("service") or 0)
    if not row.is_whole or not (
        -90 <= latitude <= 90 and -180 <= longitude <= 180 and load >= 0 <= service
    ):
        raise ValueError(row.line)
    return Stop(
        name=row.cells["name"],
        x=longitude,
        y=latitude,
        load=round(load),
        ready=_seconds(row.cells.get("ready") or ALL_DAY[0]),
        due=_seconds(row.cells.get("due") or ALL_DAY[1]),
        service=round(service * 60),
        line=row.line,
    )


def _seconds(text: str) -> int:
    hours, _, minutes = text[:5].strip().partition(":")
    found = time(int(hours), int(minutes or 0))
    return found.hour * 3600 + found.minute * 60


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _problem(payload: Mapping[str, Any], stops: Sequence[Stop]) -> Problem:
    depot = Stop(
        name="",
        x=float(payload["longitude"]),
        y=float(payload["latitude"]),
        ready=_seconds(str(payload["begins"])),
        due=_seconds(str(payload["ends"])),
    )
    seconds, metres = on_earth((depot, *stops), kilometres_an_hour=float(payload["pace"]))
    return Problem(
        depot=depot,
        stops=tuple(stops),
        vehicles=int(payload["vehicles"]),
        capacity=int(payload["capacity"]),
        seconds=seconds,
        metres=metres,
    )


def _of_plan(document: StepDocument, problem: Problem, plan: Plan) -> Iterator[StepFinding]:
    for number in plan.unassigned:
        stop = problem.stops[number]
        yield _finding(document, "RO-UNASSIGNED", Severity.WARNING, stop.line, stop=stop.name)
    for breach in breaches(problem, plan):
        yield _finding(document, "RO-BREACH", Severity.ERROR, 0, what=breach)


def _values(payload: Mapping[str, Any], problem: Problem, plan: Plan) -> dict[str, ProposedValue]:
    rows = [
        {
            "tour": number,
            "arrival": _clock(visit.begin),
            "stop": problem.stops[visit.stop].name,
            "quantity": problem.stops[visit.stop].load,
        }
        for number, tour in enumerate(plan.tours, start=1)
        for visit in tour.visits
    ]
    metres = sum(tour.metres for tour in plan.tours)
    values: dict[str, Any] = {
        "day": payload["day"],
        "tours": len(plan.tours),
        "kilometres": str((Decimal(metres) / 1000).quantize(Decimal("0.1"))),
        "unassigned": "\n".join(problem.stops[number].name for number in plan.unassigned),
        "plan": rows,
    }
    return {key: ProposedValue(value=value) for key, value in values.items()}


def _files(step: StepInput, problem: Problem, plan: Plan) -> tuple[ResultDocument, ...]:
    day = str(step.payload["day"])
    return (
        ResultDocument(
            name=f"tours-{day}.svg", media_type="image/svg+xml", content=drawn(problem, plan)
        ),
        ResultDocument(
            name=f"tours-{day}.pdf", media_type="application/pdf",
            content=printed(_sheet(step, problem, plan)),
        ),
        ResultDocument(
            name=f"tours-{day}.ics", media_type="text/calendar",
            content=_calendar(date.fromisoformat(day), problem, plan),
        ),
    )  # fmt: skip


def _sheet(step: StepInput, problem: Problem, plan: Plan) -> Sheet:
    say = speaker(step.client_locale)
    columns = (
        Column(label=say(Text("Arrival"))),
        Column(label=say(Text("Stop")), wide=True),
        Column(label=say(Text("Load")), right=True),
    )
    tables = tuple(
        PrintedTable(
            heading=say(
                Text(
                    "Tour %(number)s: leaves %(leaves)s, back %(back)s, %(kilometres)s km",
                    number=number, leaves=_clock(tour.leaves), back=_clock(tour.back),
                    kilometres=round(tour.metres / 1000),
                )
            ),
            columns=columns,
            rows=tuple(
                (_clock(visit.begin), problem.stops[visit.stop].name,
                 str(problem.stops[visit.stop].load))
                for visit in tour.visits
            ),
        )
        for number, tour in enumerate(plan.tours, start=1)
    )  # fmt: skip
    return Sheet(
        title=say(Text("Tour plan")),
        language=step.client_locale[:2],
        recipient=(step.client_name,),
        facts=((say(Text("Day of the tours")), str(step.payload["day"])),),
        tables=tables,
    )


def _calendar(day: date, problem: Problem, plan: Plan) -> bytes:
    """One entry for each stop, in the time of the place (RFC 5545 floating time)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kontor//EN")
    calendar.add("version", "2.0")
    for number, tour in enumerate(plan.tours, start=1):
        for visit in tour.visits:
            stop = problem.stops[visit.stop]
            begin = datetime.combine(day, time(0)) + timedelta(seconds=visit.begin)
            event = Event()
            event.add("uid", f"{day}-{number}-{visit.stop}@kontor")
            event.add("dtstamp", datetime(day.year, 1, 1, tzinfo=UTC))
            event.add("dtstart", begin)
            event.add("dtend", begin + timedelta(seconds=max(stop.service, 60)))
            event.add("summary", f"{number}: {stop.name}")
            event.add("geo", (stop.y, stop.x))
            calendar.add_component(event)
    return bytes(calendar.to_ical())
