"""Who at the provider looked at our data, when and why."""

from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit import access
from app.audit.access import Reason
from app.identity.permissions import Permission
from app.portal.frame import page, portal_blueprint
from app.portal.tables import csv_answer
from app.portal.words import Row
from app.web.access import requires
from app.work import portal_queries

blueprint = portal_blueprint("portal_access", __name__, "/access")

PAGE = 50
EXPORT = 50_000


@blueprint.get("", endpoint="access")
@requires(Permission.AUDIT_READ)
def access_page() -> ResponseReturnValue:
    """The newest first."""
    person, before = request.args.get("person", "")[:200], request.args.get("before", type=UUID)
    found = access.latest(person=person, before=before, limit=PAGE + 1)
    kept: dict[str, Any] = {"person": person} if person else {}
    return page(
        "portal/access/list.html",
        here="portal_audit.audit",
        lines=_lines(found[:PAGE]),
        people=access.people(),
        kept=kept,
        first_url=url_for(".access", **kept) if before else None,
        next_url=url_for(".access", **kept, before=found[PAGE - 1].id)
        if len(found) > PAGE
        else None,
    )


@blueprint.get("/export.csv")
@requires(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """The same for the client's own files."""
    heads = (_("When"), _("Who"), _("What"), _("About"), _("Why"))
    found = access.latest(person=request.args.get("person", "")[:200], limit=EXPORT)
    rows = (
        (one.at, one.person, what, row.number if row else "", why)
        for one, row, what, why in _lines(found)
    )
    return csv_answer(f"{g.client.code}-access.csv", heads, rows)


def _lines(found: Any) -> list[tuple[Any, Row | None, str, str]]:
    items = portal_queries.items_by_id({one.about_id for one in found})
    what = _subjects()
    return [
        (
            one,
            Row(items[one.about_id]) if one.about_id in items else None,
            what.get(one.subject_type, one.subject_type),
            _reasons().get(Reason(one.reason), one.reason),
        )
        for one in found
    ]


def _subjects() -> dict[str, str]:
    return {
        "work_item": _("opened the request"),
        "document": _("opened a file"),
        "client": _("looked at your master data"),
        "contract": _("looked at the contract and its prices"),
        "promises": _("looked at how promises were kept"),
        "costs": _("looked at your costs"),
        "invoice": _("opened an invoice"),
        "export": _("took out a list with your work"),
    }


def _reasons() -> dict[Reason, str]:
    return {
        Reason.HOLDS: _("works on it"),
        Reason.CHECKS: _("checks it as the second person"),
        Reason.LEADS: _("leads the team"),
        Reason.BILLS: _("works on prices and invoices"),
        Reason.LOOKS: _("looked for work or for an answer"),
    }
