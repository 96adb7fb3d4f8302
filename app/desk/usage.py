"""The usage ledger: what was accepted, at which price; filtered, summed, as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_timezone
from flask_babel import gettext as _

from app.billing import queries as billing
from app.catalogue.service import services
from app.desk import chosen_months
from app.desk.looking import exported
from app.desk.work import harmless
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.web.access import requires
from app.web.promise_reports import service_title
from tenants import registry

blueprint = Blueprint("desk_usage", __name__, url_prefix="/desk/usage", template_folder="templates")

PAGE = 50
EXPORT = 20_000
MONTHS = 24
"""Months offered in the filter."""


@blueprint.app_template_filter("price")
def price_of(entry: Any) -> Money:
    """The price of one unit of a ledger's entry."""
    return Money(entry.unit_price_minor, entry.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to see of the ledger."""

    tenant_id: int | None
    month: str
    """`2026-11`, or empty for every month."""
    period: billing.Period | None


@blueprint.get("/")
@requires(Permission.USAGE_READ)
def ledger() -> ResponseReturnValue:
    """One page of it, with the sums of everything that is filtered."""
    wanted = _wanted()
    rows = billing.entries(
        tenant_id=wanted.tenant_id, period=wanted.period, before=_before(), limit=PAGE + 1
    )
    sums = billing.sums(tenant_id=wanted.tenant_id, period=wanted.period)
    return render_template(
        "desk/usage/list.html",
        wanted=wanted,
        rows=rows[:PAGE],
        sums=sums,
        totals=_totals(sums),
        refs={ref.id: ref for ref in registry.all_refs()},
        services={one.key: one for one in services()},
        months=_months(),
        next_url=_next_url(rows[PAGE - 1].id) if len(rows) > PAGE else None,
        export_url=url_for(".export", **_filters()),
    )


@blueprint.get("/export.csv")
@requires(Permission.USAGE_READ)
def export() -> ResponseReturnValue:
    """The filtered ledger for a spreadsheet (at most 20,000 entries)."""
    wanted = _wanted()
    names = {ref.id: ref.name for ref in registry.all_refs()}
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(
        [
            _("Performed"),
            _("Accepted"),
            _("Client"),
            _("Number"),
            _("Service"),
            _("Quantity"),
            _("Price"),
            _("Amount"),
            _("Currency"),
        ]
    )
    entries = billing.entries(tenant_id=wanted.tenant_id, period=wanted.period, limit=EXPORT)
    exported({entry.tenant_id for entry in entries})
    for entry in entries:
        writer.writerow([harmless(str(cell)) for cell in _cells(entry, names)])
    name = f"usage-{wanted.month}.csv" if wanted.month else "usage.csv"
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _cells(entry: Any, names: dict[int, str]) -> list[Any]:
    price = price_of(entry)
    return [
        entry.performed_at.isoformat(timespec="seconds"),
        entry.accepted_at.isoformat(timespec="seconds"),
        names.get(entry.tenant_id, ""),
        entry.item_number,
        service_title(entry.service_key) if entry.service_key else entry.role,
        f"{entry.quantity.normalize():f}",
        price.major,
        price.times(entry.quantity).major,
        entry.currency,
    ]


def _wanted() -> Wanted:
    slug, month = request.args.get("client", ""), request.args.get("month", "")
    tenant_id = None
    if slug:
        try:
            tenant_id = registry.by_slug(slug).id
        except registry.UnknownTenant:
            tenant_id = -1
    period = _period(month)
    return Wanted(tenant_id=tenant_id, month=month if period else "", period=period)


def _period(month: str) -> billing.Period | None:
    """The month in the reader's zone. Raises Invalid for what is none."""
    if not month:
        return None
    chosen = chosen_months.of(month)
    return _midnight(chosen.first), _midnight(chosen.following)


def _midnight(day: date) -> datetime:
    zone = ZoneInfo(str(get_timezone()))
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _months() -> list[tuple[str, str]]:
    """From now back to the first entry: (`2026-11`, its name)."""
    day, oldest = now().date().replace(day=1), billing.first_performed()
    found: list[tuple[str, str]] = []
    while len(found) < MONTHS:
        found.append((f"{day:%Y-%m}", format_date(day, "LLLL yyyy")))
        if oldest is None or day <= oldest.date():
            break
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _next_url(last: UUID) -> str:
    return url_for(".ledger", before=last, **_filters())


def _filters() -> dict[str, Any]:
    # Only these: other names would be taken for options of `url_for`.
    return {key: value for key, value in request.args.items() if key in ("client", "month")}


def _before() -> UUID | None:
    try:
        return UUID(request.args["before"]) if "before" in request.args else None
    except ValueError:
        raise Invalid("This page does not exist any more. Please start at the first.") from None


def _totals(sums: Sequence[billing.UsageSum]) -> list[Money]:
    totals: dict[str, Money] = {}
    for one in sums:
        currency = one.amount.currency
        totals[currency] = totals.get(currency, Money(0, currency)) + one.amount
    return [totals[currency] for currency in sorted(totals)]
