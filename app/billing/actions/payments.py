"""Money for an invoice: it came, it went back, it is on its way. In the provider's books."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.audit import actions as audit
from app.billing.events import InvoicePaid
from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.rules.kinds import CollectionState, InvoiceState, PaymentState
from app.billing.rules.payment import payment_state
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import new_id
from app.kernel.money import Money
from tenants.db import db

_SETTLED = frozenset({PaymentState.PAID, PaymentState.OVERPAID})


def record_payment(
    *, actor: Actor, invoice_id: UUID, amount: Money, at: datetime, source: str
) -> Invoice:
    """Note money that came (negative: went back); the same `source` twice is noted once.

    Raises NotFound, and Conflict for an invoice that is not issued or of another currency.
    """
    actor.require(Permission.PAYMENT_RECORD)
    invoice = _locked(invoice_id)
    if invoice.currency != amount.currency:
        raise Conflict("The invoice is in %(currency)s.", currency=invoice.currency)
    if not _noted(invoice, amount, at=at, source=source):
        return invoice
    before = invoice.payment_state
    invoice.amount_paid_minor += amount.minor
    invoice.payment_state = payment_state(
        gross_minor=invoice.gross_minor, paid_minor=invoice.amount_paid_minor
    )
    if invoice.payment_state in _SETTLED:
        invoice.paid_at = invoice.paid_at or at
        invoice.collection_state = CollectionState.NONE
        if before not in _SETTLED:
            _publish_paid(invoice)
    audit.record_provider(
        actor=actor,
        verb="invoice.payment_recorded",
        subject_type="invoice",
        subject_id=invoice.id,
        detail={"number": invoice.number, "minor": amount.minor, "source": source},
    )
    return invoice


def note_collection(*, actor: Actor, invoice_id: UUID, state: CollectionState) -> Invoice:
    """Note what is known of money that is on its way, or does not come.

    Of a paid invoice only a dispute is news. Raises NotFound, Conflict.
    """
    actor.require(Permission.PAYMENT_RECORD)
    invoice = _locked(invoice_id)
    if invoice.payment_state in _SETTLED and state is not CollectionState.DISPUTED:
        return invoice
    invoice.collection_state = state
    return invoice


def _locked(invoice_id: UUID) -> Invoice:
    invoice = db.session.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    if invoice.state not in (InvoiceState.ISSUED, InvoiceState.CORRECTED):
        raise Conflict("This invoice is not issued yet.")
    return invoice


def _noted(invoice: Invoice, amount: Money, *, at: datetime, source: str) -> bool:
    payment = insert(InvoicePayment).values(
        id=new_id(),
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        amount_minor=amount.minor,
        currency=amount.currency,
        at=at,
        source=source,
        recorded_at=now(),
    )
    once = payment.on_conflict_do_nothing(index_elements=["invoice_id", "source"])
    return db.session.execute(once.returning(InvoicePayment.id)).first() is not None


def _publish_paid(invoice: Invoice) -> None:
    jobs.publish(
        InvoicePaid(invoice_id=invoice.id, tenant_id=invoice.tenant_id, number=invoice.number)
    )
