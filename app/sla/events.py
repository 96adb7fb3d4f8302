"""Facts about promises."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.events import Event


class CorrectionKind(StrEnum):
    """Why a promise stands otherwise than it stood."""

    DUE_SET = "due_set"
    EXCUSED = "excused"
    PAUSED_AFTERWARDS = "paused_afterwards"
    POLICY_CHANGED = "policy_changed"
    CALENDAR_CORRECTED = "calendar_corrected"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesRecalculated(Event):
    """The due times of these subjects were moved by something that is not their own doing."""

    subject_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedTooLong(Event):
    """A pause has reached the length that was agreed at most; `then`: resume or escalate."""

    subject_id: UUID
    clock_id: UUID
    metric: str
    cycle: int
    limit_at: datetime
    then: str
