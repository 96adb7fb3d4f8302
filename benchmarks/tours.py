"""How near tours come to the best known ones: all 28 Solomon instances of the reference data."""

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
    names = sorted(path.stem for path in (ROUTING / "vrptw-solomon").glob("*.txt"))
    if size.items < 100_000:
        names = names[::6]
    if not names:
        return []
    best = json.loads((ROUTING / "solomon_bks.json").read_text())
    gaps = [_way(name) / best[f"{name}_distance"]["best_known_cost"] * 100 - 100 for name in names]
    return [
        _figure(f"mean gap of {len(names)} Solomon instances", sum(gaps) / len(gaps), most=MEAN),
        _figure(f"worst gap of {len(names)} Solomon instances", max(gaps), most=WORST),
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


def _way(name: str) -> float:
    problem = _problem(name)
    plan = solve(problem, seconds=SECONDS)
    broken = breaches(problem, plan)
    if broken or plan.unassigned:
        raise AssertionError(f"{name}: {broken}, {len(plan.unassigned)} stops are left")
    return sum(tour.metres for tour in plan.tours) / SCALE


def _problem(name: str) -> Problem:
    lines = (ROUTING / "vrptw-solomon" / f"{name}.txt").read_text().splitlines()
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
    ways = on_a_plan(places, scale=SCALE)
    return Problem(
        depot=places[0],
        stops=tuple(places[1:]),
        vehicles=vehicles,
        capacity=capacity,
        seconds=ways,
        metres=ways,
    )
