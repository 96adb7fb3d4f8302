"""Demand as clients keep it: a row for each item with a column for each period, or one row for
each movement (item, date, quantity).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import Column, Table, at, read_table
from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.numerals import decimal_sign, number_of
from app.kernel.tables import NotAList, read_lines, read_list

COLUMNS: Final = (
    Column(
        key="sku",
        names=("Artikel", "Artikelnummer", "Item", "Item Ref no", "SKU nr", "Article"),
        required=True,
    ),
    Column(key="name", names=("Bezeichnung", "Description", "products")),
    Column(
        key="lead_time",
        names=("Lieferzeit", "Lieferzeit Perioden", "Lead time", "Lead Time (months)"),
        kind="amount",
    ),
    Column(
        key="price", names=("Preis", "Einstandspreis", "PRICE (£)", "cost price"), kind="amount"
    ),
    Column(key="order_cost", names=("Bestellkosten", "Order cost", "fixed cost"), kind="amount"),
    Column(key="minimum", names=("Mindestmenge", "MOQ", "min. order quantity"), kind="whole"),
    Column(key="pack", names=("Verpackungseinheit", "VPE", "Pack"), kind="whole"),
    Column(key="stock", names=("Bestand", "Lagerbestand", "Stock"), kind="amount"),
    Column(key="on_order", names=("Bestellt", "Offene Bestellungen", "On order"), kind="amount"),
)
MOVEMENTS: Final = (
    Column(key="sku", names=("Artikel", "Artikelnummer", "Item"), required=True),
    Column(key="day", names=("Datum", "Date", "Tag"), kind="date", required=True),
    Column(key="quantity", names=("Menge", "Quantity", "Anzahl"), kind="amount", required=True),
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its demand, oldest period first."""

    sku: str
    demand: Sequence[float]
    terms: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0
    column: str = ""
    """What the file calls the column of the items."""


@dataclass(frozen=True, slots=True)
class History:
    """What was read."""

    items: tuple[Item, ...] = ()
    periods: tuple[str, ...] = ()
    findings: tuple[StepFinding, ...] = ()


def read_history(document: StepDocument, *, today: date, newest_first: bool = False) -> History:
    """Either shape of table. Never raises for a file."""
    table = read_table(document, COLUMNS)
    if not table.rows:
        return History(findings=table.findings)
    try:
        found, _ = read_list(document.content, {one.key: one.names for one in MOVEMENTS})
        if {"sku", "day", "quantity"} <= found:
            return _of_movements(document, today)
        lines = dict(read_lines(document.content))
    except NotAList:
        return History(findings=table.findings)
    heading, *_ = lines.values()
    known = {_bare(name) for one in COLUMNS for name in (one.key, *one.names)}
    places = [at_ for at_, name in enumerate(heading) if name.strip() and _bare(name) not in known]
    items, findings = [], [*table.findings, *_below_nothing(table)]
    decimal = decimal_sign(text for row in table.rows for text in _at(lines[row.line], places))
    for row in table.rows:
        cells = lines[row.line]
        if places and len(cells) <= places[-1]:
            findings.append(at(document, "IN-CELLS", Severity.WARNING, line=row.line))
        demand, wrong = _demand(cells, places, decimal)
        if wrong is not None:
            place = heading[wrong]
            findings.append(
                at(
                    document,
                    "IN-DEMAND",
                    Severity.ERROR,
                    line=row.line,
                    column=place,
                    found=cells[wrong][:40],
                )
            )
            continue
        items.append(
            Item(
                row["sku"],
                demand[::-1] if newest_first else demand,
                row.cells,
                row.line,
                table.headings["sku"],
            )
        )
    periods = [heading[one] for one in places]
    return History(tuple(items), tuple(periods[::-1] if newest_first else periods), tuple(findings))


def _bare(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


def _at(cells: Sequence[str], places: Sequence[int]) -> list[str]:
    return [cells[place].strip() if place < len(cells) else "" for place in places]


def _demand(
    cells: Sequence[str], places: Sequence[int], decimal: str
) -> tuple[list[float], int | None]:
    """The numbers of the periods, and the place of the first cell that is none."""
    demand = []
    for place, text in zip(places, _at(cells, places), strict=True):
        number = number_of(text, decimal=decimal) if text else Decimal(0)
        if number is None:
            return [], place
        demand.append(float(number))
    return demand, None


def _below_nothing(table: Table) -> Iterator[StepFinding]:
    """Terms that cannot be negative and are: named, and not used."""
    for row in table.rows:
        for key in ("lead_time", "price", "order_cost", "minimum", "pack"):
            if (found := row[key]) is not None and found < 0:
                yield table.finding("IN-NEGATIVE", Severity.WARNING, row.line, key, found=found)


def _of_movements(document: StepDocument, today: date) -> History:
    """Months from the first to the last day of any item; returns count against the demand."""
    table = read_table(document, MOVEMENTS)
    findings = (*table.findings, *_to_come(table, today))
    rows = [row for row in table.rows if row["day"] <= today]
    if not rows:
        return History(findings=findings)
    months = sorted({_month(row["day"]) for row in rows})
    first, last = months[0], months[-1]
    periods = [f"{one // 12}-{one % 12 + 1:02}" for one in range(first, last + 1)]
    by_item: dict[str, list[float]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        demand = by_item.setdefault(row["sku"], [0.0] * len(periods))
        demand[_month(row["day"]) - first] += float(row["quantity"])
        lines.setdefault(row["sku"], row.line)
    column = table.headings["sku"]
    items = tuple(Item(sku, demand, {}, lines[sku], column) for sku, demand in by_item.items())
    return History(items, tuple(periods), findings)


def _to_come(table: Table, today: date) -> Iterator[StepFinding]:
    for row in table.rows:
        if row["day"] > today:
            day = row["day"].isoformat()
            yield table.finding("IN-FUTURE", Severity.ERROR, row.line, "day", found=day)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
