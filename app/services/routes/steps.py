"""The automation: read the stops, plan the tours, recompute every promise, draw them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

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
from app.kernel.tables import NotAList, read_headed
from app.services.routes.drawing import drawn
from app.services.routes.problem import Plan, Problem, Stop, breaches, on_earth
from app.services.routes.results import drafts
from app.services.routes.schemas import RouteValues
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
    values = _values(step.payload, problem, plan)
    return StepResult(
        values=values,
        findings=_findings(document, remarks),
        documents=_files(step, problem, plan, values),
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
            "minutes": problem.stops[visit.stop].service // 60,
            "place": f"{problem.stops[visit.stop].y:.5f}, {problem.stops[visit.stop].x:.5f}",
        }
        for number, tour in enumerate(plan.tours, start=1)
        for visit in tour.visits
    ]
    runs = [
        {
            "tour": number,
            "leaves": _clock(tour.leaves),
            "back": _clock(tour.back),
            "kilometres": round(tour.metres / 1000),
        }
        for number, tour in enumerate(plan.tours, start=1)
    ]
    metres = sum(tour.metres for tour in plan.tours)
    values: dict[str, Any] = {
        "day": payload["day"],
        "tours": len(plan.tours),
        "kilometres": str((Decimal(metres) / 1000).quantize(Decimal("0.1"))),
        "unassigned": "\n".join(problem.stops[number].name for number in plan.unassigned),
        "runs": runs,
        "plan": rows,
    }
    return {key: ProposedValue(value=value) for key, value in values.items()}


def _files(
    step: StepInput, problem: Problem, plan: Plan, values: Mapping[str, ProposedValue]
) -> tuple[ResultDocument, ...]:
    """The picture, and what the drivers would get if nothing were changed any more."""
    picture = ResultDocument(
        name=f"tours-{step.payload['day']}.svg",
        media_type="image/svg+xml",
        content=drawn(problem, plan),
    )
    loaded = RouteValues().load({key: one.value for key, one in values.items()})
    return picture, *drafts(loaded, client_name=step.client_name, locale=step.client_locale)
