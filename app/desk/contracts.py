"""A contract with a client ends: no more orders, and what becomes of the promises that run."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing.actions import ending
from app.clients import actions as clients
from app.clients import queries
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.sla import recalculating
from app.web.access import current_actor, in_provider_books, requires
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_contracts", __name__, url_prefix="/desk/c/<client>/contracts", template_folder="templates"
)


@blueprint.get("/<uuid:contract_id>/end")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def form(contract_id: UUID) -> ResponseReturnValue:
    """Asks for the last day, the reason, and whether open promises are kept to the end."""
    return _page(contract_id)


@blueprint.post("/<uuid:contract_id>/end")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def end(contract_id: UUID) -> ResponseReturnValue:
    """End it. Clocks of services that no other contract goes on with follow in the background."""
    actor, client, reason = current_actor(), g.client, request.form.get("reason", "")
    try:
        last_day = _day(request.form.get("last_day", ""))
        left = clients.end(
            actor=actor,
            tenant_id=client.id,
            contract_id=contract_id,
            last_day=last_day,
            reason=reason,
        )
        ending.end_with_contract(
            actor=actor, tenant_id=client.id, contract_id=contract_id, last_day=last_day
        )
    except Invalid as faulty:
        page = _page(contract_id, errors=field_errors(faulty))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    for service_key, until in left.items():
        over = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(client.zone))
        recalculating.contract_ended(
            actor=actor,
            tenant_id=client.id,
            service_key=service_key,
            runs_off=request.form.get("promises") != "cancel",
            reason=reason,
            at=max(over, now()),
        )
    flash(_("The contract ends on the day you gave."), "success")
    return redirect(url_for("desk_clients.client_page", client=client.slug), HTTPStatus.SEE_OTHER)


def _page(contract_id: UUID, *, errors: dict[str, list[str]] | None = None) -> str:
    found = queries.contracts(tenant_id=g.client.id)
    contract = next((one for one in found if one.id == contract_id), None)
    if contract is None:
        raise NotFound("There is no such contract.")
    return render_template(
        "desk/clients/end_contract.html",
        client=g.client,
        contract=contract,
        sent=request.form,
        today=now().astimezone(ZoneInfo(g.client.zone)).date(),
        errors=errors or {},
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={"last_day": [_("Please give a day.")]}) from None
