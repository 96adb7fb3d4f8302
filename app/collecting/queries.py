"""Read what Stripe and we know of an invoice, what was put aside, and who owes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.rules.kinds import CollectionState, InvoiceState, InvoiceType, PaymentState
from app.collecting.models import (
    DunningStep,
    StripeCall,
    StripeCursor,
    StripeDifference,
    StripeEvent,
    StripeObject,
    StripePush,
)
from app.collecting.rules import EventState, PushState
from app.kernel.errors import NotFound
from app.kernel.money import Money
from tenants.db import db

PAGE = 50
_UNPAID = (PaymentState.OPEN, PaymentState.PARTLY_PAID)


def has_payment(invoice_id: UUID, *, source: str) -> bool:
    """Whether this payment is booked."""
    query = select(InvoicePayment.id).where(
        InvoicePayment.invoice_id == invoice_id, InvoicePayment.source == source
    )
    return db.session.scalar(query) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Everything of Stripe's behind one invoice."""

    push: StripePush | None
    calls: Sequence[StripeCall]
    objects: Sequence[StripeObject]
    events: Sequence[StripeEvent]
    payments: Sequence[InvoicePayment]
    dunning: Sequence[DunningStep]


def trail(invoice_id: UUID) -> Trail:
    """In the order of time."""

    def rows(query: Any) -> Sequence[Any]:
        return db.session.scalars(query).all()

    return Trail(
        push=db.session.get(StripePush, invoice_id),
        calls=rows(
            select(StripeCall)
            .where(StripeCall.invoice_id == invoice_id)
            .order_by(StripeCall.begun_at, StripeCall.subject)
        ),
        objects=rows(
            select(StripeObject)
            .where(StripeObject.invoice_id == invoice_id)
            .order_by(StripeObject.kind, StripeObject.stripe_id)
        ),
        events=rows(
            select(StripeEvent)
            .where(StripeEvent.invoice_id == invoice_id)
            .order_by(StripeEvent.created_at, StripeEvent.event_id)
        ),
        payments=rows(
            select(InvoicePayment)
            .where(InvoicePayment.invoice_id == invoice_id)
            .order_by(InvoicePayment.at, InvoicePayment.id)
        ),
        dunning=rows(
            select(DunningStep)
            .where(DunningStep.invoice_id == invoice_id)
            .order_by(DunningStep.taken_at)
        ),
    )


def events(*, state: EventState | None = None) -> Sequence[StripeEvent]:
    """The newest events, of a state if one is named."""
    query = select(StripeEvent).order_by(StripeEvent.received_at.desc(), StripeEvent.id.desc())
    chosen = query if state is None else query.where(StripeEvent.state == state)
    return db.session.scalars(chosen.limit(PAGE)).all()


def event(row_id: UUID) -> StripeEvent:
    """One event. Raises NotFound."""
    found = db.session.get(StripeEvent, row_id)
    if found is None:
        raise NotFound("There is no such event.")
    return found


def event_counts() -> Mapping[EventState, int]:
    """How many events are in which state."""
    query = select(StripeEvent.state, func.count()).group_by(StripeEvent.state)
    return {row.state: row[1] for row in db.session.execute(query)}


def differences(*, most: int = PAGE) -> Sequence[StripeDifference]:
    """What our books and Stripe do not say alike, the newest first."""
    query = select(StripeDifference).where(StripeDifference.settled_at.is_(None))
    return db.session.scalars(query.order_by(StripeDifference.found_at.desc()).limit(most)).all()


def cursor() -> StripeCursor | None:
    """How far the list of events was looked through, and when the books were compared."""
    return db.session.get(StripeCursor, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An issued invoice with what is known of its money."""

    id: UUID
    tenant_id: int
    number: str
    issued_on: date | None
    due_on: date | None
    gross: Money
    paid: Money
    payment_state: PaymentState
    collection_state: CollectionState
    paid_at: datetime | None
    push_state: PushState | None
    page_url: str

    @property
    def is_open(self) -> bool:
        return self.payment_state in _UNPAID

    @property
    def left(self) -> Money:
        return Money(self.gross.minor - self.paid.minor, self.gross.currency)


def bills(*, tenant_id: int | None = None, only_open: bool = False) -> Sequence[Bill]:
    """Issued invoices that ask for money: the newest first, of open ones the longest due."""
    query = (
        select(Invoice, StripePush.state, StripePush.page_url)
        .outerjoin(StripePush, StripePush.invoice_id == Invoice.id)
        .where(
            Invoice.state == InvoiceState.ISSUED,
            Invoice.document_type == InvoiceType.INVOICE,
            Invoice.gross_minor > 0,
        )
        .limit(PAGE)
    )
    if tenant_id is not None:
        query = query.where(Invoice.tenant_id == tenant_id)
    if only_open:
        unpaid = query.where(Invoice.payment_state.in_(_UNPAID))
        query = unpaid.order_by(Invoice.due_on, Invoice.number)
    else:
        query = query.order_by(Invoice.issued_at.desc(), Invoice.id.desc())
    return [_bill(*row) for row in db.session.execute(query)]


def _bill(invoice: Invoice, state: PushState | None, url: str | None) -> Bill:
    return Bill(
        id=invoice.id,
        tenant_id=invoice.tenant_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        gross=Money(invoice.gross_minor, invoice.currency),
        paid=Money(invoice.amount_paid_minor, invoice.currency),
        payment_state=invoice.payment_state,
        collection_state=invoice.collection_state,
        paid_at=invoice.paid_at,
        push_state=state,
        page_url=url or "",
    )


def overdue(*, today: date) -> Sequence[tuple[Invoice, Mapping[str, Any]]]:
    """Unpaid invoices past their due day, each with its contract's dunning plan.

    Money that is on its way (a direct debit takes days) or in dispute is not overdue.
    """
    query = (
        select(Invoice, ContractVersion.dunning)
        .join(ContractVersion, ContractVersion.id == Invoice.version_id)
        .where(
            Invoice.state == InvoiceState.ISSUED,
            Invoice.document_type == InvoiceType.INVOICE,
            Invoice.gross_minor > 0,
            Invoice.payment_state.in_(_UNPAID),
            Invoice.due_on < today,
            Invoice.collection_state.not_in((CollectionState.PROCESSING, CollectionState.DISPUTED)),
        )
        .order_by(Invoice.due_on, Invoice.id)
    )
    return [(invoice, plan) for invoice, plan in db.session.execute(query)]
