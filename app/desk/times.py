"""Time at the desk: the timer beside an item, and what a lead has to approve."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.audit.access import Shown
from app.desk.looking import listed
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.web.access import current_actor, requires
from app.web.medical import hidden_services
from app.work import time_queries
from app.work.actions import timing
from tenants import registry

blueprint = Blueprint("desk_times", __name__, url_prefix="/desk", template_folder="templates")
ITEM = "/c/<client>/items/<uuid:item_id>/time"


def _back(item_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    address = url_for("desk_items.item", client=g.client.slug, item_id=item_id, _anchor="time")
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.post(f"{ITEM}/start")
@requires(Permission.WORK_PERFORM)
def start(item_id: UUID) -> ResponseReturnValue:
    """Start the timer."""
    timing.start(actor=current_actor(), item_id=item_id)
    return _back(item_id, _("Your timer is running."))


@blueprint.post(f"{ITEM}/stop")
@requires(Permission.WORK_PERFORM)
def stop(item_id: UUID) -> ResponseReturnValue:
    """Stop the timer."""
    timing.stop(actor=current_actor(), item_id=item_id, text=request.form.get("note", ""))
    return _back(item_id, _("The time is noted."))


@blueprint.post(f"{ITEM}/enter")
@requires(Permission.WORK_PERFORM)
def enter(item_id: UUID) -> ResponseReturnValue:
    """Note time by hand."""
    timing.enter(
        actor=current_actor(),
        item_id=item_id,
        typed=request.form.get("time", ""),
        text=request.form.get("note", ""),
    )
    return _back(item_id, _("The time is noted."))


@blueprint.post(f"{ITEM}/plan")
@requires(Permission.WORK_ASSIGN)
def plan(item_id: UUID) -> ResponseReturnValue:
    """Set how long it is meant to take."""
    timing.plan(actor=current_actor(), item_id=item_id, typed=request.form.get("time", ""))
    return _back(item_id, _("The budget is set."))


@blueprint.post(f"{ITEM}/<uuid:time_id>/strike")
@requires(Permission.WORK_PERFORM)
def strike(item_id: UUID, time_id: UUID) -> ResponseReturnValue:
    """Take one's own entry away."""
    timing.strike(actor=current_actor(), item_id=item_id, time_id=time_id)
    return _back(item_id, _("The time is struck."))


@blueprint.get("/times")
@requires(Permission.WORK_ASSIGN)
def to_approve() -> ResponseReturnValue:
    """Time that waits for approval, over all clients."""
    refs = {ref.id: ref for ref in registry.all_refs()}
    rows = [one for one in _waiting() if one.tenant_id in refs]
    roundings = {
        tenant_id: time_queries.rounding(tenant_id) for tenant_id in {r.tenant_id for r in rows}
    }
    listed(rows, Shown.TIMES)
    return render_template("desk/times.html", rows=rows, refs=refs, roundings=roundings)


def _waiting() -> Sequence[Any]:
    return time_queries.to_approve(clients=serving(), hidden_services=hidden_services())


@blueprint.post("/times/approve")
@requires(Permission.WORK_ASSIGN)
def approve_chosen() -> ResponseReturnValue:
    """Approve what was chosen and still waits; one's own stays for somebody else."""
    chosen = set(request.form.getlist("time"))
    done = timing.approve_others(
        actor=current_actor(), waiting=[one for one in _waiting() if str(one.id) in chosen]
    )
    if done:
        flash(ngettext("%(num)s entry approved.", "%(num)s entries approved.", done), "success")
    if left := len(chosen) - done:
        text = ngettext(
            "%(num)s entry could not be approved: it waits no more, or it is your own.",
            "%(num)s entries could not be approved: they wait no more, or they are your own.",
            left,
        )
        flash(text, "warning")
    return redirect(url_for(".to_approve"), HTTPStatus.SEE_OTHER)


@blueprint.post("/times/<uuid:time_id>/approve")
@requires(Permission.WORK_ASSIGN)
def approve(time_id: UUID) -> ResponseReturnValue:
    """Approve somebody else's time."""
    entry = timing.approve(actor=current_actor(), time_id=time_id)
    flash(
        _("Approved: %(number)s, %(who)s.", number=entry.item_number, who=entry.account_name),
        "success",
    )
    return redirect(url_for(".to_approve"), HTTPStatus.SEE_OTHER)
