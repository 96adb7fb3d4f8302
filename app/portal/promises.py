"""Promises in the portal: how they were kept, month by month, and why a time is the time it is."""

from uuid import UUID

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portal.frame import page, portal_blueprint
from app.portal.words import Row
from app.sla import checking, explaining
from app.sla.explaining import CLIENTS_METRICS
from app.web import promise_reports, promise_tables
from app.web.access import requires
from app.work import queries
from app.work.index import number_of

blueprint = portal_blueprint("portal_promises", __name__)

HERE = "portal_promises.promises"


@blueprint.get("/requests/<uuid:item_id>/promise")
@requires(Permission.WORK_READ)
def promise(item_id: UUID) -> ResponseReturnValue:
    """Explain the due times of one request."""
    item = queries.item(item_id)
    return page(
        "portal/promises/promise.html",
        here="portal_requests.requests",
        row=Row(item),
        story=explaining.story(item.id, metrics=CLIENTS_METRICS, for_client=True),
    )


@blueprint.get("/requests/<uuid:item_id>/promise.jsonl")
@requires(Permission.WORK_READ)
def check(item_id: UUID) -> ResponseReturnValue:
    """Calendar, policies and events of the request: what anybody needs to work it out alone."""
    item = queries.item(item_id)
    lines = checking.scenarios(item.id, metrics=CLIENTS_METRICS, for_client=True)
    response = Response("".join(lines), mimetype="application/x-ndjson")
    name = f"{number_of(item)}-promise.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/promises")
@requires(Permission.WORK_READ)
def promises() -> ResponseReturnValue:
    """Promises met per month."""
    report = promise_reports.report(zone=g.client.zone, metrics=CLIENTS_METRICS)
    return page("portal/promises/report.html", here=HERE, report=report)


@blueprint.get("/promises/items")
@requires(Permission.WORK_READ)
def items() -> ResponseReturnValue:
    """The promises behind a figure."""
    zone = g.client.zone
    wanted, words = promise_reports.behind(zone=zone, metrics=CLIENTS_METRICS)
    rows, mark = promise_reports.outcomes(wanted)
    kept = promise_reports.kept_filters()
    return page(
        "portal/promises/items.html",
        here=HERE,
        rows=rows,
        words=words,
        zone=zone,
        kept=kept,
        next_url=url_for(".items", **kept, before=mark) if mark else None,
    )


@blueprint.get("/promises/export.csv")
@requires(Permission.WORK_READ)
def export() -> ResponseReturnValue:
    """The figures for a spreadsheet."""
    name = f"{g.client.code}-promises.csv"
    return promise_tables.as_csv(name, zone=g.client.zone, metrics=CLIENTS_METRICS)


@blueprint.get("/promises/items.csv")
@requires(Permission.WORK_READ)
def items_export() -> ResponseReturnValue:
    """The promises behind a figure for a spreadsheet."""
    return promise_tables.items_as_csv(
        f"{g.client.code}-promises-items.csv",
        zone=g.client.zone,
        metrics=CLIENTS_METRICS,
        link=lambda item_id: url_for(".promise", item_id=item_id),
    )
