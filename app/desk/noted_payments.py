"""Payments by hand: what stands on the bank's statement is noted for an invoice."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from babel.numbers import get_decimal_symbol
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.billing import queries
from app.billing.actions import noting, noting_payments
from app.billing.actions.noting_payments import ByHand
from app.desk import terms_forms
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from tenants import registry

blueprint = Blueprint(
    "desk_noted_payments", __name__, url_prefix="/desk/invoices", template_folder="templates"
)


@blueprint.get("/<uuid:invoice_id>/payments/new")
@requires(Permission.PAYMENT_RECORD)
def ask(invoice_id: UUID) -> ResponseReturnValue:
    """How much, on which day, and what tells it from others."""
    return _page(invoice_id, {})


@blueprint.post("/<uuid:invoice_id>/payments/new")
@requires(Permission.PAYMENT_RECORD)
def note(invoice_id: UUID) -> ResponseReturnValue:
    """Note it, once."""
    sent = request.form
    try:
        paid = ByHand(
            amount=terms_forms.number(sent.get("amount", ""), "amount"),
            is_back=sent.get("way") == "back",
            on=terms_forms.day(sent.get("on", ""), "on"),
            reference=sent.get("reference", ""),
        )
        noting_payments.note(actor=current_actor(), invoice_id=invoice_id, paid=paid)
    except Invalid as faulty:
        return _page(invoice_id, sent, field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The payment is noted."), "success")
    return redirect(url_for("desk_invoices.invoice", invoice_id=invoice_id), HTTPStatus.SEE_OTHER)


def _page(
    invoice_id: UUID, sent: Mapping[str, Any], errors: Mapping[str, list[str]] | None = None
) -> str:
    invoice = queries.invoice(invoice_id)
    left = noting_payments.open_amount(invoice)
    return render_template(
        "desk/invoices/payment.html",
        invoice=invoice,
        client=registry.by_ids([invoice.tenant_id]).get(invoice.tenant_id),
        left=left,
        sent=sent,
        today=noting.today(invoice.tenant_id),
        suggested=_typed(left) if left.minor else "",
        errors=errors or {},
    )


def _typed(money: Money) -> str:
    """As the reader would type it."""
    return str(money.major).replace(".", get_decimal_symbol(get_locale() or "en"))
