"""Invoices, their items and payments."""

from typing import Any

import stripe
from stripe import params as P  # noqa: N812

from devtools.fakestripe import paying
from devtools.fakestripe.checking import Form
from devtools.fakestripe.customers import present
from devtools.fakestripe.faulty import declined, invalid
from devtools.fakestripe.routing import endpoint
from devtools.fakestripe.shapes import listed, whole
from devtools.fakestripe.state import State, Thing

MOST_ITEMS = 250
_DAY = 24 * 3600


@endpoint("POST /v1/invoices", P.InvoiceCreateParams, stripe.Invoice)
def create(state: State, form: Form) -> Thing:
    """A draft."""
    customer = present(state, form.get("customer", ""))
    if form.get("pending_invoice_items_behavior", "exclude") != "exclude":
        raise invalid("Only `exclude` is known here.", param="pending_invoice_items_behavior")
    method = form.get("collection_method", "charge_automatically")
    if method == "send_invoice" and not ("due_date" in form or "days_until_due" in form):
        raise invalid("Specify days_until_due or due_date.", param="days_until_due")
    number = form.get("number")
    if number and any(one["number"] == number for one in state.every("invoice")):
        raise invalid(f"The invoice number {number} is taken.", param="number")
    key = state.new_id("in")
    due = form.get("due_date", state.now() + form.get("days_until_due", 0) * _DAY)
    made = whole(
        stripe.Invoice, id=key, created=state.now(), livemode=False, status="draft",
        customer=customer["id"], currency=form.get("currency", "eur"), number=number,
        collection_method=method, auto_advance=form.get("auto_advance", False),
        due_date=due if method == "send_invoice" else None, billing_reason="manual",
        description=form.get("description"), footer=form.get("footer"),
        metadata=form.get("metadata", {}), period_start=state.now(), period_end=state.now(),
        default_payment_method=form.get("default_payment_method"), attempt_count=0,
        attempted=False, customer_tax_exempt="none", discounts=[], default_tax_rates=[],
        customer_name=customer["name"], customer_email=customer["email"],
        automatic_tax={"enabled": False, "status": None}, issuer={"type": "self"},
        effective_at=form.get("effective_at"),
    )  # fmt: skip
    made["lines"] = listed([], f"/v1/invoices/{key}/lines")
    state.keep(made)
    state.emit("invoice.created", made)
    return made


@endpoint("GET /v1/invoices", P.InvoiceListParams, stripe.Invoice, many=True)
def every(state: State, form: Form) -> list[Thing]:
    """All, of a customer, or of a status."""
    wanted = {
        name: form[name] for name in ("customer", "status", "collection_method") if name in form
    }
    rows = state.every("invoice")
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


@endpoint("GET /v1/invoices/{id}", P.InvoiceRetrieveParams, stripe.Invoice)
def one(state: State, key: str, _: Form) -> Thing:
    """One invoice."""
    return state.find("invoice", key)


@endpoint("POST /v1/invoices/{id}", P.InvoiceUpdateParams, stripe.Invoice)
def update(state: State, key: str, form: Form) -> Thing:
    """Metadata at any time, the rest of a draft."""
    invoice = state.find("invoice", key)
    for name, value in form.items():
        if name != "metadata" and invoice["status"] != "draft" and name != "default_payment_method":
            raise invalid("This invoice is no longer editable", code="invoice_not_editable")
        invoice[name] = {**invoice["metadata"], **value} if name == "metadata" else value
    state.emit("invoice.updated", invoice)
    return state.keep(invoice)


@endpoint("DELETE /v1/invoices/{id}", P.InvoiceDeleteParams, stripe.Invoice)
def delete(state: State, key: str, _: Form) -> Thing:
    """Throw a draft away."""
    invoice = _draft(state, key)
    del state.objects["invoice"][key]
    state.emit("invoice.deleted", invoice)
    return {"id": key, "object": "invoice", "deleted": True}


@endpoint("POST /v1/invoiceitems", P.InvoiceItemCreateParams, stripe.InvoiceItem)
def add(state: State, form: Form) -> Thing:
    """A position of a draft."""
    invoice = _draft(state, form.get("invoice", ""))
    customer = present(state, form.get("customer", ""))
    if customer["id"] != invoice["customer"]:
        raise invalid("The invoice belongs to another customer.", param="customer")
    if form.get("currency", invoice["currency"]) != invoice["currency"]:
        raise invalid("The invoice has another currency.", param="currency")
    if len(invoice["lines"]["data"]) >= MOST_ITEMS:
        raise invalid(f"An invoice has at most {MOST_ITEMS} items.", param="invoice")
    if "amount" not in form:
        raise invalid("Only `amount` is known here.", param="amount")
    amount, moment = form["amount"], state.now()
    period = {"start": moment, "end": moment}
    made = whole(
        stripe.InvoiceItem, id=state.new_id("ii"), date=moment, livemode=False, amount=amount,
        currency=invoice["currency"], customer=customer["id"], invoice=invoice["id"],
        description=form.get("description"), metadata=form.get("metadata", {}), quantity=1,
        quantity_decimal="1", period=period, discountable=False, discounts=[], tax_rates=[],
    )  # fmt: skip
    state.keep(made)
    line = whole(
        stripe.InvoiceLineItem, id=state.new_id("il"), amount=amount, subtotal=amount,
        currency=invoice["currency"], description=form.get("description"), quantity=1,
        quantity_decimal="1",
        invoice=invoice["id"], livemode=False, metadata=form.get("metadata", {}), period=period,
        discountable=False, discounts=[],
    )  # fmt: skip
    invoice["lines"]["data"].append(line)
    _add_up(invoice)
    state.keep(invoice)
    state.emit("invoiceitem.created", made)
    return made


def _add_up(invoice: Thing) -> None:
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    due = max(0, total)
    invoice |= {
        "total": total, "subtotal": total, "amount_due": due, "amount_remaining": due,
        "total_excluding_tax": total, "subtotal_excluding_tax": total,
    }  # fmt: skip


@endpoint("GET /v1/invoiceitems", P.InvoiceItemListParams, stripe.InvoiceItem, many=True)
def items(state: State, form: Form) -> list[Thing]:
    """Of an invoice or a customer."""
    rows = [{**row, "created": row["date"]} for row in state.every("invoiceitem")]
    wanted = {name: form[name] for name in ("invoice", "customer") if name in form}
    chosen = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return [{name: value for name, value in row.items() if name != "created"} for row in chosen]


@endpoint(
    "GET /v1/invoices/{id}/lines", P.InvoiceLineItemListParams, stripe.InvoiceLineItem, many=True
)
def lines(state: State, key: str, _: Form) -> list[Thing]:
    """The positions in their order."""
    rows: list[Thing] = state.find("invoice", key)["lines"]["data"]
    return rows


@endpoint("POST /v1/invoices/{id}/finalize", P.InvoiceFinalizeInvoiceParams, stripe.Invoice)
def finalize(state: State, key: str, form: Form) -> Thing:
    """It can no longer be changed."""
    invoice = _draft(state, key)
    invoice |= {
        "status": "open", "number": invoice["number"] or f"FAKE-{state.serial}",
        "auto_advance": form.get("auto_advance", False),
        "hosted_invoice_url": f"{state.base_url}/invoice/{key}",
        "invoice_pdf": f"{state.base_url}/invoice/{key}",
    }  # fmt: skip
    invoice["status_transitions"]["finalized_at"] = state.now()
    state.keep(invoice)
    state.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        paying.mark_paid(state, invoice)
        return invoice
    paying.intend(state, invoice)
    if invoice["due_date"]:
        state.after(max(0, invoice["due_date"] - state.now()), "overdue", key)
    return invoice


def overdue(state: State, key: str) -> None:
    """The due day has passed."""
    invoice = state.objects.get("invoice", {}).get(key)
    if invoice and invoice["status"] == "open":
        state.emit("invoice.overdue", invoice)


@endpoint("POST /v1/invoices/{id}/pay", P.InvoicePayParams, stripe.Invoice)
def pay(state: State, key: str, form: Form) -> Thing:
    """Charge the given or the customer's default method."""
    invoice = _open(state, key)
    if form.get("paid_out_of_band"):
        invoice |= {"amount_paid_off_stripe": invoice["amount_remaining"]}
        invoice["amount_remaining"] = 0
        paying.mark_paid(state, invoice)
        return state.keep(invoice)
    customer = present(state, invoice["customer"])
    method = (
        form.get("payment_method")
        or invoice["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )
    if not method:
        raise declined(
            "There is no default_payment_method set on this Customer or Invoice.",
            code="resource_missing",
        )
    return paying.pay(state, invoice, state.find("payment_method", method))


@endpoint("POST /v1/invoices/{id}/send", P.InvoiceSendInvoiceParams, stripe.Invoice)
def send(state: State, key: str, _: Form) -> Thing:
    """The customer is told where to transfer to."""
    invoice = _open(state, key)
    if invoice["collection_method"] != "send_invoice":
        raise invalid("Only invoices with collection_method=send_invoice can be sent.")
    state.emit("invoice.sent", invoice)
    return invoice


@endpoint("POST /v1/invoices/{id}/void", P.InvoiceVoidInvoiceParams, stripe.Invoice)
def void(state: State, key: str, _: Form) -> Thing:
    """As if it had never been; nothing may have been paid."""
    return _ended(state, _open(state, key), "void", "voided_at", "invoice.voided")


@endpoint(
    "POST /v1/invoices/{id}/mark_uncollectible", P.InvoiceMarkUncollectibleParams, stripe.Invoice
)
def uncollectible(state: State, key: str, _: Form) -> Thing:
    """Nobody expects the money any more."""
    invoice = _open(state, key)
    return _ended(
        state, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible"
    )


def _ended(state: State, invoice: Thing, status: str, at: str, event: str) -> Thing:
    invoice["status"] = status
    invoice["status_transitions"][at] = state.now()
    state.emit(event, invoice)
    return state.keep(invoice)


def _draft(state: State, key: str) -> Thing:
    return _in(state, key, "draft", "This invoice is no longer editable", "invoice_not_editable")


def _open(state: State, key: str) -> Thing:
    return _in(state, key, "open", "The invoice is not open.", "invoice_not_open")


def _in(state: State, key: str, status: str, message: str, code: str) -> Any:
    invoice = state.find("invoice", key)
    if invoice["status"] != status:
        raise invalid(f"{message} ({invoice['status']})", code=code)
    return invoice


@endpoint("GET /v1/invoice_payments", P.InvoicePaymentListParams, stripe.InvoicePayment, many=True)
def payments(state: State, form: Form) -> list[Thing]:
    """What was paid of an invoice, and what is to be."""
    wanted = {name: form[name] for name in ("invoice", "status") if name in form}
    intent = form.get("payment", {}).get("payment_intent")
    return [
        row for row in state.every("invoice_payment")
        if all(row[name] == value for name, value in wanted.items())
        and intent in (None, row["payment"]["payment_intent"])
    ]  # fmt: skip


@endpoint("GET /v1/invoice_payments/{id}", P.InvoicePaymentRetrieveParams, stripe.InvoicePayment)
def payment(state: State, key: str, _: Form) -> Thing:
    """One of them."""
    return state.find("invoice_payment", key)
