"""Promises in words: targets, pauses, alerts, and what changed between two versions."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue.service import services
from app.desk.sla_shared import metrics
from app.sla.calendar_changes import Change as Difference
from app.sla.rules.policy import BusinessDays, Cause, Change, Metric, Policy, Reopen, Target, Then

ALL = "all"
"""A policy for every work."""


def kinds_of_work() -> list[tuple[str, str]]:
    """What a policy may be for: everything, a service, a type of it."""
    found = [(ALL, _("All work"))]
    for service in services():
        found.append((service.key, _(service.title)))
        found += [
            (f"{service.key}/{one.key}", f"{_(service.title)}: {_(one.title)}")
            for one in service.work_types
        ]
    return found


def work_of(policy: Any) -> str:
    """What a policy is for, its priority included."""
    key = policy.service_key or ALL
    if policy.type_key:
        key += f"/{policy.type_key}"
    name = dict(kinds_of_work()).get(key, key)
    if policy.priority is None:
        return name
    return f"{name}, {priority_name(policy.priority)}"


def priority_name(level: int) -> str:
    """As the desk's badges say it."""
    return [_("low"), _("normal"), _("high"), _("urgent")][level]


def target_text(target: Target) -> str:
    """`8 h of working time`, `2 working days, received by 15:00`."""
    if isinstance(target, BusinessDays):
        days = ngettext("%(num)s working day", "%(num)s working days", target.days)
        if target.cutoff is None:
            return days
        time = f"{target.cutoff // 3600:02}:{target.cutoff % 3600 // 60:02}"
        return _("%(days)s, received by %(time)s", days=days, time=time)
    hours, rest = divmod(target.seconds, 3600)
    time = f"{hours}:{rest // 60:02}" if rest else str(hours)
    return _("%(time)s h of working time", time=time)


def causes() -> dict[str, str]:
    """What may stop a clock."""
    return {
        Cause.CLIENT: _("waiting for the client"),
        Cause.THIRD_PARTY: _("waiting for third parties"),
        Cause.PROVIDER: _("waiting for our subcontractor"),
    }


def pauses_text(policy: Policy) -> str:
    """What stops the clock, and for how long at most."""
    named = [name for cause, name in causes().items() if cause in policy.pauses]
    text = ", ".join(named) or _("nothing")
    if policy.max_pause:
        most = target_text(policy.max_pause.limit)
        then = thens()[policy.max_pause.then]
        text = _("%(pauses)s; at most %(most)s, then %(then)s", pauses=text, most=most, then=then)
    return text


def thens() -> dict[str, str]:
    """What follows a pause that lasts too long."""
    return {Then.ESCALATE: _("somebody is told"), Then.RESUME: _("the clock runs again")}


def reopens() -> dict[str, str]:
    """What a reopened item does."""
    return {
        Reopen.RESUME: _("the clock goes on with what was left"),
        Reopen.NEW_CYCLE: _("the full time begins anew"),
    }


def changes() -> dict[str, str]:
    """How a changed target meets a running clock."""
    return {
        Change.RETROACTIVE: _("counts from the beginning"),
        Change.FORWARD: _("counts in full from the change on"),
        Change.RESET: _("ends this clock and starts another"),
    }


def recipients() -> dict[str, str]:
    """Whom an alert is for."""
    return {
        "assignee": _("assignee"),
        "team": _("team"),
        "team_lead": _("team leads"),
        "admin": _("admins"),
    }


def metric_names() -> dict[str, str]:
    """What is promised, by name."""
    return metrics()


def starts() -> dict[str, str]:
    """What each clock begins with."""
    return {
        Metric.FIRST_RESPONSE: _("from receipt to the first answer of a person"),
        Metric.NEXT_RESPONSE: _("from a client's unanswered message to our answer"),
        Metric.RESOLUTION: _("from receipt to delivery"),
        Metric.INTERNAL_STEP: _("from a hand-over to the end of this team's step"),
        Metric.SUBCONTRACTOR: _("from our order to the subcontractor's delivery"),
    }


def policy_labels() -> dict[str, str]:
    """Fields of the editor by name, for the list of errors."""
    labels = {"work": _("For which work"), "priority": _("Priority"), "valid_from": _("Valid from")}
    labels |= {"quiet_from": _("Quiet from"), "quiet_to": _("Quiet to"), "form": _("Policy")}
    for metric, name in metrics().items():
        for field in ("on", "amount", "cutoff", "max"):
            labels[f"{metric}-{field}"] = name
    return labels | {f"alert-{number}-percent": _("Alerts") for number in range(12)}


def policy_lines(differences: Sequence[Difference]) -> list[str]:
    """What changed, a line each."""
    return [_line(one) for one in differences]


def _line(one: Difference) -> str:
    place = one.place.split(".")
    if place[0] == "metrics":
        name = metrics().get(place[1], place[1])
        part = (
            {
                "target": _("target"),
                "reopen": _("after reopening"),
                "change": _("after a change"),
                "pauses": _("paused by"),
                "max_pause": _("longest pause"),
            }.get(place[2], place[2])
            if len(place) > 2
            else _("promise")
        )
        label = f"{name}, {part}"
    else:
        label = {
            "thresholds": _("Alerts"),
            "quiet_hours": _("Quiet hours"),
            "fallback": _("If nobody else can be told"),
        }.get(place[0], place[0])
    return f"{label}: {_said(one, one.before)} → {_said(one, one.after)}"


def _said(one: Difference, value: str) -> str:
    if not value:
        return "\N{EN DASH}"
    if one.place.endswith(".seconds"):
        hours, rest = divmod(int(value), 3600)
        return f"{hours}:{rest // 60:02} h"
    if one.place.endswith(".business_days"):
        return ngettext("%(num)s working day", "%(num)s working days", int(value))
    words = {**causes(), **reopens(), **changes(), **recipients()}
    return ", ".join(str(words.get(part, part)) for part in value.split(", "))
