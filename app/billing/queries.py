"""Read the usage ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import aliased

from app.billing.invoice_models import BilledEntry, Invoice, InvoiceLine
from app.billing.models import UsageEntry
from app.kernel.errors import NotFound
from app.kernel.money import Money
from tenants.db import db

Period = tuple[datetime, datetime]
"""From a moment until before another: work performed in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSum:
    """What one client used of one service, at the contract's prices."""

    tenant_id: int
    service_key: str
    quantity: Decimal
    entries: int
    amount: Money


def sums(*, tenant_id: int | None = None, period: Period | None = None) -> Sequence[UsageSum]:
    """Per client, service and currency; each entry is rounded by itself, as on an invoice."""
    query = select(
        UsageEntry.tenant_id,
        UsageEntry.service_key,
        UsageEntry.currency,
        UsageEntry.unit_price_minor,
        UsageEntry.quantity,
        func.count(),
    ).where(*_chosen(tenant_id, period))
    # Grouped by price and quantity as well: as good as one row a client and service.
    query = query.group_by(
        UsageEntry.tenant_id,
        UsageEntry.service_key,
        UsageEntry.currency,
        UsageEntry.unit_price_minor,
        UsageEntry.quantity,
    )
    found: dict[tuple[int, str, str], UsageSum] = {}
    for tenant_id_, key, currency, price, quantity, count in db.session.execute(query):
        one = found.get((tenant_id_, key, currency))
        amount = Money(price, currency).times(quantity).times(Decimal(count))
        found[tenant_id_, key, currency] = UsageSum(
            tenant_id=tenant_id_,
            service_key=key,
            quantity=quantity * count + (one.quantity if one else 0),
            entries=count + (one.entries if one else 0),
            amount=amount + one.amount if one else amount,
        )
    return [found[key] for key in sorted(found)]


def first_performed() -> datetime | None:
    """When the oldest work of the ledger was performed."""
    return db.session.scalar(select(func.min(UsageEntry.performed_at)))


def _chosen(tenant_id: int | None, period: Period | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if tenant_id is not None:
        chosen.append(UsageEntry.tenant_id == tenant_id)
    if period is not None:
        since, until = period
        chosen += [UsageEntry.performed_at >= since, UsageEntry.performed_at < until]
    return chosen


def usage_of(item_id: UUID, *, tenant_id: int) -> Sequence[UsageEntry]:
    """The entries an item made."""
    query = select(UsageEntry).where(
        UsageEntry.tenant_id == tenant_id, UsageEntry.item_id == item_id
    )
    return db.session.scalars(query).all()


def entries(
    *,
    tenant_id: int | None = None,
    period: Period | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[UsageEntry]:
    """What was performed last comes first; `before` is the last id of the page before."""
    order = tuple_(UsageEntry.performed_at, UsageEntry.id)
    query = select(UsageEntry).where(*_chosen(tenant_id, period))
    query = query.order_by(UsageEntry.performed_at.desc(), UsageEntry.id.desc()).limit(limit)
    if before is not None:
        last = aliased(UsageEntry)
        seen = select(last.performed_at, last.id).where(last.id == before)
        query = query.where(order < seen.scalar_subquery())
    return db.session.scalars(query).all()


def cost(*, tenant_id: int, since: datetime, until: datetime) -> Sequence[Money]:
    """What accepted work performed from `since` until before `until` comes to, per currency.

    Each entry is rounded by itself, as on an invoice's lines; taxes come on top.
    """
    query = select(UsageEntry.quantity, UsageEntry.unit_price_minor, UsageEntry.currency).where(
        UsageEntry.tenant_id == tenant_id,
        UsageEntry.performed_at >= since,
        UsageEntry.performed_at < until,
    )
    sums: dict[str, Money] = {}
    for quantity, price, currency in db.session.execute(query):
        sums[currency] = sums.get(currency, Money(0, currency)) + Money(price, currency).times(
            quantity
        )
    return [sums[currency] for currency in sorted(sums)]


def invoice(invoice_id: UUID, *, tenant_id: int | None = None) -> Invoice:
    """An invoice, of that client if one is named. Raises NotFound."""
    found = db.session.get(Invoice, invoice_id)
    if found is None or (tenant_id is not None and found.tenant_id != tenant_id):
        raise NotFound("There is no such invoice.")
    return found


def lines(invoice_id: UUID) -> Sequence[InvoiceLine]:
    """The positions of an invoice, in their order."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
    return db.session.scalars(query.order_by(InvoiceLine.position)).all()


def entries_of(line_id: UUID) -> Sequence[UsageEntry]:
    """The entries of the ledger behind a position."""
    query = (
        select(UsageEntry)
        .join(BilledEntry, BilledEntry.usage_entry_id == UsageEntry.id)
        .where(BilledEntry.line_id == line_id)
    )
    return db.session.scalars(query.order_by(UsageEntry.performed_at, UsageEntry.id)).all()
