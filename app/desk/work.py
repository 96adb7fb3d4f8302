"""The desk's list over all clients: filter, pages, palette, export, Get next."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit.access import Shown
from app.catalogue.service import services
from app.desk import filters, getting_next
from app.desk.door import filter_of, home_view, saved_views, view_counts, view_titles
from app.desk.looking import exported, listed
from app.desk.reasons import reason_text
from app.desk.rows import rows_html
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, Locked
from app.search import queries as search
from app.web.access import current_actor, requires
from app.web.books import visiting
from app.web.htmx import polled
from app.web.medical import hidden_services
from app.work import desk_queries
from app.work.actions import handling
from app.work.desk_queries import Cursor, Filter, View
from app.work.offering import in_turn
from tenants import registry

blueprint = Blueprint("desk_work", __name__, url_prefix="/desk", template_folder="templates")

PAGE = 25
EXPORT = 5000
ROUNDS = 3
"""So often Get next looks anew for somebody who lost all that was offered."""


@blueprint.get("/")
@requires(Permission.WORK_READ)
def work_list() -> ResponseReturnValue:
    """One list with its filters; the fragment of it for the poll."""
    if "view" not in request.args:
        return redirect(url_for(".work_list", view=home_view(), **_arguments()))
    at = now()
    wanted = _wanted()
    rows = list(desk_queries.page(wanted, at=at, after=_cursor(), limit=PAGE + 1))
    following = _next_url(rows[PAGE - 1]) if len(rows) > PAGE else None
    allowed = serving()
    refs = {r.id: r for r in registry.listed() if allowed is None or r.id in allowed}
    seen = [row for row in rows[:PAGE] if row.tenant_id in refs]
    listed(seen, Shown.LIST)
    shown = {
        "rows": seen,
        "refs": refs,
        "choosable": tuple((ref.id, ref.slug, ref.name) for ref in refs.values()),
        "wanted": wanted,
        "view_title": _title(wanted),
        "following": following,
        "export_url": url_for(".export", **_arguments()),
        "first": "after" not in request.args,
        "services": services(),
        "at": at,
        "rows_html": rows_html,
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/work/_list.html", **shown))
    return render_template(
        "desk/work/list.html",
        totals=_totals(wanted, rows, at=at),
        kept=_arguments(),
        **shown,
    )


def _title(wanted: Filter) -> str:
    chosen = request.args.get("saved", "")
    names = (
        [view.name for view, _count in saved_views() if str(view.id) == chosen] if chosen else []
    )
    return names[0] if names else view_titles().get(wanted.view, "")


def _totals(wanted: Filter, rows: Sequence[Any], *, at: datetime) -> list[int]:
    """How many there are, and how many of them are critical; of what is done, none is."""
    if "after" not in request.args and len(rows) <= PAGE:
        return [len(rows), sum(desk_queries.is_critical(row, at=at) for row in rows)]
    if wanted.view is View.DONE:
        return desk_queries.counts([wanted], at=at)
    if wanted.view is View.OPEN and not wanted.is_narrowed:
        # The whole lists were counted for the left side.
        return [view_counts()[View.OPEN], view_counts()[View.CRITICAL]]
    return desk_queries.counts([wanted, replace(wanted, is_critical=True)], at=at)


def _wanted() -> Filter:
    return filter_of(request.args)


def _arguments() -> dict[str, Any]:
    # Only the filters: other names would be taken for options of `url_for`.
    return {key: value for key, value in request.args.items() if key in filters.NAMES}


def _cursor() -> Cursor | None:
    text = request.args.get("after", "")
    if not text:
        return None
    try:
        moment, item_id = text.split("_")
        return Cursor(datetime.fromisoformat(moment), UUID(item_id))
    except ValueError:
        raise Invalid("This page does not exist any more. Please start at the first.") from None


def _next_url(last: Any) -> str:
    arguments = _arguments()
    arguments["after"] = f"{last.urgent_at.isoformat()}_{last.item_id}"
    return url_for(".work_list", **arguments)


@blueprint.get("/export.csv")
@requires(Permission.WORK_READ)
def export() -> ResponseReturnValue:
    """The list as shown, as CSV for a spreadsheet (at most 5,000 rows)."""
    rows = desk_queries.page(_wanted(), at=now(), limit=EXPORT)
    exported({row.tenant_id for row in rows})
    names = {ref.id: ref.name for ref in registry.listed()}
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(
        [
            _("Number"),
            _("Title"),
            _("Client"),
            _("Service"),
            _("Status"),
            _("Priority"),
            _("Received"),
            _("Due"),
            _("Assignee"),
        ]
    )
    for row in rows:
        writer.writerow(
            [
                harmless(str(value))
                for value in (
                    row.number,
                    row.title,
                    names.get(row.tenant_id, ""),
                    row.service_key,
                    row.status,
                    row.priority,
                    row.received_at.isoformat(timespec="seconds"),
                    row.due_at.isoformat(timespec="seconds") if row.due_at else "",
                    row.assignee_name,
                )
            ]
        )
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=kontor.csv"},
    )


def harmless(cell: str) -> str:
    """A cell that a spreadsheet cannot take for a formula (ASVS 5: 1.2.10)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@blueprint.get("/palette")
@requires(Permission.WORK_READ)
def palette() -> ResponseReturnValue:
    """Find work by number or title, and clients and views by name."""
    words = request.args.get("q", "").strip()[:100]
    clients = serving()
    refs = {ref.id: ref for ref in registry.listed() if clients is None or ref.id in clients}
    rows = [r for r in _found(words, clients) if r.tenant_id in refs] if words else []
    more = search.find(words, clients=frozenset(refs), with_internal=True, limit=8)
    listed([*rows, *more], Shown.SEARCH)
    known = {row.item_id for row in rows}
    lower = words.casefold()
    return render_template(
        "desk/work/palette.html"
        if not request.headers.get("HX-Request")
        else "desk/work/_palette.html",
        words=words,
        rows=rows,
        found=[one for one in more if one.item_id not in known],
        refs=refs,
        clients=[ref for ref in refs.values() if lower in ref.name.casefold()][:6],
        views=[(view, title) for view, title in view_titles().items() if lower in title.casefold()],
    )


def _found(words: str, clients: frozenset[int] | None) -> Any:
    return desk_queries.find(words, clients=clients, hidden_services=hidden_services())


@blueprint.post("/next")
@requires(Permission.WORK_PERFORM)
def get_next() -> ResponseReturnValue:
    """Give the most urgent item that is open to this person; exactly one person gets each."""
    actor = current_actor()
    # Who loses every offer to quicker people is not told that there is nothing.
    for _round in range(ROUNDS):
        offers = getting_next.offers(actor)
        for tenant_id, item_id, reason in in_turn(offers):
            with suppress(Locked), visiting(tenant_id) as client:
                taken = client and handling.claim(actor=actor, item_id=item_id, reason=reason)
                if client and taken:
                    flash(reason_text(reason), "info")
                    return redirect(url_for("desk_items.item", client=client.slug, item_id=item_id))
        if not offers:
            break
    flash(_("There is nothing for you to take at the moment."), "info")
    return redirect(url_for(".work_list", view=home_view()))
