"""The tours as a picture: places where they lie, each tour in its colour, no map server."""

from collections.abc import Sequence
from html import escape
from math import cos, radians
from typing import Final

from app.kernel.svg import INK, SERIES, SOFT
from app.services.routes.problem import Plan, Problem

WIDTH: Final = 960
HEIGHT: Final = 640
EDGE: Final = 40
MOST_NAMES: Final = 60
"""With more stops names would lie on each other; with many more the numbers, too."""
MOST_NUMBERS: Final = 250
FAR: Final = 3
"""A stop without a tour is not drawn if it is so many times as far as the farthest served one."""
DEPOT: Final = -1
Point = tuple[float, float]


def drawn(problem: Problem, plan: Plan) -> bytes:
    """SVG of depot, stops and tours; stops without a tour are hollow."""
    points = _points(problem, plan)
    names = {number: stop.name for number, stop in enumerate(problem.stops)}
    if len(points) > MOST_NAMES:
        names = {}
    dot = _dot if len(points) <= MOST_NUMBERS else _small_dot
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="system-ui, sans-serif"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-size="12">']
    for number, tour in enumerate(plan.tours):
        colour = SERIES[number % len(SERIES)]
        stops = [visit.stop for visit in tour.visits]
        parts.append(_line([points[one] for one in (DEPOT, *stops, DEPOT)], colour))
        parts += (dot(points[one], colour, colour, str(turn)) for turn, one in enumerate(stops, 1))
    parts += (
        dot(points[one], "#ffffff", "#c0392b", "!") for one in plan.unassigned if one in points
    )
    parts += (_label(points[one], name) for one, name in names.items() if one in points)
    x, y = points[DEPOT]
    parts.append(f'<rect x="{x - 9:.1f}" y="{y - 9:.1f}" width="18" height="18" fill="{INK}"/>')
    return "".join([*parts, "</svg>"]).encode()


def _line(way: Sequence[Point], colour: str) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in way)
    return (
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5" '
        f'stroke-linejoin="round" opacity="0.8"/>'
    )


def _dot(point: Point, fill: str, edge: str, sign: str) -> str:
    x, y = point
    ink = edge if fill == "#ffffff" else "#ffffff"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{fill}" stroke="{edge}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="10" fill="{ink}">'
        f"{sign}</text>"
    )


def _small_dot(point: Point, fill: str, edge: str, _sign: str) -> str:
    x, y = point
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{edge}"/>'


def _label(point: Point, name: str) -> str:
    x, y = point
    left = x > WIDTH * 0.75
    anchor, shift = ("end", -13) if left else ("start", 13)
    return (
        f'<text x="{x + shift:.1f}" y="{y - 8:.1f}" text-anchor="{anchor}" fill="{SOFT}">'
        f"{escape(name[:28])}</text>"
    )


def _points(problem: Problem, plan: Plan) -> dict[int, Point]:
    """Depot and stops by number; north is up, and a kilometre as wide as it is high."""
    served = [visit.stop for tour in plan.tours for visit in tour.visits]
    reach = max((problem.metres[0][one + 1] for one in served), default=0) * FAR
    left = [one for one in plan.unassigned if not served or problem.metres[0][one + 1] <= reach]
    places = {DEPOT: problem.depot} | {one: problem.stops[one] for one in (*served, *left)}
    squeeze = cos(radians(sum(one.y for one in places.values()) / len(places)))
    flat = {number: (one.x * squeeze, one.y) for number, one in places.items()}
    left_edge, low = min(x for x, _ in flat.values()), min(y for _, y in flat.values())
    wide = max(x for x, _ in flat.values()) - left_edge or 1e-9
    high = max(y for _, y in flat.values()) - low or 1e-9
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    return {
        number: (EDGE + (x - left_edge) * scale, HEIGHT - EDGE - (y - low) * scale)
        for number, (x, y) in flat.items()
    }
