"""The client's requests: the list with its filters, and one request with everything about it."""

from typing import Any
from uuid import UUID

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.kernel.errors import Invalid, NotFound
from app.portal import uploads
from app.portal.frame import page, portal_blueprint
from app.portal.shown import Shown, shown
from app.portal.tables import csv_answer
from app.portal.words import Row, service_title, status_title
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.field_texts import field_text
from app.work import portal_queries, together_queries
from app.work.actions import closing, talking, together
from app.work.portal_queries import Shelf, Wanted

blueprint = portal_blueprint("portal_requests", __name__, "/requests")

HERE = "portal_requests.requests"
PAGE = 25
EXPORT = 10_000
"""Rows of one export; older ones are found with the filters."""


def _wanted() -> Wanted:
    """The filters of the address. Raises NotFound for a shelf that is none."""
    shelf = request.args.get("shelf", Shelf.ALL)
    if shelf not in set(Shelf):
        raise NotFound("There is no such page.")
    return Wanted(
        shelf=Shelf(shelf),
        service_key=request.args.get("service", ""),
        words=request.args.get("words", "")[:200],
    )


@blueprint.get("")
@requires(Permission.WORK_READ)
def requests() -> ResponseReturnValue:
    """The list."""
    wanted, before = _wanted(), request.args.get("before", type=UUID)
    rows = portal_queries.requests(wanted, before=before, limit=PAGE + 1)
    kept: dict[str, Any] = {
        key: value
        for key, value in (
            ("shelf", "" if wanted.shelf is Shelf.ALL else wanted.shelf.value),
            ("service", wanted.service_key),
            ("words", wanted.words),
        )
        if value
    }
    return page(
        "portal/requests/list.html",
        here=HERE,
        rows=[Row(item) for item in rows[:PAGE]],
        wanted=wanted,
        kept=kept,
        counts=portal_queries.shelf_counts(wanted),
        services=[(key, service_title(key)) for key in portal_queries.services_used()],
        first_url=url_for(".requests", **kept) if before else None,
        next_url=url_for(".requests", **kept, before=rows[PAGE - 1].id)
        if len(rows) > PAGE
        else None,
    )


@blueprint.get("/export.csv")
@requires(Permission.WORK_READ)
def export() -> ResponseReturnValue:
    """The same list as a table for a spreadsheet."""
    rows = [Row(item) for item in portal_queries.requests(_wanted(), limit=EXPORT)]
    heads = (
        _("Number"), _("Title"), _("Kind"), _("Status"), _("Ordered by"), _("Received"),
        _("Promised by"), _("Delivered"), _("Finished"),
    )  # fmt: skip
    lines = (
        (
            row.number, row.item.title, row.kind, status_title(row.item), row.item.requester_name,
            row.item.received_at, row.promised, row.item.delivered_at, row.item.finished_at,
        )
        for row in rows
    )  # fmt: skip
    return csv_answer(f"{g.client.code}-requests.csv", heads, lines)


@blueprint.get("/<uuid:item_id>")
@requires(Permission.WORK_READ)
def request_page(item_id: UUID) -> ResponseReturnValue:
    """One request."""
    return _page(shown(item_id))


def _page(seen: Shown, **values: Any) -> str:
    draft = together_queries.draft(seen.item.id, account_id=current_actor().id)
    return page("portal/requests/request.html", here=HERE, shown=seen, **{"body": draft} | values)


@blueprint.get("/<uuid:item_id>/live")
@requires(Permission.WORK_READ)
def live(item_id: UUID) -> ResponseReturnValue:
    """The part that changes by itself; unchanged is a 304."""
    seen = shown(item_id)
    response = make_response(render_template("portal/requests/_live.html", shown=seen, alone=True))
    response.set_etag(seen.version)
    return response.make_conditional(request)


@blueprint.post("/<uuid:item_id>/messages")
@requires(Permission.MESSAGE_WRITE)
def answer(item_id: UUID) -> ResponseReturnValue:
    """Write to the provider, with files; an answer ends the waiting."""
    actor, body = current_actor(), request.form.get("body", "")
    taken = uploads.take(actor=actor, accepts=uploads.ANY)
    try:
        if taken.refused:
            raise Invalid(fields={"files": list(taken.refused)})
        talking.say(actor=actor, item_id=item_id, body=body, document_ids=taken.ids)
        together.drop_draft(actor=actor, item_id=item_id)
    except Invalid as faulty:
        errors = faulty.fields or {"body": [say(faulty.text)]}
        return _page(shown(item_id), body=body, errors=_said(errors)), 422
    flash(_("Your message is sent."), "success")
    return redirect(url_for(".request_page", item_id=item_id, _anchor="talk"), 303)


@blueprint.post("/<uuid:item_id>/draft")
@requires(Permission.MESSAGE_WRITE)
def keep_draft(item_id: UUID) -> ResponseReturnValue:
    """Keep what is typed."""
    body = request.form.get("body", "")
    together.keep_draft(actor=current_actor(), item_id=item_id, body=body)
    return "", 204


@blueprint.post("/<uuid:item_id>/accept")
@requires(Permission.WORK_ACCEPT)
def accept(item_id: UUID) -> ResponseReturnValue:
    """Take the result."""
    closing.accept(actor=current_actor(), item_id=item_id)
    flash(_("Thank you. The result is accepted."), "success")
    return redirect(url_for(".request_page", item_id=item_id), 303)


@blueprint.get("/<uuid:item_id>/complaint")
@requires(Permission.WORK_ACCEPT)
def complaint(item_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, and say what will happen."""
    return page("portal/requests/complaint.html", here=HERE, shown=shown(item_id))


@blueprint.post("/<uuid:item_id>/complaint")
@requires(Permission.WORK_ACCEPT)
def complain(item_id: UUID) -> ResponseReturnValue:
    """The result is not right: it is worked on again."""
    reason = request.form.get("reason", "")
    try:
        subject = closing.complain(actor=current_actor(), item_id=item_id, reason=reason)
    except Invalid as faulty:
        errors = _said(faulty.fields or {"reason": [say(faulty.text)]})
        again = page(
            "portal/requests/complaint.html",
            here=HERE, shown=shown(item_id), reason=reason, errors=errors,
        )  # fmt: skip
        return again, 422
    flash(_("We are sorry. Your request is being worked on again."), "success")
    return redirect(url_for(".request_page", item_id=subject.id), 303)


@blueprint.post("/<uuid:item_id>/cancel")
@requires(Permission.WORK_CANCEL)
def cancel(item_id: UUID) -> ResponseReturnValue:
    """Take back what nobody has begun."""
    closing.cancel(actor=current_actor(), item_id=item_id)
    flash(_("Your request is cancelled."), "info")
    return redirect(url_for(".request_page", item_id=item_id), 303)


def _said(errors: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [field_text(text) for text in texts] for name, texts in errors.items()}
