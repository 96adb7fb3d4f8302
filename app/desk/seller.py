"""What stands on the provider's own invoices: name, bank, words, logo, accounts."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing import parties
from app.billing.rules.parties import SELLER_NEEDS, SellerDetails
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.web.access import current_actor, requires
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_seller", __name__, url_prefix="/desk/invoices/our-details", template_folder="templates"
)


@blueprint.get("/")
@requires(Permission.INVOICE_MANAGE)
def seller() -> ResponseReturnValue:
    """The form."""
    return _page()


@blueprint.post("/")
@requires(Permission.INVOICE_MANAGE)
def keep() -> ResponseReturnValue:
    """Keep it for invoices from now on."""
    file = request.files.get("logo")
    try:
        parties.set_seller(
            actor=current_actor(),
            details=request.form,
            number_prefix=request.form.get("number_prefix", "").strip(),
            texts={
                language: {
                    name: request.form.get(f"{name}_{language}", "").strip()
                    for name in ("intro", "closing")
                }
                for language in ("de", "en")
            },
            logo=(file.read() or None) if file else None,
        )
    except Invalid as faulty:
        return _page(field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".seller"), HTTPStatus.SEE_OTHER)


def _page(errors: dict[str, list[str]] | None = None) -> str:
    known = parties.seller()
    kept: dict[str, str] = {
        **SellerDetails.of(known.details).as_json(),
        "number_prefix": known.number_prefix,
        **{
            f"{name}_{language}": words
            for language, texts in known.texts.items()
            for name, words in texts.items()
        },
    }
    return render_template(
        "desk/invoices/seller.html",
        shown={**kept, **request.form} if errors else kept,
        missing=list(SellerDetails.of(known.details).missing()),
        needed=SELLER_NEEDS,
        errors=errors or {},
    )
