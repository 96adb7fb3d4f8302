"""What an order says in the end: changed in sequence, or cancelled; each paper once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.services.procurement.rules import CANCELLATION, CHANGE, ORDER, Line, Paper


@dataclass(frozen=True, slots=True)
class Told:
    """What was done with a paper, to be said: twice, orders, changed, cancelled."""

    what: str
    paper: str
    order: str = ""


def in_effect(papers: Sequence[Paper]) -> tuple[list[Paper], list[Told]]:
    """The order as changed, first, and the other papers; what to say of it."""
    once, told = _once(papers)
    orders = [one for one in once if one.kind == ORDER]
    others = [one for one in once if one.kind not in (ORDER, CHANGE, CANCELLATION)]
    if not orders:
        return [*once], told
    order, *beside = orders
    told += [Told("orders", one.number, order.number) for one in beside]
    mine = [one for one in once if one.order_number in ("", order.number)]
    for change in sorted((one for one in mine if one.kind == CHANGE), key=lambda one: one.sequence):
        order = replace(order, lines=tuple(_changed(order.lines, change.lines)))
        told.append(Told("changed", change.number, order.number))
    for cancellation in (one for one in mine if one.kind == CANCELLATION):
        order = replace(order, lines=tuple(_taken_out(one) for one in order.lines))
        told.append(Told("cancelled", cancellation.number, order.number))
    strangers = [one for one in once if one.kind in (CHANGE, CANCELLATION) and one not in mine]
    return [order, *others, *strangers], told


def _once(papers: Sequence[Paper]) -> tuple[list[Paper], list[Told]]:
    seen: dict[tuple[str, str, str], Paper] = {}
    told = []
    for paper in papers:
        key = (paper.kind, paper.number, paper.seller)
        if paper.number and key in seen:
            told.append(Told("twice", paper.number))
        else:
            seen[(*key[:1], key[1] or str(len(seen)), key[2])] = paper
    return list(seen.values()), told


def _changed(lines: Sequence[Line], changes: Sequence[Line]) -> Iterator[Line]:
    """A line as its change has it; lines that were added come last."""
    new = {one.number: one for one in changes}
    for line in lines:
        change = new.pop(line.number, None)
        if change is None:
            yield line
        elif change.is_deleted:
            yield _taken_out(line)
        else:
            yield replace(
                change,
                item=change.item or line.item,
                name=change.name or line.name,
                price=line.price if change.price is None else change.price,
            )
    yield from (one for one in new.values() if not one.is_deleted)


def _taken_out(line: Line) -> Line:
    """It stays, to be compared: nothing of it is wanted any more."""
    return replace(line, quantity=Decimal(0))
