"""From a list's rows to stops, and what is said of rows and stops that are not right."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

from app.catalogue.steps import Severity
from app.kernel.numerals import decimal_sign, is_open, number_of
from app.kernel.tables import Row
from app.services.routes.problem import Problem, Stop, apart

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("stop", "stopp", "kunde", "adresse", "address"),
    "latitude": ("lat", "breite", "breitengrad"),
    "longitude": ("lon", "lng", "länge", "längengrad"),
    "load": ("menge", "last", "gewicht", "demand"),
    "ready": ("von", "from", "ab"),
    "due": ("bis", "to", "until"),
    "service": ("dauer", "minuten", "minutes"),
}
ALL_DAY: Final = ("0:00", "24:00")
MOST_LOAD: Final = 1_000_000
MOST_MINUTES: Final = 24 * 60
MOST_LETTERS: Final = 120
SWAPPED: Final = 10
"""So many times nearer with latitude and longitude the other way round: they were swapped."""
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?:[:.]\d\d)?(?: ?(?:Uhr|h))?", re.IGNORECASE)


class Remark(NamedTuple):
    """What a finding is made of."""

    code: str
    severity: Severity
    line: int
    params: Mapping[str, object] = {}


def stops_of(rows: Sequence[Row], remarks: list[Remark]) -> list[Stop]:
    """The stops that can be planned; of every other row a remark says why."""
    stops: list[Stop] = []
    seen: dict[tuple[object, ...], int] = {}
    decimal = decimal_sign(row.cells.get("load", "") for row in rows)
    for row in rows:
        try:
            stop = _stop(row, decimal=decimal)
        except (ValueError, ArithmeticError):
            remarks.append(Remark("RO-LINE", Severity.ERROR, row.line))
            continue
        if stop.ready > stop.due:
            remarks.append(Remark("RO-WINDOW", Severity.ERROR, row.line))
            continue
        before = seen.setdefault((stop.name, stop.x, stop.y, stop.ready, stop.due), row.line)
        if before != row.line:
            remarks.append(Remark("RO-TWICE", Severity.WARNING, row.line, {"other": before}))
        stops.append(stop)
    return stops


def _stop(row: Row, *, decimal: str) -> Stop:
    """Raises ValueError, ArithmeticError."""
    latitude, longitude = _number(row.cells["latitude"]), _number(row.cells["longitude"])
    load = _number(row.cells.get("load") or "0", decimal=decimal)
    if is_open(row.cells.get("load", "")) and not decimal:
        raise ValueError(row.line)
    service = _number(row.cells.get("service") or "0")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(row.line)
    if not (0 <= load <= MOST_LOAD and 0 <= service <= MOST_MINUTES):
        raise ValueError(row.line)
    return Stop(
        name=row.cells.get("name", "")[:MOST_LETTERS] or f"{latitude}, {longitude}",
        x=longitude,
        y=latitude,
        load=ceil(load),
        ready=seconds_of(row.cells.get("ready") or ALL_DAY[0]),
        due=seconds_of(row.cells.get("due") or ALL_DAY[1]),
        service=round(service * 60),
        line=row.line,
    )


def _number(text: str, *, decimal: str = "") -> float:
    """Raises ValueError."""
    number = number_of(text, decimal=decimal)
    if number is None:
        raise ValueError(text)
    return float(number)


def seconds_of(text: str) -> int:
    """Since midnight; hours as people write them: 8, 8:30, 8.30 Uhr, 24:00. Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    hours, minutes = int(found[1]), int(found[2] or 0)
    if minutes > 59 or hours * 60 + minutes > MOST_MINUTES:
        raise ValueError(text)
    return (hours * 60 + minutes) * 60


def left_out(problem: Problem, numbers: Sequence[int]) -> Iterator[Remark]:
    """Why each of these stops has no tour: what one can mend comes before what one cannot."""
    for number in numbers:
        stop = problem.stops[number]
        code, params = _reason(problem, number)
        yield Remark(code, Severity.WARNING, stop.line, {"stop": stop.name, **params})


def _reason(problem: Problem, number: int) -> tuple[str, Mapping[str, object]]:
    stop, depot = problem.stops[number], problem.depot
    if stop.load > problem.capacity:
        return "RO-HEAVY", {"load": stop.load, "capacity": problem.capacity}
    there, back = problem.seconds[0][number + 1], problem.seconds[number + 1][0]
    begin = max(depot.ready + there, stop.ready)
    if begin <= stop.due and begin + stop.service + back <= depot.due:
        return "RO-UNASSIGNED", {}
    turned = Stop(name="", x=stop.y, y=stop.x)
    if abs(stop.x) <= 90 and apart(depot, turned) * SWAPPED < apart(depot, stop):
        return "RO-SWAPPED", {}
    return "RO-REACH", {}
