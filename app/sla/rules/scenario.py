"""A calendar, a policy and events as one JSON object, and the clock that follows from them.

The exchange format of contracts' test vectors; every time in the answer is UTC.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.sla.rules import event_wire, wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_state import ClockState, Cycle
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Change, Metric, Policy, Reopen


def answer(scenario: Any) -> dict[str, Any]:
    """The state of the scenario's clock at its `now`. Raises `Refused` naming the field."""
    fields = wire.table(scenario, "scenario")
    calendar = Calendar(wire.opening_hours(fields.get("calendar")))
    events = [
        event_wire.clock_event(value, field=f"events[{number}]")
        for number, value in enumerate(wire.items(fields.get("events"), "events"))
    ]
    now = wire.point_in_time(fields.get("now"), "now")
    return _state_json(evaluate(_policy(fields.get("policy")), calendar, events, now))


def _policy(value: Any) -> Policy:
    fields = wire.table(value, "policy")
    return Policy(
        metric=wire.member(Metric, fields.get("metric"), "policy.metric"),
        target=wire.target(fields.get("target")),
        reopen=wire.member(Reopen, fields.get("reopen", Reopen.RESUME), "policy.reopen"),
        change=wire.member(Change, fields.get("change", Change.RETROACTIVE), "policy.change"),
    )


def _state_json(state: ClockState) -> dict[str, Any]:
    return {
        "state": state.state.value,
        "due_at": _utc(state.due_at),
        "elapsed_seconds": state.elapsed_seconds,
        "remaining_seconds": state.remaining_seconds,
        "breached_at": _utc(state.breached_at),
        "finished_at": _utc(state.finished_at),
        "cycles": [_cycle_json(cycle) for cycle in state.cycles],
        "split_seconds": asdict(state.split),
    }


def _cycle_json(cycle: Cycle) -> Mapping[str, Any]:
    return {
        "state": cycle.state.value,
        "started_at": _utc(cycle.started_at),
        "due_at": _utc(cycle.due_at),
        "finished_at": _utc(cycle.finished_at),
        "breached_at": _utc(cycle.breached_at),
        "target_seconds": cycle.target_seconds,
        "elapsed_seconds": cycle.elapsed_seconds,
        "remaining_seconds": cycle.remaining_seconds,
    }


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
