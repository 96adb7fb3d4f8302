"""The evidence of a promise as `kontor sla evaluate` reads it: anybody can work it out alone."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from uuid import UUID

from app.kernel.clock import now
from app.sla import standing, terms
from app.sla.explaining import CLIENTS_KINDS
from app.sla.rules import event_wire, policy_wire, wire
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.policy import Cause, Metric, Policy

_SUBCONTRACTING = frozenset({Kind.SUBCONTRACTOR_STARTED, Kind.SUBCONTRACTOR_ENDED})


def scenarios(
    subject_id: UUID, *, metrics: Collection[Metric], for_client: bool = False
) -> Iterator[str]:
    """One scenario a clock, each a line of JSON: calendar, policy, events and now.

    A calendar that was corrected later is the corrected one. `for_client`: without the events that
    stay inside the house, which change nothing in a client's clocks.
    """
    at, log = now(), standing.events(subject_id)
    for clock in standing.clocks(subject_id):
        if clock.metric not in metrics:
            continue
        digest = clock.first_agreement_digest or clock.agreement_digest
        policy = terms.agreed(digest).policies[clock.metric]
        events = _for_client(log, policy, metrics) if for_client else log
        scenario = {
            "calendar": wire.opening_hours_json(terms.compiled(clock.calendar_digest).definition),
            "policy": {"metric": clock.metric.value, **policy_wire.policy_json(policy)},
            "events": [event_wire.clock_event_json(event) for event in events],
            "now": at.isoformat(),
        }
        yield json.dumps(scenario) + "\n"


def _for_client(
    log: Collection[ClockEvent], policy: Policy, metrics: Collection[Metric]
) -> Iterator[ClockEvent]:
    kinds = CLIENTS_KINDS
    if Cause.SUBCONTRACTOR in policy.pauses:
        kinds |= _SUBCONTRACTING
    for event in log:
        if event.kind not in kinds:
            continue
        if event.policies is None:
            yield event
            continue
        shown = {metric: event.policies[metric] for metric in metrics if metric in event.policies}
        yield replace(event, policies=shown)
