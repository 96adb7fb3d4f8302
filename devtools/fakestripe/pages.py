"""The pages where a person pays, names a card or looks after it."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from devtools.fakestripe import checkout, customers, methods, paying
from devtools.fakestripe.faulty import StripeError
from devtools.fakestripe.state import State, Thing

blueprint = Blueprint("pages", __name__)
_TWO_PLACES = frozenset({"ISK", "UGX"})
"""Stripe counts in hundredths what has none."""
_WORDS = {
    methods.OK: "(geht durch)",
    methods.DECLINE: "(wird abgelehnt)",
    methods.AUTHENTICATE: "(muss bestätigt werden)",
    methods.DISPUTE: "(wird später zurückgeholt)",
}


def _state() -> State:
    state: State = current_app.config["STATE"]
    return state


@blueprint.get("/checkout/<key>")
def session(key: str) -> ResponseReturnValue:
    """Name a card or bank account."""
    with _state().held() as state:
        found = state.find("checkout.session", key)
    return _form(found["allowed_payment_method_types"], title="Zahlungsmittel hinterlegen")


@blueprint.post("/checkout/<key>")
def complete(key: str) -> ResponseReturnValue:
    """It is named; back to where one came from."""
    kind, _, number = request.form.get("number", "").partition(":")
    with _state().held() as state:
        found = checkout.complete(state, key, kind, number)
    return redirect(found["success_url"].replace("{CHECKOUT_SESSION_ID}", key), 303)


@blueprint.route("/invoice/<key>", methods=["GET", "POST"])
def invoice(key: str) -> ResponseReturnValue:
    """The invoice's own page, with a button that pays."""
    error = ""
    with _state().held() as state:
        if request.method == "POST":
            kind, _, number = request.form.get("number", "").partition(":")
            try:
                checkout.pay_invoice(state, key, kind, number)
            except StripeError as refused:
                error = str(refused)
        found = state.find("invoice", key)
        under_way = paying.is_processing(state, found)
        waits = "" if state.debit_seconds is None else f"{state.debit_seconds:.0f} Sekunden"
    title = f"Rechnung {found['number']}"
    if under_way or found["status"] != "open":
        return render_template(
            "done.html", title=title, invoice=found, under_way=under_way, waits=waits
        )
    return _form(["card", "sepa_debit"], title=title, invoice=found, error=error)


@blueprint.get("/portal/<key>")
def portal(key: str) -> ResponseReturnValue:
    """What the customer can pay with."""
    with _state().held() as state:
        found = state.find("billing_portal.session", key)
        rows = customers.methods(state, found["customer"], {})
    return render_template("portal.html", session=found, methods=rows)


@blueprint.errorhandler(StripeError)
def refused(error: StripeError) -> ResponseReturnValue:
    """Said on a page."""
    return _form([], title=str(error)), error.status


@blueprint.app_template_global()
def amount_of(invoice: Thing) -> str:
    """What is open, as a person writes it."""
    amount, code = invoice["amount_remaining"] or invoice["total"], invoice["currency"].upper()
    places = 2 if code in _TWO_PLACES else get_currency_precision(code)
    return format_currency(Decimal(amount).scaleb(-places), code, locale="de")


def _form(kinds: list[str], *, title: str, error: str = "", invoice: Thing | None = None) -> str:
    choices = [
        (f"card:{number}", f"{brand.title()} … {number[-4:]} {_WORDS[behaviour]}")
        for number, (brand, behaviour) in methods.CARDS.items()
        if "card" in kinds
    ]
    choices += [
        (f"sepa_debit:{iban}", f"Lastschrift {iban} {_WORDS[behaviour]}")
        for iban, behaviour in methods.IBANS.items()
        if "sepa_debit" in kinds
    ]
    return render_template("form.html", title=title, choices=choices, error=error, invoice=invoice)
