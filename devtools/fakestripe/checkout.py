"""Checkout: a page where somebody pays, or names a card or bank account for later."""

import stripe
from stripe import params as P  # noqa: N812

from devtools.fakestripe import methods, paying
from devtools.fakestripe.checking import Form
from devtools.fakestripe.customers import present
from devtools.fakestripe.faulty import invalid
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import whole
from devtools.fakestripe.state import State, Thing

LIVES = 24 * 3600
Session = stripe.checkout.Session


@endpoint("POST /v1/checkout/sessions", P.checkout.SessionCreateParams, Session)
def create(state: State, form: Form) -> Thing:
    """A session of mode `setup`."""
    if form.get("mode") != "setup":
        raise invalid("Only mode=setup is known here; invoices are paid on their own page.")
    customer = present(state, form.get("customer", ""))
    if not form.get("success_url"):
        raise invalid("Missing required param: success_url.", param="success_url")
    types = form.get("allowed_payment_method_types") or ["card"]
    extra = form.get("setup_intent_data") or {}
    intent = methods.create_setup(
        state, {"customer": customer["id"], "allowed_payment_method_types": types,
                "metadata": extra.get("metadata", {})},
    )  # fmt: skip
    key = state.new_id("cs_test")
    made = whole(
        Session, id=key, created=state.now(), livemode=False, mode="setup", status="open",
        customer=customer["id"], setup_intent=intent["id"], allowed_payment_method_types=types,
        payment_method_types=types,
        payment_status="no_payment_required", success_url=form["success_url"],
        cancel_url=form.get("cancel_url"), expires_at=state.now() + LIVES,
        url=f"{state.base_url}/checkout/{key}", metadata=form.get("metadata", {}),
        client_reference_id=form.get("client_reference_id"), locale=form.get("locale"),
        currency=form.get("currency"), custom_fields=[], shipping_options=[],
        automatic_tax={"enabled": False, "status": None, "provider": None, "liability": None},
    )  # fmt: skip
    state.after(LIVES, "expire", key)
    return state.keep(made)


@endpoint("GET /v1/checkout/sessions/{id}", P.checkout.SessionRetrieveParams, Session)
def one(state: State, key: str, _: Form) -> Thing:
    """One session."""
    return state.find("checkout.session", key)


@endpoint("GET /v1/checkout/sessions", P.checkout.SessionListParams, Session, many=True)
def every(state: State, form: Form) -> list[Thing]:
    """Of a customer."""
    rows = state.every("checkout.session")
    return [row for row in rows if form.get("customer") in (None, row["customer"])]


@endpoint("POST /v1/checkout/sessions/{id}/expire", P.checkout.SessionExpireParams, Session)
def expire(state: State, key: str, _: Form) -> Thing:
    """Nobody can use it any more."""
    session = state.find("checkout.session", key)
    if session["status"] != "open":
        raise invalid("Only an open session can expire.")
    session |= {"status": "expired", "url": None}
    state.emit("checkout.session.expired", session)
    return state.keep(session)


def expired(state: State, key: str) -> None:
    """A day has passed."""
    if state.find("checkout.session", key)["status"] == "open":
        expire(state, key, {})


def complete(state: State, key: str, kind: str, number: str) -> Thing:
    """Somebody has filled in the page. Raises StripeError."""
    session = state.find("checkout.session", key)
    if session["status"] != "open" or kind not in session["payment_method_types"]:
        raise invalid("This session is over.")
    intent = state.find("setup_intent", session["setup_intent"])
    methods.succeeded(state, intent, methods.make(state, kind, number))
    session |= {"status": "complete", "url": None}
    state.emit("checkout.session.completed", session)
    return state.keep(session)


def pay_invoice(state: State, key: str, kind: str, number: str) -> Thing:
    """Somebody pays on the invoice's own page. Raises StripeError."""
    invoice = state.find("invoice", key)
    if invoice["status"] != "open":
        raise invalid("This invoice is not open.")
    method = methods.attached(state, methods.make(state, kind, number), invoice["customer"])
    return paying.pay(state, invoice, method)
