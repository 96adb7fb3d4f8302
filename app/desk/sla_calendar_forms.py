"""The calendar editor's form: from a definition to what is shown, and back from what was sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from werkzeug.datastructures import MultiDict

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla.calendar_days import MOST_DAYS, days_between, holidays_of, stretches_of
from app.sla.hours_text import hours_text, read_hours
from app.sla.rules.wire import WEEKDAYS

SPARE_ROWS = 3
MOST_ROWS = 400
ROW_FIELDS = ("first", "last", "hours", "name")
COMMON_ZONES = (
    "Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "Europe/Paris",
    "Europe/Warsaw", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "UTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarForm:
    """What stands in the inputs: texts as somebody typed them."""

    name: str
    zone: str
    week: Mapping[str, str]
    days: Sequence[Mapping[str, str]]
    """Days that differ; the last rows are empty."""
    holidays: Sequence[tuple[str, str, bool]]
    """Date (or month and day), name, whether it stays."""
    added: Sequence[Mapping[str, str]]
    """Holidays to add: date, name, every year."""
    note: str = ""

    @property
    def holiday_years(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The holidays by year; those of every year first, under an empty text."""
        years: dict[str, list[tuple[str, str, bool]]] = {}
        for one in self.holidays:
            years.setdefault(one[0][:4] if len(one[0]) > 5 else "", []).append(one)
        return list(years.items())


def form_of(definition: Mapping[str, Any], *, name: str) -> CalendarForm:
    """The form before anybody has typed."""
    rows = [
        {
            "first": one.first.isoformat(),
            "last": one.last.isoformat() if one.last != one.first else "",
            "hours": one.hours,
            "name": one.name,
        }
        for one in stretches_of(definition)
    ]
    return CalendarForm(
        name=name,
        zone=definition["zone"],
        week={day: hours_text(definition["week"].get(day, [])) for day in WEEKDAYS},
        days=[*rows, *_spare()],
        holidays=[(one.key, one.name, True) for one in holidays_of(definition)],
        added=_spare(),
    )


def _spare() -> list[dict[str, str]]:
    return [{} for _ in range(SPARE_ROWS)]


def sent_form(sent: MultiDict[str, str], *, more: bool = False) -> CalendarForm:
    """The form as it was sent; `more`: with further empty rows."""
    kept = set(sent.getlist("keep"))
    days, added = _rows(sent, "days", ROW_FIELDS), _rows(sent, "added", ("date", "name", "yearly"))
    named = zip(sent.getlist("holiday"), sent.getlist("holiday-name"), strict=False)
    return CalendarForm(
        name=sent.get("name", "").strip()[:80],
        zone=sent.get("zone", "").strip(),
        week={day: sent.get(f"week-{day}", "").strip()[:120] for day in WEEKDAYS},
        days=[*days, *(_spare() if more else ())],
        holidays=[(key, name[:80], key in kept) for key, name in named],
        added=[*added, *(_spare() if more else ())],
        note=sent.get("note", "").strip()[:500],
    )


def _rows(sent: MultiDict[str, str], prefix: str, names: Sequence[str]) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []
    for number in range(MOST_ROWS):
        keys = [f"{prefix}-{number}-{name}" for name in names]
        if not any(key in sent for key in keys):
            break
        found.append(
            {name: sent.get(key, "").strip()[:120] for name, key in zip(names, keys, strict=True)}
        )
    return found


def definition_of(form: CalendarForm) -> dict[str, Any]:
    """The definition that the form writes. Raises Invalid naming every faulty field at once."""
    errors: dict[str, list[Text]] = {}
    if form.zone not in available_timezones():
        errors["zone"] = [Text("No time zone has this name.")]
    week = {}
    for day, text in form.week.items():
        with _collecting(errors):
            if hours := read_hours(text, field=f"week-{day}"):
                week[day] = hours
    names: dict[str, str] = {}
    overrides = _overrides(form.days, names, errors)
    holidays = _holidays(form, names, errors)
    if not week and not any(overrides.values()):
        errors.setdefault("week-mon", [Text("This calendar has no working time.")])
    if errors:
        raise Invalid(fields=errors)
    return {
        "zone": form.zone,
        "week": week,
        "holidays": sorted(holidays),
        "overrides": overrides,
        "names": names,
    }


def _overrides(
    rows: Sequence[Mapping[str, str]], names: dict[str, str], errors: dict[str, list[Text]]
) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for number, row in enumerate(rows):
        if not any(row.values()):
            continue
        place = f"days-{number}"
        with _collecting(errors):
            first = read_day(row.get("first", ""), field=f"{place}-first")
            last = read_day(row["last"], field=f"{place}-last") if row.get("last") else first
            hours = read_hours(row.get("hours", ""), field=f"{place}-hours")
            for day in days_between(first, last, field=f"{place}-last"):
                key = day.isoformat()
                if key in found:
                    raise _wrong(f"{place}-first", Text("This day already stands in another row."))
                found[key] = hours
                if row.get("name"):
                    names[key] = row["name"][:80]
    if len(found) > MOST_DAYS:
        errors["days-0-first"] = [Text("At most %(most)s days may differ.", most=MOST_DAYS)]
    return found


def _holidays(form: CalendarForm, names: dict[str, str], errors: dict[str, list[Text]]) -> set[str]:
    found: set[str] = set()
    for key, name, stays in form.holidays:
        if not stays:
            continue
        with _collecting(errors):
            read_day(f"2024-{key}" if len(key) == 5 else key, field="holidays")
            found.add(key)
            if name:
                names.setdefault(key, name)
    for number, row in enumerate(form.added):
        if not (row.get("date") or row.get("name")):
            continue
        with _collecting(errors):
            day = read_day(row.get("date", ""), field=f"added-{number}-date")
            key = day.isoformat()[5:] if row.get("yearly") else day.isoformat()
            found.add(key)
            if row.get("name"):
                names.setdefault(key, row["name"][:80])
    return found


def read_day(text: str, *, field: str) -> date:
    """A date as the browser sends it. Raises Invalid naming the field."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong(field, Text("This is not a date.")) from None
    if not 2000 <= day.year <= 2100:
        raise _wrong(field, Text("The year lies between 2000 and 2100."))
    return day


@contextmanager
def _collecting(errors: dict[str, list[Text]]) -> Iterator[None]:
    """Go on after a faulty field, so that all of them are told at once."""
    try:
        yield
    except Invalid as faulty:
        errors.update(faulty.fields)


def _wrong(field: str, text: Text) -> Invalid:
    return Invalid(fields={field: [text]})
