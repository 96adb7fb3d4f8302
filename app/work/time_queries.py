"""Read the time spent: of an item, what waits for approval, what can be billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.work.time_models import TimeBudget, TimeEntry, TimeRule
from app.work.time_rules import Rounding
from tenants.context import current_tenant
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """What an item's page shows."""

    entries: Sequence[TimeEntry]
    running: TimeEntry | None
    """The reader's own timer on this item."""
    seconds: int
    budget: int | None

    @property
    def over(self) -> bool:
        """More than was meant."""
        return self.budget is not None and self.seconds > self.budget


def of_item(item_id: UUID, *, account_id: UUID | None) -> ItemTime:
    """In the client's scope."""
    tenant = current_tenant()
    query = select(TimeEntry).where(TimeEntry.tenant_id == tenant.id, TimeEntry.item_id == item_id)
    entries = db.session.scalars(query.order_by(TimeEntry.started_at)).all()
    mine = (one for one in entries if one.seconds is None and one.account_id == account_id)
    budget = db.session.get(TimeBudget, (tenant.id, item_id))
    return ItemTime(
        entries=entries,
        running=next(mine, None),
        seconds=sum(one.seconds or 0 for one in entries),
        budget=budget.seconds if budget else None,
    )


def rounding(tenant_id: int) -> Rounding:
    """As agreed with this client; a quarter of an hour begun where nothing is."""
    rule = db.session.get(TimeRule, tenant_id)
    return Rounding(rule.step_minutes, up=rule.up) if rule else Rounding()


def to_approve(
    *,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
    limit: int = 200,
) -> Sequence[TimeEntry]:
    """Ended entries that no lead has approved, the oldest first; in the provider's books."""
    query = select(TimeEntry).where(TimeEntry.approved_at.is_(None), TimeEntry.seconds.is_not(None))
    if clients is not None:
        query = query.where(TimeEntry.tenant_id.in_(clients))
    if hidden_services:
        query = query.where(TimeEntry.service_key.not_in(hidden_services))
    return db.session.scalars(query.order_by(TimeEntry.started_at).limit(limit)).all()


def approved(
    *, tenant_id: int, since: datetime, until: datetime, service_key: str = ""
) -> Sequence[TimeEntry]:
    """What time-and-material billing rates: approved and billable time that began in the period.

    `rounded_seconds` is what counts. An entry never changes once it is approved.
    """
    query = select(TimeEntry).where(
        TimeEntry.tenant_id == tenant_id,
        TimeEntry.approved_at.is_not(None),
        TimeEntry.billable,
        TimeEntry.started_at >= since,
        TimeEntry.started_at < until,
    )
    if service_key:
        query = query.where(TimeEntry.service_key == service_key)
    return db.session.scalars(query.order_by(TimeEntry.started_at, TimeEntry.id)).all()
