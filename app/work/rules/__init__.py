"""What may become of a work item, who may touch it, and what is most urgent."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID


class WorkStatus(StrEnum):
    """A work item's life (PRODUCT.md)."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    REVIEW = "review"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """The higher the more urgent."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


class WaitingFor(StrEnum):
    """Who has the ball while an item waits; the SLA's cause of a pause."""

    CLIENT = "client"
    THIRD_PARTY = "third_party"


S = WorkStatus
NEXT: dict[WorkStatus, frozenset[WorkStatus]] = {
    S.NEW: frozenset({S.IN_PROGRESS, S.WAITING, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.NEW, S.WAITING, S.REVIEW, S.DELIVERED, S.CANCELLED}),
    S.WAITING: frozenset({S.IN_PROGRESS, S.CANCELLED}),
    S.REVIEW: frozenset({S.IN_PROGRESS, S.DELIVERED, S.CANCELLED}),
    S.DELIVERED: frozenset({S.ACCEPTED, S.IN_PROGRESS}),
    S.ACCEPTED: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN: frozenset[WorkStatus] = frozenset({S.NEW, S.IN_PROGRESS, S.WAITING, S.REVIEW})
"""With the provider: counted in the desk, running against the promise."""
RELEASABLE: frozenset[WorkStatus] = frozenset({S.IN_PROGRESS, S.WAITING, S.REVIEW})
"""Somebody may hold it, and can put it back for others."""
FINISHED: frozenset[WorkStatus] = frozenset({S.ACCEPTED, S.CANCELLED})


def may_become(current: WorkStatus, wanted: WorkStatus) -> bool:
    """Whether the life of a work item knows this step."""
    return wanted in NEXT[current]


def may_review(reviewer: UUID | None, *, workers: Collection[UUID]) -> bool:
    """Four eyes: the checker is a person who did not touch the item, whatever the roles."""
    return reviewer is not None and reviewer not in workers


def urgency(
    *, due_at: datetime | None, priority: Priority, received_at: datetime, now: datetime
) -> float:
    """Seconds until the item should be begun: smaller is more urgent.

    The due time counts, less a day for each step of priority above normal; without a promise an
    item is due a week after its receipt, so that nothing is forgotten.
    """
    due = due_at.timestamp() if due_at else received_at.timestamp() + 7 * 86400
    return due - now.timestamp() - 86400 * (int(priority) - int(Priority.NORMAL))
