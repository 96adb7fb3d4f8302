"""Service credits at the desk: the evidence, what the client says, and the decision."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing import crediting
from app.billing.actions import credits as deciding
from app.identity.permissions import Permission
from app.web.access import current_actor, requires
from tenants import registry

blueprint = Blueprint(
    "desk_credits", __name__, url_prefix="/desk/invoices/credits", template_folder="templates"
)


@blueprint.get("/")
@requires(Permission.INVOICE_READ)
def credit_list() -> ResponseReturnValue:
    """All of them, the newest first."""
    return render_template(
        "desk/invoices/credits.html",
        credits=crediting.all_credits(),
        refs={ref.id: ref for ref in registry.all_refs()},
    )


@blueprint.post("/<uuid:credit_id>/approve")
@requires(Permission.INVOICE_APPROVE)
def approve(credit_id: UUID) -> ResponseReturnValue:
    """It goes onto the next invoice."""
    answer = request.form.get("answer", "")
    deciding.approve(actor=current_actor(), credit_id=credit_id, answer=answer)
    flash(_("The credit is deducted on the next invoice."), "success")
    return redirect(url_for(".credit_list"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:credit_id>/refuse")
@requires(Permission.INVOICE_APPROVE)
def refuse(credit_id: UUID) -> ResponseReturnValue:
    """It is not owed; the client reads why."""
    answer = request.form.get("answer", "")
    deciding.refuse(actor=current_actor(), credit_id=credit_id, answer=answer)
    return redirect(url_for(".credit_list"), HTTPStatus.SEE_OTHER)
