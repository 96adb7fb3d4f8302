"""The policy editor's form: from an agreement to what is shown, and back from what was sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla.rules.agreement import Agreement, Recipient, agreement
from app.sla.rules.policy import CLIENT_SIDE, Cause, Change, Metric, Reopen, Then
from app.sla.rules.refusal import Refused

HOURS, DAYS = "hours", "days"
ALERT_ROWS = 6
_HOURS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2})|:([0-5]\d))?")
_TIME = re.compile(r"([01]?\d|2[0-4])[:.]?([0-5]\d)?")

MetricForm = Mapping[str, Any]
"""on, unit, amount, cutoff, reopen, change, pauses, max, max_unit, then: as typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyForm:
    """What stands in the inputs."""

    metrics: Mapping[str, MetricForm]
    alerts: Sequence[Mapping[str, Any]]
    quiet_from: str = ""
    quiet_to: str = ""
    fallback: str = Recipient.TEAM_LEAD


def usual_form() -> PolicyForm:
    """To begin with: an answer in four hours, done in eight."""
    value = {
        "metrics": {
            "first_response": {"target": {"hours": 4}},
            "resolution": {"target": {"hours": 8}},
        }
    }
    return form_of(agreement(value))


def form_of(agreed: Agreement) -> PolicyForm:
    """The form before anybody has typed."""
    quiet = agreed.quiet_hours
    alerts: list[Mapping[str, Any]] = [
        {"percent": str(one.percent), "tell": [str(who) for who in one.tell]}
        for one in agreed.alerts
    ]
    return PolicyForm(
        metrics={
            metric: _metric(agreed.policies.get(metric), metric) for metric in map(Metric, Metric)
        },
        alerts=[*alerts, *[{} for _ in range(max(ALERT_ROWS - len(alerts), 1))]],
        quiet_from=_clock(quiet.begins) if quiet else "",
        quiet_to=_clock(quiet.ends) if quiet else "",
        fallback=str(agreed.fallback),
    )


def _metric(policy: Any, metric: Metric) -> MetricForm:
    if policy is None:
        pauses = CLIENT_SIDE if metric is Metric.RESOLUTION else frozenset()
        return {"on": False, "unit": HOURS, "pauses": [str(one) for one in pauses]}
    unit, amount, cutoff = _amount(policy.target)
    limit = policy.max_pause
    most = _amount(limit.limit) if limit else (DAYS, "", "")
    return {
        "on": True,
        "unit": unit,
        "amount": amount,
        "cutoff": cutoff,
        "reopen": str(policy.reopen),
        "change": str(policy.change),
        "pauses": [str(cause) for cause in policy.pauses],
        "max": most[1],
        "max_unit": most[0],
        "then": str(limit.then) if limit else Then.ESCALATE.value,
    }


def _amount(target: Any) -> tuple[str, str, str]:
    if hasattr(target, "days"):
        return DAYS, str(target.days), "" if target.cutoff is None else _clock(target.cutoff)
    hours, rest = divmod(target.seconds, 3600)
    return HOURS, f"{hours}:{rest // 60:02}" if rest else str(hours), ""


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def sent_form(sent: MultiDict[str, str]) -> PolicyForm:
    """The form as it was sent."""
    return PolicyForm(
        metrics={
            metric: {
                "on": f"{metric}-on" in sent,
                "pauses": sent.getlist(f"{metric}-pauses"),
                **{
                    name: sent.get(f"{metric}-{name}", "").strip()[:20]
                    for name in (
                        "unit", "amount", "cutoff", "reopen", "change", "max", "max_unit", "then",
                    )
                },
            }
            for metric in map(str, Metric)
        },
        alerts=[
            {
                "percent": sent.get(f"alert-{number}-percent", "").strip()[:6],
                "tell": sent.getlist(f"alert-{number}-tell"),
            }
            for number in range(12)
            if f"alert-{number}-percent" in sent
        ],
        quiet_from=sent.get("quiet_from", "").strip()[:5],
        quiet_to=sent.get("quiet_to", "").strip()[:5],
        fallback=sent.get("fallback", Recipient.TEAM_LEAD.value),
    )  # fmt: skip


def agreement_of(form: PolicyForm) -> Agreement:
    """What the form promises. Raises Invalid naming every faulty field at once."""
    errors: dict[str, list[Text]] = {}
    metrics = {
        metric: _promise(metric, one, errors) for metric, one in form.metrics.items() if one["on"]
    }
    if not metrics:
        errors["resolution-on"] = [Text("Please promise at least one thing.")]
    value = {
        "metrics": metrics,
        "thresholds": _thresholds(form.alerts, errors),
        "quiet_hours": _quiet(form, errors),
        "fallback": form.fallback,
    }
    if errors:
        raise Invalid(fields=errors)
    try:
        return agreement(value)
    except Refused as refused:
        raise Invalid(fields={_place(refused.field): [Text(refused.reason)]}) from refused


def _promise(metric: str, one: MetricForm, errors: dict[str, list[Text]]) -> dict[str, Any]:
    target = _target(one["unit"], one["amount"], f"{metric}-amount", errors)
    if one["unit"] == DAYS and one.get("cutoff"):
        target["cutoff"] = _time(one["cutoff"], f"{metric}-cutoff", errors)
    limit = None
    if one.get("max"):
        limit = _target(one.get("max_unit") or DAYS, one["max"], f"{metric}-max", errors)
        limit["then"] = one.get("then") or Then.ESCALATE.value
    return {
        "target": target,
        "reopen": one.get("reopen") or Reopen.RESUME.value,
        "change": one.get("change") or Change.RETROACTIVE.value,
        "pauses": [cause for cause in map(str, Cause) if cause in one["pauses"]],
        "max_pause": limit,
    }


def _target(unit: str, text: str, field: str, errors: dict[str, list[Text]]) -> dict[str, Any]:
    if unit == DAYS:
        if not re.fullmatch(r"\d{1,5}", text):
            errors[field] = [Text("Please write a whole number of working days.")]
            return {}
        return {"business_days": int(text)}
    match = _HOURS.fullmatch(text)
    if match is None:
        errors[field] = [Text("Please write hours like 8, 1:30 or 1.5.")]
        return {}
    hours, fraction, minutes = match.groups()
    seconds = int(hours) * 3600 + int(minutes or 0) * 60
    seconds += int((fraction or "0").ljust(2, "0")) * 36
    return {"seconds": seconds}


def _time(text: str, field: str, errors: dict[str, list[Text]]) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        errors[field] = [Text("Please write a time of day like 15:00.")]
        return ""
    return f"{int(match[1]):02}:{match[2] or '00'}"


def _thresholds(
    rows: Sequence[Mapping[str, Any]], errors: dict[str, list[Text]]
) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        if not row.get("percent"):
            continue
        field = f"alert-{number}-percent"
        if not re.fullmatch(r"[1-9]\d{0,2}|1000", row["percent"]):
            errors[field] = [Text("Please write a whole number from 1 to 1000.")]
        elif int(row["percent"]) in found:
            errors[field] = [Text("This percentage stands in another row.")]
        else:
            percent = int(row["percent"])
            tell = [who for who in map(str, Recipient) if who in row["tell"]]
            found[percent] = {"percent": percent, "tell": tell}
    return list(found.values())


def _quiet(form: PolicyForm, errors: dict[str, list[Text]]) -> dict[str, str] | None:
    if not form.quiet_from and not form.quiet_to:
        return None
    return {
        "from": _time(form.quiet_from, "quiet_from", errors),
        "to": _time(form.quiet_to, "quiet_to", errors),
    }


def _place(path: str) -> str:
    """`metrics.resolution.target.hours` is typed at `resolution-amount`."""
    parts = path.split(".")
    if parts[0] == "metrics" and len(parts) > 2:
        names = {"target": "amount", "max_pause": "max"}
        return f"{parts[1]}-{names.get(parts[2], parts[2])}"
    return {"quiet_hours": "quiet_from", "thresholds": "alert-0-percent"}.get(parts[0], path)
