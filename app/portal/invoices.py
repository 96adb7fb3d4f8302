"""Invoices in the portal: what was billed, down to the accepted tasks, and each month's cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

from babel.dates import format_date
from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.billing import crediting, forecasting, overview, queries
from app.billing.actions import credits as deciding
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.money import Money, digits
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, requires
from app.web.files import file_answer

blueprint = portal_blueprint("portal_invoices", __name__, "/invoices")

HERE = "portal_invoices.invoices"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBar:
    """A month of the chart, in whole units of the currency."""

    label: str
    value: int


@blueprint.get("/")
@requires(Permission.INVOICE_READ)
def invoices() -> ResponseReturnValue:
    """Every invoice, the cost month by month, and how far the included units reach."""
    costs = overview.months_cost(g.client.id)
    return page(
        "portal/invoices/list.html",
        here=HERE,
        invoices=overview.sent_invoices(tenant_id=g.client.id),
        bars=_bars(costs),
        currency=costs[-1][1].currency if costs else "",
        allowances=forecasting.allowances(g.client.id, at=now()),
        month=_this_month(now()),
    )


@blueprint.get("/<uuid:invoice_id>")
@requires(Permission.INVOICE_READ)
def invoice(invoice_id: UUID) -> ResponseReturnValue:
    """One invoice with the accepted tasks behind each position."""
    found = overview.sent_invoice(invoice_id, tenant_id=g.client.id)
    lines = queries.lines(found.id)
    return page(
        "portal/invoices/invoice.html",
        here=HERE,
        invoice=found,
        lines=lines,
        entries={line.id: queries.entries_of(line.id) for line in lines},
        kinds=overview.document_kinds(found.id),
        payments=overview.payments(found.id),
    )


@blueprint.get("/<uuid:invoice_id>/file/<kind>")
@requires(Permission.INVOICE_READ)
def file(invoice_id: UUID, kind: str) -> ResponseReturnValue:
    """The PDF or the XRechnung."""
    overview.sent_invoice(invoice_id, tenant_id=g.client.id)
    found = overview.document(invoice_id, kind)
    return file_answer(found, found.content, inline="inline" in request.args)


def _bars(costs: Sequence[tuple[date, Money]]) -> list[CostBar]:
    locale = get_locale() or "en"
    return [
        CostBar(
            label=format_date(first, "LLL", locale=locale).rstrip("."),
            value=max(int(Decimal(money.minor).scaleb(-digits(money.currency))), 0),
        )
        for first, money in costs
    ]


def _this_month(at: datetime) -> date:
    return at.date().replace(day=1)


@blueprint.get("/credits")
@requires(Permission.INVOICE_READ)
def credit_list() -> ResponseReturnValue:
    """Service credits with each broken promise behind them."""
    found = crediting.all_credits(tenant_id=g.client.id)
    return page("portal/invoices/credits.html", here=HERE, credits=found)


@blueprint.post("/credits/<uuid:credit_id>/dispute")
@requires(Permission.CREDIT_DISPUTE)
def dispute(credit_id: UUID) -> ResponseReturnValue:
    """Say what is not right."""
    deciding.dispute(
        actor=current_actor(), credit_id=credit_id, reason=request.form.get("reason", "")
    )
    return redirect(url_for(".credit_list"), HTTPStatus.SEE_OTHER)
