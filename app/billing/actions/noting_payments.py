"""Payments noted by hand: what came to our own bank account, or went back from there."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.billing.actions import noting, payments
from app.billing.contract_models import ContractVersion
from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.rules.kinds import InvoiceState, InvoiceType
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.money import Money
from app.kernel.text import Text
from tenants.db import db

LONGEST = 100
_SOURCE = "bank:"
_NOTED = (InvoiceState.ISSUED, InvoiceState.CORRECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What stands on the bank's statement."""

    amount: Decimal
    """In whole units of the invoice's currency, more than nothing."""
    is_back: bool
    """It went back to the client."""
    on: date
    reference: str
    """What tells it from every other payment: the same one is not noted twice."""


def open_amount(invoice: Invoice) -> Money:
    """What is not paid yet; nothing if more has come than was asked for."""
    return Money(max(invoice.gross_minor - invoice.amount_paid_minor, 0), invoice.currency)


def note(*, actor: Actor, invoice_id: UUID, paid: ByHand) -> Invoice:
    """Note it; once the sum is reached the invoice is paid, and the portal free again.

    Raises Forbidden, NotFound, Invalid, and Conflict for what is no issued invoice.
    """
    actor.require(Permission.PAYMENT_RECORD)
    invoice = _locked(invoice_id)
    if invoice.document_type is not InvoiceType.INVOICE or invoice.state not in _NOTED:
        raise Conflict("Payments are noted for issued invoices.")
    source = _SOURCE + paid.reference.strip()
    if wrong := _wrong(invoice, paid, source):
        raise Invalid(fields=wrong)
    amount = Money.of(paid.amount, invoice.currency)
    return payments.record_payment(
        actor=actor,
        invoice_id=invoice_id,
        amount=-amount if paid.is_back else amount,
        at=datetime.combine(paid.on, time(12), _zone(invoice)),
        source=source,
    )


def _locked(invoice_id: UUID) -> Invoice:
    """Held: what has come in, and which payments are noted, stays as it is until the end."""
    invoice = db.session.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    return invoice


def _wrong(invoice: Invoice, paid: ByHand, source: str) -> dict[str, list[Text]]:
    wrong: dict[str, list[Text]] = {}
    if not _is_amount(paid.amount, invoice.currency):
        wrong["amount"] = [Text("Please enter an amount like 1200 or 1200.50.")]
    elif paid.is_back and Money.of(paid.amount, invoice.currency).minor > invoice.amount_paid_minor:
        wrong["amount"] = [Text("No more can go back than has come in.")]
    if paid.on > noting.today(invoice.tenant_id):
        wrong["on"] = [Text("This day has not come yet.")]
    if not paid.reference.strip() or len(paid.reference) > LONGEST:
        wrong["reference"] = [Text("Please say what stands on the bank's statement.")]
    elif _is_noted(invoice.id, source):
        wrong["reference"] = [Text("This payment is noted already.")]
    return wrong


def _is_amount(amount: Decimal, currency: str) -> bool:
    """More than nothing, and no part of the smallest unit."""
    try:
        return Money.of(amount, currency).minor > 0
    except Invalid:
        return False


def _is_noted(invoice_id: UUID, source: str) -> bool:
    query = select(InvoicePayment.id).where(
        InvoicePayment.invoice_id == invoice_id, InvoicePayment.source == source
    )
    return db.session.scalar(query) is not None


def _zone(invoice: Invoice) -> ZoneInfo:
    version = db.session.get_one(ContractVersion, invoice.version_id)
    return ZoneInfo(version.zone)
