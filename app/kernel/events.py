"""Facts: what has happened, named in the past tense."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kernel.clock import now
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened. Carries ids and values, no behaviour."""

    event_id: UUID = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=now)
