"""How many running clocks a change is about, and how far a recalculation is: in the client."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.sla.agreed import AgreedPolicy
from app.sla.models import SlaClock, SlaRecalculation
from app.sla.rules.agreement import digest
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
    query = select(func.count()).where(SlaClock.result.is_(None), SlaClock.state.in_(OPEN))
    return db.session.scalar(query) or 0


def open_under(policy: AgreedPolicy) -> dict[int, tuple[int, int]]:
    """Version of the policy → open clocks and pieces of work that go by it.

    Versions that promise the same are one, named by the newest.
    """
    numbers = {digest(one.definition): one.number for one in reversed(policy.versions)}
    query = (
        select(
            SlaClock.agreement_digest,
            func.count(),
            func.count(func.distinct(SlaClock.subject_id)),
        )
        .where(
            SlaClock.policy_id == policy.id,
            SlaClock.result.is_(None),
            SlaClock.state.in_(OPEN),
        )
        .group_by(SlaClock.agreement_digest)
    )
    found: dict[int, tuple[int, int]] = {}
    for name, clocks, items in db.session.execute(query):
        number = numbers.get(name, 0)
        before = found.get(number, (0, 0))
        found[number] = (before[0] + clocks, before[1] + items)
    return dict(sorted(found.items()))
