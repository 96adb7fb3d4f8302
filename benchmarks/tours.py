"""How near tours come to the best known ones: every instance of the reference data.

Solomon's have windows of time, those of Augerat, Christofides and Uchoa loads only.
"""

import json
import os
from pathlib import Path

from app.services.routes.problem import Problem, Stop, breaches, on_a_plan
from app.services.routes.solver import SECONDS, solve
from benchmarks.measure import Figure, Size

SHARED = Path(__file__).parents[2] / "shared/data"
ROUTING = Path(os.environ.get("KONTOR_REFERENCE_DATA", SHARED)) / "routing"
SCALE = 1000
MEAN, WORST = 1.5, 6.0
"""Percent above the best known way."""


def run(_installation: object, size: Size) -> list[Figure]:
    """Mean and worst gap in percent; nothing where the reference data is absent."""
    every = 1 if size.items >= 100_000 else 6
    return [
        figure
        for name, gaps in (
            ("Solomon", [_gap(*one) for one in _solomon()[::every]]),
            ("small loads-only", [_gap(*one) for one in _small()[::every]]),
            ("large loads-only", [_gap(*one) for one in _large()[::every]]),
        )
        if gaps
        for figure in (
            _figure(f"mean gap of {len(gaps)} {name} instances", sum(gaps) / len(gaps), most=MEAN),
            _figure(f"worst gap of {len(gaps)} {name} instances", max(gaps), most=WORST),
        )
    ]


def _figure(name: str, gap: float, *, most: float) -> Figure:
    return Figure(
        name=name,
        value=gap,
        unit="%",
        baseline=0,
        baseline_name="best known",
        gate=f"<= {most:g} %",
        passed=gap <= most,
    )


def _gap(name: str, problem: Problem, best: float) -> float:
    """Percent above the best known way."""
    plan = solve(problem, seconds=SECONDS)
    broken = breaches(problem, plan)
    if broken or plan.unassigned:
        raise AssertionError(f"{name}: {broken}, {len(plan.unassigned)} stops are left")
    return sum(tour.metres for tour in plan.tours) / best * 100 - 100


Instance = tuple[str, Problem, float]


def _solomon() -> list[Instance]:
    paths = sorted((ROUTING / "vrptw-solomon").glob("*.txt"))
    best = _best("solomon_bks.json") if paths else {}
    return [
        (path.stem, _with_windows(path), best[f"{path.stem}_distance"]["best_known_cost"] * SCALE)
        for path in paths
    ]


def _small() -> list[Instance]:
    paths = sorted((ROUTING / "cvrp-small").glob("*/*.vrp"))
    best = _best("cvrp_small_bks.json") if paths else {}
    return [
        (
            path.stem,
            _with_loads(path, vehicles=best[path.stem]["vehicles"]),
            best[path.stem]["best_known_cost"],
        )
        for path in paths
    ]


def _large() -> list[Instance]:
    return [
        (path.stem, _with_loads(path), int(path.with_suffix(".sol").read_text().split()[-1]))
        for path in sorted((ROUTING / "cvrp-x").glob("*.vrp"))
    ]


def _best(name: str) -> dict[str, dict[str, float]]:
    return json.loads((ROUTING / name).read_text())


def _with_windows(path: Path) -> Problem:
    lines = path.read_text().splitlines()
    vehicles, capacity = map(int, lines[4].split())
    rows = [[float(cell) for cell in line.split()] for line in lines[7:] if len(line.split()) == 7]
    places = [
        Stop(
            name=str(int(row[0])),
            x=row[1],
            y=row[2],
            load=int(row[3]),
            ready=int(row[4] * SCALE),
            due=int(row[5] * SCALE),
            service=int(row[6] * SCALE),
        )
        for row in rows
    ]
    return _problem(places, vehicles=vehicles, capacity=capacity, scale=SCALE)


def _with_loads(path: Path, *, vehicles: float | None = None) -> Problem:
    """CVRPLIB's form: distances in whole numbers; large ones have no limit of vehicles."""
    head, rest = path.read_text().split("NODE_COORD_SECTION")
    places, rest = rest.split("DEMAND_SECTION")
    loads = {int(line.split()[0]): int(line.split()[1]) for line in _lines(rest.split("DEPOT")[0])}
    capacity = next(line for line in head.splitlines() if line.startswith("CAPACITY"))
    stops = []
    for line in _lines(places):
        number, x, y = line.split()
        stops.append(Stop(name=number, x=float(x), y=float(y), load=loads[int(number)], due=10**9))
    return _problem(
        stops,
        vehicles=int(vehicles or len(stops)),
        capacity=int(capacity.split(":")[1]),
        scale=1,
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _problem(places: list[Stop], *, vehicles: int, capacity: int, scale: int) -> Problem:
    ways = on_a_plan(places, scale=scale)
    return Problem(
        depot=places[0],
        stops=tuple(places[1:]),
        vehicles=vehicles,
        capacity=capacity,
        seconds=ways,
        metres=ways,
    )
