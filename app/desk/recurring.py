"""Recurring work at the desk: the calendar of what comes, and what is agreed with one client."""

from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from app.audit.access import Shown
from app.catalogue.service import WorkType, work_type
from app.clients import queries as clients
from app.desk import recurring_words as words
from app.desk.looking import listed
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import month_of, now
from app.kernel.errors import Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.medical import hidden_services
from app.web.schema_forms import form_fields, sent_values
from app.work import recurring_queries
from app.work.actions import recurring
from app.work.actions.recurring import Agreed
from app.work.rules.periods import month_end, rule_of
from tenants import registry

blueprint = Blueprint("desk_recurring", __name__, url_prefix="/desk", template_folder="templates")
SHOWN_AHEAD = timedelta(days=120)


@blueprint.url_defaults
def _same_client(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None and endpoint != "desk_recurring.calendar":
        values.setdefault("client", g.client.slug)


@blueprint.get("/calendar")
@requires(Permission.WORK_READ)
def calendar() -> ResponseReturnValue:
    """What is due in a month, of every client one serves: planned and opened."""
    first, allowed = _month(), serving()
    refs = {ref.id: ref for ref in registry.listed() if allowed is None or ref.id in allowed}
    slug = request.args.get("client", "")
    chosen = [ref.id for ref in refs.values() if not slug or ref.slug == slug]
    found = recurring_queries.calendar(
        clients=chosen, since=first, until=month_end(first), locale=words.locale()
    )
    hidden = hidden_services()
    shown = [one for one in found if one.tenant_id in refs and one.service_key not in hidden]
    listed(shown, Shown.CALENDAR)
    return render_template(
        "desk/recurring/calendar.html",
        days=[(day, list(group)) for day, group in groupby(shown, key=lambda one: one.due_on)],
        refs=refs,
        slug=slug,
        first=first,
        first_title=format_date(first, "LLLL y"),
        before=first - timedelta(days=1),
        after=month_end(first) + timedelta(days=1),
        today=now().date(),
        due_title=words.due_title,
    )


def _month() -> date:
    text = request.args.get("month", "")
    if not text:
        return now().date().replace(day=1)
    try:
        return month_of(text)
    except ValueError:
        raise NotFound("There is no such page.") from None


@blueprint.get("/c/<client>/recurring")
@requires(Permission.CLIENT_READ)
def engagements() -> ResponseReturnValue:
    """What is agreed with this client, its next periods and those that were opened."""
    today = now().date()
    found = recurring_queries.engagements(tenant_id=g.client.id)
    opened = recurring_queries.calendar(
        clients=[g.client.id], since=today - timedelta(days=400), until=today + SHOWN_AHEAD
    )
    return render_template(
        "desk/recurring/engagements.html",
        client=g.client,
        engagements=[
            (
                one,
                words.rule_text(rule_of(one.rule)),
                recurring_queries.upcoming(
                    one, until=today + SHOWN_AHEAD, locale=words.locale()
                )[:3] if one.ended_at is None else [],
            )
            for one in found
        ],
        opened=[one for one in reversed(opened) if one.period_id],
        kinds=_kinds(),
    )  # fmt: skip


def _kinds() -> list[tuple[str, WorkType]]:
    offers = clients.orderable_services(tenant_id=g.client.id, on=now().date())
    return [
        (offer.service.key, kind)
        for offer in offers
        for kind in offer.service.work_types
        if not kind.needs_document
    ]


@blueprint.get("/c/<client>/recurring/new/<service_key>/<type_key>")
@requires(Permission.WORK_ASSIGN)
def form(service_key: str, type_key: str) -> ResponseReturnValue:
    """Agree on recurring work of this kind."""
    return _form(service_key, type_key)


def _form(
    service_key: str,
    type_key: str,
    *,
    sent: dict[str, Any] | None = None,
    errors: dict[str, Any] | None = None,
) -> str:
    clients.orderable(service_key, tenant_id=g.client.id, on=now().date())
    kind = work_type(service_key, type_key)
    views = form_fields(kind.form, values=sent, errors=errors or {})
    return render_template(
        "desk/recurring/form.html",
        client=g.client,
        kind=kind,
        service_key=service_key,
        views=views,
        words=words,
        today=now().astimezone(ZoneInfo(g.client.zone)).date(),
        sent=request.form,
        errors=errors or {},
        labels={view.name: view.label for view in views},
    )


@blueprint.post("/c/<client>/recurring/new/<service_key>/<type_key>")
@requires(Permission.WORK_ASSIGN)
def agree(service_key: str, type_key: str) -> ResponseReturnValue:
    """Let it come back by itself; what is due now is opened at once."""
    payload = sent_values(work_type(service_key, type_key).form, request.form)
    region = request.form.get("region", "")
    try:
        recurring.agree(
            actor=current_actor(),
            agreed=Agreed(
                service_key=service_key,
                type_key=type_key,
                matter=request.form.get("matter", ""),
                title=request.form.get("title", ""),
                rule=words.sent_rule(request.form),
                payload=payload,
                region=region if region in words.REGIONS else "",
                starts_on=_day("starts_on") or now().date(),
                ends_on=_day("ends_on"),
            ),
        )
    except Invalid as faulty:
        answer = _form(service_key, type_key, sent=payload, errors=field_errors(faulty))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    recurring.open_due()
    flash(_("From now on it comes back by itself."), "success")
    return _back()


def _day(field: str) -> date | None:
    text = request.form.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(fields={field: [_("Please give a day.")]}) from None


@blueprint.post("/c/<client>/recurring/<uuid:engagement_id>/<deed>")
@requires(Permission.WORK_ASSIGN)
def change(engagement_id: UUID, deed: str) -> ResponseReturnValue:
    """Pause it, go on, or end it."""
    actor = current_actor()
    if deed == "end":
        recurring.end(actor=actor, engagement_id=engagement_id)
    elif deed in ("pause", "resume"):
        recurring.pause(actor=actor, engagement_id=engagement_id, paused=deed == "pause")
        recurring.open_due()
    else:
        raise NotFound("There is no such page.")
    return _back()


@blueprint.post("/c/<client>/periods/<uuid:period_id>/close")
@requires(Permission.WORK_ASSIGN)
def close(period_id: UUID) -> ResponseReturnValue:
    """Nothing of the period may be changed any more."""
    period = recurring.close_period(actor=current_actor(), period_id=period_id)
    flash(_("%(title)s is closed.", title=period.title), "success")
    return _back()


@blueprint.post("/c/<client>/periods/<uuid:period_id>/reopen")
@requires(Permission.WORK_ASSIGN)
def reopen(period_id: UUID) -> ResponseReturnValue:
    """Something has to be changed after all."""
    recurring.reopen_period(
        actor=current_actor(), period_id=period_id, reason=request.form.get("reason", "")
    )
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("desk_recurring.engagements"), HTTPStatus.SEE_OTHER)
