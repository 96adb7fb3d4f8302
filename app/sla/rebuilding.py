"""Prove that every row says what its events say, and mend what does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.sla import settling, standing
from app.sla.models import SlaClock, SlaTimer
from tenants.context import current_tenant
from tenants.db import db, transaction

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stored column that the events do not bear out."""

    clock_id: UUID
    column: str
    stored: Any
    rebuilt: Any


def rebuild(subject_id: UUID) -> list[Difference]:
    """Fold the subject's events again, as of each row's own moment, and mend what differs."""
    return _rebuild([subject_id])


def rebuild_client(*, at_once: int = AT_ONCE) -> Iterator[tuple[int, list[Difference]]]:
    """All clocks of the client in scope, batch by batch, each a transaction of its own: how many
    were looked at, and what differed. The memory is that of one batch.
    """
    cursor: UUID | None = None
    while True:
        with transaction():
            query = select(SlaClock.subject_id).distinct().order_by(SlaClock.subject_id)
            if cursor is not None:
                query = query.where(SlaClock.subject_id > cursor)
            subject_ids = db.session.scalars(query.limit(at_once)).all()
            found = _rebuild(subject_ids) if subject_ids else []
            db.session.expire_all()
        db.session.expunge_all()
        if not subject_ids:
            return
        cursor = subject_ids[-1]
        yield len(subject_ids), found


def _rebuild(subject_ids: Sequence[UUID]) -> list[Difference]:
    """The clocks are locked until the transaction ends: nobody moves them meanwhile."""
    clocks = standing.select_clocks(SlaClock.subject_id.in_(subject_ids), lock=True)
    judged = standing.judge_all(clocks, standing.logs(subject_ids))
    found = [
        Difference(clock_id=one.clock.id, column=name, stored=stored, rebuilt=value)
        for one in judged
        for name, value in standing.columns(one).items()
        if (stored := getattr(one.clock, name)) != value
    ]
    found += _timers_missing(judged)
    wrong = {difference.clock_id for difference in found}
    settling.mend([one for one in judged if one.clock.id in wrong])
    return found


def _timers_missing(judged: Sequence[standing.Judged]) -> Iterator[Difference]:
    """A clock that wants to be looked at and has no timer, or one that comes too late.

    Too early is no fault: a look at a clock does no harm. Nor is what a ticker has put off.
    """
    query = select(SlaTimer.clock_id, SlaTimer.next_alert_at, SlaTimer.failures).where(
        SlaTimer.tenant_id == current_tenant().id,
        SlaTimer.clock_id.in_([one.clock.id for one in judged]),
    )
    timers = {clock_id: (at, failures) for clock_id, at, failures in db.session.execute(query)}
    for one in judged:
        wanted = standing.next_alert_at(one)
        armed, failures = timers.get(one.clock.id, (None, 0))
        if wanted is not None and armed is None and not failures:
            yield Difference(clock_id=one.clock.id, column="timer", stored=None, rebuilt=wanted)
