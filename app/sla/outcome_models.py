"""Table: how promises ended, one row a cycle, narrow enough to be summed over years."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.sla.models import SlaClock
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from tenants.db import TenantModel


class SlaOutcome(TenantModel):
    """A cycle of a clock that has ended, or has passed its due time and runs on.

    A projection of the fold, like the clock's own row; a later correction (a backdated pause, an
    excuse) writes it anew.
    """

    __tablename__ = "sla_outcome"
    __table_args__ = (
        Index(None, "counted_at", "clock_id"),
        Index(None, "subject_id"),
    )

    clock_id: Mapped[UUID] = mapped_column(ForeignKey(SlaClock.id), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    service_key: Mapped[str]
    metric: Mapped[Metric]
    state: Mapped[State]
    """met, breached or cancelled; breached without `finished_at`: late, and still open."""
    is_excused: Mapped[bool]
    counted_at: Mapped[datetime]
    """Finished, cancelled, or, while it is open and late, breached: which period it belongs to."""
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    """Also where the breach is excused: what stood in the record stays in it."""
    provider_seconds: Mapped[int] = mapped_column(BigInteger)
    client_seconds: Mapped[int] = mapped_column(BigInteger)
    third_party_seconds: Mapped[int] = mapped_column(BigInteger)
    closed_seconds: Mapped[int] = mapped_column(BigInteger)
