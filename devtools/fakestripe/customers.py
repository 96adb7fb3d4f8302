"""Customers, their cash balance and the bank account they transfer to."""

import stripe
from stripe import params as P  # noqa: N812

from devtools.fakestripe.checking import Form
from devtools.fakestripe.faulty import invalid
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import whole
from devtools.fakestripe.state import State, Thing

IBAN = "DE11243461345672349102"
_PLAIN = ("name", "email", "phone", "description", "metadata", "preferred_locales")


@endpoint("POST /v1/customers", P.CustomerCreateParams, stripe.Customer)
def create(state: State, form: Form) -> Thing:
    """A new customer."""
    made = whole(
        stripe.Customer, id=state.new_id("cus"), created=state.now(), balance=0, livemode=False,
        invoice_prefix=f"K{state.serial:06d}", next_invoice_sequence=1, tax_exempt="none",
        metadata={}, preferred_locales=[], delinquent=False, address=None, shipping=None,
        invoice_settings={"default_payment_method": None},
        invoice_credit_balance={}, test_clock=None, sources=None, subscriptions=None,
        tax_ids=None, cash_balance=None, discount=None, tax=None,
    )  # fmt: skip
    _change(state, made, form)
    state.keep(made)
    state.emit("customer.created", made)
    return made


@endpoint("GET /v1/customers", P.CustomerListParams, stripe.Customer, many=True)
def every(state: State, form: Form) -> list[Thing]:
    """All, or those of a mail address."""
    rows = state.every("customer")
    return [row for row in rows if form.get("email") in (None, row["email"])]


@endpoint("GET /v1/customers/{id}", P.CustomerRetrieveParams, stripe.Customer)
def one(state: State, key: str, _: Form) -> Thing:
    """A customer, or that there was one."""
    return state.find("customer", key)


@endpoint("POST /v1/customers/{id}", P.CustomerUpdateParams, stripe.Customer)
def update(state: State, key: str, form: Form) -> Thing:
    """Change what is given."""
    found = present(state, key)
    _change(state, found, form)
    state.keep(found)
    state.emit("customer.updated", found)
    return found


@endpoint("DELETE /v1/customers/{id}", P.CustomerDeleteParams, stripe.Customer)
def delete(state: State, key: str, _: Form) -> Thing:
    """It stays as a mark that it was deleted."""
    found = present(state, key)
    state.emit("customer.deleted", found)
    return state.keep({"id": key, "object": "customer", "deleted": True, "created": state.now()})


def present(state: State, key: str) -> Thing:
    """A customer that was not deleted. Raises StripeError."""
    found = state.find("customer", key)
    if found.get("deleted"):
        raise invalid(f"No such customer: '{key}'", code="resource_missing", param="customer")
    return found


def _change(state: State, customer: Thing, form: Form) -> None:
    for name in _PLAIN:
        if name in form:
            customer[name] = form[name]
    if "address" in form and isinstance(form["address"], dict):
        known = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        customer["address"] = known | form["address"]
    default = form.get("invoice_settings", {})
    if isinstance(default, dict) and default.get("default_payment_method"):
        method = state.find("payment_method", default["default_payment_method"])
        if method["customer"] != customer["id"]:
            raise invalid("The payment method belongs to another customer.")
        customer["invoice_settings"]["default_payment_method"] = method["id"]


@endpoint(
    "GET /v1/customers/{id}/payment_methods",
    P.CustomerPaymentMethodListParams, stripe.PaymentMethod, many=True,
)  # fmt: skip
def methods(state: State, key: str, form: Form) -> list[Thing]:
    """What the customer can pay with."""
    present(state, key)
    rows = [row for row in state.every("payment_method") if row["customer"] == key]
    return [row for row in rows if form.get("type") in (None, row["type"])]


@endpoint(
    "GET /v1/customers/{id}/cash_balance", P.CustomerCashBalanceRetrieveParams, stripe.CashBalance
)
def cash_balance(state: State, key: str, _: Form) -> Thing:
    """Money that came by transfer and paid for nothing yet."""
    present(state, key)
    return whole(
        stripe.CashBalance, customer=key, available=balances(state, key) or None,
        livemode=False,
        settings={"reconciliation_mode": "automatic", "using_merchant_default": True},
    )  # fmt: skip


def balances(state: State, key: str) -> dict[str, int]:
    """Currency → what is left of the transfers."""
    found: dict[str, int] = {}
    for row in state.every("customer_cash_balance_transaction"):
        if row["customer"] == key:
            found[row["currency"]] = found.get(row["currency"], 0) + row["net_amount"]
    return {currency: amount for currency, amount in found.items() if amount}


@endpoint(
    "GET /v1/customers/{id}/cash_balance_transactions",
    P.CustomerCashBalanceTransactionListParams, stripe.CustomerCashBalanceTransaction, many=True,
)  # fmt: skip
def cash_transactions(state: State, key: str, _: Form) -> list[Thing]:
    """Every transfer and what it was used for."""
    present(state, key)
    rows = state.every("customer_cash_balance_transaction")
    return [row for row in rows if row["customer"] == key]


@endpoint(
    "GET /v1/customers/{id}/cash_balance_transactions/{id}",
    P.CustomerCashBalanceTransactionRetrieveParams, stripe.CustomerCashBalanceTransaction,
)  # fmt: skip
def cash_transaction(state: State, key: str, transaction: str, _: Form) -> Thing:
    """One of them."""
    present(state, key)
    return state.find("customer_cash_balance_transaction", transaction)


@endpoint(
    "POST /v1/customers/{id}/funding_instructions",
    P.CustomerFundingInstructionsCreateParams, stripe.FundingInstructions,
)  # fmt: skip
def funding(state: State, key: str, form: Form) -> Thing:
    """The bank account that this customer alone transfers to."""
    present(state, key)
    return {
        "object": "funding_instructions", "currency": form["currency"], "livemode": False,
        "funding_type": "bank_transfer",
        "bank_transfer": {
            "country": "DE", "type": "eu_bank_transfer",
            "financial_addresses": [
                {
                    "type": "iban", "supported_networks": ["sepa"],
                    "iban": {
                        "account_holder_name": "Kontor", "bic": "DEUTDEFF", "country": "DE",
                        "iban": IBAN,
                        "account_holder_address": _nowhere(), "bank_address": _nowhere(),
                    },
                }
            ],
        },
    }  # fmt: skip


def _nowhere() -> Thing:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
