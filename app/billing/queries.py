"""Read the usage ledger."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.billing.models import UsageEntry
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
