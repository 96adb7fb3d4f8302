"""What is agreed for an item: one promise per metric, and who is told when."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.sla.rules import policy_wire, wire
from app.sla.rules.alerts import BREACH
from app.sla.rules.policy import Metric, Policy, Target
from app.sla.rules.quiet_hours import QuietHours
from app.sla.rules.refusal import Refused

HIGHEST_THRESHOLD = 1000


class Recipient(StrEnum):
    """Whom an alert is for; who that is, is looked up when it is sent."""

    ASSIGNEE = "assignee"
    TEAM = "team"
    TEAM_LEAD = "team_lead"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Threshold:
    """At `percent` of the target (100: the breach; more: escalation), tell these."""

    percent: int
    tell: tuple[Recipient, ...] = ()


USUAL_THRESHOLDS = (
    Threshold(75, (Recipient.ASSIGNEE,)),
    Threshold(90, (Recipient.ASSIGNEE, Recipient.TEAM_LEAD)),
    Threshold(BREACH, (Recipient.ASSIGNEE, Recipient.TEAM_LEAD)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The promises by metric, and the alerts in the order of their percentage."""

    policies: Mapping[Metric, Policy] = field(default_factory=dict)
    alerts: tuple[Threshold, ...] = USUAL_THRESHOLDS
    quiet_hours: QuietHours | None = None
    """In the calendar's zone: messages wait, records do not."""
    fallback: Recipient = Recipient.TEAM_LEAD
    """Who is told where nobody else can be."""

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The percentages at which somebody is told."""
        return tuple(alert.percent for alert in self.alerts)

    def told_at(self, percent: int) -> tuple[Recipient, ...]:
        """Who is told at that percentage; the breach is never silent."""
        for alert in self.alerts:
            if alert.percent == percent:
                return alert.tell or (self.fallback,)
        return (self.fallback,)


def promised(targets: Mapping[Metric, Target]) -> Agreement:
    """The usual agreement with these targets."""
    return Agreement(
        policies={
            metric: Policy(metric=metric, target=target) for metric, target in targets.items()
        }
    )


def agreement(value: Any) -> Agreement:
    """`{"metrics": {…}, "thresholds": [{"percent", "tell"}], "quiet_hours", "fallback"}`.

    A threshold may be a plain number. Raises `Refused` naming the field.
    """
    fields = wire.table(value, "agreement")
    alerts: tuple[Threshold, ...] = USUAL_THRESHOLDS
    if fields.get("thresholds") is not None:
        alerts = _thresholds(wire.items(fields["thresholds"], "thresholds"))
    return Agreement(
        policies=policy_wire.policies(fields.get("metrics", {})),
        alerts=alerts,
        quiet_hours=_quiet_hours(fields.get("quiet_hours")),
        fallback=wire.member(Recipient, fields.get("fallback", Recipient.TEAM_LEAD), "fallback"),
    )


def agreement_json(value: Agreement) -> dict[str, Any]:
    """What `agreement` reads back."""
    quiet = value.quiet_hours
    return {
        "metrics": policy_wire.policies_json(value.policies),
        "thresholds": [
            {"percent": alert.percent, "tell": [who.value for who in alert.tell]}
            for alert in value.alerts
        ],
        "quiet_hours": quiet
        and {"from": wire.time_text(quiet.begins), "to": wire.time_text(quiet.ends)},
        "fallback": value.fallback.value,
    }


def digest(value: Mapping[str, Any]) -> str:
    """The fingerprint by which a clock names its terms: equal terms, equal digest (SHA-256)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _thresholds(values: list[Any]) -> tuple[Threshold, ...]:
    found = [_threshold(value, f"thresholds[{number}]") for number, value in enumerate(values)]
    by_percent = {threshold.percent: threshold for threshold in found}
    if len(by_percent) < len(found):
        raise Refused("thresholds", "names a percentage twice")
    return tuple(by_percent[percent] for percent in sorted(by_percent))


def _threshold(value: Any, field: str) -> Threshold:
    fields = value if isinstance(value, Mapping) else {"percent": value}
    percent = wire.whole(fields.get("percent"), f"{field}.percent")
    if not 0 < percent <= HIGHEST_THRESHOLD:
        raise Refused(f"{field}.percent", f"lies between 1 and {HIGHEST_THRESHOLD}")
    if "tell" not in fields:
        return Threshold(percent, _usually_told(percent))
    tell = wire.items(fields["tell"], f"{field}.tell")
    told = [wire.member(Recipient, who, f"{field}.tell") for who in tell]
    return Threshold(percent, tuple(dict.fromkeys(told)))


def _usually_told(percent: int) -> tuple[Recipient, ...]:
    if percent > BREACH:
        return (Recipient.TEAM_LEAD, Recipient.ADMIN)
    if percent >= 90:
        return (Recipient.ASSIGNEE, Recipient.TEAM_LEAD)
    return (Recipient.ASSIGNEE,)


def _quiet_hours(value: Any) -> QuietHours | None:
    if value is None:
        return None
    fields = wire.table(value, "quiet_hours")
    begins, ends = (
        wire.seconds_of_day(fields.get(name), f"quiet_hours.{name}") for name in ("from", "to")
    )
    return QuietHours(begins, ends)
