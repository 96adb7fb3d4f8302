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
HEADINGS: Final = {"name": "Stopp", "latitude": "Breite", "longitude": "Länge"}
"""What the columns that must be there are called, where the file does not say."""
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
    column: str = ""
    """As the file calls it."""


class NotAStop(ValueError):
    """A row cannot be planned; `args[0]` is the column that is not right."""


def stops_of(rows: Sequence[Row], remarks: list[Remark], headings: Mapping[str, str]) -> list[Stop]:
    """The stops that can be planned; of every other row a remark says why.

    `headings`: what each of our columns is called in the file.
    """
    stops: list[Stop] = []
    seen: dict[tuple[object, ...], int] = {}
    decimal = decimal_sign(row.cells.get("load", "") for row in rows)
    for row in rows:
        try:
            stop = _stop(row, decimal=decimal)
        except NotAStop as no:
            remarks.append(_why(row, str(no), headings))
            continue
        if stop.ready > stop.due:
            remarks.append(Remark("RO-WINDOW", Severity.ERROR, row.line))
            continue
        before = seen.setdefault((stop.name, stop.x, stop.y, stop.ready, stop.due), row.line)
        if before != row.line:
            remarks.append(Remark("RO-TWICE", Severity.WARNING, row.line, {"other": before}))
        if not _load(row, decimal).is_integer():  # vehicles carry whole units
            told = {"found": row.cells["load"][:40], "load": stop.load}
            remarks.append(Remark("RO-ROUNDED", Severity.INFO, row.line, told))
        stops.append(stop)
    return stops


def _why(row: Row, column: str, headings: Mapping[str, str]) -> Remark:
    if row.is_longer:
        return Remark("TABLE-ROW-LONGER", Severity.ERROR, row.line)
    heading, found = headings.get(column, column), row.cells.get(column, "")[:60]
    code = "RO-LINE" if found else "TABLE-CELL-MISSING"
    told = {"found": found, "heading": heading}
    return Remark(code, Severity.ERROR, row.line, told, heading)


def _load(row: Row, decimal: str) -> float:
    """Raises NotAStop."""
    if is_open(row.cells.get("load", "")) and not decimal:
        raise NotAStop("load")
    return _number(row, "load", 0, MOST_LOAD, empty="0", decimal=decimal)


def _number(
    row: Row, column: str, least: float, most: float, *, empty: str = "", decimal: str = ""
) -> float:
    """Raises NotAStop."""
    number = number_of(row.cells.get(column) or empty, decimal=decimal)
    if number is None or not least <= number <= most:
        raise NotAStop(column)
    return float(number)


def _moment(row: Row, column: str, empty: str) -> int:
    """Raises NotAStop."""
    try:
        return seconds_of(row.cells.get(column) or empty)
    except ValueError:
        raise NotAStop(column) from None


def _stop(row: Row, *, decimal: str) -> Stop:
    """Raises NotAStop."""
    latitude = _number(row, "latitude", -90, 90)
    longitude = _number(row, "longitude", -180, 180)
    if not latitude and not longitude:
        raise NotAStop("latitude")  # what maps give for an address that they do not know
    load = _load(row, decimal)
    service = _number(row, "service", 0, MOST_MINUTES, empty="0")
    return Stop(
        name=row.cells.get("name", "")[:MOST_LETTERS] or f"{latitude}, {longitude}",
        x=longitude,
        y=latitude,
        load=ceil(load),
        ready=_moment(row, "ready", ALL_DAY[0]),
        due=_moment(row, "due", ALL_DAY[1]),
        service=round(service * 60),
        line=row.line,
    )


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
