"""Promises as JSON values: one policy, and the policies of all metrics."""

from collections.abc import Mapping
from typing import Any

from app.sla.rules import wire
from app.sla.rules.policy import Cause, Change, MaxPause, Metric, Policy, Reopen, Then
from app.sla.rules.refusal import Refused


def policies(value: Any, field: str = "metrics") -> dict[Metric, Policy]:
    """`{"resolution": {"target", "reopen", "change", "pauses", "max_pause"}}`, by metric.

    Raises `Refused` naming the field.
    """
    promises = wire.table(value, field)
    if unknown := set(promises) - set(Metric):
        raise Refused(field, f"there is no metric {wire.quoted(min(unknown))}")
    return {
        metric: policy(metric, promises[metric.value], f"{field}.{metric}")
        for metric in Metric
        if metric.value in promises
    }


def policies_json(value: Mapping[Metric, Policy]) -> dict[str, Any]:
    """What `policies` reads back."""
    return {metric.value: policy_json(policy) for metric, policy in value.items()}


def policy(metric: Metric, value: Any, field: str) -> Policy:
    """One promise; what is left out is as usual. Raises `Refused` naming the field."""
    fields = wire.table(value, field)
    usual = Policy(metric=metric, target=wire.target(fields.get("target"), f"{field}.target"))
    pauses = fields.get("pauses")
    return Policy(
        metric=metric,
        target=usual.target,
        reopen=wire.member(Reopen, fields.get("reopen", Reopen.RESUME), f"{field}.reopen"),
        change=wire.member(Change, fields.get("change", Change.RETROACTIVE), f"{field}.change"),
        pauses=usual.pauses if pauses is None else _causes(pauses, f"{field}.pauses"),
        max_pause=_max_pause(fields.get("max_pause"), f"{field}.max_pause"),
    )


def policy_json(value: Policy) -> dict[str, Any]:
    """What `policy` reads back."""
    limit = value.max_pause
    return {
        "target": wire.target_json(value.target),
        "reopen": value.reopen.value,
        "change": value.change.value,
        "pauses": sorted(value.pauses),
        "max_pause": limit and {**wire.target_json(limit.limit), "then": limit.then.value},
    }


def _causes(value: Any, field: str) -> frozenset[Cause]:
    return frozenset(wire.member(Cause, part, field) for part in wire.items(value, field))


def _max_pause(value: Any, field: str) -> MaxPause | None:
    if value is None:
        return None
    fields = wire.table(value, field)
    limit = wire.target(fields, field)
    return MaxPause(limit, wire.member(Then, fields.get("then", Then.ESCALATE), f"{field}.then"))
