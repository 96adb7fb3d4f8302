"""Clocks as rows: read with their terms and events, judged, written back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.sla import terms
from app.sla.models import SlaAlertEntry, SlaClock, SlaEvent
from app.sla.rules import timeline, wire
from app.sla.rules.alerts import BREACH, Crossing, crossings
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.clock_state import ClockState, Cycle, State
from app.sla.rules.fold import evaluate
from tenants.db import db


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A clock's row beside what its events say at `at`."""

    clock: SlaClock
    state: ClockState
    due_version: int
    at: datetime

    @property
    def cycle(self) -> Cycle | None:
        return self.state.cycles[-1] if self.state.cycles else None

    @cached_property
    def recorded(self) -> set[tuple[int, int]]:
        """The thresholds of this cycle that are on record: (percent, due version)."""
        query = select(SlaAlertEntry.percent, SlaAlertEntry.due_version).where(
            SlaAlertEntry.clock_id == self.clock.id,
            SlaAlertEntry.cycle == len(self.state.cycles),
        )
        return {(row.percent, row.due_version) for row in db.session.execute(query)}


def clocks(subject_id: UUID, *, lock: bool = False) -> Sequence[SlaClock]:
    """The clocks of a subject; locked, nobody else can move them until the transaction ends."""
    query = select(SlaClock).where(SlaClock.subject_id == subject_id).order_by(SlaClock.metric)
    return db.session.scalars(query.with_for_update() if lock else query).all()


def events(subject_id: UUID) -> list[ClockEvent]:
    """The log of a subject, as values, in the order of noting."""
    query = select(SlaEvent).where(SlaEvent.subject_id == subject_id).order_by(SlaEvent.number)
    return [
        ClockEvent(
            at=row.at,
            kind=row.kind,
            cause=row.cause,
            by_provider=row.by_provider,
            target=None if row.target is None else wire.target(row.target),
        )
        for row in db.session.scalars(query)
    ]


def judge(clock: SlaClock, log: Sequence[ClockEvent], *, at: datetime) -> Judged:
    """What the events say of the clock at that moment."""
    policy = terms.agreed(clock.agreement_digest).policies[clock.metric]
    changes = sum(event.kind is Kind.TARGET_CHANGED and event.at <= at for event in log)
    return Judged(
        clock=clock,
        state=evaluate(policy, terms.compiled(clock.calendar_digest), log, at),
        due_version=1 + changes,
        at=at,
    )


def columns(judged: Judged) -> dict[str, Any]:
    """The cached columns, from the fold alone."""
    state, cycle = judged.state, judged.cycle
    return {
        "state": state.state,
        "cycle": len(state.cycles),
        "due_version": judged.due_version,
        "started_at": cycle.started_at if cycle else None,
        "due_at": state.due_at,
        "paused_since": timeline.paused_since(cycle, now=judged.at) if cycle else None,
        "finished_at": state.finished_at,
        "breached_at": state.breached_at,
        "target_seconds": state.target_seconds,
        "elapsed_seconds": state.elapsed_seconds,
        "next_alert_at": next_alert_at(judged),
        "evaluated_at": judged.at,
        "result": None if state.is_open or not cycle else evidence(judged),
    }


def next_alert_at(judged: Judged) -> datetime | None:
    """When the clock wants to be looked at again; None: not before something happens to it."""
    state = judged.state.state
    if judged.clock.is_silent or state not in {State.RUNNING, State.BREACHED}:
        return None
    waiting = unrecorded(judged)
    return min((crossing.at for crossing in waiting), default=None)


def unrecorded(judged: Judged) -> list[Crossing]:
    """The thresholds, passed or to come, that nobody was told of; none after a breach was."""
    cycle, clock = judged.cycle, judged.clock
    if cycle is None:
        return []
    if any(percent == BREACH for percent, _ in judged.recorded):
        return []
    found = crossings(
        cycle,
        thresholds=terms.agreed(clock.agreement_digest).thresholds,
        calendar=terms.compiled(clock.calendar_digest),
    )
    return [one for one in found if (one.percent, judged.due_version) not in judged.recorded]


def evidence(judged: Judged) -> dict[str, Any]:
    """The frozen result: what was counted, for whom, and by which terms."""
    return {
        "agreement": judged.clock.agreement_digest,
        "calendar": judged.clock.calendar_digest,
        "state": judged.state.state.value,
        "split": asdict(judged.state.split),
        "cycles": [_cycle_json(cycle) for cycle in judged.state.cycles],
    }


def _cycle_json(cycle: Cycle) -> dict[str, Any]:
    def text(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "state": cycle.state.value,
        "started_at": text(cycle.started_at),
        "due_at": text(cycle.due_at),
        "finished_at": text(cycle.finished_at),
        "breached_at": text(cycle.breached_at),
        "breach_by_change": cycle.breach_by_change,
        "target_seconds": cycle.target_seconds,
        "elapsed_seconds": cycle.elapsed_seconds,
        "remaining_seconds": cycle.remaining_seconds,
        "stretches": [
            [stretch.start, stretch.end, stretch.whose.value, stretch.worked]
            for stretch in cycle.stretches
        ],
    }
