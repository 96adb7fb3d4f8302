"""Jobs by client and kind, and what of them is paused."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.job_words import kind_word, titles
from app.identity.permissions import Permission
from app.jobs import pauses, queries, registry
from app.kernel.clock import now
from app.kernel.errors import Invalid, KontorError
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.htmx import polled
from tenants import registry as clients

blueprint = Blueprint(
    "desk_jobs_groups", __name__, url_prefix="/desk/jobs", template_folder="templates"
)

_ALL = "*"


@blueprint.get("/groups")
@requires(Permission.JOB_READ)
def groups() -> ResponseReturnValue:
    """What is not done, by client and kind."""
    listed = clients.listed()
    in_force = pauses.pauses()
    names = {client.id: client.name for client in listed} | {0: _("the provider")}
    shown = {
        "groups": queries.groups(),
        "pauses": in_force,
        "paused": {(pause.tenant_id, pause.kind) for pause in in_force},
        "names": names,
        "titles": {view: titles()[view] for view in queries.OPEN_VIEWS},
        "slugs": {client.id: client.slug for client in listed} | {None: "-"},
        "kind_word": kind_word,
        "may_manage": current_actor().may(Permission.JOB_MANAGE),
        "at": now(),
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/jobs/_groups.html", **shown))
    return render_template("desk/jobs/groups.html", kinds=sorted(registry.TASKS), **shown)


@blueprint.post("/pause")
@requires(Permission.JOB_MANAGE)
def pause() -> ResponseReturnValue:
    """Hold what is chosen: `client:kind` each, `*` for all."""
    actor, reason = current_actor(), request.form.get("reason", "")
    done, refused = 0, []
    for tenant_id, kind in _chosen():
        try:
            pauses.pause(actor=actor, tenant_id=tenant_id, kind=kind, reason=reason)
            done += 1
        except KontorError as refusal:
            refused.append(f"{kind or ''} {say(refusal.text)}".strip())
    if done:
        flash(_("Paused. What runs at the moment goes on to its end."), "success")
    for text in refused:
        flash(text, "warning")
    return redirect(url_for(".groups"), HTTPStatus.SEE_OTHER)


@blueprint.post("/resume")
@requires(Permission.JOB_MANAGE)
def resume() -> ResponseReturnValue:
    """Let what is chosen go on."""
    actor, done, refused = current_actor(), 0, []
    for tenant_id, kind in _chosen():
        try:
            pauses.resume(actor=actor, tenant_id=tenant_id, kind=kind)
            done += 1
        except KontorError as refusal:
            refused.append(f"{kind or ''} {say(refusal.text)}".strip())
    if done:
        flash(ngettext("%(num)s pause ended.", "%(num)s pauses ended.", done), "success")
    for text in refused:
        flash(text, "warning")
    return redirect(url_for(".groups"), HTTPStatus.SEE_OTHER)


def _chosen() -> list[tuple[int | None, str | None]]:
    # The form beside the table names one pair in two fields.
    texts = request.form.getlist("chosen")[:200]
    if "tenant" in request.form and not texts:
        texts = [f"{request.form['tenant'] or _ALL}:{request.form.get('kind') or _ALL}"]
    if not texts:
        raise Invalid("Please choose at least one line.")
    found: list[tuple[int | None, str | None]] = []
    known = {0, *(client.id for client in clients.listed())}
    for text in texts:
        tenant, _colon, kind = text.partition(":")
        if tenant != _ALL and not (tenant.isdigit() and int(tenant) in known):
            raise Invalid("There is no such client.")
        found.append((None if tenant == _ALL else int(tenant), None if kind == _ALL else kind))
    return found
