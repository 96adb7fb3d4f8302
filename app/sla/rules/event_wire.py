"""Events as JSON values: what scenarios give, and what is kept of an event beside its columns."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.sla.rules import policy_wire, wire
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.policy import Cause, Metric
from app.sla.rules.refusal import Refused

_NEEDED = {
    Kind.PAUSED: ("cause", "a pause has a cause"),
    Kind.TARGET_CHANGED: ("target", "a changed target is needed"),
    Kind.POLICY_CHANGED: ("policies", "the new promises are needed"),
}


class By(StrEnum):
    """Who did it."""

    CLIENT = "client"
    PROVIDER = "provider"


def clock_event(value: Any, *, field: str = "events") -> ClockEvent:
    """`{"at", "type", "by", "cause", "target"}`; raises `Refused` naming the field.

    And what only some kinds carry: `recorded_at`, `team`, `due_at`, `policies`, `metric`. An
    optional part may be null.
    """
    fields = wire.table(value, field)
    kind = wire.member(Kind, fields.get("type"), f"{field}.type")
    name, reason = _NEEDED.get(kind, ("type", ""))
    if fields.get(name) is None:
        raise Refused(f"{field}.{name}", reason)
    given = {name: part for name, part in fields.items() if part is not None}

    def read(name: str, reader: Callable[[Any, str], Any]) -> Any:
        return reader(given[name], f"{field}.{name}") if name in given else None

    cause = read("cause", lambda part, place: wire.member(Cause, part, place))
    if cause is Cause.SUBCONTRACTOR:
        raise Refused(f"{field}.cause", "a subcontractor is started and ended")
    return ClockEvent(
        at=wire.point_in_time(fields.get("at"), f"{field}.at"),
        kind=kind,
        cause=cause,
        by_provider=read("by", lambda part, place: wire.member(By, part, place)) is By.PROVIDER,
        target=read("target", wire.target),
        recorded_at=read("recorded_at", wire.point_in_time),
        team=read("team", wire.text),
        due_at=read("due_at", wire.point_in_time),
        policies=read("policies", policy_wire.policies),
        metric=read("metric", lambda part, place: wire.member(Metric, part, place)),
    )


def clock_event_json(event: ClockEvent) -> dict[str, Any]:
    """What `clock_event` reads back; parts that are not there are left out."""
    parts = {
        "at": _text(event.at),
        "type": event.kind.value,
        "by": (By.PROVIDER if event.by_provider else By.CLIENT).value,
        "cause": event.cause and event.cause.value,
        "target": event.target and wire.target_json(event.target),
        "recorded_at": _text(event.recorded_at),
        "team": event.team,
        "due_at": _text(event.due_at),
        "policies": _policies(event),
        "metric": event.metric and event.metric.value,
    }
    return {name: part for name, part in parts.items() if part is not None}


def _policies(event: ClockEvent) -> Mapping[str, Any] | None:
    return None if event.policies is None else policy_wire.policies_json(event.policies)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
