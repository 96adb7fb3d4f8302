"""Margin at the desk: what each client's month earned, where the hours went, and whose wait it was.

Of the provider alone: no client, and none of its keys, ever sees a cost.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing.rules.terms import Month
from app.desk import chosen_months
from app.desk.work import harmless
from app.identity.permissions import Permission
from app.kernel.errors import Locked
from app.kernel.money import Money
from app.reports import margin
from app.sla import reports as promises
from app.sla.rules.policy import Metric
from app.web.access import in_provider_books, requires
from app.web.books import visiting
from app.web.promise_reports import service_title
from tenants import registry

blueprint = Blueprint("desk_margins", __name__, url_prefix="/desk", template_folder="templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Whose clock it was while a service's promises ran, in seconds of working time."""

    provider: int
    client: int
    third_party: int


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"hours_of": hours_of, "service_name": service_name, "euro": euro}


def hours_of(seconds: int) -> float:
    """With one place after the comma."""
    return round(seconds / 3600, 1)


def service_name(key: str) -> str:
    """What the service is called; fees and hours belong to none."""
    return service_title(key) if key else _("Fees, hours, credits")


def euro(minor: int) -> Money:
    """An amount as costs are kept."""
    return Money(minor, margin.CURRENCY)


@blueprint.get("/margin/")
@requires(Permission.MARGIN_READ)
def overview() -> ResponseReturnValue:
    """A month over all clients, the worst first."""
    month = _month()
    found = margin.of_month(month)
    return render_template(
        "desk/margin/overview.html",
        month=month,
        months=chosen_months.offered(),
        rows=margin.by_client(found.lines),
        total=margin.together(found.lines),
        refs={ref.id: ref for ref in registry.all_refs()},
    )


@blueprint.get("/c/<client>/margin")
@in_provider_books
@requires(Permission.MARGIN_READ)
def of_client() -> ResponseReturnValue:
    """One client's month: by service with whose wait it was, by person, and what was redone."""
    month = _month()
    found = margin.of_month(month, tenant_id=g.client.id)
    values: dict[str, Any] = {
        "client": g.client,
        "month": month,
        "months": chosen_months.offered(),
        "lines": found.lines,
        "total": margin.together(found.lines),
        "people": margin.people_of(found.spent),
        "redone": margin.rework_of(found.spent),
    }
    return render_template("desk/margin/client.html", **values, waited=_waited(month))


@blueprint.get("/margin/export.csv")
@requires(Permission.MARGIN_READ)
def export() -> ResponseReturnValue:
    """The month by client and service for a spreadsheet."""
    month = _month()
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(
        [
            _("Month"), _("Client"), _("Service"), _("Revenue"), _("Cost"), _("of it rework"),
            _("Margin"), _("Hours"), _("of them rework"), _("Hours without a rate"),
            _("Not counted"),
        ]
    )  # fmt: skip
    for cells in _rows(month):
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in cells])
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=margin-{month.first:%Y-%m}.csv"},
    )


def _rows(month: Month) -> Iterator[list[Any]]:
    names = {ref.id: ref.name for ref in registry.all_refs()}
    for line in margin.of_month(month).lines:
        elsewhere = sorted(line.uncounted.items())
        yield [
            f"{month.first:%Y-%m}", names.get(line.tenant_id, ""), service_name(line.service_key),
            euro(line.revenue_minor).major, euro(line.cost_minor).major,
            euro(line.rework_minor).major, euro(line.margin_minor).major,
            hours_of(line.seconds), hours_of(line.rework_seconds), hours_of(line.without_rate),
            ", ".join(f"{name} {Money(minor, name).major}" for name, minor in elsewhere),
        ]  # fmt: skip


def _waited(month: Month) -> Mapping[str, Waited] | None:
    """Service → whose time it was until it was delivered; None while the client is locked."""
    since, until = promises.period(month.first, following=month.following, zone=g.client.zone)
    wanted = promises.Wanted(since=since, until=until, metrics=frozenset({Metric.RESOLUTION}))
    try:
        with visiting(g.client.id) as client:
            lines = promises.by_month(wanted, zone=g.client.zone) if client else []
    except Locked:
        return None
    return {
        line.service_key: Waited(
            provider=line.split.provider,
            client=line.split.client,
            third_party=line.split.third_party,
        )
        for line in lines
    }


def _month() -> Month:
    """What was asked for; without a month the last that was invoiced. Raises Invalid."""
    text = request.args.get("month", "")
    newest = None if text else margin.newest()
    return newest or chosen_months.of(text)
