"""The ledger by hand: hours are noted, an entry is taken back; both with a reason."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing.actions import noting
from app.billing.actions.noting import Hours
from app.desk import terms_forms
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from tenants import registry
from tenants.context import TenantRef

blueprint = Blueprint(
    "desk_ledger_entries", __name__, url_prefix="/desk/usage", template_folder="templates"
)


@blueprint.get("/hours")
@requires(Permission.INVOICE_MANAGE)
def hours() -> ResponseReturnValue:
    """For which client, and then: whose hours, how many, which day, what for."""
    return _hours_page(request.args)


@blueprint.post("/hours")
@requires(Permission.INVOICE_MANAGE)
def note_hours() -> ResponseReturnValue:
    """Write them into the ledger; the form sent twice writes them once."""
    sent = request.form
    client = _client(sent.get("client", ""))
    if client is None:
        raise NotFound("There is no such client.")
    try:
        worked = Hours(
            key=_key(sent.get("key", "")),
            role=sent.get("role", ""),
            hours=terms_forms.number(sent.get("hours", ""), "hours"),
            on=terms_forms.day(sent.get("on", ""), "on"),
            reason=sent.get("reason", ""),
        )
        noting.note_hours(actor=current_actor(), tenant_id=client.id, worked=worked)
    except Invalid as faulty:
        page = _hours_page(sent, errors=field_errors(faulty))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The hours are in the ledger."), "success")
    return redirect(url_for("desk_usage.ledger", client=client.slug), HTTPStatus.SEE_OTHER)


@blueprint.get("/entries/<uuid:usage_id>/take-back")
@requires(Permission.INVOICE_MANAGE)
def ask(usage_id: UUID) -> ResponseReturnValue:
    """The entry, and why it is taken back."""
    return _entry_page(usage_id)


@blueprint.post("/entries/<uuid:usage_id>/take-back")
@requires(Permission.INVOICE_MANAGE)
def take_back(usage_id: UUID) -> ResponseReturnValue:
    """Write its reversal."""
    try:
        noting.take_back(
            actor=current_actor(), entry_id=usage_id, reason=request.form.get("reason", "")
        )
    except Invalid as faulty:
        page = _entry_page(usage_id, errors=field_errors(faulty))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The entry is taken back: its reversal stands in the ledger."), "success")
    return redirect(url_for(".ask", usage_id=usage_id), HTTPStatus.SEE_OTHER)


def _hours_page(sent: Mapping[str, Any], *, errors: Mapping[str, list[str]] | None = None) -> str:
    client = _client(sent.get("client", ""))
    today = noting.today(client.id) if client else now().date()
    return render_template(
        "desk/usage/hours.html",
        clients=[(ref.slug, ref.name) for ref in registry.listed()],
        client=client,
        roles=[(one, one) for one in noting.roles(client.id, on=today)] if client else [],
        sent=sent,
        form_key=sent.get("key") or str(uuid4()),
        today=today,
        errors=errors or {},
    )


def _entry_page(usage_id: UUID, *, errors: Mapping[str, list[str]] | None = None) -> str:
    entry = noting.entry(usage_id)
    return render_template(
        "desk/usage/take_back.html",
        entry=entry,
        reversal=noting.reversal_of(usage_id),
        client={ref.id: ref for ref in registry.all_refs()}.get(entry.tenant_id),
        errors=errors or {},
    )


def _client(slug: str) -> TenantRef | None:
    return next((ref for ref in registry.listed() if ref.slug == slug), None)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields={"hours": [_("Please open the form anew.")]}) from None
