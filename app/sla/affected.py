"""How many running clocks a change is about, and how far a recalculation is: in the client."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.sla.models import SlaClock, SlaPolicyVersion, SlaRecalculation, SlaTerms
from app.sla.rules.clock_state import State
from tenants.db import db

OPEN = (State.RUNNING, State.PAUSED, State.BREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How far a job is that goes through the client's open clocks."""

    looked_at: int
    moved: int
    total: int
    """Open clocks there are now."""
    finished_at: datetime | None


def recalculation(job_id: UUID) -> Going | None:
    """None while the job has not begun."""
    row = db.session.get(SlaRecalculation, job_id)
    if row is None:
        return None
    return Going(
        looked_at=row.looked_at,
        moved=row.moved,
        total=max(open_clocks(), row.looked_at),
        finished_at=row.finished_at,
    )


def open_clocks() -> int:
    """Clocks of the client that have not ended."""
    query = select(func.count()).where(SlaClock.finished_at.is_(None), SlaClock.state.in_(OPEN))
    return db.session.scalar(query) or 0


def open_under(policy_id: UUID) -> dict[int, tuple[int, int]]:
    """Version of the policy → open clocks and pieces of work that it was pinned for."""
    query = (
        select(
            SlaPolicyVersion.number,
            func.count(),
            func.count(func.distinct(SlaClock.subject_id)),
        )
        .join(SlaTerms, SlaTerms.version_id == SlaPolicyVersion.id)
        .join(SlaClock, SlaClock.agreement_digest == SlaTerms.digest)
        .where(
            SlaPolicyVersion.policy_id == policy_id,
            SlaClock.finished_at.is_(None),
            SlaClock.state.in_(OPEN),
        )
        .group_by(SlaPolicyVersion.number)
        .order_by(SlaPolicyVersion.number)
    )
    return {number: (clocks, items) for number, clocks, items in db.session.execute(query)}
