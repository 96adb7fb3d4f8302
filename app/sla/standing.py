"""Clocks as rows: read with their terms and events, judged, in as few questions as possible."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import with_expression

from app.kernel.clock import now
from app.sla import alerting, terms, zone_rules
from app.sla.event_log import as_value, events, logs
from app.sla.models import SlaAlertEntry, SlaClock, SlaPolicyVersion
from app.sla.rules import timeline
from app.sla.rules.alerts import BREACH, Crossing, crossings
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.clock_state import ClockState, Cycle, State
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric, Policy
from tenants.db import db

__all__ = [
    "Judged", "as_value", "clocks", "columns", "evidence", "events", "judge", "judge_all", "logs",
    "next_alert_at", "select_clocks", "unrecorded", "unrecorded_pause",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A clock's row beside what its events say at `at`."""

    clock: SlaClock
    state: ClockState
    policy: Policy
    """What holds now, after all changes."""
    pauses: int
    """How many there have been: each may last too long once."""
    due_version: int
    at: datetime
    recorded: set[tuple[int, int]] = field(default_factory=set)
    """The thresholds of this cycle that are on record: (percent, due version)."""

    @property
    def cycle(self) -> Cycle | None:
        return self.state.cycles[-1] if self.state.cycles else None


def clocks(subject_id: UUID, *, lock: bool = False) -> Sequence[SlaClock]:
    """The clocks of a subject; locked, nobody else can move them until the transaction ends."""
    return select_clocks(SlaClock.subject_id == subject_id, lock=lock)


def select_clocks(
    *criteria: ColumnElement[bool], lock: bool = False, skip_locked: bool = False
) -> Sequence[SlaClock]:
    """Clocks with the newest version of their policies; locked ones as they stand now."""
    current = (
        select(SlaPolicyVersion.id)
        .where(SlaPolicyVersion.policy_id == SlaClock.policy_id)
        .where(SlaPolicyVersion.valid_from <= now())
        .order_by(SlaPolicyVersion.valid_from.desc(), SlaPolicyVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(SlaClock)
        .options(with_expression(SlaClock.current_version_id, current))
        .where(*criteria)
        .order_by(SlaClock.subject_id, SlaClock.metric)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=SlaClock, skip_locked=skip_locked)
    return db.session.scalars(query).all()


def judge(clock: SlaClock, log: Sequence[ClockEvent], *, at: datetime) -> Judged:
    """What the events say of the clock at that moment."""
    digest = clock.first_agreement_digest or clock.agreement_digest
    policy = terms.agreed(digest).policies[clock.metric]
    state = evaluate(policy, terms.compiled(clock.calendar_digest), log, at)
    for earlier in clock.earlier_calendars or ():
        until = datetime.fromisoformat(earlier["until"])
        calendar = terms.compiled(earlier["digest"])
        before = evaluate(policy, calendar, [e for e in log if _known(e, until)], until)
        state = _kept(state, before, ended=int(earlier["cycles"]))
    changes = sum(_raises(event, clock.metric) and event.at <= at for event in log)
    return Judged(
        clock=clock,
        state=state,
        policy=_now_holding(policy, log, at=at),
        pauses=sum(event.kind is Kind.PAUSED and event.at <= at for event in log),
        due_version=1 + changes,
        at=at,
    )


def _raises(event: ClockEvent, metric: Metric) -> bool:
    """Whether the clock has another due version from this event on."""
    if event.kind is Kind.POLICY_CHANGED:
        return metric in (event.policies or {})
    if event.kind is Kind.DUE_SET:
        return metric is (event.metric or Metric.RESOLUTION)
    return event.kind is Kind.TARGET_CHANGED


def _now_holding(policy: Policy, log: Sequence[ClockEvent], *, at: datetime) -> Policy:
    for event in log:
        if event.kind is Kind.POLICY_CHANGED and event.policies is not None and event.at <= at:
            policy = event.policies.get(policy.metric, policy)
    return policy


def _known(event: ClockEvent, at: datetime) -> bool:
    return (event.recorded_at or event.at) <= at


def _kept(state: ClockState, before: ClockState, *, ended: int) -> ClockState:
    """Cycles that had ended under an earlier calendar stay; a breach that it saw is excused."""
    cycles = [*before.cycles[:ended], *state.cycles[ended:]]
    if len(cycles) > ended and len(before.cycles) > ended:
        seen, is_now = before.cycles[ended].breached_at, cycles[ended]
        if seen is not None and is_now.breached_at is None:
            cycles[ended] = replace(is_now, excused=True, original_breached_at=seen)
    split = timeline.split_of(cycles) if ended else state.split
    return replace(state, cycles=tuple(cycles), split=split)


def judge_all(
    clocks: Iterable[SlaClock],
    logs: Mapping[UUID, Sequence[ClockEvent]],
    *,
    at: datetime | None = None,
) -> list[Judged]:
    """Each clock beside what its events say at that moment, or at the clock's own; and what is
    on record of its thresholds, in one question.
    """
    found = [judge(clock, logs[clock.subject_id], at=at or clock.evaluated_at) for clock in clocks]
    asked = {one.clock.id: one for one in found if one.cycle is not None}
    if not asked:
        return found
    entries = select(
        SlaAlertEntry.clock_id,
        SlaAlertEntry.cycle,
        SlaAlertEntry.percent,
        SlaAlertEntry.due_version,
    ).where(SlaAlertEntry.clock_id.in_(list(asked)))
    for clock_id, cycle, percent, due_version in db.session.execute(entries):
        if cycle == len(asked[clock_id].state.cycles):
            asked[clock_id].recorded.add((percent, due_version))
    return found


COLUMNS = (
    "state", "team", "cycle", "due_version", "started_at", "due_at", "original_due_at",
    "paused_since", "finished_at", "breached_at", "original_breached_at", "excused",
    "target_seconds", "elapsed_seconds", "next_alert_at", "evaluated_at", "result",
)  # fmt: skip
"""What `columns` says of a clock."""


def columns(judged: Judged) -> dict[str, Any]:
    """The cached columns, from the fold alone."""
    state, cycle = judged.state, judged.cycle
    return {
        "state": state.state,
        "team": (cycle.team or "") if cycle else "",
        "cycle": len(state.cycles),
        "due_version": judged.due_version,
        "started_at": cycle.started_at if cycle else None,
        "due_at": state.due_at,
        "original_due_at": cycle.original_due_at if cycle else None,
        "paused_since": timeline.paused_since(cycle, now=judged.at) if cycle else None,
        "finished_at": state.finished_at,
        "breached_at": state.breached_at,
        "original_breached_at": cycle.original_breached_at if cycle else None,
        "excused": cycle.excused if cycle else False,
        "target_seconds": state.target_seconds,
        "elapsed_seconds": state.elapsed_seconds,
        "next_alert_at": next_alert_at(judged),
        "evaluated_at": judged.at,
        "result": None if state.is_open or not cycle else evidence(judged),
    }


def next_alert_at(judged: Judged) -> datetime | None:
    """When the clock wants to be looked at again; None: not before something happens to it."""
    if judged.clock.is_silent or not judged.state.is_open:
        return None
    limit = unrecorded_pause(judged)
    if judged.state.state is State.PAUSED:
        return limit
    ahead = [crossing.at for crossing in unrecorded(judged)]
    return min(ahead + ([limit] if limit else []), default=None)


def unrecorded_pause(judged: Judged) -> datetime | None:
    """When the present pause has lasted as long as it may, unless that is on record."""
    cycle = judged.cycle
    if cycle is None or (-judged.pauses, 1) in judged.recorded:
        return None
    return cycle.pause_limit_at


def unrecorded(judged: Judged) -> list[Crossing]:
    """The thresholds, passed or to come, that nobody was told of.

    After a breach was told nothing but escalations are left, each once whatever the due time.
    """
    cycle, clock = judged.cycle, judged.clock
    if cycle is None:
        return []
    told = {percent for percent, _ in judged.recorded}
    alerts = alerting.alerting_of(clock)
    found = crossings(
        cycle, thresholds=alerts.settings.thresholds, calendar=terms.compiled(clock.calendar_digest)
    )
    return [
        one
        for one in found
        if (one.percent, judged.due_version) not in judged.recorded
        and not (BREACH in told and (one.percent <= BREACH or one.percent in told))
        and alerts.applies(one.percent, at=one.at)
    ]


def evidence(judged: Judged) -> dict[str, Any]:
    """The frozen result: what was counted, for whom, and by which terms."""
    return {
        "agreement": judged.clock.agreement_digest,
        "calendar": judged.clock.calendar_digest,
        "zone_rules": zone_rules.edition(),
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
        "original_due_at": text(cycle.original_due_at),
        "finished_at": text(cycle.finished_at),
        "breached_at": text(cycle.breached_at),
        "original_breached_at": text(cycle.original_breached_at),
        "excused": cycle.excused,
        "breach_by_change": cycle.breach_by_change,
        "target_seconds": cycle.target_seconds,
        "elapsed_seconds": cycle.elapsed_seconds,
        "remaining_seconds": cycle.remaining_seconds,
        "stretches": [
            [stretch.start, stretch.end, stretch.whose.value, stretch.worked]
            for stretch in cycle.stretches
        ],
    }
