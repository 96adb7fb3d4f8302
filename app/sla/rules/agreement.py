"""What is agreed for an item: one promise per metric, and who is warned when."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sla.rules import wire
from app.sla.rules.alerts import BREACH, USUAL_THRESHOLDS
from app.sla.rules.policy import Change, Metric, Policy, Reopen, Target
from app.sla.rules.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The promises by metric; `thresholds` in per cent of the target."""

    policies: Mapping[Metric, Policy] = field(default_factory=dict)
    thresholds: tuple[int, ...] = USUAL_THRESHOLDS


def promised(targets: Mapping[Metric, Target]) -> Agreement:
    """The usual agreement with these targets."""
    return Agreement(
        policies={
            metric: Policy(metric=metric, target=target) for metric, target in targets.items()
        }
    )


def agreement(value: Any) -> Agreement:
    """`{"metrics": {"resolution": {"target", "reopen", "change"}}, "thresholds": [75, 90]}`."""
    table = wire.table(value, "agreement")
    metrics = wire.table(table.get("metrics", {}), "metrics")
    thresholds = table.get("thresholds", list(USUAL_THRESHOLDS))
    if not isinstance(thresholds, list) or not all(_is_threshold(part) for part in thresholds):
        raise Refused("thresholds", f"are whole per cents between 1 and {BREACH - 1}")
    return Agreement(
        policies={
            metric: _policy(metric, metrics[metric.value])
            for metric in Metric
            if metric.value in metrics
        },
        thresholds=tuple(sorted(set(thresholds))),
    )


def agreement_json(value: Agreement) -> dict[str, Any]:
    """What `agreement` reads back."""
    return {
        "metrics": {
            metric.value: {
                "target": wire.target_json(policy.target),
                "reopen": policy.reopen.value,
                "change": policy.change.value,
            }
            for metric, policy in value.policies.items()
        },
        "thresholds": list(value.thresholds),
    }


def digest(value: Mapping[str, Any]) -> str:
    """The fingerprint by which a clock names its terms: equal terms, equal digest (SHA-256)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _policy(metric: Metric, value: Any) -> Policy:
    table = wire.table(value, f"metrics.{metric}")
    return Policy(
        metric=metric,
        target=wire.target(table.get("target")),
        reopen=wire.member(Reopen, table.get("reopen", Reopen.RESUME), "reopen"),
        change=wire.member(Change, table.get("change", Change.RETROACTIVE), "change"),
    )


def _is_threshold(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < BREACH
