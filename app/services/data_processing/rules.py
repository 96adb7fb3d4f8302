"""What a cell has to be, and how it is written in the clean file: ISO dates, plain numbers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.kernel.numerals import decimal_sign, is_open, number_of
from app.kernel.sandbox import counted
from app.services.data_processing.reading import Table

_DAYS: Final = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(?: 00:00:00)?"),
    re.compile(r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
)
_CURRENCY: Final = re.compile(r"[\s\u00a0\u202f€$£]|EUR")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that is not what it has to be."""

    line: int
    column: str
    why: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A column of the order, and where it stands in the table."""

    name: str
    place: int
    kind: str = "text"
    required: bool = False
    unique: bool = False


class NotSo(ValueError):
    """The cell is of another kind."""


def as_day(text: str) -> str:
    """ISO 8601. Raises NotSo."""
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
            except ValueError:
                break
    raise NotSo


def as_amount(text: str, decimal: str = "") -> str:
    """A plain decimal with a point. Raises NotSo, also for what may be a thousand or one and a bit
    where no other number of the column tells which sign parts decimals.
    """
    bare = _CURRENCY.sub("", text)
    if is_open(bare) and not decimal:
        raise NotSo("open")
    number = number_of(bare, decimal=decimal)
    if number is None:
        raise NotSo
    return f"{number:f}"


def as_whole(text: str, decimal: str = "") -> str:
    """An integer; `1.234` is a thousand where nothing else tells. Raises NotSo."""
    known = decimal or (("," if "." in text else ".") if is_open(text) else "")
    amount = Decimal(as_amount(text, known))
    if amount != amount.to_integral_value():
        raise NotSo
    return str(int(amount))


def _as(kind: str, text: str, decimal: str) -> str:
    if kind == "date":
        return as_day(text)
    if kind == "amount":
        return as_amount(text, decimal)
    return as_whole(text, decimal) if kind == "whole" else text


def wanted_columns(
    columns: Sequence[Mapping[str, Any]], header: Sequence[str]
) -> tuple[list[Wanted], list[str]]:
    """Where the ordered columns stand, and which of them the table does not have."""
    places = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
    found, missing = [], []
    for column in columns:
        place = places.get(str(column["name"]).strip().casefold())
        if place is None:
            missing.append(str(column["name"]))
            continue
        found.append(
            Wanted(
                name=header[place],
                place=place,
                kind=str(column.get("kind") or "text"),
                required=bool(column.get("required")),
                unique=bool(column.get("unique")),
            )
        )
    return found, missing


def check_cells(table: Table, wanted: Sequence[Wanted]) -> Iterator[Fault]:
    """Every faulty cell; cells that are right are brought into one way of writing, in place."""
    seen: dict[int, dict[str, int]] = {one.place: {} for one in wanted if one.unique}
    signs = {one.place: _decimal(table, one) for one in wanted}
    for line, row in counted(list(zip(table.lines, table.rows, strict=True))):
        for one in wanted:
            text = row[one.place].strip()
            if not text:
                if one.required:
                    yield Fault(line, one.name, "missing", "")
                continue
            try:
                row[one.place] = _as(one.kind, text, signs[one.place])
            except NotSo as no:
                yield Fault(line, one.name, no.args[0] if no.args else one.kind, text[:80])
                continue
            if one.unique:
                first = seen[one.place].setdefault(row[one.place], line)
                if first != line:
                    yield Fault(line, one.name, "twice", text[:80])


def _decimal(table: Table, column: Wanted) -> str:
    """The sign that parts decimals, looked for only where a number of the column needs it."""
    if column.kind not in ("amount", "whole"):
        return ""
    texts = [row[column.place] for row in table.rows]
    return decimal_sign(texts) if any(map(is_open, texts)) else ""
