"""Make the books say of one invoice what Stripe says: payments, refunds, disputes, failures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe import Thing
from app.billing import queries as billing
from app.billing.actions import payments as books
from app.billing.invoice_models import Invoice
from app.billing.rules.kinds import Collection, CollectionState
from app.collecting import customers, queries
from app.collecting.models import StripeObject
from app.collecting.rules import from_stripe
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.money import Money
from tenants.db import db

_GONE = frozenset({"needs_response", "under_review", "lost"})
"""States of a dispute in which the money was taken from us."""


class Aside(Exception):
    """The event is not applied: a person has to look."""

    def __init__(
        self,
        reason: str,
        *,
        tenant_id: int | None = None,
        invoice_id: UUID | None = None,
        **detail: Any,
    ) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail
        self.tenant_id, self.invoice_id = tenant_id, invoice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Whom and which invoice an object is about."""

    tenant_id: int
    invoice_id: UUID | None


def settle_intent(intent_id: str) -> Ours | None:
    """The invoice that a payment is of; None for a payment of something else."""
    chosen = {"payment": {"type": "payment_intent", "payment_intent": intent_id}}
    for payment in stripe.door().listed("invoice_payment", **chosen):
        return settle_invoice(str(payment["invoice"]))
    return None


def settle_invoice(stripe_id: str) -> Ours:
    """Note everything that Stripe knows of the invoice. Raises Aside, StripeFailure."""
    theirs = stripe.door().retrieve("invoice", stripe_id)
    invoice = _ours(theirs)
    ours = Ours(tenant_id=invoice.tenant_id, invoice_id=invoice.id)
    _compare(theirs, invoice)
    keep(theirs, kind="invoice", ours=ours, amount=theirs["total"])
    state = CollectionState.NONE
    for payment in stripe.door().listed("invoice_payment", invoice=stripe_id):
        state = _settle_payment(payment, theirs, invoice) or state
    if theirs["status"] == "uncollectible":
        state = CollectionState.UNCOLLECTIBLE
    books.note_collection(actor=SYSTEM, invoice_id=invoice.id, state=state)
    return ours


def _ours(theirs: Thing) -> Invoice:
    customer = customers.client_of(str(theirs["customer"]))
    if customer is None:
        raise Aside("unknown_customer", customer=str(theirs["customer"]))
    named = theirs.get("metadata") or {}
    tenant_id = customer.tenant_id
    if named.get("tenant") not in (None, str(tenant_id)):
        raise Aside("other_client", tenant_id=tenant_id, named=named.get("tenant"))
    try:
        return billing.invoice(UUID(str(named.get("invoice"))), tenant_id=tenant_id)
    except (ValueError, NotFound):
        raise Aside(
            "other_client", tenant_id=tenant_id, invoice=str(named.get("invoice"))
        ) from None


def _compare(theirs: Thing, invoice: Invoice) -> None:
    """The same amount and currency, or nothing is booked; a draft is not whole yet."""
    if theirs["status"] == "draft":
        return
    try:
        total = from_stripe(theirs["total"], theirs["currency"])
    except Conflict:
        total = Money(theirs["total"], "?")
    if total != Money(invoice.gross_minor, invoice.currency):
        raise Aside(
            "other_amount", tenant_id=invoice.tenant_id, invoice_id=invoice.id,
            ours=f"{invoice.gross_minor} {invoice.currency}",
            theirs=f"{theirs['total']} {theirs['currency']}",
        )  # fmt: skip


def _settle_payment(payment: Thing, theirs: Thing, invoice: Invoice) -> CollectionState | None:
    intent_id = payment["payment"].get("payment_intent")
    if not intent_id:
        return None
    intent = stripe.door().retrieve("payment_intent", str(intent_id))
    ours = Ours(tenant_id=invoice.tenant_id, invoice_id=invoice.id)
    keep(intent, kind="payment_intent", ours=ours, amount=intent["amount"])
    transfers = _transfers(theirs, str(intent_id)) if _is_sent(invoice) else []
    for transfer in transfers:
        _book(invoice, -transfer["net_amount"], transfer["id"], at=transfer["created"])
        keep(
            transfer, kind="customer_cash_balance_transaction", ours=ours,
            amount=-transfer["net_amount"], status=transfer["type"],
        )  # fmt: skip
    if payment["status"] == "paid" and not transfers:
        at = payment["status_transitions"]["paid_at"] or payment["created"]
        _book(invoice, payment["amount_paid"], intent_id, at=at)
    _settle_refunds(intent_id, invoice)
    disputed = _settle_disputes(intent_id, invoice)
    return disputed or _failure(intent)


def _is_sent(invoice: Invoice) -> bool:
    return invoice.collection is Collection.SEND_INVOICE


def _transfers(theirs: Thing, intent_id: str) -> list[Thing]:
    every = stripe.door().listed(
        "customer_cash_balance_transaction", customer=str(theirs["customer"])
    )
    return [
        one
        for one in every
        if (one.get("applied_to_payment") or {}).get("payment_intent") == intent_id
    ]


def _settle_refunds(intent_id: str, invoice: Invoice) -> None:
    # Each by its own id: `amount_refunded` of the charge is a sum and would be booked twice.
    ours = Ours(tenant_id=invoice.tenant_id, invoice_id=invoice.id)
    for refund in stripe.door().listed("refund", payment_intent=intent_id):
        keep(refund, kind="refund", ours=ours, amount=refund["amount"])
        if refund["status"] == "succeeded":
            _book(invoice, -refund["amount"], refund["id"], at=refund["created"])
        elif refund["status"] in ("failed", "canceled") and _was_booked(invoice, refund["id"]):
            _book(invoice, refund["amount"], f"{refund['id']}:failed", at=refund["created"])


def _settle_disputes(intent_id: str, invoice: Invoice) -> CollectionState | None:
    ours = Ours(tenant_id=invoice.tenant_id, invoice_id=invoice.id)
    state = None
    for dispute in stripe.door().listed("dispute", payment_intent=intent_id):
        keep(dispute, kind="dispute", ours=ours, amount=dispute["amount"])
        key, at = dispute["id"], dispute["created"]
        if dispute["status"] in _GONE:
            _book(invoice, -dispute["amount"], f"{key}:withdrawn", at=at)
        if dispute["status"] == "won" and _was_booked(invoice, f"{key}:withdrawn"):
            _book(invoice, dispute["amount"], f"{key}:reinstated", at=at)
        if dispute["status"] not in ("won", "lost", "warning_closed"):
            state = CollectionState.DISPUTED
        elif dispute["status"] == "lost":
            state = state or CollectionState.FAILED
    return state


def _failure(intent: Thing) -> CollectionState | None:
    if intent["status"] == "processing":
        return CollectionState.PROCESSING
    if not intent.get("latest_charge") and not intent.get("payment_method"):
        return None
    return {
        "requires_action": CollectionState.ACTION_REQUIRED,
        "requires_payment_method": CollectionState.FAILED,
    }.get(str(intent["status"]))


def _book(invoice: Invoice, amount: int, key: str, *, at: int) -> None:
    books.record_payment(
        actor=SYSTEM,
        invoice_id=invoice.id,
        amount=from_stripe(amount, invoice.currency),
        at=datetime.fromtimestamp(at, UTC),
        source=f"stripe:{key}",
    )


def _was_booked(invoice: Invoice, key: str) -> bool:
    return queries.has_payment(invoice.id, source=f"stripe:{key}")


def keep(
    thing: Mapping[str, Any], *, kind: str, ours: Ours | None, amount: int, status: str = ""
) -> None:
    """Remember the object as it is now: for the page of the invoice, and the reconciliation."""
    if ours is None:
        return
    values = {
        "kind": kind, "tenant_id": ours.tenant_id, "invoice_id": ours.invoice_id,
        "status": status or str(thing.get("status") or ""), "seen_at": now(),
        "amount_minor": amount, "currency": str(thing.get("currency") or "").upper(),
    }  # fmt: skip
    row = insert(StripeObject).values(stripe_id=str(thing["id"]), **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["stripe_id"], set_=values))
