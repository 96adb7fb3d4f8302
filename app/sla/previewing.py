"""When work would be due under an agreement that need not be saved yet: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.sla.rules.agreement import Agreement
from app.sla.rules.alerts import BREACH, crossings
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric
from app.sla.terms import Definition, calendar_of

_STARTS = {
    Metric.FIRST_RESPONSE: Kind.OPENED,
    Metric.NEXT_RESPONSE: Kind.CLIENT_MESSAGE,
    Metric.RESOLUTION: Kind.OPENED,
    Metric.INTERNAL_STEP: Kind.STEP_STARTED,
    Metric.SUBCONTRACTOR: Kind.SUBCONTRACTOR_STARTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """One promise for something that begins at the time asked for; no due time: never."""

    metric: Metric
    due_at: datetime | None
    alerts: Sequence[tuple[int, datetime]]
    """Per cent and when it is passed, the breach left out."""


def preview(
    agreement: Agreement, *, calendar: Mapping[str, Any], at: datetime
) -> Sequence[Previewed]:
    """Each metric as if what starts it happened at `at` (aware).

    A client's message starts the next response, a hand-over the step, an order the subcontractor.
    """
    compiled = calendar_of(Definition(value=calendar))
    return [_previewed(agreement, metric, compiled, at) for metric in agreement.policies]


def _previewed(agreement: Agreement, metric: Metric, calendar: Calendar, at: datetime) -> Previewed:
    events = [ClockEvent(at=at, kind=Kind.OPENED)]
    if _STARTS[metric] is not Kind.OPENED:
        events.append(ClockEvent(at=at, kind=_STARTS[metric]))
    state = evaluate(agreement.policies[metric], calendar, events, at)
    alerts: list[tuple[int, datetime]] = []
    if state.cycles:
        found = crossings(state.cycles[-1], thresholds=agreement.thresholds, calendar=calendar)
        alerts = [(one.percent, one.at) for one in found if one.percent != BREACH]
    return Previewed(metric=metric, due_at=state.due_at, alerts=alerts)
