"""What of an invoice goes to Stripe, as plain values: no transaction stays open for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from app.billing import queries as billing
from app.billing.documents import making, words
from app.billing.invoice_models import Invoice, InvoiceLine
from app.billing.rules.kinds import Collection, InvoiceState, InvoiceType, PaymentState
from app.collecting.models import StripePush
from app.collecting.rules import Item, PushState, at_stripe, positions
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.money import Money
from tenants.db import db

_END_OF_DAY = time(23, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes to Stripe, as plain values: no transaction stays open for it."""

    invoice_id: UUID
    tenant_id: int
    number: str
    currency: str
    gross: int
    """As Stripe writes it, like the items' amounts."""
    items: Sequence[Item]
    is_charged: bool
    due_at: datetime


def plan_of(invoice_id: UUID) -> Plan | None:
    """What is to be asked for; None where nothing is, or Stripe cannot write the amount."""
    invoice = billing.invoice(invoice_id)
    if not is_pushed(invoice):
        _forget(invoice_id)
        return None
    try:
        return _made_plan(invoice)
    except Conflict as impossible:
        row = db.session.get_one(StripePush, invoice_id, with_for_update=True)
        row.state, row.reason, row.updated_at = PushState.BLOCKED, str(impossible), now()
        return None


def _forget(invoice_id: UUID) -> None:
    """Paid another way before it came to Stripe: it is not missing there."""
    row = db.session.get(StripePush, invoice_id, with_for_update=True)
    if row is not None and row.stripe_id is None:
        db.session.delete(row)


def is_pushed(invoice: Invoice) -> bool:
    """Corrections, what asks for nothing and what was paid another way stay with us."""
    return (
        invoice.state is InvoiceState.ISSUED
        and invoice.payment_state is PaymentState.OPEN
        and invoice.document_type is InvoiceType.INVOICE
        and invoice.gross_minor > 0
    )


def _made_plan(invoice: Invoice) -> Plan:
    def amount(minor: int) -> int:
        return at_stripe(Money(minor, invoice.currency))

    lines = [
        Item(description=_said(line, invoice.locale), minor=amount(line.net_minor))
        for line in billing.lines(invoice.id)
    ]
    vat = "USt." if invoice.locale == "de" else "VAT"
    taxes = [
        Item(description=f"{vat} {group['percent']} %", minor=amount(int(group["vat_minor"])))
        for group in invoice.vat_groups
        if int(group["vat_minor"])
    ]
    due_on = invoice.due_on or now().date()
    return Plan(
        invoice_id=invoice.id,
        tenant_id=invoice.tenant_id,
        number=invoice.number,
        currency=invoice.currency,
        gross=amount(invoice.gross_minor),
        items=positions(lines, taxes),
        is_charged=invoice.collection is Collection.CHARGE_AUTOMATICALLY,
        due_at=datetime.combine(due_on, _END_OF_DAY),
    )


def _said(line: InvoiceLine, locale: str) -> str:
    """The position as it stands on the invoice."""
    return words.name_of(
        line.kind, title=line.title, service=making.service_name(line.service_key, locale),
        params=line.params, locale=locale,
    )  # fmt: skip
