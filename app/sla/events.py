"""Facts about promises."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaAlert(Event):
    """A clock has passed a threshold (`percent` of its target) and runs on."""

    subject_id: UUID
    clock_id: UUID
    metric: str
    cycle: int
    percent: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaBreached(Event):
    """A promise was not kept; `breached_at` is the due time, not the time of finding out."""

    subject_id: UUID
    clock_id: UUID
    metric: str
    cycle: int
    breached_at: datetime
    by_change: bool
    """The target was changed to one that had already passed."""
