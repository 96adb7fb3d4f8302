"""A correction at Stripe: a credit note, and money back where there was some."""

from uuid import UUID

from app.adapters import stripe
from app.adapters.stripe.failures import KeyReused, NotSetUp, Refused
from app.collecting import alarms, calls, settling
from app.collecting.calls import Wanted
from app.collecting.models import StripePush
from app.collecting.rules import PushState
from app.kernel.clock import now
from tenants.db import db, transaction

JOB = "collecting.credit"


class StillProcessing(Exception):
    """The money of the invoice is on its way: it can be given back only once it is there."""


def credit(invoice_id: UUID, correction_id: UUID) -> None:
    """Take back at Stripe what was corrected. Raises StripeFailure, StillProcessing."""
    with transaction():
        push = db.session.get(StripePush, invoice_id)
        if push is None or push.stripe_id is None:
            return
        stripe_id, tenant_id = push.stripe_id, push.tenant_id
    try:
        _credit(invoice_id, correction_id, stripe_id=stripe_id, tenant_id=tenant_id)
    except NotSetUp:
        return
    except (KeyReused, Refused) as failure:
        with transaction():
            row = db.session.get_one(StripePush, invoice_id, with_for_update=True)
            row.state, row.reason, row.updated_at = PushState.BLOCKED, str(failure)[:500], now()
            alarms.tell("refused", path=f"/desk/stripe/invoices/{invoice_id}")


def _credit(invoice_id: UUID, correction_id: UUID, *, stripe_id: str, tenant_id: int) -> None:
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
