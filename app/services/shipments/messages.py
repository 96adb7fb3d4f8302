"""DESADV and IFTSTA (UN/EDIFACT, EANCOM): what was announced and what happened to it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from app.services.shipments.edifact import Message, Segment
from app.services.shipments.rules import Event, Expected, Step
from app.services.shipments.units import ZONE, unit_of

"""EDIFACT times carry no zone."""
STEPS: Final = {
    **dict.fromkeys(("1", "1E"), Step.ARRIVED),
    **dict.fromkeys(("6", "6E"), Step.BOOKED),
    "13": Step.PICKED_UP,
    "21": Step.DELIVERED,
    "24": Step.DEPARTED,
    "31": Step.EN_ROUTE,
    "49": Step.LOST,
    **dict.fromkeys(("54", "76E"), Step.NOT_COLLECTED),
    **dict.fromkeys(("71", "72B"), Step.DELIVERED),
}
"""Status event (9011, 4405) of EANCOM 97 and 2002, UNECE recommendation 24."""
REFUSALS: Final = frozenset({"13", "17"})
"""Status reason: refused by the customs (EANCOM 2002 and 97)."""
EXPECTED_DAY: Final = ("17", "358", "132", "191", "2")
"""Delivery estimated, planned, arrival estimated, expected, requested."""
_FORMATS: Final = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
}
_ALWAYS: Final = 12
"""Signs of CCYYMMDDHHMM: what a period or a zone adds is cut off."""


def announced(message: Message) -> list[Expected]:
    """The units of a despatch advice: one for each SSCC, or one for the whole of it."""
    head = _Head(message)
    units, quantities = list[str](), _Quantities()
    for one in message.segments:
        if one.tag == "GIN" and one.get(0) in ("BJ", "AW", "BN", "SS"):
            units += [unit_of(part[0]) for part in one.elements[1:] if part and part[0]]
        elif one.tag == "QTY":
            quantities.add(one)
    ordered, shipped = quantities.sums
    return [
        Expected(
            unit=unit,
            despatch=head.number,
            order=head.order,
            receiver=head.receiver,
            despatched_on=head.day("11", "137"),
            expected_on=head.day(*EXPECTED_DAY),
            ordered=ordered,
            shipped=shipped,
            references=tuple(dict.fromkeys(one for one in (head.number, *head.others) if one)),
        )
        for unit in dict.fromkeys(units or [head.number])
        if unit
    ]


class _Quantities:
    """What was ordered (21) and despatched (12), over the lines that say both."""

    def __init__(self) -> None:
        self.ordered: dict[str, Decimal] = {}
        self.shipped: dict[str, Decimal] = {}
        self.line = 0

    def add(self, segment: Segment) -> None:
        """A QTY segment; each kind once a line."""
        kind, amount = segment.get(0), _number(segment.get(0, 1))
        place = {"21": self.ordered, "12": self.shipped}.get(kind)
        if place is None or amount is None:
            return
        if str(self.line) in place:
            self.line += 1
        place[str(self.line)] = amount

    @property
    def sums(self) -> tuple[Decimal | None, Decimal | None]:
        """Ordered and shipped; None where the paper does not say both."""
        both = self.ordered.keys() & self.shipped.keys()
        if not both:
            return None, None
        ordered = sum((self.ordered[one] for one in both), Decimal(0))
        return ordered, sum((min(self.shipped[one], self.ordered[one]) for one in both), Decimal(0))


class _Head:
    """What stands before the lines."""

    def __init__(self, message: Message) -> None:
        self.number = self.order = self.receiver = ""
        self.others: list[str] = []
        self.days: dict[str, date] = {}
        for one in message.segments:
            if one.tag in ("CPS", "LIN", "CNI"):
                break
            self._take(one)

    def _take(self, one: Segment) -> None:
        if one.tag == "BGM":
            self.number = one.get(1)
        elif one.tag == "RFF":
            kind, found = one.get(0), one.get(0, 1)
            if kind == "ON":
                self.order = found
            elif kind in ("CN", "CU", "SRN", "BM", "AAS"):
                self.others.append(found)
        elif one.tag == "NAD" and one.get(0) in ("DP", "ST", "CN"):
            self.receiver = self.receiver or one.get(3) or one.get(2) or one.get(1)
        elif one.tag == "DTM" and (at := moment(one)):
            self.days.setdefault(one.get(0), at.date())

    def day(self, *kinds: str) -> date | None:
        """The first of these kinds that is there."""
        return next((self.days[kind] for kind in kinds if kind in self.days), None)


def happened(message: Message, source: str) -> Iterator[Event]:
    """The events of a status report: for each SSCC of a status, else for its consignment."""
    consignment, status = "", list[Segment]()
    for one in message.segments:
        if one.tag in ("CNI", "STS"):
            yield from _of_status(consignment, status, source)
            status = [one] if one.tag == "STS" else []
            consignment = one.get(1) if one.tag == "CNI" else consignment
        elif status:
            status.append(one)
        elif one.tag == "RFF" and one.get(0) in ("CN", "CU") and not consignment:
            consignment = one.get(0, 1)
    yield from _of_status(consignment, status, source)


def _of_status(consignment: str, status: list[Segment], source: str) -> Iterator[Event]:
    if not status:
        return
    head, rest = status[0], status[1:]
    times = [at for one in rest if one.tag == "DTM" and (at := moment(one))]
    units = [
        unit_of(part[0])
        for one in rest
        if one.tag == "GIN" and one.get(0) in ("BJ", "AW")
        for part in one.elements[1:]
        if part and part[0]
    ]
    code = head.get(1)
    step = STEPS.get(code, Step.OTHER)
    if head.get(2) in REFUSALS:
        step = Step.REFUSED
    for unit in units or [consignment]:
        if unit and times:
            yield Event(
                unit=unit, at=times[0], step=step, place=_place(rest), code=code, source=source
            )


def _place(rest: list[Segment]) -> str:
    for one in rest:
        if one.tag == "LOC":
            return one.get(1, 3) or one.get(1)
    for one in rest:
        if one.tag == "NAD":
            return one.get(3) or one.get(2) or one.get(1)
    return ""


def moment(segment: Segment) -> datetime | None:
    """The time of a DTM segment."""
    text, form = segment.get(0, 1), segment.get(0, 2) or "102"
    if form not in _FORMATS:
        text, form = text[:_ALWAYS], "203" if len(text) >= _ALWAYS else "102"
        text = text[:8] if form == "102" else text
    try:
        return datetime.strptime(text, _FORMATS[form]).replace(tzinfo=ZONE)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
