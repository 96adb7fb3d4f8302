"""Payment methods, mandates and set-ups; the numbers are those of Stripe's own test mode."""

import stripe
from stripe import params as P  # noqa: N812

from devtools.fakestripe.checking import Form
from devtools.fakestripe.customers import present
from devtools.fakestripe.faulty import declined, invalid
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import fields, whole
from devtools.fakestripe.state import State, Thing

OK, DECLINE, AUTHENTICATE, DISPUTE = "ok", "decline", "authenticate", "dispute"
CARDS = {
    "4242424242424242": ("visa", OK),
    "5555555555554444": ("mastercard", OK),
    "4000000000000341": ("visa", DECLINE),
    "4000002760003184": ("visa", AUTHENTICATE),
    "4000000000000259": ("visa", DISPUTE),
}
IBANS = {
    "DE89370400440532013000": OK,
    "DE62370400440532013001": DECLINE,
    "DE35370400440532013002": DISPUTE,
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
}
"""What can be attached without having been made, as in Stripe's test mode."""
_CARD = {
    "country": "DE", "exp_month": 12, "exp_year": 2034, "funding": "credit", "checks": None,
    "generated_from": None, "networks": None, "three_d_secure_usage": None, "wallet": None,
}  # fmt: skip


def make(state: State, kind: str, number: str) -> Thing:
    """A payment method of this card or bank account. Raises StripeError."""
    number = number.replace(" ", "")
    made = whole(
        stripe.PaymentMethod, id=state.new_id("pm"), created=state.now(), livemode=False,
        type=kind, customer=None, metadata={},
    )  # fmt: skip
    if kind == "card":
        if number not in CARDS:
            raise declined("Your card number is incorrect.", code="incorrect_number")
        brand, behaviour = CARDS[number]
        details = dict.fromkeys(fields(stripe.PaymentMethod.Card))
        details |= {**_CARD, "brand": brand, "display_brand": brand, "last4": number[-4:]}
        made["card"] = details
    else:
        if number not in IBANS:
            raise invalid("The IBAN you provided is invalid.", code="invalid_bank_account_iban")
        behaviour = IBANS[number]
        made["sepa_debit"] = {
            "bank_code": number[4:12], "branch_code": None, "country": number[:2],
            "fingerprint": number[-8:], "generated_from": None, "last4": number[-4:],
        }  # fmt: skip
    made["billing_details"] = dict.fromkeys(fields(stripe.PaymentMethod.BillingDetails))
    state.hidden[made["id"]] = {"behaviour": behaviour}
    return state.keep(made)


@endpoint("POST /v1/payment_methods", P.PaymentMethodCreateParams, stripe.PaymentMethod)
def create(state: State, form: Form) -> Thing:
    """A card or a bank account, not yet anybody's."""
    kind = form.get("type", "")
    if kind == "card":
        return make(state, "card", str(form.get("card", {}).get("number", "")))
    if kind == "sepa_debit":
        return make(state, "sepa_debit", str(form.get("sepa_debit", {}).get("iban", "")))
    raise invalid(f"The payment method type {kind} is not known here.", param="type")


@endpoint("GET /v1/payment_methods/{id}", P.PaymentMethodRetrieveParams, stripe.PaymentMethod)
def one(state: State, key: str, _: Form) -> Thing:
    """One payment method."""
    return state.find("payment_method", key)


@endpoint("POST /v1/payment_methods/{id}/attach", P.PaymentMethodAttachParams, stripe.PaymentMethod)
def attach(state: State, key: str, form: Form) -> Thing:
    """It is this customer's from now on."""
    method = (
        make(state, "card", TOKENS[key]) if key in TOKENS else state.find("payment_method", key)
    )
    return attached(state, method, present(state, form.get("customer", ""))["id"])


def attached(state: State, method: Thing, customer: str) -> Thing:
    """The method, the customer's from now on."""
    if method["customer"] not in (None, customer):
        raise invalid("This payment method belongs to another customer.")
    method["customer"] = customer
    state.keep(method)
    state.emit("payment_method.attached", method)
    return method


@endpoint("POST /v1/payment_methods/{id}/detach", P.PaymentMethodDetachParams, stripe.PaymentMethod)
def detach(state: State, key: str, _: Form) -> Thing:
    """It is nobody's any more."""
    method = state.find("payment_method", key)
    customer = state.objects["customer"].get(method["customer"] or "", {})
    settings = customer.get("invoice_settings", {})
    if settings.get("default_payment_method") == key:
        settings["default_payment_method"] = None
    method["customer"] = None
    state.emit("payment_method.detached", method)
    return state.keep(method)


def mandate_for(state: State, method: Thing) -> Thing:
    """The permission to debit the bank account; made once."""
    for known in state.every("mandate"):
        if known["payment_method"] == method["id"]:
            return known
    details = {"type": "sepa_debit", "sepa_debit": {"reference": f"KONTOR{state.serial:06d}",
               "url": f"{state.base_url}/mandate"}}  # fmt: skip
    made = whole(
        stripe.Mandate, id=state.new_id("mandate"), livemode=False, status="active",
        type="multi_use", payment_method=method["id"], multi_use={},
        customer_acceptance={"accepted_at": state.now(), "type": "online", "online": {
            "ip_address": "127.0.0.1", "user_agent": "fake"}},
        payment_method_details=details,
    )  # fmt: skip
    return state.keep(made)


@endpoint("GET /v1/mandates/{id}", P.MandateRetrieveParams, stripe.Mandate)
def mandate(state: State, key: str, _: Form) -> Thing:
    """One mandate."""
    return state.find("mandate", key)


@endpoint("POST /v1/setup_intents", P.SetupIntentCreateParams, stripe.SetupIntent)
def create_setup(state: State, form: Form) -> Thing:
    """The intention to keep a payment method for later."""
    made = whole(
        stripe.SetupIntent, id=state.new_id("seti"), created=state.now(), livemode=False,
        customer=form.get("customer"), status="requires_payment_method", usage="off_session",
        payment_method_types=form.get("allowed_payment_method_types", ["card"]),
        metadata=form.get("metadata", {}), client_secret=state.new_id("secret"),
    )  # fmt: skip
    return state.keep(made)


@endpoint("GET /v1/setup_intents/{id}", P.SetupIntentRetrieveParams, stripe.SetupIntent)
def setup(state: State, key: str, _: Form) -> Thing:
    """One of them."""
    return state.find("setup_intent", key)


@endpoint("POST /v1/setup_intents/{id}/confirm", P.SetupIntentConfirmParams, stripe.SetupIntent)
def confirm_setup(state: State, key: str, form: Form) -> Thing:
    """Keep the payment method."""
    token = form.get("payment_method", "")
    if token in TOKENS:
        method = make(state, "card", TOKENS[token])
    else:
        method = state.find("payment_method", token)
    return succeeded(state, state.find("setup_intent", key), method)


def succeeded(state: State, intent: Thing, method: Thing) -> Thing:
    """The set-up with its method, attached to the customer."""
    if intent["customer"]:
        attached(state, method, intent["customer"])
    intent |= {"status": "succeeded", "payment_method": method["id"]}
    if method["type"] == "sepa_debit":
        intent["mandate"] = mandate_for(state, method)["id"]
    state.emit("setup_intent.succeeded", intent)
    return state.keep(intent)
