"""A client's own bank accounts and VAT ids, by which the wrong-client guard knows it."""

from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clients import identifiers
from app.identity.permissions import Permission
from app.web.access import current_actor, in_provider_books, requires

blueprint = Blueprint("desk_identifiers", __name__, url_prefix="/desk/c/<client>/identifiers")


@blueprint.post("/add")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def add() -> ResponseReturnValue:
    """An IBAN or a VAT id."""
    typed = request.form.get("value", "")
    identifiers.add(actor=current_actor(), tenant_id=g.client.id, typed=typed)
    return _done(_("The number is kept."))


@blueprint.post("/remove")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def remove() -> ResponseReturnValue:
    """It is not this client's any more."""
    value = request.form.get("value", "")
    identifiers.remove(actor=current_actor(), tenant_id=g.client.id, value=value)
    return _done(_("The number is removed."))


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    address = url_for("desk_clients.client_page", client=g.client.slug)
    return redirect(address, HTTPStatus.SEE_OTHER)
