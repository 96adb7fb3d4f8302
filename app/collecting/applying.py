"""Apply an event: look at the object as it is now, and make our books say the same.

What the event itself says is never trusted: events come late, twice and out of order.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.adapters import stripe
from app.adapters.stripe import Thing
from app.collecting import customers, inbox, settling
from app.collecting.models import StripeEvent
from app.collecting.rules import EventState, object_kind
from app.collecting.settling import Aside, Ours
from app.kernel.clock import now
from tenants.db import db

Handler = Callable[[StripeEvent, str], Ours | None]


def apply(row_id: UUID) -> None:
    """Apply the event if nobody has yet. Raises StripeFailure: its job comes again."""
    row = db.session.get(StripeEvent, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not EventState.RECEIVED:
        return
    kind = object_kind(row.type)
    answered = _answered_with(row, kind)
    try:
        ours = _HANDLERS[kind](row, row.object_id)
    except Aside as aside:
        row.tenant_id, row.invoice_id = aside.tenant_id, aside.invoice_id
        db.session.flush()
        inbox.put_aside(row.id, reason=aside.reason, detail=aside.detail)
        return
    for one in (row, *answered):
        if ours is not None:
            one.tenant_id, one.invoice_id = ours.tenant_id, ours.invoice_id
        one.state, one.applied_at = EventState.APPLIED, now()


def _answered_with(row: StripeEvent, kind: str) -> Sequence[StripeEvent]:
    """Other events about the same object that are here already: one look at it answers all."""
    if kind not in ("invoice", "payment_intent"):
        return ()
    query = select(StripeEvent).where(
        StripeEvent.object_id == row.object_id,
        StripeEvent.state == EventState.RECEIVED,
        StripeEvent.id != row.id,
    )
    return db.session.scalars(query.with_for_update(skip_locked=True)).all()


def _object(row: StripeEvent) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row.payload["data"]["object"]
    return found


def _invoice(_: StripeEvent, key: str) -> Ours | None:
    return settling.settle_invoice(key)


def _payment(row: StripeEvent, _: str) -> Ours | None:
    return settling.settle_invoice(str(_object(row)["invoice"]))


def _intent(row: StripeEvent, key: str) -> Ours | None:
    del row
    return settling.settle_intent(key)


def _refund(_: StripeEvent, key: str) -> Ours | None:
    refund = stripe.door().retrieve("refund", key)
    return settling.settle_intent(str(refund.get("payment_intent") or ""))


def _dispute(_: StripeEvent, key: str) -> Ours | None:
    dispute = stripe.door().retrieve("dispute", key)
    return settling.settle_intent(str(dispute.get("payment_intent") or ""))


def _credit_note(_: StripeEvent, key: str) -> Ours | None:
    note = stripe.door().retrieve("credit_note", key)
    ours = settling.settle_invoice(str(note["invoice"]))
    settling.keep(note, kind="credit_note", ours=ours, amount=note["total"])
    return ours


def _cash(row: StripeEvent, _: str) -> Ours | None:
    applied = _object(row).get("applied_to_payment") or {}
    if applied.get("payment_intent"):
        return settling.settle_intent(str(applied["payment_intent"]))
    return _customer_named(_object(row))


def _customer(row: StripeEvent, _: str) -> Ours | None:
    return _customer_named({"customer": row.object_id})


def _customer_named(thing: Mapping[str, Any], *, chosen: str = "") -> Ours | None:
    customer_id = thing.get("customer")
    if not customer_id:
        return None
    customer = customers.client_of(str(customer_id))
    if customer is None:
        raise Aside("unknown_customer", customer=str(customer_id))
    customers.refresh(customer, chosen=chosen)
    return Ours(tenant_id=customer.tenant_id, invoice_id=None)


def _session(_: StripeEvent, key: str) -> Ours | None:
    session = stripe.door().retrieve("checkout.session", key)
    if session["status"] == "complete" and session.get("setup_intent"):
        return _setup_done(stripe.door().retrieve("setup_intent", str(session["setup_intent"])))
    return _customer_named(session)


def _setup(_: StripeEvent, key: str) -> Ours | None:
    return _setup_done(stripe.door().retrieve("setup_intent", key))


def _setup_done(intent: Thing) -> Ours | None:
    if intent["status"] != "succeeded":
        return _customer_named(intent)
    ours = _customer_named(intent, chosen=str(intent["payment_method"]))
    if intent.get("mandate") and ours is not None:
        customer = customers.customer_of(ours.tenant_id)
        if customer is not None:
            customers.note_mandate(customer, str(intent["mandate"]))
    return ours


def _method(row: StripeEvent, _: str) -> Ours | None:
    before = row.payload["data"].get("previous_attributes") or {}
    customer_id = _object(row).get("customer") or before.get("customer")
    return _customer_named({"customer": customer_id})


def _mandate(row: StripeEvent, key: str) -> Ours | None:
    method = stripe.door().retrieve("payment_method", str(_object(row)["payment_method"]))
    ours = _customer_named(method)
    customer = customers.customer_of(ours.tenant_id) if ours else None
    if customer is not None and customer.method_id == method["id"]:
        customers.note_mandate(customer, key)
    return ours


def _payout(_: StripeEvent, __: str) -> Ours | None:
    return None  # kept as it came: between Stripe and our bank


_HANDLERS: dict[str, Handler] = {
    "invoice": _invoice,
    "invoice_payment": _payment,
    "payment_intent": _intent,
    "refund": _refund,
    "dispute": _dispute,
    "credit_note": _credit_note,
    "customer_cash_balance_transaction": _cash,
    "customer": _customer,
    "checkout.session": _session,
    "setup_intent": _setup,
    "payment_method": _method,
    "mandate": _mandate,
    "payout": _payout,
}
