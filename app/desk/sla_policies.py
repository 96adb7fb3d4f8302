"""A client's policies at the desk: the list, the editor with its preview, versions, migration."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.service import services
from app.clients import queries as clients
from app.desk import sla_overtaken, sla_shared, sla_words
from app.desk.sla_policy_forms import PolicyForm, agreement_of, form_of, sent_form, usual_form
from app.desk.sla_previews import moment_of, preview_of
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.sla import affected, agreed, agreeing, recalculating
from app.sla.agreed import AgreedPolicy
from app.sla.calendar_changes import value_changes
from app.sla.rules.agreement import Recipient, agreement
from app.sla.terms import DEFAULT_CALENDAR
from app.web.access import current_actor, in_provider_books, requires
from app.web.errors import say
from app.web.forms import field_errors
from app.work import promises
from app.work.rules import Priority

blueprint = Blueprint(
    "desk_sla_policies",
    __name__,
    url_prefix="/desk/c/<client>/policies",
    template_folder="templates",
)
blueprint.url_defaults(sla_shared.same_client)
ANY = "any"


@blueprint.get("/")
@in_provider_books
@requires(Permission.WORK_READ)
def policies() -> ResponseReturnValue:
    """The most specific first, then what the contract promises where none of them fits."""
    at = now()
    return render_template(
        "desk/sla/policies.html",
        client=g.client,
        policies=agreed.policies(g.client.id),
        offers=clients.orderable_services(tenant_id=g.client.id, on=at.date()),
        promised=promises.targets,
        calendars=_calendars(),
        agreement=agreement,
        words=sla_words,
        at=at,
    )


def _calendars() -> dict[str, str]:
    named = {one.key: one.name for one in agreed.calendars(g.client.id)}
    return {DEFAULT_CALENDAR: _("German office hours"), **named}


@blueprint.get("/<uuid:policy_id>")
@in_provider_books
@requires(Permission.WORK_READ)
def policy(policy_id: UUID) -> ResponseReturnValue:
    """One policy as it holds, when work received now would be due, and its versions."""
    one = agreed.policy(g.client.id, policy_id)
    number = request.args.get("version", one.newest.number, type=int)
    chosen = one.version(number)
    promised = agreement(chosen.definition)
    preview = preview_of(promised, one.calendar_key, request.args.get("at", ""))
    if request.headers.get("HX-Request"):
        return render_template("desk/sla/_preview.html", preview=preview, words=sla_words)
    changes = {
        later.number: sla_words.policy_lines(value_changes(earlier.definition, later.definition))
        for later, earlier in zip(one.versions, one.versions[1:], strict=False)
    }
    return render_template(
        "desk/sla/policy.html",
        client=g.client,
        policy=one,
        version=chosen,
        agreement=promised,
        in_force=one.in_force(at=now()),
        calendars=_calendars(),
        changes=changes,
        preview=preview,
        words=sla_words,
        job_id=request.args.get("job", type=UUID),
    )


@blueprint.get("/new")
@in_provider_books
@requires(Permission.SLA_AGREE)
def new() -> ResponseReturnValue:
    """The editor for work that has no policy of its own yet."""
    return _editor(None, usual_form())


@blueprint.post("/new")
@in_provider_books
@requires(Permission.SLA_AGREE)
def create() -> ResponseReturnValue:
    """The first version of a policy."""
    return _save(None)


@blueprint.get("/<uuid:policy_id>/edit")
@in_provider_books
@requires(Permission.SLA_AGREE)
def edit(policy_id: UUID) -> ResponseReturnValue:
    """The editor, with an old version's promises where one is named."""
    one = agreed.policy(g.client.id, policy_id)
    number = request.args.get("version", one.newest.number, type=int)
    return _editor(one, form_of(agreement(one.version(number).definition)))


@blueprint.post("/<uuid:policy_id>/edit")
@in_provider_books
@requires(Permission.SLA_AGREE)
def save(policy_id: UUID) -> ResponseReturnValue:
    """The next version; running clocks keep theirs until they are taken along."""
    return _save(agreed.policy(g.client.id, policy_id))


@blueprint.post("/preview")
@in_provider_books
@requires(Permission.SLA_AGREE)
def preview_form() -> ResponseReturnValue:
    """What the form as it stands would promise; asked while somebody types."""
    try:
        promised = agreement_of(sent_form(request.form))
    except Invalid:
        return render_template("desk/sla/_preview.html", preview=None, words=sla_words)
    preview = preview_of(promised, _calendar_key(), request.form.get("at", ""))
    return render_template("desk/sla/_preview.html", preview=preview, words=sla_words)


def _calendar_key() -> str:
    key = request.form.get("calendar", DEFAULT_CALENDAR)
    return key if key in _calendars() else DEFAULT_CALENDAR


def _save(one: AgreedPolicy | None) -> ResponseReturnValue:
    form = sent_form(request.form)
    try:
        promised = agreement_of(form)
        if "preview" in request.form:
            return _editor(one, form)
        work = _work(one)
        begins = request.form.get("valid_from", "").strip()
        _own_calendar()
        agreeing.set_policy(
            actor=current_actor(),
            tenant_id=g.client.id,
            agreement=promised,
            work=work,
            calendar_key=_calendar_key(),
            valid_from=moment_of(begins, field="valid_from") if begins else None,
            note=request.form.get("note", "").strip()[:500],
            follows=request.form.get("follows", 0, type=int),
        )
    except Invalid as faulty:
        return _editor(one, form, errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as overtaken:
        theirs = sla_overtaken.by_policy(g.client.id, one.id, promised) if one else None
        page = _editor(one, form, errors={"form": [say(overtaken.text)]}, theirs=theirs)
        return page, HTTPStatus.CONFLICT
    saved = next(p for p in agreed.policies(g.client.id) if _is_for(p, work))
    flash(_("The policy is saved. Running clocks keep their version."), "success")
    return redirect(url_for(".policy", policy_id=saved.id), HTTPStatus.SEE_OTHER)


def _own_calendar() -> None:
    """A policy names a calendar of the client's: the office hours that held become its own."""
    if _calendar_key() != DEFAULT_CALENDAR:
        return
    usual = agreed.client_calendar(g.client.id, DEFAULT_CALENDAR, zone=g.client.zone, at=now())
    if usual.id is None:
        agreeing.set_calendar(
            actor=current_actor(),
            tenant_id=g.client.id,
            definition=usual.newest.definition,
            name=_("German office hours"),
            note=_("Begun with the first policy."),
        )


def _work(one: AgreedPolicy | None) -> Mapping[str, Any]:
    """What the policy is for. Raises Invalid for work that nobody offers, or a second policy."""
    if one is not None:
        return {
            "service_key": one.service_key,
            "type_key": one.type_key,
            "priority": one.priority,
        }
    chosen = request.form.get("work", "")
    service_key, _slash, type_key = ("" if chosen == sla_words.ALL else chosen).partition("/")
    level = request.form.get("priority", ANY).replace(ANY, "")
    if chosen not in dict(sla_words.kinds_of_work()):
        raise Invalid(fields={"work": [_("There is no such work.")]})
    if level and level not in {str(int(one)) for one in Priority}:
        raise Invalid(fields={"priority": [_("There is no such priority.")]})
    work = {
        "service_key": service_key or None,
        "type_key": type_key or None,
        "priority": int(level) if level else None,
    }
    if any(_is_for(other, work) for other in agreed.policies(g.client.id)):
        raise Invalid(fields={"work": [_("There is a policy for this work: please edit that.")]})
    return work


def _is_for(one: AgreedPolicy, work: Mapping[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in work.items())


def _editor(
    one: AgreedPolicy | None, form: PolicyForm, *, errors: Any = None, theirs: Any = None
) -> str:
    sent = request.form
    calendar_key = sent.get("calendar") or (one.calendar_key if one else DEFAULT_CALENDAR)
    preview = None
    if not errors:
        preview = preview_of(agreement_of(form), calendar_key, sent.get("at", ""))
    return render_template(
        "desk/sla/policy_edit.html",
        client=g.client,
        policy=one,
        form=form,
        errors=errors or {},
        labels=sla_words.policy_labels(),
        works=sla_words.kinds_of_work(),
        services=services(),
        calendars=_calendars(),
        calendar_key=calendar_key,
        recipients=[str(who) for who in Recipient],
        preview=preview,
        words=sla_words,
        theirs=theirs,
        follows=theirs.number if theirs else sent.get("follows", one.newest.number if one else 0),
    )


@blueprint.get("/<uuid:policy_id>/running")
@requires(Permission.WORK_READ)
def running(policy_id: UUID) -> ResponseReturnValue:
    """How many open clocks go by which version, before anybody takes them along."""
    one = agreed.policy(g.client.id, policy_id)
    return render_template(
        "desk/sla/running.html",
        client=g.client,
        policy=one,
        counts=affected.open_under(one),
        words=sla_words,
    )


@blueprint.post("/<uuid:policy_id>/migrate")
@in_provider_books
@requires(Permission.SLA_AGREE)
def migrate(policy_id: UUID) -> ResponseReturnValue:
    """Take running clocks along to the newest version, in the background."""
    one = agreed.policy(g.client.id, policy_id)
    reason = request.form.get("reason", "").strip()[:500]
    job_id = recalculating.policy_changed(
        actor=current_actor(), tenant_id=g.client.id, policy_id=one.id, reason=reason
    )
    flash(_("Running clocks are being taken along."), "success")
    return redirect(url_for(".policy", policy_id=one.id, job=job_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:policy_id>/progress/<uuid:job_id>")
@requires(Permission.WORK_READ)
def progress(policy_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """How far the clocks are that are taken along."""
    agreed.policy(g.client.id, policy_id)
    return render_template(
        "desk/sla/_progress.html",
        going=affected.recalculation(job_id),
        url=url_for(".progress", policy_id=policy_id, job_id=job_id),
    )
