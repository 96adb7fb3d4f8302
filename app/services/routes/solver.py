"""Finds tours with VROOM, always with a limit of time."""

from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
import vroom

from app.services.routes.problem import Plan, Problem, Tour, Visit

SECONDS: Final = 10
EXPLORATION: Final = 3
"""Of five: more starts would need more time than a dispatcher waits."""


def solve(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """The best plan found within the time; what cannot be served is listed, never forced."""
    given = vroom.Input()
    given.set_durations_matrix("car", np.array(problem.seconds, dtype=np.uint32))
    given.set_distances_matrix("car", np.array(problem.metres, dtype=np.uint32))
    window = vroom.TimeWindow(problem.depot.ready, problem.depot.due)
    for number in range(min(problem.vehicles, max(1, len(problem.stops)))):
        given.add_vehicle(
            vroom.Vehicle(number, start=0, end=0, capacity=[problem.capacity], time_window=window)
        )
    for number, stop in enumerate(problem.stops):
        given.add_job(
            vroom.Job(
                number,
                location=number + 1,
                delivery=[stop.load],
                default_service=stop.service,
                time_windows=[vroom.TimeWindow(stop.ready, stop.due)],
            )
        )
    found = given.solve(
        exploration_level=EXPLORATION, nb_threads=2, timeout=timedelta(seconds=seconds)
    )
    return _plan(problem, found)


def _plan(problem: Problem, found: Any) -> Plan:
    routes = found.routes
    tours = []
    for vehicle in sorted(set(routes["vehicle_id"])):
        steps = routes[routes["vehicle_id"] == vehicle]
        tours.append(_tour(problem, steps.to_dict("records")))
    served = {visit.stop for tour in tours for visit in tour.visits}
    left = tuple(number for number in range(len(problem.stops)) if number not in served)
    return Plan(tours=tuple(tours), unassigned=left)


def _tour(problem: Problem, steps: list[dict[str, Any]]) -> Tour:
    visits = tuple(
        Visit(
            stop=int(step["id"]),
            arrival=int(step["arrival"]),
            begin=int(step["arrival"]) + int(step["waiting_time"]),
        )
        for step in steps
        if step["type"] == "job"
    )
    places = [0, *(visit.stop + 1 for visit in visits), 0]
    metres = sum(problem.metres[one][other] for one, other in pairwise(places))
    return Tour(
        visits=visits, leaves=int(steps[0]["arrival"]), back=int(steps[-1]["arrival"]),
        metres=metres,
    )  # fmt: skip
