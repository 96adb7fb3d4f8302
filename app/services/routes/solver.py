"""Finds tours with PyVRP, always within a limit of time; the same list gives the same plan."""

import time
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyvrp
from pyvrp import PenaltyParams, SolveParams
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import MultipleCriteria, NoImprovement

from app.kernel.sandbox import progress
from app.services.routes.problem import Plan, Problem, Tour, Visit

SECONDS: Final = 10
"""Of processor time, so that a busy machine plans as well as a quiet one."""
SLOWEST: Final = 3
"""So many times as long by the clock at most, however busy the machine is."""
SEED: Final = 1
PATIENCE: Final = 1_000
PATIENCE_A_STOP: Final = 50
"""Rounds without a better plan after which the search ends: with few stops long before its time."""


def solve(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """The shortest plan found within the time; what cannot be served is listed, never forced.

    A stop left out costs more than the longest plan, and a broken window or load more than that.
    """
    patience = NoImprovement(PATIENCE + PATIENCE_A_STOP * len(problem.stops))
    stop = MultipleCriteria([patience, _Limit(seconds)])
    prize = 2 * (len(problem.stops) + 1) * max(map(max, problem.metres)) + 1
    dear = SolveParams(penalty=PenaltyParams(max_penalty=2 * prize))
    given = _given(problem, prize)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # such tours are not kept
        found = pyvrp.solve(given, stop, seed=SEED, collect_stats=False, params=dear)
    kept = (route for route in found.best.routes() if route.is_feasible())
    tours = tuple(_tour(problem, route) for route in kept)
    served = {visit.stop for tour in tours for visit in tour.visits}
    left = tuple(number for number in range(len(problem.stops)) if number not in served)
    return Plan(tours=tours, unassigned=left)


class _Limit:
    """True once the time is over; says on the way how much of it is."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun, self.clock = time.process_time(), time.monotonic()

    def __call__(self, best_cost: int) -> bool:
        used = time.process_time() - self.begun
        waited = time.monotonic() - self.clock
        part = max(used, waited / SLOWEST) / self.seconds
        progress(min(round(part * 100), 100), 100)
        return part >= 1


def _given(problem: Problem, prize: int) -> pyvrp.ProblemData:
    places = (problem.depot, *problem.stops)
    vehicles = pyvrp.VehicleType(
        num_available=min(problem.vehicles, len(problem.stops)),
        capacity=[problem.capacity],
        tw_early=problem.depot.ready,
        tw_late=problem.depot.due,
    )
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(one.x, one.y) for one in places],
        clients=[
            pyvrp.Client(
                location=number,
                delivery=[stop.load],
                service_duration=stop.service,
                tw_early=stop.ready,
                tw_late=stop.due,
                prize=prize,
                required=False,
            )
            for number, stop in enumerate(problem.stops, start=1)
        ],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[vehicles],
        distance_matrices=[_matrix(problem.metres)],
        duration_matrices=[_matrix(problem.seconds)],
    )


def _matrix(rows: Sequence[Sequence[int]]) -> Any:
    return np.array(rows, dtype=np.int64)


def _tour(problem: Problem, route: pyvrp.Route) -> Tour:
    visits = tuple(
        Visit(
            stop=step.idx,
            arrival=step.start_time - step.wait_duration,
            begin=step.start_time,
        )
        for step in route.schedule()
        if step.is_client()
    )
    places = [0, *(visit.stop + 1 for visit in visits), 0]
    metres = sum(problem.metres[one][other] for one, other in pairwise(places))
    return Tour(visits=visits, leaves=route.start_time(), back=route.end_time(), metres=metres)
