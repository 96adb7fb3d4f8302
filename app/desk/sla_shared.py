"""What the desk's pages of agreements share: names, differences in words, a form shown again."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from babel import Locale
from babel.dates import get_day_names, get_month_names
from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _

from app.sla.calendar_changes import Change
from app.sla.calendar_days import DayKind
from app.sla.rules import wire
from app.sla.rules.policy import Metric
from app.sla.rules.wire import WEEKDAYS
from app.web.formats import day as day_text


def same_client(_endpoint: str, values: dict[str, Any]) -> None:
    """`url_for` stays with the client whose page this is."""
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


def weekdays() -> dict[str, str]:
    """The days of the week by their keys."""
    return {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    }


def day_kinds() -> dict[DayKind, str]:
    """How the picture's legend calls the days."""
    return {
        DayKind.WORKING: _("working day"),
        DayKind.SHORT: _("fewer hours"),
        DayKind.EXTRA: _("extra hours"),
        DayKind.HOLIDAY: _("holiday"),
        DayKind.CLOSED: _("closed"),
        DayKind.FREE: _("free by the week"),
    }


def metrics() -> dict[str, str]:
    """What is promised, by name."""
    return {
        Metric.FIRST_RESPONSE: _("First response"),
        Metric.NEXT_RESPONSE: _("Next response"),
        Metric.RESOLUTION: _("Resolution"),
        "internal_step": _("Internal step (OLA)"),
        "subcontractor": _("Subcontractor (UC)"),
    }


def month_names() -> dict[int, str]:
    """January is 1."""
    return dict(get_month_names("wide", context="stand-alone", locale=_locale()))


def day_letters() -> list[str]:
    """Above the columns of a month, Monday first."""
    names = get_day_names("short", context="stand-alone", locale=_locale())
    return [names[number][:2] for number in range(7)]


def _locale() -> Locale:
    return get_locale() or Locale("en")


def bars(definition: Mapping[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Each day of the week as stretches of 96 quarters of an hour, as the wall clock shows them."""
    found: dict[str, list[tuple[float, float]]] = {day: [] for day in WEEKDAYS}
    for number, day in enumerate(WEEKDAYS):
        for shift in definition.get("week", {}).get(day, []):
            opens, closes = (wire.seconds_of_day(text, "week") / 900 for text in shift)
            if closes > opens:
                found[day].append((opens, closes))
                continue
            found[day].append((opens, 96))
            if closes:
                found[WEEKDAYS[(number + 1) % 7]].append((0, closes))
    return found


def calendar_lines(changes: Sequence[Change]) -> list[str]:
    """The differences of two calendars, a sentence each."""
    return [_calendar_line(change) for change in changes]


def _calendar_line(change: Change) -> str:
    closed = _("closed")
    before, after = change.before or closed, change.after or closed
    if change.what == "zone":
        return _("Time zone: %(before)s → %(after)s", before=change.before, after=change.after)
    if change.what == "week":
        day = weekdays()[change.place]
        return _("%(day)s: %(before)s → %(after)s", day=day, before=before, after=after)
    days = span(change)
    name = f" ({change.name})" if change.name else ""
    if change.what == "holiday_added":
        return _("Holiday added: %(days)s%(name)s", days=days, name=name)
    if change.what == "holiday_removed":
        return _("Holiday removed: %(days)s%(name)s", days=days, name=name)
    if change.what == "days_added":
        return _("Added: %(days)s, %(hours)s%(name)s", days=days, hours=after, name=name)
    return _("Removed: %(days)s, %(hours)s%(name)s", days=days, hours=after, name=name)


def span(one: Any) -> str:
    """One date, or the first and the last; a yearly day as it is written."""
    if one.first is None:
        return _("every year on %(day)s", day=one.place)
    first, last = (day_text(day, zone=UTC, locale=_locale()) for day in (one.first, one.last))
    return first if first == last else f"{first}\N{NO-BREAK SPACE}\N{EN DASH} {last}"
