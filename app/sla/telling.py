"""Notices between being recorded and being told: which wait, which still matter, which are done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.kernel.clock import now
from app.sla.models import SlaClock
from app.sla.notice_models import SlaNotice
from app.sla.rules.alerts import BREACH
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice whose time to be told has come."""

    id: UUID
    tenant_id: int
    subject_id: UUID
    clock_id: UUID
    metric: Metric
    cycle: int
    percent: int
    due_version: int
    due_at: datetime | None
    tell: tuple[str, ...]
    fallback: str


def waiting(*, most: int) -> Sequence[Waiting]:
    """The notices to be told now, the oldest first. In the provider's books."""
    query = (
        select(SlaNotice)
        .where(SlaNotice.settled_at.is_(None), SlaNotice.send_after <= now())
        .order_by(SlaNotice.send_after, SlaNotice.at, SlaNotice.percent)
        .limit(most)
    )
    return [
        Waiting(
            id=row.id,
            tenant_id=row.tenant_id,
            subject_id=row.subject_id,
            clock_id=row.clock_id,
            metric=row.metric,
            cycle=row.cycle,
            percent=row.percent,
            due_version=row.due_version,
            due_at=row.due_at,
            tell=tuple(row.tell),
            fallback=row.fallback,
        )
        for row in db.session.scalars(query)
    ]


def obsolete(notices: Collection[Waiting]) -> Mapping[UUID, str]:
    """Which of a client's notices need not be told any more, and why; inside its scope."""
    query = select(SlaClock).where(SlaClock.id.in_({notice.clock_id for notice in notices}))
    clocks = {clock.id: clock for clock in db.session.scalars(query)}
    found = {
        notice.id: _obsolete_because(notice, clocks.get(notice.clock_id)) for notice in notices
    }
    return {notice_id: because for notice_id, because in found.items() if because}


def _obsolete_because(notice: Waiting, clock: SlaClock | None) -> str:
    """The first reason that holds; "" where the notice still matters."""
    if clock is None:
        return "cancelled"
    is_breach, is_pause = notice.percent == BREACH, notice.percent < 0
    reasons = {
        "cancelled": clock.state is State.CANCELLED,
        "another_cycle": clock.cycle > notice.cycle,
        "excused": clock.excused and notice.percent >= BREACH,
        "goes_on": is_pause and clock.paused_since is None,
        # Late is late, delivered or not: somebody should know.
        "not_late": is_breach and clock.breached_at is None,
        "done": not is_breach and not is_pause and clock.finished_at is not None,
        "another_due_time": 0 < notice.percent < BREACH and clock.due_version > notice.due_version,
        "waits": not is_breach and not is_pause and clock.paused_since is not None,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def settle(notice_id: UUID, *, because: str = "") -> bool:
    """Mark a notice as told, or as dropped for that reason; False: another teller was quicker."""
    statement = (
        update(SlaNotice)
        .where(SlaNotice.id == notice_id, SlaNotice.settled_at.is_(None))
        .values(settled_at=now(), dropped_because=because or None)
        .returning(SlaNotice.id)
    )
    return db.session.execute(statement).first() is not None


def put_off(notice_ids: Collection[UUID], *, until: datetime) -> None:
    """Try these again later: nobody could be told."""
    db.session.execute(
        update(SlaNotice)
        .where(SlaNotice.id.in_(notice_ids), SlaNotice.settled_at.is_(None))
        .values(send_after=until)
    )
