"""What became of each shipping unit, and what is not as it should be. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.shipments.units import is_wrong


class Step(StrEnum):
    """What happened; the order is that of a usual way."""

    ANNOUNCED = "announced"
    BOOKED = "booked"
    PICKED_UP = "picked_up"
    DEPARTED = "departed"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    RECEIVED = "received"
    """Taken in somewhere: at the end of the way it is delivered, before it an arrival."""
    DELIVERED = "delivered"
    NOT_COLLECTED = "not_collected"
    REFUSED = "refused"
    DAMAGED = "damaged"
    RETURNED = "returned"
    LOST = "lost"
    OTHER = "other"


ON_THE_WAY: Final = frozenset({Step.PICKED_UP, Step.DEPARTED, Step.EN_ROUTE})
TROUBLE: Final = frozenset(
    {Step.NOT_COLLECTED, Step.REFUSED, Step.DAMAGED, Step.RETURNED, Step.LOST}
)
PROBLEMS: Final = (
    *("lost", "damaged", "refused", "returned", "not_collected", "late", "no_movement"),
    *("missing", "twice", "short", "unknown", "order", "future", "check_digit"),
)
"""The gravest first: what the list shows where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A unit that was announced."""

    unit: str
    despatch: str = ""
    order: str = ""
    receiver: str = ""
    despatched_on: date | None = None
    expected_on: date | None = None
    ordered: Decimal | None = None
    shipped: Decimal | None = None
    references: tuple[str, ...] = ()
    """Consignment and despatch numbers that stand for this unit too."""

    @property
    def is_short(self) -> bool:
        """Whether less was despatched than ordered."""
        if self.ordered is None or self.shipped is None:
            return False
        return self.shipped < self.ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was reported."""

    unit: str
    at: datetime
    step: Step
    place: str = ""
    code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A unit with everything that is known of it."""

    unit: str
    expected: Expected | None
    events: tuple[Event, ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def status(self) -> Step:
        """What happened last."""
        known = [one for one in self.events if one.step is not Step.OTHER]
        if not known:
            return Step.OTHER if self.events else Step.ANNOUNCED
        return Step.DELIVERED if known[-1].step is Step.RECEIVED else known[-1].step

    @property
    def delivered_at(self) -> datetime | None:
        """When it came, the first time."""
        return next((one.at for one in self.events if one.step in ENDS), None)

    @property
    def problem(self) -> str:
        """The gravest."""
        return next((one for one in PROBLEMS if one in self.problems), "")


ENDS: Final = frozenset({Step.DELIVERED, Step.RECEIVED})


def journeys(
    expected: Sequence[Expected], events: Sequence[Event], *, today: date, quiet_days: int
) -> list[Journey]:
    """Every announced unit in its order, then those that nobody announced."""
    by_unit: dict[str, list[Event]] = {one.unit: [] for one in expected}
    meant: dict[str, list[str]] = {}
    for plan in expected:
        for reference in plan.references:
            meant.setdefault(reference, []).append(plan.unit)
    for event in events:
        # The unit itself, or all that its consignment or despatch number stands for.
        units = (event.unit,) if event.unit in by_unit else meant.get(event.unit, (event.unit,))
        for unit in units:
            by_unit.setdefault(unit, []).append(event)
    announced = {one.unit: one for one in expected}
    found = []
    for unit, rows in by_unit.items():
        way = _settled(sorted(dict.fromkeys(rows), key=lambda one: one.at))
        journey = Journey(unit=unit, expected=announced.get(unit), events=tuple(way))
        problems = _problems(journey, today, quiet_days, announced=bool(expected))
        found.append(replace(journey, problems=tuple(dict.fromkeys(problems))))
    return found


def _settled(way: Sequence[Event]) -> Iterator[Event]:
    """What was taken in and then went on had only arrived."""
    for at, one in enumerate(way):
        goes_on = any(later.step in ON_THE_WAY | {Step.ARRIVED} for later in way[at + 1 :])
        yield replace(one, step=Step.ARRIVED) if one.step is Step.RECEIVED and goes_on else one


def _problems(journey: Journey, today: date, quiet_days: int, *, announced: bool) -> Iterator[str]:
    if is_wrong(journey.unit):
        yield "check_digit"
    if announced and journey.expected is None:
        yield "unknown"
    if journey.status in TROUBLE:
        yield journey.status.value
    yield from _about_time(journey, today, quiet_days)
    yield from _about_reports(journey.events, today)
    if journey.expected and journey.expected.is_short:
        yield "short"


def _about_reports(events: Sequence[Event], today: date) -> Iterator[str]:
    if len({(one.at, one.place) for one in events if one.step in ENDS}) > 1:
        yield "twice"
    if _is_out_of_order(events):
        yield "order"
    if any(one.at.date() > today for one in events):
        yield "future"


def _about_time(journey: Journey, today: date, quiet_days: int) -> Iterator[str]:
    plan, came = journey.expected, journey.delivered_at
    due = plan.expected_on if plan else None
    if due and ((came and came.date() > due) or (not came and due < today)):
        yield "late"
    if came or journey.status in TROUBLE:
        return
    quiet = today - timedelta(days=quiet_days)
    if journey.events:
        if journey.events[-1].at.date() < quiet:
            yield "no_movement"
    elif plan and plan.despatched_on and plan.despatched_on < quiet:
        yield "missing"


def _is_out_of_order(events: Sequence[Event]) -> bool:
    """Delivered before it was picked up, or on its way again after it."""
    ended = False
    for one in events:
        if ended and one.step in ON_THE_WAY | {Step.BOOKED}:
            return True
        ended = ended or one.step is Step.DELIVERED
    return False
