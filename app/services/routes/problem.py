"""What is to be driven: stops, vehicles, and how long it takes from each place to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, ceil, cos, hypot, radians, sin, sqrt
from typing import Final

EARTH_METRES: Final = 6_371_000
DETOUR: Final = 1.3
"""Roads are longer than the straight line: the usual factor for Central Europe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place to be served. Times are seconds since midnight, the load is in whole units."""

    name: str
    x: float
    """Longitude, or metres on a plan."""
    y: float
    load: int = 0
    ready: int = 0
    due: int = 86_400
    service: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Stops and equal vehicles that begin and end at the depot."""

    depot: Stop
    stops: tuple[Stop, ...]
    vehicles: int
    capacity: int
    seconds: Sequence[Sequence[int]]
    """From place to place; 0 is the depot, then the stops."""
    metres: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When a stop is reached and when its service begins."""

    stop: int
    arrival: int
    begin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What one vehicle drives."""

    visits: tuple[Visit, ...]
    leaves: int
    back: int
    metres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The tours, and the stops that no vehicle can serve."""

    tours: tuple[Tour, ...]
    unassigned: tuple[int, ...]


def on_earth(
    places: Sequence[Stop], *, kilometres_an_hour: float
) -> tuple[list[list[int]], list[list[int]]]:
    """Seconds and metres between places given by longitude and latitude."""
    metres = [[round(apart(one, other) * DETOUR) for other in places] for one in places]
    pace = 3.6 / kilometres_an_hour
    return [[ceil(way * pace) for way in row] for row in metres], metres


def apart(one: Stop, other: Stop) -> float:
    """Metres in a straight line between two places on earth."""
    north, south = radians(one.y), radians(other.y)
    half = sin((south - north) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(other.x - one.x) / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(half))


def on_a_plan(places: Sequence[Stop], *, scale: int = 1) -> list[list[int]]:
    """Straight distances, rounded to the nearest part of `scale`."""
    return [
        [round(hypot(one.x - other.x, one.y - other.y) * scale) for other in places]
        for one in places
    ]


def breaches(problem: Problem, plan: Plan) -> list[str]:
    """What of the plan does not keep to the problem, worked out anew from the tours alone."""
    found = []
    served = [visit.stop for tour in plan.tours for visit in tour.visits]
    if sorted([*served, *plan.unassigned]) != list(range(len(problem.stops))):
        found.append("stops")
    if len(plan.tours) > problem.vehicles:
        found.append("vehicles")
    for tour in plan.tours:
        found += _of_tour(problem, tour)
    return found


def _of_tour(problem: Problem, tour: Tour) -> list[str]:
    found, place, at = [], 0, tour.leaves
    if sum(problem.stops[visit.stop].load for visit in tour.visits) > problem.capacity:
        found.append("capacity")
    for visit in tour.visits:
        stop = problem.stops[visit.stop]
        at += problem.seconds[place][visit.stop + 1]
        begin = max(at, stop.ready)
        if begin > stop.due or visit.begin < begin or visit.begin > stop.due:
            found.append(f"window of {stop.name}")
        at, place = max(begin, visit.begin) + stop.service, visit.stop + 1
    if at + problem.seconds[place][0] > problem.depot.due or tour.leaves < problem.depot.ready:
        found.append("working time")
    return found
