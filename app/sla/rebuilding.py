"""Prove that every row says what its events say, and mend what does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.sla import outcomes, settling, standing, zone_rules
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was looked at in one transaction."""

    subjects: int
    clocks: int
    found: Sequence[Difference]


def rebuild(subject_id: UUID) -> list[Difference]:
    """Fold the subject's events again, as of each row's own moment, and mend what differs."""
    return list(_rebuild([subject_id]).found)


def rebuild_client(*, at_once: int = AT_ONCE) -> Iterator[Batch]:
    """All clocks of the client in scope, batch by batch, each a transaction of its own. The memory
    is that of one batch.
    """
    cursor: UUID | None = None
    while True:
        with transaction():
            query = select(SlaClock.subject_id).distinct().order_by(SlaClock.subject_id)
            if cursor is not None:
                query = query.where(SlaClock.subject_id > cursor)
            subject_ids = db.session.scalars(query.limit(at_once)).all()
            batch = _rebuild(subject_ids) if subject_ids else None
        db.session.expunge_all()
        if batch is None:
            return
        cursor = subject_ids[-1]
        yield batch


def _rebuild(subject_ids: Sequence[UUID]) -> Batch:
    """The clocks are locked until the transaction ends: nobody moves them meanwhile."""
    known = standing.select_clocks(SlaClock.subject_id.in_(subject_ids), lock=True)
    clocks = [clock for clock in known if not _is_of_other_rules(clock)]
    judged = standing.judge_all(clocks, standing.logs(subject_ids))
    found = [
        Difference(clock_id=one.clock.id, column=name, stored=stored, rebuilt=value)
        for one in judged
        for name, value in standing.columns(one).items()
        if (stored := getattr(one.clock, name)) != value
    ]
    found += _timers_missing(judged)
    found += [
        Difference(clock_id=clock_id, column="outcomes", stored=stored, rebuilt=rebuilt)
        for clock_id, stored, rebuilt in outcomes.differing(judged)
    ]
    wrong = {difference.clock_id for difference in found}
    untrue = [one for one in judged if one.clock.id in wrong]
    settling.mend(untrue)
    outcomes.record(untrue, stale=frozenset(wrong))
    return Batch(subjects=len(subject_ids), clocks=len(clocks), found=found)


def _is_of_other_rules(clock: SlaClock) -> bool:
    """A result that was frozen while the zones' rules said otherwise: it stays as it is."""
    result = clock.result
    return result is not None and result.get("zone_rules", "") != zone_rules.edition()


def _timers_missing(judged: Sequence[standing.Judged]) -> Iterator[Difference]:
    """Clocks that want to be looked at and have no timer. When it rings is no fault: a look too
    early does no harm, and what comes late was put off by a ticker.
    """
    query = select(SlaTimer.clock_id, SlaTimer.next_alert_at).where(
        SlaTimer.tenant_id == current_tenant().id,
        SlaTimer.clock_id.in_([one.clock.id for one in judged]),
    )
    timers = {clock_id: at for clock_id, at in db.session.execute(query)}  # noqa: C416  rows
    for one in judged:
        wanted = standing.next_alert_at(one)
        if wanted is not None and timers.get(one.clock.id) is None:
            yield Difference(clock_id=one.clock.id, column="timer", stored=None, rebuilt=wanted)
