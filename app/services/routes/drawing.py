"""The tours as a picture: places where they lie, each tour in its colour, no map server."""

from html import escape
from math import cos, radians
from typing import Final

from app.kernel.svg import INK, SERIES, SOFT
from app.services.routes.problem import Plan, Problem, Stop

WIDTH: Final = 960
HEIGHT: Final = 640
EDGE: Final = 40
Point = tuple[float, float]


def drawn(problem: Problem, plan: Plan) -> bytes:
    """SVG of depot, stops and tours; stops without a tour are hollow."""
    places = [problem.depot, *problem.stops]
    points = _points(places)
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="system-ui, sans-serif"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-size="12">']
    for number, tour in enumerate(plan.tours):
        colour = SERIES[number % len(SERIES)]
        way = [points[0], *(points[visit.stop + 1] for visit in tour.visits), points[0]]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in way)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5" '
            f'stroke-linejoin="round" opacity="0.8"/>'
        )
        for turn, visit in enumerate(tour.visits, start=1):
            parts.append(_dot(points[visit.stop + 1], colour, colour, str(turn)))
            parts.append(_label(points[visit.stop + 1], problem.stops[visit.stop].name))
    for left in plan.unassigned:
        parts.append(_dot(points[left + 1], "#ffffff", "#c0392b", "!"))
        parts.append(_label(points[left + 1], problem.stops[left].name))
    x, y = points[0]
    parts.append(f'<rect x="{x - 9:.1f}" y="{y - 9:.1f}" width="18" height="18" fill="{INK}"/>')
    return "".join([*parts, "</svg>"]).encode()


def _dot(point: Point, fill: str, edge: str, sign: str) -> str:
    x, y = point
    ink = edge if fill == "#ffffff" else "#ffffff"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{fill}" stroke="{edge}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="10" fill="{ink}">'
        f"{sign}</text>"
    )


def _label(point: Point, name: str) -> str:
    x, y = point
    left = x > WIDTH * 0.75
    anchor, shift = ("end", -13) if left else ("start", 13)
    return (
        f'<text x="{x + shift:.1f}" y="{y - 8:.1f}" text-anchor="{anchor}" fill="{SOFT}">'
        f"{escape(name[:28])}</text>"
    )


def _points(places: list[Stop]) -> list[Point]:
    """North is up, and a kilometre as wide as it is high."""
    squeeze = cos(radians(sum(one.y for one in places) / len(places)))
    flat = [(one.x * squeeze, one.y) for one in places]
    left, low = min(x for x, _ in flat), min(y for _, y in flat)
    wide = max(x for x, _ in flat) - left or 1e-9
    high = max(y for _, y in flat) - low or 1e-9
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    return [(EDGE + (x - left) * scale, HEIGHT - EDGE - (y - low) * scale) for x, y in flat]
