"""The automation: read the stops, plan the tours, recompute every promise, draw and print them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from icalendar import Calendar, Event

from app.adapters.pdf import Column, PrintedTable, Sheet, printed
from app.catalogue.rows import shortened
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
from app.kernel.tables import NotAList, read_headed
from app.kernel.text import Text
from app.services.routes.drawing import drawn
from app.services.routes.problem import Plan, Problem, Stop, breaches, on_earth
from app.services.routes.solver import solve
from app.services.routes.stops import COLUMNS, HEADINGS, Remark, left_out, seconds_of, stops_of

MOST_STOPS: Final = 1_000


def check(step: StepInput) -> StepResult:
    """Tours, findings and files. Never raises for a file."""
    document = step.documents[0]
    try:
        found, rows = read_headed(document.content, COLUMNS)
    except NotAList as reason:
        code = f"TABLE-{str(reason).upper().replace('_', '-')}"
        return _refused(document, Remark(code, Severity.ERROR, 0))
    if missing := [key for key in HEADINGS if key not in found]:
        return _refused(document, *(_lacking(key) for key in missing))
    if not rows:
        return _refused(document, Remark("TABLE-NO-ROWS", Severity.ERROR, 0))
    remarks: list[Remark] = []
    stops = stops_of(rows, remarks, found)
    if not stops or len(stops) > MOST_STOPS:
        count = {"count": len(stops), "most": MOST_STOPS}
        remarks.append(Remark("RO-COUNT", Severity.ERROR, 0, count))
        return StepResult(findings=_findings(document, remarks))
    problem = _problem(step.payload, stops)
    plan = solve(problem)
    remarks += left_out(problem, plan.unassigned)
    remarks += (
        Remark("RO-BREACH", Severity.ERROR, 0, {"what": breach})
        for breach in breaches(problem, plan)
    )
    return StepResult(
        values=_values(step.payload, problem, plan),
        findings=_findings(document, remarks),
        documents=_files(step, problem, plan),
        units=Decimal(len(stops)),
        straight_through=not remarks,
    )


def _refused(document: StepDocument, *remarks: Remark) -> StepResult:
    return StepResult(findings=_findings(document, remarks))


def _lacking(key: str) -> Remark:
    told = {"heading": HEADINGS[key], "names": ", ".join((key, *COLUMNS[key]))}
    return Remark("TABLE-COLUMN", Severity.ERROR, 0, told, HEADINGS[key])


def _findings(document: StepDocument, remarks: Sequence[Remark]) -> tuple[StepFinding, ...]:
    return shortened([_finding(document, one) for one in remarks])


def _finding(document: StepDocument, said: Remark) -> StepFinding:
    place = f"{document.name}:{said.line}" if said.line else document.name
    return StepFinding(
        code=said.code,
        severity=said.severity,
        place=" ".join(one for one in (place, said.column) if one),
        params={"line": str(said.line), **{key: str(one) for key, one in said.params.items()}},
        document_id=document.id,
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _problem(payload: Mapping[str, Any], stops: Sequence[Stop]) -> Problem:
    depot = Stop(
        name="",
        x=float(payload["longitude"]),
        y=float(payload["latitude"]),
        ready=seconds_of(str(payload["begins"])),
        due=seconds_of(str(payload["ends"])),
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
        Column(label=say(Text("Delivery stop")), wide=True),
        Column(label=say(Text("Quantity")), right=True),
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
