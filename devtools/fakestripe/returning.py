"""Money that goes back or was never owed: refunds, disputes, credit notes; and reading the rest."""

import stripe
from stripe import params as P  # noqa: N812

from devtools.fakestripe import fees, paying
from devtools.fakestripe.checking import Form
from devtools.fakestripe.customers import present
from devtools.fakestripe.faulty import invalid
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import listed, whole
from devtools.fakestripe.state import State, Thing


@endpoint("POST /v1/refunds", P.RefundCreateParams, stripe.Refund)
def create(state: State, form: Form) -> Thing:
    """Give back all or a part of a charge."""
    intent = state.objects.get("payment_intent", {}).get(form.get("payment_intent", ""), {})
    charge = state.find("charge", form.get("charge") or intent.get("latest_charge") or "")
    left = charge["amount"] - charge["amount_refunded"]
    amount = form.get("amount", left)
    if charge["status"] != "succeeded" or not 0 < amount <= left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount ({left})",
            code="charge_already_refunded" if not left else "", param="amount",
        )  # fmt: skip
    made = whole(
        stripe.Refund, id=state.new_id("re"), created=state.now(), amount=amount,
        currency=charge["currency"], charge=charge["id"], payment_intent=charge["payment_intent"],
        reason=form.get("reason"), status="succeeded", metadata=form.get("metadata", {}),
    )  # fmt: skip
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.keep(charge)
    state.keep(made)
    fees.note(state, made, kind="refund", amount=-amount)
    state.emit("refund.created", made)
    state.emit("charge.refunded", charge)
    return made


@endpoint("GET /v1/refunds", P.RefundListParams, stripe.Refund, many=True)
def refunds(state: State, form: Form) -> list[Thing]:
    """Of a charge or a payment."""
    wanted = {name: form[name] for name in ("charge", "payment_intent") if name in form}
    rows = state.every("refund")
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


@endpoint("GET /v1/refunds/{id}", P.RefundRetrieveParams, stripe.Refund)
def refund(state: State, key: str, _: Form) -> Thing:
    """One refund."""
    return state.find("refund", key)


@endpoint("GET /v1/disputes", P.DisputeListParams, stripe.Dispute, many=True)
def disputes(state: State, form: Form) -> list[Thing]:
    """Of a charge or a payment."""
    wanted = {name: form[name] for name in ("charge", "payment_intent") if name in form}
    rows = state.every("dispute")
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


@endpoint("GET /v1/disputes/{id}", P.DisputeRetrieveParams, stripe.Dispute)
def dispute(state: State, key: str, _: Form) -> Thing:
    """One dispute."""
    return state.find("dispute", key)


@endpoint("POST /v1/disputes/{id}/close", P.DisputeCloseParams, stripe.Dispute)
def give_in(state: State, key: str, _: Form) -> Thing:
    """Accept that the money is gone."""
    return paying.close_dispute(state, key, won=False)


@endpoint("POST /v1/credit_notes", P.CreditNoteCreateParams, stripe.CreditNote)
def create_note(state: State, form: Form) -> Thing:
    """Less is owed of a finalized invoice; what was paid already goes back as a refund."""
    invoice = state.find("invoice", form["invoice"])
    amount = form.get("amount", 0)
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise invalid("Credit notes are for finalized invoices.", param="invoice")
    is_open = invoice["status"] == "open"
    if not 0 < amount <= _left(state, invoice, is_open=is_open):
        raise invalid("The amount is more than what is left of the invoice.", param="amount")
    key = state.new_id("cn")
    returned = [] if is_open else _give_back(state, invoice, form, amount)
    made = whole(
        stripe.CreditNote, id=key, created=state.now(), livemode=False, amount=amount,
        total=amount, subtotal=amount, currency=invoice["currency"],
        customer=invoice["customer"], invoice=invoice["id"], status="issued",
        number=f"{invoice['number']}-CN-{state.serial}", memo=form.get("memo"),
        metadata=form.get("metadata", {}), reason=form.get("reason"),
        type="pre_payment" if is_open else "post_payment", pdf=f"{state.base_url}/note/{key}",
        discount_amounts=[], refunds=returned,
        pre_payment_amount=amount if is_open else 0, post_payment_amount=0 if is_open else amount,
    )  # fmt: skip
    made["lines"] = listed([], f"/v1/credit_notes/{key}/lines")
    _owe_less(state, invoice, amount, is_open=is_open)
    state.keep(made)
    state.emit("credit_note.created", made)
    return made


def _left(state: State, invoice: Thing, *, is_open: bool) -> int:
    """What can still be credited."""
    if is_open:
        return int(invoice["amount_remaining"])
    before = [
        note["amount"] for note in state.every("credit_note")
        if note["invoice"] == invoice["id"] and note["status"] == "issued"
    ]  # fmt: skip
    return int(invoice["amount_paid"]) - sum(before)


def _owe_less(state: State, invoice: Thing, amount: int, *, is_open: bool) -> None:
    if not is_open:
        invoice["post_payment_credit_notes_amount"] += amount
    else:
        invoice["pre_payment_credit_notes_amount"] += amount
        invoice["amount_remaining"] -= amount
        invoice["amount_due"] -= amount
        for payment in state.every("invoice_payment"):
            if payment["invoice"] == invoice["id"] and payment["status"] == "open":
                intent = state.find("payment_intent", payment["payment"]["payment_intent"])
                intent["amount"] = payment["amount_requested"] = invoice["amount_remaining"]
        if invoice["amount_remaining"] == 0:
            paying.mark_paid(state, invoice)
    state.keep(invoice)


def _give_back(state: State, invoice: Thing, form: Form, amount: int) -> list[Thing]:
    if form.get("out_of_band_amount") == amount:
        return []
    if form.get("refund_amount") != amount:
        raise invalid("The sum of credit, refund and out of band must be the amount.")
    for payment in state.every("invoice_payment"):
        if payment["invoice"] == invoice["id"] and payment["status"] == "paid":
            intent = payment["payment"]["payment_intent"]
            made = create(state, {"payment_intent": intent, "amount": amount})
            return [{"amount_refunded": amount, "refund": made["id"], "type": "refund",
                     "payment_record_refund": None}]  # fmt: skip
    raise invalid("There is no payment to refund.")


@endpoint("GET /v1/credit_notes", P.CreditNoteListParams, stripe.CreditNote, many=True)
def notes(state: State, form: Form) -> list[Thing]:
    """Of an invoice or a customer."""
    wanted = {name: form[name] for name in ("invoice", "customer") if name in form}
    rows = state.every("credit_note")
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


@endpoint("GET /v1/credit_notes/{id}", P.CreditNoteRetrieveParams, stripe.CreditNote)
def note(state: State, key: str, _: Form) -> Thing:
    """One of them."""
    return state.find("credit_note", key)


@endpoint("POST /v1/credit_notes/{id}/void", P.CreditNoteVoidCreditNoteParams, stripe.CreditNote)
def void_note(state: State, key: str, _: Form) -> Thing:
    """It counts no more."""
    found = state.find("credit_note", key)
    if found["type"] != "pre_payment" or found["status"] != "issued":
        raise invalid("This credit note cannot be voided.")
    invoice = state.find("invoice", found["invoice"])
    if invoice["status"] != "open":
        raise invalid("The invoice is no longer open.")
    invoice["amount_remaining"] += found["amount"]
    invoice["amount_due"] += found["amount"]
    found |= {"status": "void", "voided_at": state.now()}
    state.emit("credit_note.voided", found)
    return state.keep(found)


@endpoint("GET /v1/payment_intents/{id}", P.PaymentIntentRetrieveParams, stripe.PaymentIntent)
def intent(state: State, key: str, _: Form) -> Thing:
    """One payment."""
    return state.find("payment_intent", key)


@endpoint("GET /v1/payment_intents", P.PaymentIntentListParams, stripe.PaymentIntent, many=True)
def intents(state: State, form: Form) -> list[Thing]:
    """Of a customer."""
    rows = state.every("payment_intent")
    return [row for row in rows if form.get("customer") in (None, row["customer"])]


@endpoint("GET /v1/charges/{id}", P.ChargeRetrieveParams, stripe.Charge)
def charge(state: State, key: str, _: Form) -> Thing:
    """One charge."""
    return state.find("charge", key)


@endpoint("GET /v1/events", P.EventListParams, stripe.Event, many=True)
def events(state: State, form: Form) -> list[Thing]:
    """What has happened."""
    rows = state.every("event")
    types = form.get("types") or ([form["type"]] if "type" in form else None)
    return [row for row in rows if types is None or row["type"] in types]


@endpoint("GET /v1/events/{id}", P.EventRetrieveParams, stripe.Event)
def event(state: State, key: str, _: Form) -> Thing:
    """One event."""
    return state.find("event", key)


@endpoint("GET /v1/balance", P.BalanceRetrieveParams, stripe.Balance)
def balance(state: State, _: Form) -> Thing:
    """What Stripe holds for us: the charges less what went back. Also a test of the key."""
    sums: dict[str, int] = {}
    for row in state.every("charge"):
        if row["status"] == "succeeded":
            left = row["amount"] - row["amount_refunded"]
            sums[row["currency"]] = sums.get(row["currency"], 0) + left
    for row in state.every("dispute"):
        if row["status"] != "won":
            sums[row["currency"]] -= row["amount"]
    rows = [
        {"amount": amount, "currency": currency, "source_types": None}
        for currency, amount in sums.items()
    ]
    return {
        "object": "balance", "livemode": False, "available": rows, "pending": [],
        "connect_reserved": None, "instant_available": None, "issuing": None,
        "refund_and_dispute_prefunding": None,
    }  # fmt: skip


@endpoint(
    "POST /v1/billing_portal/sessions",
    P.billing_portal.SessionCreateParams, stripe.billing_portal.Session,
)  # fmt: skip
def portal(state: State, form: Form) -> Thing:
    """A link to the customer's own page at Stripe."""
    customer = present(state, form.get("customer", ""))
    key = state.new_id("bps")
    made = whole(
        stripe.billing_portal.Session, id=key, created=state.now(), livemode=False,
        customer=customer["id"], configuration=state.new_id("bpc"), locale=form.get("locale"),
        return_url=form.get("return_url"), url=f"{state.base_url}/portal/{key}",
    )  # fmt: skip
    return state.keep(made)
