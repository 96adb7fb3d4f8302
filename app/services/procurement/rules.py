"""Three-way match: what was ordered, came and is billed, line by line, within tolerances. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

ORDER: Final = "order"
DESPATCH: Final = "despatch"
INVOICE: Final = "invoice"
CHANGE: Final = "change"
CANCELLATION: Final = "cancellation"
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of any of the three papers."""

    number: str
    order_line: str = ""
    """The order's line it belongs to, where the paper says so."""
    item: str = ""
    name: str = ""
    quantity: Decimal = Decimal(0)
    unit: str = ""
    price: Decimal | None = None
    """Net, for one unit."""
    stated: Decimal | None = None
    """What the line comes to as its paper says, where that is not quantity times price."""
    worked_out: Decimal | None = None
    """What quantity times price would be, beside `stated`."""
    is_deleted: bool = False
    """Of a change: the line is taken out of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An order, a despatch advice or an invoice."""

    kind: str
    number: str
    order_number: str = ""
    seller: str = ""
    currency: str = ""
    lines: tuple[Line, ...] = ()
    sign: int = 1
    """-1 for a credit note."""
    sequence: int = 0
    """Of a change: the how manieth of its order."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Percent by which quantity and price may differ."""

    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A line of the order with what became of it, or a line nobody ordered."""

    line: str
    item: str
    name: str
    ordered: Decimal
    delivered: Decimal
    invoiced: Decimal
    price_ordered: Decimal | None
    price_invoiced: Decimal | None
    problems: tuple[str, ...] = field(default=())

    @property
    def difference(self) -> Decimal:
        """What is billed beyond what was delivered at the agreed price."""
        if self.price_invoiced is None:
            return Decimal(0)
        agreed = self.price_ordered if self.price_ordered is not None else self.price_invoiced
        owed = min(self.delivered, self.invoiced) * agreed
        return (self.invoiced * self.price_invoiced - owed).quantize(CENT)


def match(papers: Sequence[Paper], tolerance: Tolerance) -> list[Match]:
    """Every line of the order, then what was delivered or billed without one."""
    order = next((one for one in papers if one.kind == ORDER), None)
    lines = order.lines if order else ()
    found: dict[str, list[tuple[Paper, Line]]] = {one.number: [] for one in lines}
    beyond: dict[str, list[tuple[Paper, Line]]] = {}
    for paper in papers:
        if paper.kind == ORDER:
            continue
        for line in paper.lines:
            home = _home(line, lines)
            if home is not None:
                found[home.number].append((paper, line))
            else:
                beyond.setdefault(line.item or line.name or line.number, []).append((paper, line))
    matches = [_judged(one, found[one.number], papers, tolerance) for one in lines]
    return matches + [_beyond(key, rows, papers) for key, rows in beyond.items()]


def _home(line: Line, lines: Sequence[Line]) -> Line | None:
    """By the order's line number, else by article, else by name."""
    if line.order_line:
        for one in lines:
            if one.number == line.order_line:
                return one
    hits = [one for one in lines if line.item and one.item == line.item]
    if len(hits) != 1:
        name = line.name.casefold()
        hits = [one for one in lines if name and one.name.casefold() == name]
    return hits[0] if len(hits) == 1 else None


def _sum(rows: Sequence[tuple[Paper, Line]], kind: str) -> Decimal:
    return sum(
        (paper.sign * line.quantity for paper, line in rows if paper.kind == kind), Decimal(0)
    )


def _judged(
    line: Line, rows: Sequence[tuple[Paper, Line]], papers: Sequence[Paper], tolerance: Tolerance
) -> Match:
    delivered, invoiced = _sum(rows, DESPATCH), _sum(rows, INVOICE)
    prices = [one.price for paper, one in rows if paper.kind == INVOICE and one.price is not None]
    price = max(prices, default=None)
    has = {paper.kind for paper in papers}
    problems = []
    if any(one.unit and line.unit and one.unit != line.unit for _, one in rows):
        problems.append("unit")
    if DESPATCH in has:
        problems += _of_quantity(line.quantity, delivered, tolerance)
    if INVOICE in has:
        billed_for = delivered if DESPATCH in has else line.quantity
        if _exceeds(invoiced, billed_for, tolerance.quantity):
            problems.append("billed_more")
        if invoiced == 0 and line.quantity:
            problems.append("not_billed")
        if (
            price is not None
            and line.price is not None
            and _exceeds(price, line.price, tolerance.price)
        ):
            problems.append("price_above")
    return Match(
        line=line.number,
        item=line.item,
        name=line.name,
        ordered=line.quantity,
        delivered=delivered if DESPATCH in has else line.quantity,
        invoiced=invoiced,
        price_ordered=line.price,
        price_invoiced=price,
        problems=tuple(problems),
    )


def _of_quantity(ordered: Decimal, delivered: Decimal, tolerance: Tolerance) -> list[str]:
    if delivered == 0:
        return ["not_delivered"] if ordered else []
    if _exceeds(delivered, ordered, tolerance.quantity):
        return ["delivered_more"]
    if _exceeds(ordered, delivered, tolerance.quantity):
        return ["delivered_less"]
    return []


def _exceeds(value: Decimal, limit: Decimal, percent: Decimal) -> bool:
    return value > limit * (1 + percent / 100)


def _beyond(key: str, rows: Sequence[tuple[Paper, Line]], papers: Sequence[Paper]) -> Match:
    _, line = rows[0]
    prices = [one.price for paper, one in rows if paper.kind == INVOICE and one.price is not None]
    has_order = any(one.kind == ORDER for one in papers)
    return Match(
        line="",
        item=line.item or key,
        name=line.name,
        ordered=Decimal(0),
        delivered=_sum(rows, DESPATCH),
        invoiced=_sum(rows, INVOICE),
        price_ordered=None,
        price_invoiced=max(prices, default=None),
        problems=("not_ordered",) if has_order else (),
    )


def total_difference(matches: Sequence[Match]) -> Decimal:
    """What is billed too much over all lines."""
    return sum((one.difference for one in matches if one.problems), Decimal(0))


def references(papers: Sequence[Paper]) -> Mapping[str, str]:
    """Papers that name another order than the one handed in: their number → the order named."""
    orders = {one.number for one in papers if one.kind == ORDER}
    return {
        one.number: one.order_number
        for one in papers
        if orders and one.order_number and one.order_number not in orders
    }
