"""What if: replay a past period under other terms, and compare. Reads events, writes nothing.

Asked is how the work *received* in a period would stand today had the draft been agreed. Every
event is taken as it happened. A draft of a policy replaces what was agreed for the whole period, so
changes of policy or target noted at the time do not count on its side; a due time set by hand is a
promise of its own and stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.kernel.clock import now
from app.sla import standing, terms
from app.sla.models import SlaClock, SlaEvent
from app.sla.reports import Ending
from app.sla.rules.agreement import Agreement
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.clock_state import ClockState, Cycle, State
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric
from tenants.db import db

BATCH = 250
"""Subjects in memory at a time, whatever the period."""
_OF_OLD_TERMS = frozenset({Kind.TARGET_CHANGED, Kind.POLICY_CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Other terms; None: as it was."""

    agreement: Agreement | None = None
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Work received in [since, until), of one service or (empty) of all."""

    since: datetime
    until: datetime
    service_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a clock stands under some terms."""

    state: State
    due_at: datetime | None
    endings: tuple[tuple[Ending | None, datetime], ...]
    """Per cycle: how it ended (None: neither ended nor late) and when that counts."""

    @property
    def outcome(self) -> tuple[Ending | None, ...]:
        """The endings alone."""
        return tuple(ending for ending, _ in self.endings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One clock under the terms of then and under the draft; None: it has none there."""

    subject_id: UUID
    metric: Metric
    before: Verdict | None
    after: Verdict | None

    @property
    def is_changed(self) -> bool:
        """Whether a promise ends otherwise."""
        return _outcome(self.before) != _outcome(self.after)

    @property
    def shift_seconds(self) -> int | None:
        """By how much the due time moves (later is positive); None without two of them."""
        due, other = _due(self.before), _due(self.after)
        return None if due is None or other is None else int((other - due).total_seconds())


def _outcome(verdict: Verdict | None) -> tuple[Ending | None, ...]:
    return verdict.outcome if verdict else ()


def _due(verdict: Verdict | None) -> datetime | None:
    return verdict.due_at if verdict else None


def size(period: Period) -> int:
    """How many pieces of work were received in the period."""
    return db.session.scalar(select(func.count()).where(*_received(period))) or 0


def replay(draft: Draft, period: Period, *, at: datetime | None = None) -> Iterator[Replayed]:
    """Every clock of the period under both terms, as of `at` (now), in the order of the keys.

    A few hundred subjects are in memory at a time. Inside the client's scope.
    """
    moment = at or now()
    last: UUID | None = None
    while batch := _batch(period, after=last):
        last = batch[-1]
        clocks = _clocks(batch)
        logs = standing.logs(batch)
        for subject_id in batch:
            yield from _compared(
                draft, subject_id, clocks.get(subject_id, ()), logs[subject_id], moment
            )


def _compared(
    draft: Draft,
    subject_id: UUID,
    clocks: Sequence[SlaClock],
    log: Sequence[ClockEvent],
    at: datetime,
) -> Iterator[Replayed]:
    held = {clock.metric: clock for clock in clocks}
    promised = set(held) if draft.agreement is None else set(draft.agreement.policies)
    for metric in Metric:
        clock = held.get(metric)
        before = after = None
        if clock is not None:
            before = _verdict(standing.judge(clock, log, at=at).state)
        if metric in promised:
            after = _verdict(_under(draft, metric, clock, clocks, log, at))
        if before is not None or after is not None:
            yield Replayed(subject_id=subject_id, metric=metric, before=before, after=after)


def _under(
    draft: Draft,
    metric: Metric,
    clock: SlaClock | None,
    clocks: Sequence[SlaClock],
    log: Sequence[ClockEvent],
    at: datetime,
) -> ClockState:
    calendar = draft.calendar or _calendar(clock or next(iter(clocks), None), log, at)
    if draft.agreement is not None:
        events = [event for event in log if event.kind not in _OF_OLD_TERMS]
        return evaluate(draft.agreement.policies[metric], calendar, events, at)
    assert clock is not None  # noqa: S101  without other promises only held clocks are asked for
    digest = clock.first_agreement_digest or clock.agreement_digest
    policy = terms.agreed(digest).policies[metric]
    return evaluate(policy, calendar, log, at)


def _calendar(clock: SlaClock | None, log: Sequence[ClockEvent], at: datetime) -> Calendar:
    if clock is not None:
        return terms.compiled(clock.calendar_digest)
    opened = log[0].at if log else at
    return terms.calendar_of(terms.client_calendar(at=opened))


def _verdict(state: ClockState) -> Verdict | None:
    if not state.cycles:
        return None
    return Verdict(
        state=state.state,
        due_at=state.due_at,
        endings=tuple(ending_of(cycle) for cycle in state.cycles),
    )


def ending_of(cycle: Cycle) -> tuple[Ending | None, datetime]:
    """In which figure of the reports a cycle counts, and at which time."""
    at = cycle.finished_at or cycle.breached_at or cycle.started_at
    if cycle.state is State.CANCELLED:
        return Ending.CANCELLED, at
    if cycle.excused and (cycle.finished_at or cycle.state is State.BREACHED):
        return Ending.EXCUSED, at
    if cycle.state is State.MET:
        return Ending.MET, at
    if cycle.state is State.BREACHED:
        return (Ending.BREACHED if cycle.finished_at else Ending.OPEN_BREACHED), at
    return None, at


def _received(period: Period):  # type: ignore[no-untyped-def]
    conditions = [
        SlaEvent.kind == Kind.OPENED,
        SlaEvent.number == 1,
        SlaEvent.at >= period.since,
        SlaEvent.at < period.until,
    ]
    if period.service_key:
        of_service = select(SlaClock.subject_id).where(SlaClock.service_key == period.service_key)
        conditions.append(SlaEvent.subject_id.in_(of_service))
    return conditions


def _batch(period: Period, *, after: UUID | None) -> Sequence[UUID]:
    query = select(SlaEvent.subject_id).where(*_received(period))
    if after is not None:
        query = query.where(SlaEvent.subject_id > after)
    return db.session.scalars(query.order_by(SlaEvent.subject_id).limit(BATCH)).all()


def _clocks(subject_ids: Sequence[UUID]) -> Mapping[UUID, list[SlaClock]]:
    found: dict[UUID, list[SlaClock]] = {}
    for clock in standing.select_clocks(SlaClock.subject_id.in_(subject_ids)):
        # A checkpoint of the job that replays must not have them read again one by one.
        db.session.expunge(clock)
        found.setdefault(clock.subject_id, []).append(clock)
    return found
