"""Correct a promise: by a person with the right to it, with a reason; the original is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.sla import migrating, noting, standing, terms
from app.sla.events import CorrectionKind
from app.sla.models import SlaClock, SlaCorrection
from app.sla.noting import Entry
from app.sla.rules.clock_events import Kind
from app.sla.rules.policy import Cause, Metric, Target
from app.sla.terms import Work
from tenants.db import db


def set_due(
    *,
    actor: Actor,
    subject_id: UUID,
    due_at: datetime,
    reason: str,
    metric: Metric = Metric.RESOLUTION,
) -> datetime | None:
    """Promise the metric for `due_at` (aware) instead; the resolution's due time.

    The new time is kept on every recalculation. Raises Forbidden, Invalid (no reason, a time
    before the start), NotFound (nothing is promised), Conflict (it has ended).
    """
    reason = _allowed(actor, reason)
    clock = _clock(subject_id, metric)
    if clock.result is not None:
        raise Conflict("This promise has ended: its due time stays.")
    if clock.started_at is not None and due_at <= clock.started_at:
        raise Invalid(fields={"due_at": ["This is before the work was received."]})
    entry = _entry(Kind.DUE_SET, actor, reason, due_at=due_at, metric=metric)
    return _correct(actor, subject_id, [entry], CorrectionKind.DUE_SET, reason=reason)


def excuse(*, actor: Actor, subject_id: UUID, metric: Metric, reason: str) -> datetime | None:
    """Show a breach apart: it was not the provider's; the resolution's due time.

    Raises Forbidden, Invalid (no reason), NotFound, Conflict (there is no breach to excuse).
    """
    reason = _allowed(actor, reason)
    clock = _clock(subject_id, metric)
    if clock.excused or not _is_late(clock):
        raise Conflict("There is no breach to excuse.")
    entry = _entry(Kind.EXCUSED, actor, reason, metric=metric)
    return _correct(actor, subject_id, [entry], CorrectionKind.EXCUSED, reason=reason)


def _is_late(clock: SlaClock) -> bool:
    """Also where no ticker has looked since the due time."""
    late_now = clock.result is None and clock.due_at is not None and clock.due_at < now()
    return clock.breached_at is not None or late_now


def pause_backdated(
    *,
    actor: Actor,
    subject_id: UUID,
    since: datetime,
    until: datetime | None,
    cause: Cause,
    reason: str,
) -> datetime | None:
    """Note a pause that nobody noted then; `until` None: it lasts. The resolution's due time.

    A breach that the pause removes becomes excused. Raises Forbidden, Invalid, NotFound.
    """
    reason = _allowed(actor, reason)
    clocks = standing.clocks(subject_id, lock=True)
    if not clocks:
        raise NotFound("Nothing is promised for this work.")
    _check_span(clocks, since, until)
    entries = [_entry(Kind.PAUSED, actor, reason, at=since, cause=cause)]
    if until is not None:
        entries.append(_entry(Kind.RESUMED, actor, reason, at=until, cause=cause))
    return _correct(actor, subject_id, entries, CorrectionKind.PAUSED_AFTERWARDS, reason=reason)


def _check_span(clocks: Sequence[SlaClock], since: datetime, until: datetime | None) -> None:
    begun = min((c.started_at for c in clocks if c.started_at is not None), default=since)
    faulty: dict[str, list[str]] = {}
    if since < begun:
        faulty["since"] = ["This is before the work was received."]
    elif since > now():
        faulty["since"] = ["This lies in the future."]
    if until is not None and not since < until <= now():
        faulty["until"] = ["Please enter a time after the beginning and not in the future."]
    if faulty:
        raise Invalid(fields=faulty)


def migrate(
    *,
    actor: Actor,
    subject_id: UUID,
    work: Work,
    promised: Mapping[Metric, Target] | None = None,
    reason: str = "",
) -> datetime | None:
    """Put the subject's clocks under what is promised for such work now; the due time.

    From this instant on the new targets hold by their change mode; a metric that the new policy
    lacks is cancelled. Nothing happens where the same terms hold already.
    """
    before = _before(subject_id)
    more = {"actor_id": actor.id, "actor_name": actor.name, "reason": reason.strip()}
    found = terms.find(work, at=now(), promised=promised)
    judged = migrating.put_under(subject_id, found, service_key=work.service_key, more=more)
    if judged is None:
        clocks = standing.clocks(subject_id)
        return next((c.due_at for c in clocks if c.metric is Metric.RESOLUTION), None)
    kind = CorrectionKind.POLICY_CHANGED
    _keep(actor, before, [one.clock for one in judged], kind, reason=reason.strip())
    return noting.due_at(judged)


def _allowed(actor: Actor, reason: str) -> str:
    actor.require(Permission.SLA_CORRECT)
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    return reason.strip()


def _clock(subject_id: UUID, metric: Metric) -> SlaClock:
    for clock in standing.clocks(subject_id, lock=True):
        if clock.metric is metric:
            return clock
    raise NotFound("Nothing is promised for this work.")


def _entry(kind: Kind, actor: Actor, reason: str, **more: Any) -> Entry:
    return Entry(
        kind=kind,
        at=more.pop("at", None) or now(),
        cause=more.pop("cause", None),
        by_provider=True,
        more={"actor_id": actor.id, "actor_name": actor.name, "reason": reason, **more},
    )


def _correct(
    actor: Actor, subject_id: UUID, entries: Sequence[Entry], kind: CorrectionKind, *, reason: str
) -> datetime | None:
    before = _before(subject_id)
    judged = noting.note(subject_id, entries)
    _keep(actor, before, [one.clock for one in judged], kind, reason=reason)
    audit.record(
        actor=actor,
        verb=f"sla.{kind.value}",
        subject_type="work_item",
        subject_id=subject_id,
        detail={"reason": reason},
    )
    return noting.due_at(judged)


def _before(subject_id: UUID) -> dict[Metric, dict[str, Any]]:
    return {c.metric: standing_json(c) for c in standing.clocks(subject_id, lock=True)}


def _keep(
    actor: Actor,
    before: Mapping[Metric, Mapping[str, Any]],
    clocks: Sequence[SlaClock],
    kind: CorrectionKind,
    *,
    reason: str,
) -> None:
    """Keep beside each other how the clocks stood that have moved, and how they stand."""
    rows = [
        correction(
            clock, kind, before=before.get(clock.metric, {}), actor=(actor.id, actor.name),
            reason=reason,
        )
        for clock in clocks
        if before.get(clock.metric) != standing_json(clock)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(SlaCorrection), rows)


def correction(
    clock: SlaClock,
    kind: CorrectionKind,
    *,
    before: Mapping[str, Any],
    actor: tuple[UUID | None, str],
    reason: str,
) -> dict[str, Any]:
    """A row of the corrections, for a clock that stands anew."""
    return {
        "id": new_id(),
        "subject_id": clock.subject_id,
        "metric": clock.metric,
        "at": now(),
        "kind": kind,
        "actor_id": actor[0],
        "actor_name": actor[1],
        "reason": reason,
        "before": dict(before),
        "after": standing_json(clock),
    }


def standing_json(clock: SlaClock) -> dict[str, Any]:
    """What a correction may move; also where no ticker has looked since the due time."""
    return {
        "state": clock.state.value,
        "due_at": _text(clock.due_at),
        "breached_at": _text(clock.breached_at),
        "excused": clock.excused,
        "calendar": clock.calendar_digest,
        "agreement": clock.agreement_digest,
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
