"""How money moves: by card at once, by direct debit after days, by transfer when it comes."""

from typing import Any

import stripe

from devtools.fakestripe import fees, methods
from devtools.fakestripe.faulty import declined, invalid
from devtools.fakestripe.shapes import fields, whole
from devtools.fakestripe.state import State, Thing, business_days

SEPA_DAYS = 5
DISPUTE_AFTER = 6 * 7 * 24 * 3600


def intend(state: State, invoice: Thing) -> Thing:
    """The payment intent and invoice payment that finalizing makes."""
    if invoice["amount_remaining"] <= 0:
        return {}
    intent = whole(
        stripe.PaymentIntent, id=state.new_id("pi"), created=state.now(), livemode=False,
        amount=invoice["amount_remaining"], currency=invoice["currency"],
        customer=invoice["customer"], status="requires_payment_method", metadata={},
        capture_method="automatic", confirmation_method="automatic",
        payment_method_types=["card", "sepa_debit", "customer_balance"], amount_received=0,
        amount_capturable=0, client_secret=state.new_id("secret"), amount_details=None,
    )  # fmt: skip
    state.keep(intent)
    payment = whole(
        stripe.InvoicePayment, id=state.new_id("inpay"), created=state.now(), livemode=False,
        amount_paid=None, amount_requested=intent["amount"], currency=intent["currency"],
        invoice=invoice["id"], is_default=True, status="open",
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
    )  # fmt: skip
    state.keep(payment)
    state.hidden[intent["id"]] = {"invoice": invoice["id"], "payment": payment["id"]}
    return intent


def open_intent(state: State, invoice: Thing) -> Thing:
    """The payment intent through which the rest of an invoice is paid."""
    for payment in state.every("invoice_payment"):
        if payment["invoice"] == invoice["id"] and payment["status"] == "open":
            return state.find("payment_intent", payment["payment"]["payment_intent"])
    return intend(state, invoice)


def is_processing(state: State, invoice: Thing) -> bool:
    """Whether a direct debit of it is on its way."""
    return any(
        state.find("payment_intent", payment["payment"]["payment_intent"])["status"] == "processing"
        for payment in state.every("invoice_payment")
        if payment["invoice"] == invoice["id"] and payment["status"] == "open"
    )


def pay(state: State, invoice: Thing, method: Thing) -> Thing:
    """Try to pay the invoice with this method. Raises StripeError (402) where it fails at once."""
    intent = open_intent(state, invoice)
    if intent["status"] == "processing":
        raise invalid("The invoice's payment is processing already.", code="invoice_not_editable")
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    intent["payment_method"] = method["id"]
    behaviour = state.hidden.get(method["id"], {}).get("behaviour", methods.OK)
    if method["type"] == "sepa_debit":
        _debit(state, intent, method)
    elif behaviour == methods.DECLINE:
        _charge(state, intent, method, status="failed")
        fail(state, intent)
        raise declined("Your card was declined.", decline_code="generic_decline")
    elif behaviour == methods.AUTHENTICATE:
        intent["status"] = "requires_action"
        state.emit("invoice.payment_action_required", invoice)
        raise declined(
            "This payment needs the customer to authenticate it.",
            code="invoice_payment_intent_requires_action",
        )
    else:
        _charge(state, intent, method, status="succeeded")
        settle(state, intent)
        if behaviour == methods.DISPUTE:
            dispute(state, intent["latest_charge"])
    state.keep(invoice)
    return invoice


def _charge(state: State, intent: Thing, method: Thing | None, *, status: str) -> Thing:
    kind = method["type"] if method else "customer_balance"
    charge = whole(
        stripe.Charge, id=state.new_id("ch"), created=state.now(), livemode=False,
        amount=intent["amount"], amount_captured=intent["amount"], amount_refunded=0,
        currency=intent["currency"], customer=intent["customer"], captured=True,
        paid=status != "failed", status=status, payment_intent=intent["id"],
        payment_method=method["id"] if method else None, metadata={}, refunded=False,
        disputed=False,
    )  # fmt: skip
    charge["billing_details"] = dict.fromkeys(fields(stripe.Charge.BillingDetails))
    charge["payment_method_details"] = None
    state.hidden[charge["id"]] = {"type": kind}
    state.keep(charge)
    intent["latest_charge"] = charge["id"]
    names = {"failed": "charge.failed", "pending": "charge.pending"}
    state.emit(names.get(status, "charge.succeeded"), charge)
    if status == "succeeded":
        fees.charged(state, charge)
    return charge


def _debit(state: State, intent: Thing, method: Thing) -> None:
    methods.mandate_for(state, method)
    _charge(state, intent, method, status="pending")
    intent["status"] = "processing"
    state.keep(intent)
    state.emit("payment_intent.processing", intent)
    takes = state.debit_seconds
    if takes is None:
        takes = business_days(state.now(), SEPA_DAYS)
    state.after(takes, "debit", intent["id"])


def debited(state: State, intent_id: str) -> None:
    """When its time is over: the bank has paid, or has refused."""
    intent = state.find("payment_intent", intent_id)
    if intent["status"] != "processing":
        return
    charge = state.find("charge", intent["latest_charge"])
    behaviour = state.hidden.get(intent["payment_method"], {}).get("behaviour", methods.OK)
    if behaviour == methods.DECLINE:
        charge |= {"status": "failed", "paid": False, "failure_code": "insufficient_funds"}
        state.emit("charge.failed", charge)
        fail(state, intent)
        return
    charge |= {"status": "succeeded", "paid": True}
    state.emit("charge.succeeded", charge)
    fees.charged(state, charge)
    settle(state, intent)
    if behaviour == methods.DISPUTE:
        state.after(DISPUTE_AFTER, "dispute", charge["id"])


def settle(state: State, intent: Thing) -> None:
    """The intent is paid, and the invoice with it."""
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    state.keep(intent)
    state.emit("payment_intent.succeeded", intent)
    hidden = state.hidden.get(intent["id"], {})
    if "invoice" not in hidden:
        return
    payment = state.find("invoice_payment", hidden["payment"])
    payment |= {"status": "paid", "amount_paid": intent["amount"]}
    payment["status_transitions"] = {"canceled_at": None, "paid_at": state.now()}
    state.keep(payment)
    state.emit("invoice_payment.paid", payment)
    apply(state, state.find("invoice", hidden["invoice"]), intent["amount"])


def apply(state: State, invoice: Thing, amount: int) -> None:
    """So much of the invoice is paid."""
    invoice["amount_paid"] += amount
    invoice["amount_remaining"] = max(0, invoice["amount_due"] - invoice["amount_paid"])
    if invoice["amount_remaining"] == 0 and invoice["status"] in ("open", "uncollectible"):
        mark_paid(state, invoice)
    state.keep(invoice)


def mark_paid(state: State, invoice: Thing) -> None:
    """Nothing is left to pay."""
    invoice["status"] = "paid"
    invoice["status_transitions"]["paid_at"] = state.now()
    state.emit("invoice.paid", invoice)
    state.emit("invoice.payment_succeeded", invoice)


def fail(state: State, intent: Thing) -> None:
    """The payment did not come; the invoice stays open."""
    intent["status"] = "requires_payment_method"
    state.keep(intent)
    state.emit("payment_intent.payment_failed", intent)
    hidden = state.hidden.get(intent["id"], {})
    if "invoice" in hidden:
        state.emit("invoice.payment_failed", state.find("invoice", hidden["invoice"]))


def dispute(state: State, charge_id: str, *, amount: int | None = None) -> Thing:
    """The customer takes the money back; for a direct debit that is final at once."""
    charge = state.find("charge", charge_id)
    is_debit = state.hidden.get(charge_id, {}).get("type") == "sepa_debit"
    made = whole(
        stripe.Dispute, id=state.new_id("dp"), created=state.now(), livemode=False,
        amount=amount or charge["amount"], currency=charge["currency"], charge=charge_id,
        payment_intent=charge["payment_intent"], metadata={}, balance_transactions=[],
        reason="debit_not_authorized" if is_debit else "fraudulent",
        status="lost" if is_debit else "needs_response", is_charge_refundable=False,
        enhanced_eligibility_types=[],
    )  # fmt: skip
    made["payment_method_details"] = None
    charge["disputed"] = True
    state.keep(charge)
    state.keep(made)
    fees.note(state, made, kind="adjustment", amount=-made["amount"], fee=fees.DISPUTE_FEE)
    state.emit("charge.dispute.created", made)
    state.emit("charge.dispute.funds_withdrawn", made)
    if is_debit:
        state.emit("charge.dispute.closed", made)
    return made


def close_dispute(state: State, dispute_id: str, *, won: bool) -> Thing:
    """The bank has decided."""
    found = state.find("dispute", dispute_id)
    found["status"] = "won" if won else "lost"
    state.keep(found)
    state.emit("charge.dispute.closed", found)
    if won:
        fees.note(state, found, kind="adjustment", amount=found["amount"])
        state.emit("charge.dispute.funds_reinstated", found)
    return found


def transfer(state: State, customer: str, amount: int, currency: str) -> Thing:
    """A bank transfer has come; open invoices that wait for one take it, the oldest first."""
    funded = _cash(
        state, customer, currency, amount, "funded",
        funded={"bank_transfer": {"type": "eu_bank_transfer", "reference": None,
                "eu_bank_transfer": {"bic": "DEUTDEFF", "iban_last4": "3000",
                                     "sender_name": "Fake"}}},
    )  # fmt: skip
    waiting = [
        one for one in reversed(state.every("invoice"))
        if one["customer"] == customer and one["status"] == "open"
        and one["collection_method"] == "send_invoice" and one["currency"] == currency
    ]  # fmt: skip
    left = balance(state, customer, currency)
    for invoice in waiting:
        if left > 0:
            left -= _use(state, invoice, left)
    return funded


def balance(state: State, customer: str, currency: str) -> int:
    """What is left of the customer's transfers."""
    return sum(
        row["net_amount"] for row in state.every("customer_cash_balance_transaction")
        if row["customer"] == customer and row["currency"] == currency
    )  # fmt: skip


def _use(state: State, invoice: Thing, left: int) -> int:
    intent = open_intent(state, invoice)
    done = sum(
        -row["net_amount"] for row in state.every("customer_cash_balance_transaction")
        if (row["applied_to_payment"] or {}).get("payment_intent") == intent["id"]
    )  # fmt: skip
    used = min(left, intent["amount"] - done)
    _cash(
        state, invoice["customer"], invoice["currency"], -used, "applied_to_payment",
        applied_to_payment={"payment_intent": intent["id"]},
    )  # fmt: skip
    if done + used < intent["amount"]:
        intent["status"] = "requires_action"
        state.keep(intent)
        state.emit("payment_intent.partially_funded", intent)
    else:
        _charge(state, intent, None, status="succeeded")
        settle(state, intent)
    return used


def _cash(state: State, customer: str, currency: str, amount: int, kind: str, **more: Any) -> Thing:
    made = whole(
        stripe.CustomerCashBalanceTransaction, id=state.new_id("ccsbtxn"), created=state.now(),
        livemode=False, currency=currency, customer=customer, net_amount=amount, type=kind,
        ending_balance=balance(state, customer, currency) + amount, **more,
    )  # fmt: skip
    state.keep(made)
    state.emit("customer_cash_balance_transaction.created", made)
    return made
