"""Correct what is promised for one item: by a lead, with a reason; the original is shown."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import sla_shared, sla_words
from app.desk.sla_previews import local, moment_of
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.sla import corrected
from app.sla import queries as clocks
from app.sla.rules.policy import Cause, Metric
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.forms import field_errors
from app.work import queries
from app.work.actions import promised
from app.work.index import number_of

blueprint = Blueprint(
    "desk_sla_items",
    __name__,
    url_prefix="/desk/c/<client>/items/<uuid:item_id>/correct",
    template_folder="templates",
)
blueprint.url_defaults(sla_shared.same_client)
FIELDS = ("due_at", "since", "until", "cause", "metric", "reason")


@blueprint.get("")
@requires(Permission.SLA_CORRECT)
def correct(item_id: UUID) -> ResponseReturnValue:
    """How the item's clocks stand, what was corrected, and the three corrections."""
    return _page(item_id)


def _page(
    item_id: UUID, *, deed: str = "", errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    item = queries.item(item_id)
    views = clocks.clocks_of(item_id)
    sent = {name: request.form.get(name, "") for name in FIELDS}
    page = render_template(
        "desk/sla/promise.html",
        client=g.client,
        item=item,
        number=number_of(item),
        clocks=views,
        breached=[view for view in views if view.state.breached_at and not _excused(view)],
        corrections=corrected.corrections(item_id),
        deed=deed,
        errors=errors or {},
        sent=sent,
        latest=local(now()),
        words=sla_words,
        labels=_labels(),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _excused(view: Any) -> bool:
    cycles = view.state.cycles
    return bool(cycles and cycles[-1].excused)


def _labels() -> dict[str, str]:
    return {
        "due_at": _("Due"),
        "since": _("From"),
        "until": _("Until"),
        "cause": _("Waiting for"),
        "metric": _("Clock"),
        "reason": _("Reason"),
        "form": _("Promise"),
    }


@blueprint.post("/due")
@requires(Permission.SLA_CORRECT)
def set_due(item_id: UUID) -> ResponseReturnValue:
    """Promise another time by hand."""
    return _deed(item_id, "due", _set_due)


def _set_due(item_id: UUID, reason: str) -> str:
    due_at = _time("due_at")
    promised.set_due(actor=current_actor(), item_id=item_id, due_at=due_at, reason=reason)
    return _("The due time is set. What was promised before stays in the history.")


@blueprint.post("/excuse")
@requires(Permission.SLA_CORRECT)
def excuse(item_id: UUID) -> ResponseReturnValue:
    """Show a breach apart: it was not ours."""
    return _deed(item_id, "excuse", _excuse)


def _excuse(item_id: UUID, reason: str) -> str:
    try:
        metric = Metric(request.form.get("metric", ""))
    except ValueError:
        raise Invalid(fields={"metric": [_("Please choose a clock.")]}) from None
    promised.excuse(actor=current_actor(), item_id=item_id, metric=metric, reason=reason)
    return _("The breach is excused: reports show it apart.")


@blueprint.post("/pause")
@requires(Permission.SLA_CORRECT)
def pause(item_id: UUID) -> ResponseReturnValue:
    """Note a pause that nobody noted then."""
    return _deed(item_id, "pause", _pause)


def _pause(item_id: UUID, reason: str) -> str:
    try:
        cause = Cause(request.form.get("cause", ""))
    except ValueError:
        raise Invalid(fields={"cause": [_("Please choose whom the work waited for.")]}) from None
    since = _time("since")
    until = _time("until") if request.form.get("until") else None
    if until is not None and until <= since:
        raise Invalid(fields={"until": [_("The end lies before the beginning.")]})
    if since > now():
        raise Invalid(fields={"since": [_("This lies in the future.")]})
    promised.pause_backdated(
        actor=current_actor(),
        item_id=item_id,
        since=since,
        until=until,
        cause=cause,
        reason=reason,
    )
    return _("The pause is noted, the due time worked out anew.")


def _time(field: str) -> datetime:
    return moment_of(request.form.get(field, "").strip(), field=field)


def _deed(item_id: UUID, name: str, deed: Callable[[UUID, str], str]) -> ResponseReturnValue:
    """Do it and show the item's promise again; a refusal stands beside its field."""
    reason = request.form.get("reason", "").strip()[:1000]
    try:
        if not reason:
            raise Invalid(fields={"reason": [_("Please give a reason.")]})
        text = deed(item_id, reason)
    except Invalid as faulty:
        return _page(
            item_id, deed=name, errors=field_errors(faulty) or {"form": [say(faulty.text)]}
        )
    except Conflict as refused:
        return _page(item_id, deed=name, errors={"form": [say(refused.text)]})
    except NotFound:
        queries.item(item_id)  # the item itself may be the other client's
        text = _("Nothing is promised for this work.")
        return _page(item_id, deed=name, errors={"form": [text]})
    flash(text, "success")
    return redirect(url_for(".correct", item_id=item_id), HTTPStatus.SEE_OTHER)
