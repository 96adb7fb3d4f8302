"""Promises at the desk: how they were kept for one client, and why a time is the time it is."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.sla import checking, explaining
from app.sla.rules.policy import Metric
from app.web import promise_reports, promise_tables
from app.web.access import requires
from app.work import queries
from app.work.index import number_of

blueprint = Blueprint(
    "desk_promises", __name__, url_prefix="/desk/c/<client>", template_folder="templates"
)
METRICS = tuple(Metric)


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.get("/items/<uuid:item_id>/promise")
@requires(Permission.WORK_READ)
def promise(item_id: UUID) -> ResponseReturnValue:
    """Explain the due times of one item."""
    item = queries.item(item_id)
    return render_template(
        "desk/promises/promise.html",
        item=item,
        number=number_of(item),
        client=g.client,
        story=explaining.story(item.id, metrics=METRICS),
    )


@blueprint.get("/items/<uuid:item_id>/promise.jsonl")
@requires(Permission.WORK_READ)
def check(item_id: UUID) -> ResponseReturnValue:
    """What `kontor sla evaluate` reads: one scenario a clock."""
    item = queries.item(item_id)
    lines = checking.scenarios(item.id, metrics=METRICS)
    response = Response("".join(lines), mimetype="application/x-ndjson")
    name = f"{number_of(item)}-promise.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/promises")
@requires(Permission.WORK_READ)
def promises() -> ResponseReturnValue:
    """Promises met per month, the house's own among them."""
    report = promise_reports.report(zone=g.client.zone, metrics=METRICS)
    return render_template("desk/promises/report.html", report=report, client=g.client)


@blueprint.get("/promises/items")
@requires(Permission.WORK_READ)
def items() -> ResponseReturnValue:
    """The promises behind a figure."""
    zone = g.client.zone
    wanted, words = promise_reports.behind(zone=zone, metrics=METRICS)
    rows, mark = promise_reports.outcomes(wanted)
    kept = promise_reports.kept_filters()
    return render_template(
        "desk/promises/items.html",
        client=g.client,
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
    return promise_tables.as_csv(name, zone=g.client.zone, metrics=METRICS)


@blueprint.get("/promises/items.csv")
@requires(Permission.WORK_READ)
def items_export() -> ResponseReturnValue:
    """The promises behind a figure for a spreadsheet."""
    return promise_tables.items_as_csv(
        f"{g.client.code}-promises-items.csv",
        zone=g.client.zone,
        metrics=METRICS,
        link=lambda item_id: url_for(".promise", item_id=item_id),
    )
