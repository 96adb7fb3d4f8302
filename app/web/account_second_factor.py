"""The second factor of one's own account: switched on, its recovery codes, switched off."""

from http import HTTPStatus

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.identity import second_factor as factor
from app.kernel.errors import Invalid
from app.messages import letters
from app.web.access import signed_in
from app.web.forms import field_errors
from app.web.rate_limits import by_person, limiter
from app.web.session import browser, require_proof, this_person

blueprint = Blueprint("second_factor", __name__, url_prefix="/account")


@blueprint.get("/second-factor")
@signed_in
def page() -> ResponseReturnValue:
    """Show the QR code, or how things stand if it is on already."""
    if this_person().has_second_factor:
        return redirect(url_for("account.page") + "#second-factor")
    require_proof()
    return _enrolment({})


def _enrolment(errors: dict[str, list[str]]) -> str:
    person = this_person()
    secret = factor.secret(person.id, factor.nonce_for(person.session_id))
    address = factor.enrolment_address(email=person.email, secret=secret)
    return render_template(
        "account/second_factor.html",
        qr=qr_drawing(address),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=person.needs_second_factor,
        errors=errors,
    )


def qr_drawing(address: str) -> Markup:
    """The QR code as SVG without style attributes (segno's own escaping)."""
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(scale=5, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawing)  # noqa: S704  made here from paths and numbers only


@blueprint.post("/second-factor")
@signed_in
@limiter.limit("10 per 10 minutes", key_func=by_person)
def enrol() -> ResponseReturnValue:
    """Switch it on and show the recovery codes, this once."""
    person = require_proof()
    try:
        codes = letters.enrol(
            account_id=person.id,
            nonce=factor.nonce_for(person.session_id),
            code=request.form.get("code", ""),
            browser=browser(),
        )
    except Invalid as faulty:
        return _enrolment(field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _codes(codes)


def _codes(codes: list[str]) -> str:
    return render_template("account/recovery_codes.html", codes=codes, address=this_person().email)


@blueprint.post("/second-factor/recovery-codes")
@signed_in
@limiter.limit("10 per 10 minutes", key_func=by_person)
def renew_codes() -> ResponseReturnValue:
    """Fresh recovery codes; the old ones end."""
    person = require_proof()
    return _codes(factor.renew_recovery_codes(account_id=person.id, browser=browser()))


@blueprint.post("/second-factor/off")
@signed_in
def switch_off() -> ResponseReturnValue:
    """Switch it off; an admin of the provider must set up another at once."""
    person = require_proof()
    letters.switch_off_second_factor(account_id=person.id, browser=browser())
    flash(_("The second factor is switched off."), "success")
    return redirect(url_for("account.page"), HTTPStatus.SEE_OTHER)
