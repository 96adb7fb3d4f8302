"""Read the usage ledger."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing.models import UsageEntry
from app.kernel.money import Money
from tenants.db import db


def usage_of(item_id: UUID, *, tenant_id: int) -> Sequence[UsageEntry]:
    """The entries an item made."""
    query = select(UsageEntry).where(
        UsageEntry.tenant_id == tenant_id, UsageEntry.item_id == item_id
    )
    return db.session.scalars(query).all()


def entries(
    *, tenant_id: int | None = None, before: UUID | None = None, limit: int = 50
) -> Sequence[UsageEntry]:
    """Newest first; `before` is the last id of the page before (keys are time-ordered)."""
    query = select(UsageEntry).order_by(UsageEntry.id.desc()).limit(limit)
    if tenant_id is not None:
        query = query.where(UsageEntry.tenant_id == tenant_id)
    if before is not None:
        query = query.where(UsageEntry.id < before)
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
