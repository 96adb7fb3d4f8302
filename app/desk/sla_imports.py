"""Days from elsewhere into a client's calendar: proposed, ticked by a person, then saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from babel import Locale
from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.desk import sla_shared
from app.desk.sla_calendar_forms import read_day
from app.desk.sla_calendars import found, save_version, saved
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.sla import calendar_import
from app.sla.agreed import AgreedCalendar
from app.sla.calendar_days import MOST_DAYS, DayKind, day_of, days_between
from app.sla.calendar_import import LARGEST, Proposed, ProposedKind
from app.web.access import in_provider_books, requires
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_sla_imports",
    __name__,
    url_prefix="/desk/c/<client>/calendars",
    template_folder="templates",
)
blueprint.url_defaults(sla_shared.same_client)
MOST_YEARS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A proposed row, and what the calendar says of its first day so far."""

    proposed: Proposed
    now: DayKind
    is_known: bool
    """It is a holiday or closed already: there is nothing to add."""


@blueprint.get("/<calendar_key>/holidays")
@in_provider_books
@requires(Permission.SLA_AGREE)
def holidays(calendar_key: str) -> ResponseReturnValue:
    """Choose country, state and years; then tick what holds."""
    one = found(calendar_key)
    arguments, year = request.args, now().year
    country = arguments.get("country", "")
    chosen: dict[str, Any] = {
        "country": country or "DE",
        "state": arguments.get("state", ""),
        "from": arguments.get("from", year, type=int),
        "to": arguments.get("to", year + 2, type=int),
    }
    errors: dict[str, list[str]] = {}
    rows: Sequence[Review] = ()
    if country:
        try:
            rows = _reviews(one, _proposed(chosen))
        except Invalid as faulty:
            errors = field_errors(faulty)
    page = render_template(
        "desk/sla/holidays.html",
        client=g.client,
        calendar=one,
        chosen=chosen,
        countries=_countries(),
        states=calendar_import.countries().get(chosen["country"], ()),
        rows=rows,
        errors=errors,
        ics_kilobytes=LARGEST // 1024,
        span=sla_shared.span,
        kinds=sla_shared.day_kinds(),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _proposed(chosen: dict[str, Any]) -> list[Proposed]:
    first, last = chosen["from"], chosen["to"]
    if not 2000 <= first <= last <= 2100 or last - first >= MOST_YEARS:
        text = _("From 2000 to 2100, at most %(most)s years at once.", most=MOST_YEARS)
        raise Invalid(fields={"to": [text]})
    years = range(first, last + 1)
    return calendar_import.public_holidays(chosen["country"], years=years, state=chosen["state"])


def _countries() -> list[tuple[str, str]]:
    territories = (get_locale() or Locale("en")).territories
    named = [(code, territories.get(code, code)) for code in calendar_import.countries()]
    return sorted(named, key=lambda one: one[1])


def _reviews(one: AgreedCalendar, proposed: Sequence[Proposed]) -> list[Review]:
    off = {DayKind.HOLIDAY, DayKind.CLOSED}
    rows = []
    for part in proposed:
        kind = day_of(one.newest.definition, part.first).kind
        rows.append(Review(proposed=part, now=kind, is_known=kind in off))
    return rows


@blueprint.post("/<calendar_key>/ics")
@in_provider_books
@requires(Permission.SLA_AGREE)
def ics(calendar_key: str) -> ResponseReturnValue:
    """Read a calendar file and show what it holds; nothing is saved yet."""
    one = found(calendar_key)
    file = request.files.get("file")
    rows: Sequence[Review] = ()
    errors: dict[str, list[str]] = {}
    left_out = 0
    try:
        if file is None or not file.filename:
            raise Invalid(fields={"file": [_("Please choose a file.")]})
        content = file.stream.read(LARGEST + 1)
        file.close()
        read = calendar_import.read_ics(content, today=now().date())
        rows, left_out = _reviews(one, read.proposed), read.left_out
    except Invalid as faulty:
        errors = field_errors(faulty)
    page = render_template(
        "desk/sla/ics.html",
        client=g.client,
        calendar=one,
        rows=rows,
        left_out=left_out,
        errors=errors,
        ics_kilobytes=LARGEST // 1024,
        span=sla_shared.span,
        kinds=sla_shared.day_kinds(),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


@blueprint.post("/<calendar_key>/days")
@in_provider_books
@requires(Permission.SLA_AGREE)
def add_days(calendar_key: str) -> ResponseReturnValue:
    """Save the ticked rows as the next version; what is there already stays."""
    one = found(calendar_key)
    definition = dict(one.newest.definition)
    holidays, names = set(definition["holidays"]), dict(definition.get("names", {}))
    overrides = dict(definition["overrides"])
    for part in _ticked():
        for day in days_between(part.first, part.last, field="rows"):
            key = day.isoformat()
            if part.kind is ProposedKind.HOLIDAY:
                holidays.add(key)
            else:
                overrides[key] = []
            if part.name:
                names[key] = part.name
    if len(overrides) + len(holidays) > 2 * MOST_DAYS:
        raise Invalid("A calendar has at most %(most)s days that differ.", most=MOST_DAYS)
    definition |= {"holidays": sorted(holidays), "overrides": overrides, "names": names}
    note = request.form.get("note", "").strip()[:500] or _("Days imported.")
    follows = request.form.get("follows", type=int)
    save_version(one.key, definition, name=one.name, note=note, follows=follows)
    return saved(one.key)


def _ticked() -> list[Proposed]:
    """The rows that somebody ticked. Raises Invalid for none, or for what is no row."""
    found_rows = [_row(number) for number in request.form.getlist("chosen")[:1000]]
    if not found_rows:
        raise Invalid("Nothing was ticked: the calendar stays as it is.")
    return found_rows


def _row(number: str) -> Proposed:
    sent = request.form
    first: date = read_day(sent.get(f"first-{number}", ""), field="rows")
    last: date = read_day(sent.get(f"last-{number}", ""), field="rows")
    try:
        kind = ProposedKind(sent.get(f"kind-{number}", ProposedKind.HOLIDAY))
    except ValueError:
        raise Invalid("This is not a row of the list.") from None
    name = sent.get(f"name-{number}", "").strip()[:80]
    return Proposed(first=first, last=last, name=name, kind=kind)
