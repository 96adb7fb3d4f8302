"""How promises read: metrics, endings, targets, causes, times in a calendar's own zone."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.sla.events import CorrectionKind
from app.sla.explaining import ExceptionalDay, ToldClock
from app.sla.reports import Ending
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import State, Whose
from app.sla.rules.opening_hours import OpeningHours, Shift
from app.sla.rules.policy import Cause, Change, Metric, Policy, Reopen, Target, WorkingTime
from app.sla.rules.timeline import Because
from app.web.formats import day
from app.web.promise_times import (
    DASH,
    HOUR,
    MINUTE,
    exactly,
    month_text,
    stored_zoned,
    worked,
    zone_name,
    zoned,
)

DAY = 86_400


def init_app(app: Flask) -> None:
    """Arm the templates."""
    app.jinja_env.filters.update(
        zoned=zoned,
        stored_zoned=stored_zoned,
        zone_name=zone_name,
        worked=worked,
        exactly=exactly,
        month_text=month_text,
    )
    app.jinja_env.globals.update(
        metric_title=metric_title,
        ending_title=ending_title,
        state_title=state_title,
        because_text=because_text,
        event_text=event_text,
        promised_text=promised_text,
        rules_text=rules_text,
        week_text=week_text,
        exceptions_text=exceptions_text,
        whose_title=whose_title,
        correction_text=correction_text,
        correction_change=correction_change,
    )


def metric_title(metric: Metric | str) -> str:
    """What is promised."""
    return {
        Metric.FIRST_RESPONSE: _("First response"),
        Metric.NEXT_RESPONSE: _("Next response"),
        Metric.RESOLUTION: _("Resolution"),
        Metric.INTERNAL_STEP: _("Internal step"),
        Metric.SUBCONTRACTOR: _("Subcontractor"),
    }[Metric(metric)]


def ending_title(ending: Ending | str) -> str:
    """How a promise ended, as the reports call it."""
    return {
        Ending.MET: _("met"),
        Ending.BREACHED: _("not met"),
        Ending.OPEN_BREACHED: _("late and still open"),
        Ending.EXCUSED: _("excused"),
        Ending.CANCELLED: _("cancelled"),
    }[Ending(ending)]


def state_title(state: State | str) -> str:
    """How a clock stands."""
    return {
        State.RUNNING: _("running"),
        State.PAUSED: _("paused"),
        State.MET: _("met"),
        State.BREACHED: _("not met"),
        State.CANCELLED: _("cancelled"),
        State.NOT_APPLICABLE: _("does not apply"),
        State.UNMEASURABLE: _("cannot be measured"),
    }[State(state)]


def because_text(because: Because | str, *, side: str = "desk") -> str:
    """Why an interval counts, or does not; `side`: who reads it, desk or portal."""
    you = side == "portal"
    texts = {
        "working": _("with us") if you else _("with the provider"),
        "expected": _("still to come"),
        "waiting_for_client": _("waiting for you") if you else _("waiting for the client"),
        "waiting_for_third_party": _("waiting for a third party"),
        "waiting_within": _("waiting for others of the provider"),
        "resolved": _("delivered, with you") if you else _("delivered, with the client"),
    }
    return texts.get(str(because), str(because))


def whose_title(whose: Whose | str, *, side: str = "desk") -> str:
    """To whom a second belongs."""
    you = side == "portal"
    return {
        Whose.PROVIDER: _("with us") if you else _("provider"),
        Whose.CLIENT: _("waiting for you") if you else _("client"),
        Whose.THIRD_PARTY: _("third party"),
        Whose.CLOSED: _("closed"),
    }[Whose(whose)]


def event_text(kind: Kind | str, *, cause: Cause | None = None, side: str = "desk") -> str:
    """What happened, in a few words."""
    you = side == "portal"
    if kind == Kind.PAUSED:
        return _paused(cause, you=you)
    return {
        Kind.OPENED: _("received"),
        Kind.CLIENT_MESSAGE: _("your message") if you else _("message of the client"),
        Kind.PROVIDER_MESSAGE: _("our message") if you else _("message of the provider"),
        Kind.AUTOMATIC_MESSAGE: _("automatic message"),
        Kind.INTERNAL_NOTE: _("internal note"),
        Kind.RESUMED: _("goes on"),
        Kind.RESOLVED: _("delivered"),
        Kind.REOPENED: _("opened again"),
        Kind.CANCELLED: _("cancelled"),
        Kind.TARGET_CHANGED: _("promised time changed"),
        Kind.STEP_STARTED: _("internal step begun"),
        Kind.STEP_ENDED: _("internal step ended"),
        Kind.SUBCONTRACTOR_STARTED: _("handed to a subcontractor"),
        Kind.SUBCONTRACTOR_ENDED: _("back from the subcontractor"),
        Kind.DUE_SET: _("due time set by hand"),
        Kind.POLICY_CHANGED: _("put under another agreement"),
        Kind.EXCUSED: _("breach excused"),
        Kind.MOVED: _("moved to another service"),
        Kind.MERGED: _("joined with another request"),
    }.get(Kind(kind), str(kind))


def _paused(cause: Cause | None, *, you: bool) -> str:
    if cause is Cause.CLIENT:
        return _("waits for you") if you else _("waits for the client")
    if cause is Cause.THIRD_PARTY:
        return _("waits for a third party")
    return _("waits within the provider")


def target_text(target: Target) -> str:
    """`8 h of working time`, `2 working days (received by 15:00)`."""
    if isinstance(target, WorkingTime):
        return _("%(time)s of working time", time=worked(target.seconds))
    text = ngettext("%(num)s working day", "%(num)s working days", target.days)
    if target.cutoff is None:
        return text
    return _("%(days)s (received by %(time)s)", days=text, time=_time(target.cutoff))


def promised_text(story: ToldClock) -> str:
    """The target; working days also as the working time they came to, a changed target as both."""
    target, seconds = story.policy.target, story.clock.target_seconds
    text = target_text(target)
    if isinstance(target, WorkingTime) and target.seconds == seconds:
        return text
    if isinstance(target, WorkingTime):
        return _("%(promise)s, now %(time)s in all", promise=text, time=worked(seconds))
    return _("%(promise)s, which is %(time)s of working time", promise=text, time=worked(seconds))


def rules_text(policy: Policy, *, side: str = "desk") -> list[tuple[str, str]]:
    """The policy's rules as pairs of name and sentence."""
    you = side == "portal"
    causes: Mapping[Cause, str] = {
        Cause.CLIENT: _("waiting for you") if you else _("waiting for the client"),
        Cause.THIRD_PARTY: _("waiting for a third party"),
        Cause.PROVIDER: _("waiting within the provider"),
        Cause.SUBCONTRACTOR: _("waiting for a subcontractor"),
    }
    stops = [text for cause, text in causes.items() if cause in policy.pauses]
    pairs = [(_("Stands still while"), ", ".join(stops) or _("never: it always runs"))]
    if policy.max_pause is not None:
        limit = target_text(policy.max_pause.limit)
        pairs.append((_("A pause lasts at most"), limit))
    if policy.metric is Metric.RESOLUTION:
        pairs.append((_("When opened again"), _reopen(policy.reopen)))
    pairs.append((_("When the promised time is changed"), _change(policy.change)))
    return pairs


def _reopen(reopen: Reopen) -> str:
    if reopen is Reopen.RESUME:
        return _("the same clock goes on; the time since the delivery counts for nobody")
    return _("a new clock with the full time starts; the first result stays")


def _change(change: Change) -> str:
    return {
        Change.RETROACTIVE: _("the new time counts from the start"),
        Change.FORWARD: _("the full new time counts from the change on"),
        Change.RESET: _("the clock is cancelled and starts from zero"),
    }[change]


def correction_text(kind: CorrectionKind | str) -> str:
    """Why a promise stands otherwise than it stood."""
    return {
        CorrectionKind.DUE_SET: _("due time set by hand"),
        CorrectionKind.EXCUSED: _("breach excused"),
        CorrectionKind.PAUSED_AFTERWARDS: _("pause noted afterwards"),
        CorrectionKind.POLICY_CHANGED: _("put under another agreement"),
        CorrectionKind.CALENDAR_CORRECTED: _("calendar corrected"),
    }.get(CorrectionKind(kind), str(kind))


def correction_change(correction: Any, zone: str) -> str:
    """What moved: the due time, or how the promise ended."""
    before, after = correction.before, correction.after
    lines = []
    if before.get("due_at") != after.get("due_at"):
        times = {"before": _stored(before, zone), "after": _stored(after, zone)}
        lines.append(_("due %(before)s → %(after)s", **times))
    if before.get("state") != after.get("state"):
        names = [state_title(side["state"]) for side in (before, after) if side.get("state")]
        lines.append(" → ".join(names))
    return "; ".join(lines)


def _stored(side: Mapping[str, Any], zone: str) -> str:
    due_at = side.get("due_at")
    return stored_zoned(due_at, zone) if due_at else DASH


def week_text(hours: OpeningHours) -> str:
    """`Mon-Fri 09:00-17:00`: days with the same hours together."""
    names = get_day_names("abbreviated", locale=_locale())
    texts = []
    for shifts, group in groupby(range(7), key=lambda day: hours.week[day]):
        days = list(group)
        if shifts:
            first, last = names[days[0]], names[days[-1]]
            span = first if first == last else f"{first}{DASH}{last}"
            texts.append(f"{span} {', '.join(map(_shift, shifts))}")
    return "; ".join(texts) or _("no hours in a usual week")


def exceptions_text(days: Sequence[ExceptionalDay]) -> list[tuple[str, str]]:
    """`24 Dec 2026`, `09:00-12:00 (Christmas Eve)`."""
    texts = []
    for one in days:
        hours = ", ".join(map(_shift, one.shifts)) or _("closed")
        name = f" ({one.name})" if one.name else ""
        texts.append((day(one.day, zone=UTC, locale=_locale()), f"{hours}{name}"))
    return texts


def _shift(shift: Shift) -> str:
    return f"{_time(shift.opens)}{DASH}{_time(shift.closes)}"


def _time(seconds: int) -> str:
    inside = seconds - DAY if seconds > DAY else seconds
    return f"{inside // HOUR:02}:{inside % HOUR // MINUTE:02}"


def _locale() -> Locale:
    return get_locale() or Locale("en")
