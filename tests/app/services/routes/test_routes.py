"""Tours keep every window and load, are near the best known, and are there in time."""

import json
import time
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from app.catalogue.steps import StepDocument, StepInput, StepResult
from app.kernel.sandbox import watched
from app.services.routes import solver
from app.services.routes.manifest import SERVICE
from app.services.routes.problem import Plan, Problem, Stop, breaches, on_a_plan
from app.services.routes.samples import sample_orders
from app.services.routes.schemas import RouteOrder, RouteValues
from app.services.routes.solver import solve
from app.services.routes.steps import check
from tests.conftest import REFERENCE_DATA

ROUTING = REFERENCE_DATA / "routing"
SCALE = 1000
DAY = date(2026, 11, 25)
SECONDS = 60
"""More than the search needs where `few_rounds` ends it: the same plan on every machine."""


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "PATIENCE_A_STOP", 10)


def solomon(name: str) -> Problem:
    lines = (ROUTING / "vrptw-solomon" / f"{name}.txt").read_text().splitlines()
    vehicles, capacity = map(int, lines[4].split())
    rows = [[float(cell) for cell in line.split()] for line in lines[7:] if len(line.split()) == 7]
    places = [
        Stop(
            name=str(int(row[0])), x=row[1], y=row[2], load=int(row[3]),
            ready=int(row[4] * SCALE), due=int(row[5] * SCALE), service=int(row[6] * SCALE),
        )
        for row in rows
    ]  # fmt: skip
    ways = on_a_plan(places, scale=SCALE)
    return Problem(
        depot=places[0], stops=tuple(places[1:]), vehicles=vehicles, capacity=capacity,
        seconds=ways, metres=ways,
    )  # fmt: skip


@pytest.mark.skipif(not ROUTING.is_dir(), reason="the reference data is not here")
@pytest.mark.usefixtures("few_rounds")
def test_solomon_is_near_the_best_known_and_breaks_nothing() -> None:
    best = json.loads((ROUTING / "solomon_bks.json").read_text())
    names = sorted(path.stem for path in (ROUTING / "vrptw-solomon").glob("*.txt"))
    assert len(names) == 28
    gaps = {}
    for name in names[::6]:
        problem = solomon(name)
        plan = solve(problem, seconds=SECONDS)
        assert breaches(problem, plan) == [], name
        assert plan.unassigned == (), name
        way = sum(tour.metres for tour in plan.tours) / SCALE
        gaps[name] = way / best[f"{name}_distance"]["best_known_cost"] - 1
    assert sum(gaps.values()) / len(gaps) <= 0.015, gaps
    assert max(gaps.values()) <= 0.04, gaps


@pytest.mark.skipif(not ROUTING.is_dir(), reason="the reference data is not here")
@pytest.mark.usefixtures("few_rounds")
def test_too_few_vehicles_serve_what_they_can_and_never_late() -> None:
    problem = replace(solomon("RC101"), vehicles=10)
    plan = solve(problem, seconds=SECONDS)
    assert breaches(problem, plan) == []
    assert len(plan.tours) == 10
    assert 10 <= len(plan.unassigned) <= 20


@pytest.mark.skipif(not ROUTING.is_dir(), reason="the reference data is not here")
def test_a_search_cut_short_breaks_nothing_either() -> None:
    problem = replace(solomon("R104"), vehicles=5)
    plan = solve(problem, seconds=0.001)
    assert breaches(problem, plan) == []
    assert plan.unassigned


def test_the_search_ends_with_its_limit_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    places = [Stop(name=str(one), x=one * 37 % 101, y=one * 53 % 97) for one in range(200)]
    ways = on_a_plan(places, scale=SCALE)
    problem = Problem(
        depot=replace(places[0], due=10**9), stops=tuple(places[1:]), vehicles=5, capacity=1,
        seconds=ways, metres=ways,
    )  # fmt: skip
    begun = time.process_time()
    with watched(lambda done, of: told.append((done, of))):
        solve(problem, seconds=1)
    assert time.process_time() - begun < 5
    assert told
    assert all(0 <= done <= of for done, of in told)


def test_the_same_list_gives_the_same_plan() -> None:
    (_, content), *_ = sample_orders(DAY)[1].files
    assert run(content).values == run(content).values


def run(content: bytes, **order: Any) -> StepResult:
    payload = dict(sample_orders(DAY)[0].payload) | order
    return check(
        StepInput(
            documents=(StepDocument(id=uuid4(), name="s.csv", media_type="", content=content),),
            payload=RouteOrder().dump(RouteOrder().load(payload)),
            client_name="Alpha Logistik KG",
            client_locale="de",
            today=DAY,
        )
    )


def test_the_sample_lists_the_stop_that_cannot_be_served() -> None:
    (_, content), *_ = sample_orders(DAY)[0].files
    result = run(content)
    assert [(one.code, one.params["stop"]) for one in result.findings] == [
        ("RO-REACH", "Baustelle Lübeck")
    ]
    values = {key: read.value for key, read in result.values.items()}
    assert RouteValues().validate(values) == {}
    assert len(values["plan"]) == 11
    assert result.units == 12
    picture, pdf, calendar = (one.content for one in result.documents)
    assert picture.count(b"<circle") == 12
    assert pdf.startswith(b"%PDF-")
    assert len(Calendar.from_ical(calendar).walk("VEVENT")) == 11


def test_breaches_are_found() -> None:
    far = Stop(name="far", x=0, y=1000, load=5, ready=0, due=10)
    depot = Stop(name="", x=0, y=0, due=5000)
    ways = on_a_plan([depot, far])
    problem = Problem(
        depot=depot, stops=(replace(far, due=5000),), vehicles=1, capacity=5,
        seconds=ways, metres=ways,
    )  # fmt: skip
    plan = solve(problem, seconds=1)
    assert breaches(problem, plan) == []
    assert breaches(replace(problem, stops=(far,)), plan) == ["window of far"]
    assert breaches(replace(problem, capacity=4), plan) == ["capacity"]
    assert breaches(problem, Plan(tours=(), unassigned=())) == ["stops"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "TABLE-EMPTY"),
        (b"a;b\n1;2\n", "TABLE-COLUMN"),
        (b"Stop;lat;lon\nA;99;1\n", "RO-COUNT"),
        (b"Stop;lat;lon\nA;54,3;10,1\nB;x;1\n", "RO-LINE"),
    ],
)
def test_a_wrong_file_gives_a_reason(content: bytes, code: str) -> None:
    result = run(content)
    assert code in {one.code for one in result.findings}
    assert SERVICE.finding_text is not None
    for one in result.findings:
        assert "has found something" not in str(SERVICE.finding_text(one.code, one.params))
