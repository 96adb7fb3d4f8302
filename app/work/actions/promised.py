"""Correct what is promised for an item: by a lead, with a reason, in the item's history."""

from datetime import datetime
from uuid import UUID

from app.kernel.actor import Actor
from app.sla.rules.policy import Cause, Metric
from app.work.models import WorkItem
from app.work.rules import Priority


def set_due(*, actor: Actor, item_id: UUID, due_at: datetime, reason: str) -> WorkItem:
    """Promise the item for another time (aware) by hand.

    Raises Forbidden, Invalid (no reason), NotFound (nothing is promised), Conflict (ended).
    """
    raise NotImplementedError


def excuse(
    *, actor: Actor, item_id: UUID, reason: str, metric: Metric = Metric.RESOLUTION
) -> WorkItem:
    """Show the breach apart. Raises Forbidden, Invalid, NotFound, Conflict (no breach)."""
    raise NotImplementedError


def pause_backdated(
    *,
    actor: Actor,
    item_id: UUID,
    since: datetime,
    until: datetime | None = None,
    cause: Cause = Cause.CLIENT,
    reason: str,
) -> WorkItem:
    """Note a pause afterwards; without `until` the item waits from now on as well.

    Raises Forbidden, Invalid, NotFound.
    """
    raise NotImplementedError


def set_priority(*, actor: Actor, item_id: UUID, priority: Priority, reason: str = "") -> WorkItem:
    """Change the priority: the clocks take the target of the policy for it, by its change mode.

    Raises Forbidden, Conflict (finished).
    """
    raise NotImplementedError


def migrate(*, actor: Actor, item_id: UUID, reason: str) -> WorkItem:
    """Put the item under the newest version of its policy. Raises Forbidden, Invalid."""
    raise NotImplementedError
