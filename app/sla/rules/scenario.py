"""A calendar, a policy and events as one JSON object, and the clock that follows from them.

The exchange format of contracts' test vectors; every time in the answer is UTC.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from app.sla.rules import event_wire, policy_wire, wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_state import ClockState, Cycle
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric, Policy
from app.sla.rules.refusal import Refused

_Read = TypeVar("_Read")
_NOTHING = " \t\r\n"


def answers(content: bytes) -> Iterator[str]:
    """For each scenario of a file, one after the other or one a line, the answer as a JSON text.

    Raises `Refused` naming the line, where there are several, and the field.
    """
    text = _decoded(content)
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
    at = _skip(text, 0)
    if at == len(text):
        raise Refused("scenario", "there is none")
    line, counted, is_alone = 1, 0, True
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = _decode(decoder, text, at)
            at = _skip(text, at)
            is_alone = is_alone and at == len(text)
            shown = json.dumps(answer(value))
        except Refused as refused:
            if is_alone:
                raise
            raise Refused(f"line {line}: {refused.field}", refused.reason) from refused
        is_alone = False
        yield shown


def answer(scenario: Any) -> dict[str, Any]:
    """The state of the scenario's clock at its `now`. Raises `Refused` naming the field."""
    fields = wire.table(scenario, "scenario")
    written = wire.table(fields.get("calendar"), "calendar")
    wire.table(written.get("week"), "calendar.week")
    calendar = Calendar(_within("calendar", wire.opening_hours, written))
    policy = _policy(fields.get("policy"))
    events = [
        event_wire.clock_event(value, field=f"events[{number}]")
        for number, value in enumerate(wire.items(fields.get("events"), "events"))
    ]
    now = wire.point_in_time(fields.get("now"), "now")
    return _state_json(evaluate(policy, calendar, events, now))


def _policy(value: Any) -> Policy:
    fields = wire.table(value, "policy")
    metric = wire.member(Metric, fields.get("metric"), "policy.metric")
    return policy_wire.policy(metric, fields, "policy")


def _within(prefix: str, read: Callable[[Any], _Read], value: Any) -> _Read:
    try:
        return read(value)
    except Refused as refused:
        raise Refused(f"{prefix}.{refused.field}", refused.reason) from refused


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Refused("scenario", f"is not UTF-8 at byte {wrong.start}") from wrong


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _NOTHING:
        at += 1
    return at


def _decode(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, at)
    except Refused:
        raise
    except json.JSONDecodeError as wrong:
        reason = f"is not JSON: {wrong.msg}, line {wrong.lineno}, column {wrong.colno}"
        raise Refused("scenario", reason) from wrong
    except RecursionError as deep:
        raise Refused("scenario", "is nested too deep") from deep
    except ValueError as wrong:
        raise Refused("scenario", "has a number that is too long") from wrong


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(wire.quoted(twice), "is given twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise Refused("scenario", f"{name} is no number")


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
