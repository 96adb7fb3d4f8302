"""Open clocks and move them: always in the caller's transaction, inside a client's scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla import settling, standing, terms
from app.sla.correcting import excuse, migrate, pause_backdated, set_due
from app.sla.models import SlaClock, SlaEvent
from app.sla.rules import wire
from app.sla.rules.agreement import agreement
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.rules.refusal import Refused
from app.sla.terms import Work
from tenants.db import db

__all__ = [
    "excuse",
    "migrate",
    "note",
    "open_clocks",
    "pause_backdated",
    "rebuild",
    "set_due",
]


def open_clocks(  # noqa: PLR0913 - what policies choose by, and when
    *,
    subject_id: UUID,
    service_key: str,
    type_key: str,
    priority: int | None,
    opened_at: datetime,
    by_provider: bool = False,
    promised: Mapping[Metric, Target] | None = None,
    is_silent: bool = False,
) -> datetime | None:
    """Start the subject's clocks at its receipt; the due time of its resolution.

    `promised`: what the contract says where the client has no policy for such work. None is
    returned where nothing is promised: the subject is unmeasured, its events are kept all the
    same. `is_silent`: imported; results are kept and nobody is told.
    """
    work = Work(service_key=service_key, type_key=type_key, priority=priority)
    found = terms.find(work, at=opened_at, promised=promised)
    if found is not None:
        terms.pin(found)
        for metric in agreement(found.agreement.value).policies:
            db.session.add(
                _clock(subject_id, metric, found, service_key=service_key, is_silent=is_silent)
            )
        db.session.flush()
    return note(subject_id=subject_id, kind=Kind.OPENED, at=opened_at, by_provider=by_provider)


def _clock(
    subject_id: UUID,
    metric: Metric,
    found: terms.Terms,
    *,
    service_key: str,
    is_silent: bool,
) -> SlaClock:
    return SlaClock(
        id=new_id(),
        subject_id=subject_id,
        service_key=service_key,
        metric=metric,
        calendar_digest=found.calendar.digest,
        agreement_digest=found.agreement.digest,
        is_silent=is_silent,
        state=State.NOT_APPLICABLE,
        evaluated_at=now(),
    )


def note(
    *,
    subject_id: UUID,
    kind: Kind | str,
    at: datetime,
    cause: Cause | str | None = None,
    by_provider: bool = False,
    target: Target | None = None,
) -> datetime | None:
    """Write the event down and move the subject's clocks; the due time of its resolution.

    `at`: when it happened (aware), which may lie back; the future is taken as now, and kept. The
    due time is None while the clock is paused or where nothing is promised. Raises `Refused` for
    an unknown kind, a pause without a cause or a change without a target.
    """
    entry = wire.member(Kind, kind, "kind")
    clocks = standing.clocks(subject_id, lock=True)
    moment = now()
    db.session.add(
        SlaEvent(
            id=new_id(),
            subject_id=subject_id,
            number=_next_number(subject_id),
            at=min(at, moment),
            recorded_at=moment,
            kind=entry,
            cause=_cause(entry, cause),
            by_provider=by_provider,
            target=_target(entry, target),
            claimed_at=at if at > moment else None,
        )
    )
    db.session.flush()
    log = standing.events(subject_id)
    for clock in clocks:
        settling.settle(standing.judge(clock, log, at=moment))
    return next((c.due_at for c in clocks if c.metric is Metric.RESOLUTION), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stored column that the events do not bear out."""

    clock_id: UUID
    column: str
    stored: Any
    rebuilt: Any


def rebuild(subject_id: UUID) -> list[Difference]:
    """Fold the subject's events again, as of each row's own moment, and mend what differs."""
    log = standing.events(subject_id)
    found = []
    for clock in standing.clocks(subject_id, lock=True):
        judged = standing.judge(clock, log, at=clock.evaluated_at)
        for name, value in standing.columns(judged).items():
            stored = getattr(clock, name)
            if stored != value:
                found.append(
                    Difference(clock_id=clock.id, column=name, stored=stored, rebuilt=value)
                )
                setattr(clock, name, value)
        settling.arm(judged)
    return found


def _next_number(subject_id: UUID) -> int:
    query = select(func.max(SlaEvent.number)).where(SlaEvent.subject_id == subject_id)
    return (db.session.scalar(query) or 0) + 1


def _cause(kind: Kind, cause: Cause | str | None) -> Cause | None:
    if cause is None:
        if kind is Kind.PAUSED:
            raise Refused("cause", "a pause has a cause")
        return None
    return wire.member(Cause, cause, "cause")


def _target(kind: Kind, target: Target | None) -> dict[str, Any] | None:
    if kind is Kind.TARGET_CHANGED and target is None:
        raise Refused("target", "a changed target is needed")
    return None if target is None else wire.target_json(target)
