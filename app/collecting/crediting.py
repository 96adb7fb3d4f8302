"""A correction at Stripe: a credit note, and money back where there was some."""

from uuid import UUID

from app.adapters import stripe
from app.collecting import at_stripe, calls, settling
from app.collecting.at_stripe import StillProcessing
from app.collecting.calls import Wanted
from tenants.db import transaction

JOB = "collecting.credit"


def credit(invoice_id: UUID, correction_id: UUID) -> None:
    """Take back at Stripe what was corrected. Raises StripeFailure, StillProcessing."""
    at_stripe.carry_out(invoice_id, lambda *known: _credit(invoice_id, correction_id, *known))


def _credit(invoice_id: UUID, correction_id: UUID, stripe_id: str, tenant_id: int) -> None:
    door = stripe.door()
    seen = door.retrieve("invoice", stripe_id)
    if seen["status"] not in ("open", "paid"):
        return
    for payment in door.listed("invoice_payment", invoice=stripe_id):
        intent = door.retrieve("payment_intent", payment["payment"]["payment_intent"])
        if intent["status"] == "processing":
            raise StillProcessing
    is_open = seen["status"] == "open"
    amount = seen["amount_remaining"] if is_open else _left(stripe_id, seen["amount_paid"])
    if amount <= 0:
        return
    made = calls.once(
        Wanted(
            tenant_id=tenant_id,
            invoice_id=invoice_id,
            subject=f"inv:{correction_id}:credit",
            values={},
        ),
        lambda key: door.credit(
            key=key,
            invoice=stripe_id,
            amount=amount,
            refund=0 if is_open else amount,
            metadata={"tenant": str(tenant_id), "invoice": str(correction_id)},
        ),
        find=lambda: _found(stripe_id, correction_id),
    )
    note = door.retrieve("credit_note", made)
    with transaction():
        ours = settling.Ours(tenant_id=tenant_id, invoice_id=invoice_id)
        settling.keep(note, kind="credit_note", ours=ours, amount=note["total"])
        settling.settle_invoice(stripe_id)


def _left(stripe_id: str, paid: int) -> int:
    """What was paid and did not go back yet."""
    notes = stripe.door().listed("credit_note", invoice=stripe_id)
    return paid - sum(int(note["total"]) for note in notes if note["status"] == "issued")


def _found(stripe_id: str, correction_id: UUID) -> str | None:
    for note in stripe.door().listed("credit_note", invoice=stripe_id):
        if (note.get("metadata") or {}).get("invoice") == str(correction_id):
            return str(note["id"])
    return None
