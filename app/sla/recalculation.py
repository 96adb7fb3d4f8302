"""The long way through a client's open clocks: what is done to each, and where it stands."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, true

from app.audit import actions as audit
from app.jobs import publish
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.sla import correcting, migrating, noting, settling, standing, terms
from app.sla.events import CorrectionKind, PromisesRecalculated
from app.sla.models import SlaClock, SlaCorrection, SlaRecalculation
from app.sla.noting import Entry
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from tenants.context import current_tenant
from tenants.db import db

JOB = "sla.recalculate"
BATCH = 100
"""Clocks in a transaction: whoever wants to move one of them waits no longer than that."""


class What(StrEnum):
    """What is done to every open clock."""

    CALENDAR = "calendar"
    POLICY = "policy"
    ALERTS = "alerts"
    ZONES = "zones"
    CANCEL = "cancel"
    RUN_OFF = "run_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`key`: of the calendar, the policy or the service that is meant."""

    what: What
    key: str
    actor_id: UUID | None
    actor_name: str
    reason: str

    @property
    def actor(self) -> Actor:
        side = Side.PROVIDER if self.actor_id else Side.SYSTEM
        return Actor(id=self.actor_id, name=self.actor_name, side=side)


def carry_out(
    order: Order, *, run_id: UUID, commit: Callable[..., None], batch: int = BATCH
) -> SlaRecalculation:
    """Go on where the run of this id stands, to its end; in the client's scope.

    `commit` ends a transaction, with looked_at and moved for whoever watches.
    """
    run = _run(order, run_id)
    commit(looked_at=run.looked_at, moved=run.moved)
    while clock_ids := _next(order, run, most=batch):
        found = standing.select_clocks(SlaClock.id.in_(clock_ids), lock=True, skip_locked=True)
        run.cursor = clock_ids[-1]
        missed = set(clock_ids) - {clock.id for clock in found}
        run.passed_over = [*run.passed_over, *(str(clock_id) for clock_id in sorted(missed))]
        run = _do(order, run, found, commit=commit)
    while run.passed_over:
        mine, rest = run.passed_over[:batch], run.passed_over[batch:]
        ids = [UUID(one) for one in mine]
        found = standing.select_clocks(SlaClock.id.in_(ids), _open_and_meant(order), lock=True)
        run.passed_over = rest
        run = _do(order, run, found, commit=commit)
    if run.finished_at is None:
        _finish(order, run)
        commit(looked_at=run.looked_at, moved=run.moved)
    return run


def _run(order: Order, run_id: UUID) -> SlaRecalculation:
    run = db.session.get(SlaRecalculation, run_id)
    if run is None:
        run = SlaRecalculation(
            id=run_id,
            kind=order.what.value,
            passed_over=[],
            looked_at=0,
            moved=0,
            actor_name=order.actor_name,
            reason=order.reason,
        )
        db.session.add(run)
        db.session.flush()
    return run


def _next(order: Order, run: SlaRecalculation, *, most: int) -> Sequence[UUID]:
    query = select(SlaClock.id).where(_open_and_meant(order)).order_by(SlaClock.id).limit(most)
    if run.cursor is not None:
        query = query.where(SlaClock.id > run.cursor)
    return db.session.scalars(query).all()


def _open_and_meant(order: Order) -> ColumnElement[bool]:
    is_open = SlaClock.result.is_(None)
    if order.what is What.CALENDAR:
        return is_open & (SlaClock.calendar_key == order.key)
    if order.what in {What.POLICY, What.ALERTS}:
        return is_open & (SlaClock.policy_id == UUID(order.key))
    if order.what in {What.CANCEL, What.RUN_OFF} and order.key:
        return is_open & (SlaClock.service_key == order.key)
    return is_open & true()


def _do(
    order: Order,
    run: SlaRecalculation,
    clocks: Sequence[SlaClock],
    *,
    commit: Callable[..., None],
) -> SlaRecalculation:
    """One batch, and its end: memory and locks are those of one batch."""
    before = {clock.id: correcting.standing_json(clock) for clock in clocks}
    due = {clock.id: clock.due_at for clock in clocks}
    if clocks:
        _ACTIONS[order.what](order, clocks)
    moved = [c for c in clocks if due[c.id] != c.due_at or before[c.id]["state"] != c.state.value]
    _keep(order, moved, before)
    changed = {clock.subject_id for clock in moved if clock.metric is Metric.RESOLUTION}
    if changed:
        publish(PromisesRecalculated(subject_ids=tuple(sorted(changed))))
    run.looked_at += len(clocks)
    run.moved += len(moved)
    run_id, figures = run.id, {"looked_at": run.looked_at, "moved": run.moved}
    db.session.flush()
    commit(**figures)
    db.session.expunge_all()
    return db.session.get_one(SlaRecalculation, run_id)


def _rejudge(order: Order, clocks: Sequence[SlaClock]) -> None:
    """As the events say by what is known now: zones' rules, thresholds."""
    logs = standing.logs({clock.subject_id for clock in clocks})
    settling.settle(standing.judge_all(clocks, logs, at=now()))


def _recount(order: Order, clocks: Sequence[SlaClock]) -> None:
    """By the newest version of their calendar."""
    calendar = terms.client_calendar(order.key, at=now())
    terms.pin_calendar(calendar)
    logs = standing.logs({clock.subject_id for clock in clocks})
    for clock in clocks:
        seen = standing.judge(clock, logs[clock.subject_id], at=now())
        last = seen.cycle
        migrating.swap_calendar(
            clock,
            calendar.digest,
            ended=max(len(seen.state.cycles) - 1, 0),
            is_late=last is not None and last.breached_at is not None,
        )
    settling.settle(standing.judge_all(clocks, logs, at=now()))


def _migrate(order: Order, clocks: Sequence[SlaClock]) -> None:
    """By the newest version of their policy."""
    found = terms.of_policy(UUID(order.key), at=now())
    if found is None:
        return
    more = {"actor_id": order.actor_id, "actor_name": order.actor_name, "reason": order.reason}
    for subject_id, service_key in _subjects(clocks):
        migrating.put_under(subject_id, found, service_key=service_key, more=more)


def _cancel(order: Order, clocks: Sequence[SlaClock]) -> None:
    more = {"actor_id": order.actor_id, "actor_name": order.actor_name, "reason": order.reason}
    for subject_id, _ in _subjects(clocks):
        noting.note(subject_id, [Entry(kind=Kind.CANCELLED, at=now(), more=more)])


def _silence(order: Order, clocks: Sequence[SlaClock]) -> None:
    for clock in clocks:
        clock.is_silent = True
    _rejudge(order, clocks)


_ACTIONS: dict[What, Callable[[Order, Sequence[SlaClock]], None]] = {
    What.CALENDAR: _recount,
    What.POLICY: _migrate,
    What.ALERTS: _rejudge,
    What.ZONES: _rejudge,
    What.CANCEL: _cancel,
    What.RUN_OFF: _silence,
}


def _subjects(clocks: Collection[SlaClock]) -> list[tuple[UUID, str]]:
    """Each once, in the order in which everybody locks: two runs must not wait for each other."""
    return sorted({(clock.subject_id, clock.service_key) for clock in clocks})


def _keep(order: Order, moved: Sequence[SlaClock], before: dict[UUID, dict[str, object]]) -> None:
    """Beside each other how the clocks stood and stand, for who asks why."""
    if order.what not in {What.CALENDAR, What.ZONES, What.POLICY} or not moved:
        return
    kind = (
        CorrectionKind.POLICY_CHANGED
        if order.what is What.POLICY
        else CorrectionKind.CALENDAR_CORRECTED
    )
    actor = (order.actor_id, order.actor_name)
    rows = [
        correcting.correction(
            clock, kind, before=before[clock.id], actor=actor, reason=order.reason
        )
        for clock in moved
        if clock.state is not State.NOT_APPLICABLE
    ]
    if rows:
        db.session.execute(insert(SlaCorrection), rows)


def _finish(order: Order, run: SlaRecalculation) -> None:
    run.finished_at = now()
    audit.record(
        actor=order.actor,
        verb=f"sla.recalculated_{order.what.value}",
        subject_type="tenant",
        subject_id=current_tenant().id,
        detail={
            "key": order.key,
            "reason": order.reason,
            "looked_at": run.looked_at,
            "moved": run.moved,
        },
    )
