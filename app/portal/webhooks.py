"""The client's own programs that are told what happens: set up, tried, looked after."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.portal import webhook_words as words
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.session import require_proof
from app.webhooks import actions, queries
from app.webhooks.rules import CHOICES
from app.webhooks.sending import KEPT

blueprint = portal_blueprint("portal_webhooks", __name__, "/webhooks")

PAGE = 50
_HERE = "portal_team.team"


def _page(template: str, **values: Any) -> str:
    return page(
        f"portal/webhooks/{template}.html",
        here=_HERE,
        event_names=words.event_names(),
        event_choices=words.event_choices(),
        states=words.states(),
        reasons=words.reasons(),
        disabled_reasons=words.disabled_reasons(),
        **values,
    )


@blueprint.get("", endpoint="endpoints")
@requires(Permission.WEBHOOK_MANAGE)
def endpoint_list() -> ResponseReturnValue:
    """Every endpoint, and a form for one more."""
    return _list(form={"event_types": [str(kind) for kind in CHOICES]})


def _list(*, form: dict[str, Any], errors: dict[str, list[str]] | None = None) -> str:
    counts = queries.counts()
    return _page(
        "list",
        endpoints=[
            (endpoint, words.shelves(endpoint.id, counts)) for endpoint in queries.endpoints()
        ],
        form=form,
        errors=errors or {},
    )


def _sent() -> dict[str, Any]:
    return {
        "url": request.form.get("url", ""),
        "description": request.form.get("description", ""),
        "event_types": request.form.getlist("event_types"),
        "ordered": bool(request.form.get("ordered")),
    }


@blueprint.post("")
@requires(Permission.WEBHOOK_MANAGE)
def add() -> ResponseReturnValue:
    """An endpoint more; its secret is shown this once."""
    require_proof()
    form = _sent()
    try:
        endpoint, secret = actions.add(actor=current_actor(), **form)
    except Invalid as faulty:
        return _list(form=form, errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _page("secret", endpoint=endpoint, secret=secret, is_new=True)


@blueprint.get("/help", endpoint="help")
@requires(Permission.WEBHOOK_MANAGE)
def help_page() -> ResponseReturnValue:
    """How a message looks and how its signature is verified."""
    return _page("help")


@blueprint.get("/<uuid:endpoint_id>", endpoint="endpoint")
@requires(Permission.WEBHOOK_MANAGE)
def endpoint_page(endpoint_id: UUID) -> ResponseReturnValue:
    """One endpoint and its messages, the newest first."""
    endpoint = queries.endpoint(endpoint_id)
    shelf = request.args.get("shelf", "all")
    before = request.args.get("before", type=UUID)
    found = queries.deliveries(
        endpoint_id, states=words.shelf_states(shelf), before=before, most=PAGE + 1
    )
    here: dict[str, Any] = {"endpoint_id": endpoint_id, "shelf": shelf}
    return _page(
        "endpoint",
        endpoint=endpoint,
        deliveries=found[:PAGE],
        shelf=shelf,
        shelves=words.shelves(endpoint_id, queries.counts(endpoint_id)),
        first_url=url_for(".endpoint", **here) if before else None,
        next_url=url_for(".endpoint", **here, before=found[PAGE - 1].event_id)
        if len(found) > PAGE
        else None,
    )


@blueprint.get("/<uuid:endpoint_id>/edit")
@requires(Permission.WEBHOOK_MANAGE)
def edit(endpoint_id: UUID) -> ResponseReturnValue:
    """The form for another address or other events."""
    endpoint = queries.endpoint(endpoint_id)
    form = {
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "ordered": endpoint.ordered,
    }
    return _page("edit", endpoint=endpoint, form=form, errors={})


@blueprint.post("/<uuid:endpoint_id>/edit")
@requires(Permission.WEBHOOK_MANAGE)
def change(endpoint_id: UUID) -> ResponseReturnValue:
    """Save it."""
    require_proof()
    form = _sent()
    try:
        actions.change(actor=current_actor(), endpoint_id=endpoint_id, **form)
    except Invalid as faulty:
        values = {"form": form, "errors": field_errors(faulty)}
        answer = _page("edit", endpoint=queries.endpoint(endpoint_id), **values)
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(endpoint_id, _("The endpoint is changed."))


@blueprint.post("/<uuid:endpoint_id>/rotate")
@requires(Permission.WEBHOOK_MANAGE)
def rotate(endpoint_id: UUID) -> ResponseReturnValue:
    """A new secret, shown this once."""
    require_proof()
    secret = actions.rotate(actor=current_actor(), endpoint_id=endpoint_id)
    return _page("secret", endpoint=queries.endpoint(endpoint_id), secret=secret, is_new=False)


@blueprint.post("/<uuid:endpoint_id>/test")
@requires(Permission.WEBHOOK_MANAGE)
def send_test(endpoint_id: UUID) -> ResponseReturnValue:
    """A message that tells nothing."""
    actions.send_test(actor=current_actor(), endpoint_id=endpoint_id)
    return _back(endpoint_id, _("The test message is on its way."))


@blueprint.post("/<uuid:endpoint_id>/enable")
@requires(Permission.WEBHOOK_MANAGE)
def enable(endpoint_id: UUID) -> ResponseReturnValue:
    """Tell it again what happens."""
    actions.switch(actor=current_actor(), endpoint_id=endpoint_id, on=True)
    return _back(endpoint_id, _("The endpoint is enabled."))


@blueprint.post("/<uuid:endpoint_id>/disable")
@requires(Permission.WEBHOOK_MANAGE)
def disable(endpoint_id: UUID) -> ResponseReturnValue:
    """Tell it nothing more."""
    actions.switch(actor=current_actor(), endpoint_id=endpoint_id, on=False)
    return _back(endpoint_id, _("The endpoint is disabled; nothing more is sent there."))


@blueprint.post("/<uuid:endpoint_id>/remove")
@requires(Permission.WEBHOOK_MANAGE)
def remove(endpoint_id: UUID) -> ResponseReturnValue:
    """Take it away with its messages."""
    require_proof()
    actions.remove(actor=current_actor(), endpoint_id=endpoint_id)
    flash(_("The endpoint is removed."), "success")
    return redirect(url_for(".endpoints"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:endpoint_id>/replay")
@requires(Permission.WEBHOOK_MANAGE)
def replay_failed(endpoint_id: UUID) -> ResponseReturnValue:
    """Send again whatever has failed lately."""
    hours = request.form.get("hours", 24, type=int)
    since = now() - min(timedelta(hours=max(1, min(hours, 10_000))), KEPT)
    number = actions.replay_failed(actor=current_actor(), endpoint_id=endpoint_id, since=since)
    said = ngettext("%(num)d message is sent again.", "%(num)d messages are sent again.", number)
    return _back(endpoint_id, said)


@blueprint.get("/messages/<uuid:delivery_id>", endpoint="message")
@requires(Permission.WEBHOOK_MANAGE)
def message_page(delivery_id: UUID) -> ResponseReturnValue:
    """What was told, and what was answered."""
    delivery = queries.delivery(delivery_id)
    return _page("message", delivery=delivery, endpoint=queries.endpoint(delivery.endpoint_id))


@blueprint.post("/messages/<uuid:delivery_id>/replay")
@requires(Permission.WEBHOOK_MANAGE)
def replay(delivery_id: UUID) -> ResponseReturnValue:
    """Send one message again."""
    delivery = actions.replay(actor=current_actor(), delivery_id=delivery_id)
    flash(_("The message is sent again."), "success")
    return redirect(url_for(".message", delivery_id=delivery.id), HTTPStatus.SEE_OTHER)


def _back(endpoint_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".endpoint", endpoint_id=endpoint_id), HTTPStatus.SEE_OTHER)
