"""Look ourselves: events that never came, and every difference between our books and Stripe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe import Thing
from app.adapters.stripe.failures import Refused
from app.billing.invoice_models import Invoice, InvoicePayment
from app.collecting import alarms, inbox, queries
from app.collecting.models import StripeCursor, StripeDifference, StripePush
from app.collecting.rules import PushState, at_stripe, from_stripe
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import Money
from tenants.db import db, transaction

OVERLAP = timedelta(hours=1)
"""Events are looked at again that far back: Stripe's list need not be in the order of arrival."""
FIRST_LOOK = timedelta(days=3)
_LATE = timedelta(hours=2)
"""An issued invoice that is not at Stripe after that is a difference."""


def catch_up() -> int:
    """Take the events of Stripe's list that no webhook brought; how many. Own transactions."""
    began = now()
    with transaction():
        known = queries.cursor()
        since = (known.looked_until if known else began - FIRST_LOOK) - OVERLAP
    events = list(stripe.door().listed("event", created={"gte": int(since.timestamp())}))
    with transaction():
        found = sum(inbox.keep(event, found_by="list") for event in reversed(events))
        row = insert(StripeCursor).values(id=1, looked_until=began)
        db.session.execute(
            row.on_conflict_do_update(index_elements=["id"], set_={"looked_until": began})
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not said alike."""

    kind: str
    subject: str
    ours: str
    theirs: str
    tenant_id: int | None = None
    invoice_id: UUID | None = None
    stripe_id: str = ""


def reconcile() -> int:
    """Compare every pushed invoice with Stripe; how many differences there are now."""
    with transaction():
        books = _books()
    found = [*_compared(books), *_strangers(books)]
    with transaction():
        return _note(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booked:
    invoice: Invoice
    push: StripePush
    paid: int
    """Of Stripe's payments alone."""


def _books() -> dict[str, _Booked]:
    paid = (
        select(InvoicePayment.invoice_id, func.sum(InvoicePayment.amount_minor).label("paid"))
        .where(InvoicePayment.source.startswith("stripe:"))
        .group_by(InvoicePayment.invoice_id)
        .subquery()
    )
    query = (
        select(Invoice, StripePush, func.coalesce(paid.c.paid, 0))
        .join(StripePush, StripePush.invoice_id == Invoice.id)
        .outerjoin(paid, paid.c.invoice_id == Invoice.id)
    )
    return {
        push.stripe_id or f"none:{invoice.id}": _Booked(invoice=invoice, push=push, paid=int(sum_))
        for invoice, push, sum_ in db.session.execute(query)
    }


def _compared(books: dict[str, _Booked]) -> Iterator[Difference]:
    for key, booked in books.items():
        if key.startswith("none:"):
            yield from _never_pushed(booked, at=now())
            continue
        try:
            theirs = stripe.door().retrieve("invoice", key)
        except Refused:
            yield _difference(booked, "missing", ours=booked.invoice.number, theirs="")
            continue
        yield from _compare(booked, theirs)


def _never_pushed(booked: _Booked, *, at: datetime) -> Iterator[Difference]:
    if booked.push.state is PushState.WAITING and booked.push.created_at < at - _LATE:
        yield _difference(booked, "not_pushed", ours=booked.invoice.number, theirs="")


def _compare(booked: _Booked, theirs: Thing) -> Iterator[Difference]:
    invoice = booked.invoice
    gross = at_stripe(Money(invoice.gross_minor, invoice.currency))
    ours = (gross, invoice.currency.lower())
    if theirs["status"] != "draft" and ours != (theirs["total"], theirs["currency"]):
        yield _difference(
            booked, "amount", ours=f"{ours[0]} {ours[1]}",
            theirs=f"{theirs['total']} {theirs['currency']}",
        )  # fmt: skip
    received = from_stripe(_received(theirs), invoice.currency).minor
    if received != booked.paid:
        yield _difference(booked, "paid", ours=str(booked.paid), theirs=str(received))


def _received(theirs: Thing) -> int:
    """What came for the invoice, less what went back."""
    door, total = stripe.door(), 0
    for payment in door.listed("invoice_payment", invoice=theirs["id"]):
        intent = payment["payment"].get("payment_intent")
        if not intent:
            continue
        total += payment["amount_paid"] or 0
        if payment["status"] == "open":
            total += _applied(theirs, intent)
        total -= sum(
            one["amount"]
            for one in door.listed("refund", payment_intent=intent)
            if one["status"] == "succeeded"
        )
        total -= sum(
            one["amount"]
            for one in door.listed("dispute", payment_intent=intent)
            if one["status"] in ("needs_response", "under_review", "lost")
        )
    return total


def _applied(theirs: Thing, intent: str) -> int:
    if theirs["collection_method"] != "send_invoice":
        return 0
    every = stripe.door().listed(
        "customer_cash_balance_transaction", customer=str(theirs["customer"])
    )
    return sum(
        -int(one["net_amount"])
        for one in every
        if (one.get("applied_to_payment") or {}).get("payment_intent") == intent
    )


def _strangers(books: dict[str, _Booked]) -> Iterator[Difference]:
    """Invoices at Stripe that say they are ours and that we know nothing of."""
    for theirs in stripe.door().listed("invoice"):
        named = theirs.get("metadata") or {}
        if theirs["id"] not in books and "invoice" in named:
            yield Difference(
                kind="unknown", subject=str(theirs["id"]), stripe_id=str(theirs["id"]), ours="",
                theirs=f"{theirs['number'] or ''} {theirs['total']} {theirs['currency']}",
            )  # fmt: skip


def _difference(booked: _Booked, kind: str, *, ours: str, theirs: str) -> Difference:
    return Difference(
        kind=kind,
        subject=str(booked.invoice.id),
        tenant_id=booked.invoice.tenant_id,
        invoice_id=booked.invoice.id,
        stripe_id=booked.push.stripe_id or "",
        ours=ours,
        theirs=theirs,
    )


def _note(found: list[Difference]) -> int:
    """Keep what is new, end what is settled; a person is told of the new ones."""
    open_ = {(one.kind, one.subject): one for one in queries.differences(most=10_000)}
    keys = {(one.kind, one.subject) for one in found}
    gone = [row.id for key, row in open_.items() if key not in keys]
    ended = update(StripeDifference).where(StripeDifference.id.in_(gone))
    db.session.execute(ended.values(settled_at=now()))
    new = [one for one in found if (one.kind, one.subject) not in open_]
    for one in new:
        values = {name: getattr(one, name) for name in Difference.__dataclass_fields__}
        db.session.add(StripeDifference(id=new_id(), found_at=now(), **values))
    row = insert(StripeCursor).values(id=1, looked_until=now(), reconciled_at=now())
    db.session.execute(
        row.on_conflict_do_update(index_elements=["id"], set_={"reconciled_at": now()})
    )
    if new:
        alarms.tell("differences", path="/desk/stripe/")
    return len(found)
