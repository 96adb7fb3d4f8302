"""Invoices that were paid past Stripe: marked so there, and nobody is charged for them any more."""

from uuid import UUID

from sqlalchemy import func, select

from app.adapters import stripe
from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.rules.kinds import PaymentState
from app.collecting import at_stripe, calls
from app.collecting.at_stripe import StillProcessing
from app.collecting.calls import Wanted
from app.collecting.models import StripePush
from app.jobs.actions import enqueue
from tenants.db import db, transaction

JOB = "collecting.paid_outside"
_PAID = (PaymentState.PAID, PaymentState.OVERPAID)


def begin(invoice_id: UUID) -> None:
    """Have it marked at Stripe, where it is, unless Stripe's own money has paid it."""
    if db.session.get(StripePush, invoice_id) is not None and is_paid(invoice_id):
        enqueue(JOB, args={"invoice_id": invoice_id}, dedupe_key=str(invoice_id))


def is_paid(invoice_id: UUID) -> bool:
    """Whether the invoice is paid, and not by what came through Stripe alone."""
    through = select(func.coalesce(func.sum(InvoicePayment.amount_minor), 0)).where(
        InvoicePayment.invoice_id == invoice_id, InvoicePayment.source.startswith("stripe:")
    )
    invoice = db.session.get_one(Invoice, invoice_id)
    came = int(db.session.scalar(through) or 0)
    return invoice.payment_state in _PAID and came < invoice.gross_minor


def mark(invoice_id: UUID) -> None:
    """Say so at Stripe. Raises StripeFailure, StillProcessing."""
    with transaction():
        still_so = is_paid(invoice_id)
    if still_so:
        at_stripe.carry_out(invoice_id, lambda *known: _mark(invoice_id, *known))


def _mark(invoice_id: UUID, stripe_id: str, tenant_id: int) -> None:
    door = stripe.door()
    if door.retrieve("invoice", stripe_id)["status"] != "open":
        return
    for payment in door.listed("invoice_payment", invoice=stripe_id):
        intent = payment["payment"].get("payment_intent")
        if intent and door.retrieve("payment_intent", intent)["status"] == "processing":
            raise StillProcessing
    calls.once(
        Wanted(
            tenant_id=tenant_id,
            invoice_id=invoice_id,
            subject=f"inv:{invoice_id}:outside",
            values={},
        ),
        lambda key: door.paid_outside(key=key, invoice=stripe_id),
        find=lambda: _found(stripe_id),
    )


def _found(stripe_id: str) -> str | None:
    return stripe_id if stripe.door().retrieve("invoice", stripe_id)["status"] == "paid" else None
