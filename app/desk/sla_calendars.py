"""A client's working calendars at the desk: the year as a picture, the editor, versions."""

import re
import unicodedata
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import sla_overtaken, sla_shared
from app.desk.sla_calendar_forms import (
    COMMON_ZONES,
    CalendarForm,
    definition_of,
    form_of,
    sent_form,
)
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.sla import affected, agreed, agreeing, recalculating
from app.sla.agreed import AgreedCalendar
from app.sla.calendar_changes import calendar_changes
from app.sla.calendar_days import DayKind, stretches_of, year_of
from app.sla.hours_text import hours_text
from app.sla.terms import DEFAULT_CALENDAR
from app.web.access import current_actor, in_provider_books, requires
from app.web.errors import say
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_sla_calendars",
    __name__,
    url_prefix="/desk/c/<client>/calendars",
    template_folder="templates",
)
blueprint.url_defaults(sla_shared.same_client)
YEARS = range(2000, 2101)


@blueprint.get("/")
@in_provider_books
@requires(Permission.WORK_READ)
def calendars() -> ResponseReturnValue:
    """Every calendar of the client, the templates that it can have, and where each is used."""
    own = agreed.calendars(g.client.id)
    if all(one.key != DEFAULT_CALENDAR for one in own):
        own = [found(DEFAULT_CALENDAR), *own]
    return render_template(
        "desk/sla/calendars.html",
        client=g.client,
        calendars=own,
        templates=agreed.calendars(None),
        policies=agreed.policies(g.client.id),
        bars=sla_shared.bars,
        weekdays=sla_shared.weekdays(),
        upcoming=_upcoming,
        span=sla_shared.span,
    )


def _upcoming(definition: Any) -> list[Any]:
    today = now().date()
    days = [day for month in year_of(definition, today.year) for day in month]
    days += [day for month in year_of(definition, today.year + 1) for day in month]
    usual = {DayKind.WORKING, DayKind.FREE}
    return [day for day in days if day.date >= today and day.kind not in usual][:3]


def found(key: str) -> AgreedCalendar:
    """The client's calendar. Raises NotFound."""
    return agreed.client_calendar(g.client.id, key, zone=g.client.zone, at=now())


@blueprint.get("/<calendar_key>")
@in_provider_books
@requires(Permission.WORK_READ)
def calendar(calendar_key: str) -> ResponseReturnValue:
    """The calendar as it holds now."""
    one = found(calendar_key)
    return _calendar_page(one, one.newest)


@blueprint.get("/<calendar_key>/versions/<int:number>")
@in_provider_books
@requires(Permission.WORK_READ)
def version(calendar_key: str, number: int) -> ResponseReturnValue:
    """The calendar as one of its versions had it."""
    one = found(calendar_key)
    return _calendar_page(one, one.version(number))


def _calendar_page(one: AgreedCalendar, chosen: Any) -> ResponseReturnValue:
    year = request.args.get("year", now().year, type=int)
    year = year if year in YEARS else now().year
    changes = {
        later.number: sla_shared.calendar_lines(
            calendar_changes(earlier.definition, later.definition)
        )
        for later, earlier in zip(one.versions, one.versions[1:], strict=False)
    }
    return render_template(
        "desk/sla/calendar.html",
        client=g.client,
        calendar=one,
        version=chosen,
        year=year,
        months=year_of(chosen.definition, year),
        stretches=[
            part
            for part in stretches_of(chosen.definition)
            if part.first.year <= year <= part.last.year
        ],
        changes=changes,
        kinds=sla_shared.day_kinds(),
        month_names=sla_shared.month_names(),
        day_letters=sla_shared.day_letters(),
        bars=sla_shared.bars(chosen.definition),
        weekdays=sla_shared.weekdays(),
        hours_text=hours_text,
        span=sla_shared.span,
        today=now().date(),
        job_id=request.args.get("job", type=UUID),
    )


@blueprint.get("/<calendar_key>/progress/<uuid:job_id>")
@requires(Permission.WORK_READ)
def progress(calendar_key: str, job_id: UUID) -> ResponseReturnValue:
    """How far the clocks are that follow the new version."""
    found(calendar_key)
    return render_template(
        "desk/sla/_progress.html",
        going=affected.recalculation(job_id),
        url=url_for(".progress", calendar_key=calendar_key, job_id=job_id),
    )


@blueprint.get("/new")
@in_provider_books
@requires(Permission.SLA_AGREE)
def new() -> ResponseReturnValue:
    """The editor, with office hours to begin with."""
    usual = found_usual()
    return _editor(None, form_of(usual.newest.definition, name=""))


def found_usual() -> AgreedCalendar:
    """What holds where nothing was saved."""
    return agreed.client_calendar(-1, DEFAULT_CALENDAR, zone=g.client.zone, at=now())


@blueprint.post("/new")
@in_provider_books
@requires(Permission.SLA_AGREE)
def create() -> ResponseReturnValue:
    """A calendar beside the others, for policies to name."""
    return _save(None)


@blueprint.get("/<calendar_key>/edit")
@in_provider_books
@requires(Permission.SLA_AGREE)
def edit(calendar_key: str) -> ResponseReturnValue:
    """The editor."""
    one = found(calendar_key)
    return _editor(one, form_of(one.newest.definition, name=one.name or _("Working hours")))


@blueprint.post("/<calendar_key>/edit")
@in_provider_books
@requires(Permission.SLA_AGREE)
def save(calendar_key: str) -> ResponseReturnValue:
    """The next version; what cannot be taken comes back with its reasons."""
    return _save(found(calendar_key))


def _save(one: AgreedCalendar | None) -> ResponseReturnValue:
    form = sent_form(request.form, more="more" in request.form)
    if "more" in request.form:
        return _editor(one, form)
    try:
        if not form.name:
            raise Invalid(fields={"name": [_("Please give it a name.")]})
        definition = definition_of(form)
        key = one.key if one else key_of(form.name)
        follows = request.form.get("follows", type=int)
        save_version(key, definition, name=form.name, note=form.note, follows=follows)
    except Invalid as faulty:
        return _editor(one, form, errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as overtaken:
        theirs = sla_overtaken.by_calendar(found(one.key).newest, definition) if one else None
        page = _editor(one, form, errors={"form": [say(overtaken.text)]}, theirs=theirs)
        return page, HTTPStatus.CONFLICT
    return saved(key)


def key_of(name: str) -> str:
    """A key from a name. Raises Invalid where the client has such a calendar already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "calendar"
    taken = {one.key for one in agreed.calendars(g.client.id)} | {"new", "copy", DEFAULT_CALENDAR}
    if key in taken:
        raise Invalid(fields={"name": [_("There is a calendar of this name already.")]})
    return key


def save_version(
    key: str, definition: Any, *, name: str, note: str, follows: int | None = None
) -> None:
    """Write it down as the client's next version. Raises Invalid, Conflict."""
    agreeing.set_calendar(
        actor=current_actor(),
        tenant_id=g.client.id,
        definition=definition,
        key=key,
        name=name or _("Working hours"),
        note=note,
        follows=follows,
    )


def saved(key: str) -> ResponseReturnValue:
    """Back to the calendar; where it was ticked, open clocks follow in the background."""
    job_id = None
    if "recompute" in request.form:
        reason = request.form.get("note", "").strip() or _("The calendar was corrected.")
        job_id = recalculating.calendar_changed(
            actor=current_actor(), tenant_id=g.client.id, key=key, reason=reason[:500]
        )
    flash(_("The calendar is saved."), "success")
    address = url_for("desk_sla_calendars.calendar", calendar_key=key, job=job_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _editor(
    one: AgreedCalendar | None, form: CalendarForm, *, errors: Any = None, theirs: Any = None
) -> str:
    return render_template(
        "desk/sla/calendar_edit.html",
        client=g.client,
        calendar=one,
        form=form,
        errors=errors or {},
        labels=_labels(),
        zones=sorted({*COMMON_ZONES, g.client.zone}),
        weekdays=sla_shared.weekdays(),
        theirs=theirs,
        follows=theirs.number
        if theirs
        else request.form.get("follows", one.newest.number if one else 0),
        recompute=request.method == "GET" or "recompute" in request.form,
    )


def _labels() -> dict[str, str]:
    days = {f"week-{key}": name for key, name in sla_shared.weekdays().items()}
    return {"name": _("Name"), "zone": _("Time zone"), "form": _("Calendar"), **days}


@blueprint.post("/<calendar_key>/versions/<int:number>/restore")
@in_provider_books
@requires(Permission.SLA_AGREE)
def restore(calendar_key: str, number: int) -> ResponseReturnValue:
    """What an old version said becomes the next one; nothing is taken away."""
    one = found(calendar_key)
    old = one.version(number)
    note = _("As in version %(number)s.", number=number)
    save_version(one.key, old.definition, name=one.name, note=note)
    return saved(one.key)
