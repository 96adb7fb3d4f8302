"""Between a work item and its clocks: what is promised, and what each deed does to the promise."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.catalogue.service import Promise
from app.clients.queries import OrderableService
from app.kernel.errors import NotFound
from app.sla import actions as sla
from app.sla import queries as clocks
from app.sla.noting import Entry
from app.sla.queries import ClockView, Explanation, Standing
from app.sla.rules.policy import BusinessDays, Metric, Target, WorkingTime
from app.work.models import WorkItem
from app.work.rules import Priority

__all__ = ["ClockView", "Entry", "Explanation", "Standing"]


def targets(promise: Promise) -> dict[Metric, Target]:
    """The contract's promise as the clocks take it."""
    found: dict[Metric, Target] = {}
    if promise.first_response_seconds is not None:
        found[Metric.FIRST_RESPONSE] = WorkingTime(promise.first_response_seconds)
    if promise.resolution_seconds is not None:
        found[Metric.RESOLUTION] = WorkingTime(promise.resolution_seconds)
    elif promise.resolution_business_days is not None:
        cut_off = promise.cut_off
        seconds = cut_off.hour * 3600 + cut_off.minute * 60 if cut_off else None
        found[Metric.RESOLUTION] = BusinessDays(promise.resolution_business_days, seconds)
    return found


def preview(
    offer: OrderableService, type_key: str, *, at: datetime, priority: Priority = Priority.NORMAL
) -> datetime | None:
    """When an order received at `at` would be due; None where nothing is promised."""
    return clocks.preview(
        service_key=offer.service.key,
        type_key=type_key,
        priority=int(priority),
        at=at,
        promised=targets(offer.promise),
    )


def begin(item: WorkItem, offer: OrderableService, *, by_provider: bool) -> datetime | None:
    """Open the item's clocks at its receipt; the due time of the resolution."""
    return sla.open_clocks(
        subject_id=item.id,
        service_key=item.service_key,
        type_key=item.type_key,
        priority=item.priority,
        opened_at=item.received_at,
        by_provider=by_provider,
        promised=targets(offer.promise),
    )


def happened(
    item: WorkItem, kind: str, *, at: datetime, cause: str | None = None
) -> datetime | None:
    """Tell the clocks (sla event kinds); the due time, None while the clock stands still."""
    return sla.note(subject_id=item.id, kind=kind, at=at, cause=cause)


def happened_together(item: WorkItem, *entries: Entry) -> datetime | None:
    """The same for several events of one deed, in their order."""
    return sla.note_all(subject_id=item.id, entries=entries)


def standing(item_id: UUID) -> Standing | None:
    """How the item's clocks stand, as last written down; None: nothing is promised."""
    return clocks.standings([item_id]).get(item_id)


def standings(item_ids: Sequence[UUID]) -> Mapping[UUID, Standing]:
    """The same for many items, in one question."""
    return clocks.standings(item_ids)


def explanations(item_id: UUID) -> Sequence[Explanation]:
    """The time line of every clock of the item, for "Explain this due date"."""
    return [
        clocks.explain(item_id, metric=clock.metric)
        for clock in clocks.clocks_of(item_id)
        if clock.state.cycles
    ]


def business_days_after(at: datetime, *, days: int) -> datetime | None:
    """The close of the n-th business day after `at` in the client's calendar; None without one."""
    try:
        return clocks.business_days_after(at, days=days)
    except NotFound:
        return None
