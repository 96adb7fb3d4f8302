"""What one version of a calendar or policy has that the one before it has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.sla.calendar_days import Holiday, Stretch, holidays_of, stretches_of
from app.sla.hours_text import hours_text
from app.sla.rules.wire import WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference; `what` says which sentence a face makes of it."""

    what: str
    """zone, week, holiday_added, holiday_removed, days_added, days_removed or value."""
    place: str = ""
    """The day of the week, or the path of a value."""
    first: date | None = None
    last: date | None = None
    name: str = ""
    before: str = ""
    after: str = ""


def calendar_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Zone, week, holidays and days that differ, in this order."""
    found = []
    if before.get("zone") != after.get("zone"):
        found.append(
            Change(what="zone", before=before.get("zone", ""), after=after.get("zone", ""))
        )
    for day in WEEKDAYS:
        old, new = (hours_text(one.get("week", {}).get(day, [])) for one in (before, after))
        if old != new:
            found.append(Change(what="week", place=day, before=old, after=new))
    olds, news = holidays_of(before), holidays_of(after)
    found += [_holiday("holiday_added", one) for one in news if one not in olds]
    found += [_holiday("holiday_removed", one) for one in olds if one not in news]
    earlier, later = stretches_of(before), stretches_of(after)
    found += [_days("days_added", one) for one in later if one not in earlier]
    found += [_days("days_removed", one) for one in earlier if one not in later]
    return found


def _holiday(what: str, one: Holiday) -> Change:
    first = None if one.is_yearly else one.date
    return Change(what=what, place=one.key, first=first, last=first, name=one.name)


def _days(what: str, one: Stretch) -> Change:
    return Change(what=what, first=one.first, last=one.last, name=one.name, after=one.hours)


def value_changes(before: Any, after: Any, *, place: str = "") -> list[Change]:
    """Every leaf of two JSON values that differs, by its path."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = []
        for key in sorted({*before, *after}):
            path = f"{place}.{key}" if place else key
            found += value_changes(before.get(key), after.get(key), place=path)
        return found
    if before == after:
        return []
    return [Change(what="value", place=place, before=_said(before), after=_said(after))]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(part) for part in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(part)}" for key, part in value.items())
    return "" if value is None else str(value)
