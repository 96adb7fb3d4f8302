"""What there is to book of a span of days: invoices, payments and fees out of the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.billing.invoice_models import Invoice, InvoicePayment
from app.billing.party_models import BillTo
from app.billing.rules.kinds import InvoiceType
from app.collecting import accounting
from app.collecting.accounting import Billed, Entry, Kept, Ledger, Moved
from app.collecting.models import StripeFee
from tenants.db import db

ZONE = ZoneInfo("Europe/Berlin")
"""Whose days bookings have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first day to the last."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From when, and until before when."""
        following = self.until + timedelta(days=1)
        return _midnight(self.since), _midnight(following)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def entries(span: Span, ledger: Ledger) -> Iterator[Entry]:
    """Every booking of the span, whether it was handed over or not, by kind and day."""
    for billed in _invoices(span):
        yield from accounting.of_invoice(billed, ledger)
    for moved in _payments(span):
        yield accounting.of_payment(moved, ledger)
    for kept in _fees(span):
        yield accounting.of_fee(kept, ledger)


def _invoices(span: Span) -> Iterator[Billed]:
    original = aliased(Invoice)
    query = (
        select(Invoice, BillTo.debtor_account, original.number)
        .outerjoin(BillTo, BillTo.tenant_id == Invoice.tenant_id)
        .outerjoin(original, original.id == Invoice.corrects_id)
        .where(Invoice.number != "", Invoice.issued_on.between(span.since, span.until))
        .order_by(Invoice.issued_on, Invoice.number)
    )
    for invoice, debtor, corrects in db.session.execute(query):
        yield Billed(
            id=invoice.id,
            tenant_id=invoice.tenant_id,
            number=invoice.number,
            issued_on=invoice.issued_on or invoice.period,
            period=invoice.period,
            currency=invoice.currency,
            gross_minor=invoice.gross_minor,
            vat_groups=invoice.vat_groups,
            is_correction=invoice.document_type is InvoiceType.CORRECTION,
            corrects=corrects or "",
            buyer=invoice.buyer.get("name", ""),
            vat_id=invoice.buyer.get("vat_id", ""),
            debtor=debtor or 0,
        )


def _payments(span: Span) -> Iterator[Moved]:
    begin, end = span.moments
    query = (
        select(InvoicePayment, Invoice.number, Invoice.buyer, BillTo.debtor_account)
        .join(Invoice, Invoice.id == InvoicePayment.invoice_id)
        .outerjoin(BillTo, BillTo.tenant_id == InvoicePayment.tenant_id)
        .where(InvoicePayment.at >= begin, InvoicePayment.at < end)
        .order_by(InvoicePayment.at, InvoicePayment.id)
    )
    for payment, number, buyer, debtor in db.session.execute(query):
        yield Moved(
            id=payment.id,
            tenant_id=payment.tenant_id,
            invoice_id=payment.invoice_id,
            number=number,
            buyer=buyer.get("name", ""),
            debtor=debtor or 0,
            on=payment.at.astimezone(ZONE).date(),
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            source=payment.source,
        )


def _fees(span: Span) -> Iterator[Kept]:
    begin, end = span.moments
    query = select(StripeFee).where(StripeFee.at >= begin, StripeFee.at < end)
    for fee in db.session.scalars(query.order_by(StripeFee.at, StripeFee.transaction_id)):
        yield Kept(
            id=fee.transaction_id,
            on=fee.at.astimezone(ZONE).date(),
            fee_minor=fee.fee_minor,
            currency=fee.currency,
        )
