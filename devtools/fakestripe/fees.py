"""What a movement of money costs: Stripe's balance transactions, with the fee of each."""

import stripe
from stripe.params import BalanceTransactionListParams

from devtools.fakestripe.checking import Form
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import whole
from devtools.fakestripe.state import State, Thing

DISPUTE_FEE = 2_000
_LARGEST_TRANSFER_FEE = 500


def fee_of(kind: str, amount: int) -> int:
    """What Stripe keeps of a payment, in minor units: about its German price list."""
    if kind == "card":
        return (amount * 15 + 500) // 1000 + 25
    if kind == "sepa_debit":
        return 35
    return min((amount * 5 + 500) // 1000, _LARGEST_TRANSFER_FEE)


def note(state: State, source: Thing, *, kind: str, amount: int, fee: int = 0) -> Thing:
    """Money came to our balance (negative: left it), less the fee."""
    made = whole(
        stripe.BalanceTransaction, id=state.new_id("txn"), created=state.now(),
        available_on=state.now(), amount=amount, fee=fee, net=amount - fee,
        currency=source["currency"], source=source["id"], status="available", type=kind,
        reporting_category=kind, balance_type="payments",
    )  # fmt: skip
    return state.keep(made)


def charged(state: State, charge: Thing) -> None:
    """A charge has succeeded."""
    kind = state.hidden[charge["id"]]["type"]
    fee = fee_of(kind, charge["amount"])
    booked = "charge" if kind == "card" else "payment"
    note(state, charge, kind=booked, amount=charge["amount"], fee=fee)


@endpoint(
    "GET /v1/balance_transactions",
    BalanceTransactionListParams, stripe.BalanceTransaction, many=True,
)  # fmt: skip
def transactions(state: State, form: Form) -> list[Thing]:
    """Every movement, or those of one source."""
    rows = state.every("balance_transaction")
    return [row for row in rows if form.get("source") in (None, row["source"])]
