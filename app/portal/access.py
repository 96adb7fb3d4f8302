"""Who at the provider looked at our data, when and why."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit import access
from app.audit.access import Reason, Shown
from app.identity.permissions import Permission
from app.portal.frame import page, portal_blueprint
from app.portal.tables import csv_answer
from app.portal.words import Row
from app.web.access import requires
from app.work import portal_queries

blueprint = portal_blueprint("portal_access", __name__, "/access")

PAGE = 50
EXPORT = 50_000
DAYS = 7
"""Of what lists showed, on one page."""
LISTS = "lists"


@blueprint.get("", endpoint="access")
@requires(Permission.AUDIT_READ)
def access_page() -> ResponseReturnValue:
    """The newest first: what was opened, or what lists over several clients showed."""
    if request.args.get("seen") == LISTS:
        return _lists_page()
    person, before = request.args.get("person", "")[:200], request.args.get("before", type=UUID)
    found = access.latest(person=person, before=before, limit=PAGE + 1)
    kept: dict[str, Any] = {"person": person} if person else {}
    return page(
        "portal/access/list.html",
        here="portal_audit.audit",
        seen="",
        lines=_lines(found[:PAGE]),
        people=access.people(),
        kept=kept,
        first_url=url_for(".access", **kept) if before else None,
        next_url=url_for(".access", **kept, before=found[PAGE - 1].id)
        if len(found) > PAGE
        else None,
    )


def _lists_page() -> ResponseReturnValue:
    person, before = request.args.get("person", "")[:200], _day()
    found = access.in_lists(person=person, before=before, days=DAYS)
    last = found[-1].day if found else None
    more = last and access.in_lists(person=person, before=last, days=1)
    kept: dict[str, Any] = {"seen": LISTS, **({"person": person} if person else {})}
    return page(
        "portal/access/in_lists.html",
        here="portal_audit.audit",
        seen=LISTS,
        lines=_listed(found),
        people=access.people(),
        kept=kept,
        first_url=url_for(".access", **kept) if before else None,
        next_url=url_for(".access", **kept, before=last.isoformat()) if last and more else None,
    )


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None


def _listed(found: Any) -> list[tuple[Any, str, str]]:
    what, why = _lists(), _reasons()
    return [(one, what.get(one.kind, one.kind), why.get(one.reason, one.reason)) for one in found]


@blueprint.get("/export.csv")
@requires(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """The same for the client's own files."""
    heads = (_("When"), _("Who"), _("What"), _("About"), _("Why"))
    person = request.args.get("person", "")[:200]
    if request.args.get("seen") == LISTS:
        shown = _listed(access.in_lists(person=person))
        lists = ((one.last_at, one.person, what, "", why) for one, what, why in shown)
        return csv_answer(f"{g.client.code}-access-lists.csv", heads, lists)
    found = access.latest(person=person, limit=EXPORT)
    rows = (
        (one.at, one.person, what, row.number if row else "", why)
        for one, row, what, why in _lines(found)
    )
    return csv_answer(f"{g.client.code}-access.csv", heads, rows)


def _lines(found: Any) -> list[tuple[Any, Row | None, str, str]]:
    items = portal_queries.items_by_id({one.about_id for one in found})
    what, why = _subjects(), _reasons()
    return [
        (
            one,
            Row(items[one.about_id]) if one.about_id in items else None,
            what.get(one.subject_type, one.subject_type),
            why.get(one.reason, one.reason),
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


def _lists() -> dict[str, str]:
    return {
        Shown.LIST: _("saw requests in the list of all work"),
        Shown.SEARCH: _("found requests by searching"),
        Shown.LOAD: _("saw what a colleague works on"),
        Shown.QUALITY: _("saw work that is checked once more"),
        Shown.DOCUMENTS: _("saw which documents you are asked for"),
        Shown.CALENDAR: _("saw your recurring work in the calendar"),
        Shown.TIMES: _("saw working times on your requests"),
        Shown.NOTICES: _("was told of deadlines"),
    }


def _reasons() -> dict[str, str]:
    return {
        Reason.HOLDS: _("works on it"),
        Reason.CHECKS: _("checks it as the second person"),
        Reason.LEADS: _("leads the team"),
        Reason.BILLS: _("works on prices and invoices"),
        Reason.LOOKS: _("looked for work or for an answer"),
    }
