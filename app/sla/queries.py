"""How promises stand, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.sla import standing, terms
from app.sla.models import SlaClock
from app.sla.rules import timeline
from app.sla.rules.agreement import agreement
from app.sla.rules.clock_events import ClockEvent, Kind, instant, moment
from app.sla.rules.clock_state import ClockState, Split
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric, Policy, Target
from app.sla.rules.progress import Progress, progress
from app.sla.terms import Work
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """A clock as of now. `due_at` is None while it is paused."""

    clock_id: UUID
    metric: Metric
    state: ClockState
    progress: Progress
    due_at: datetime | None
    paused_since: datetime | None
    remaining_seconds: int
    target_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a clock is due when it is."""

    clock: ClockView
    intervals: Sequence[timeline.Interval]
    """Of the last cycle, in order and without gaps, up to now or to the due time ahead."""
    zone: str
    """The zone of the calendar: times are explained in it."""
    calendar_digest: str
    agreement_digest: str
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the clocks of a subject were last written down: for lists."""

    due_at: datetime | None = None
    """Of the resolution, as the next three."""
    paused_since: datetime | None = None
    remaining_seconds: int | None = None
    target_seconds: int | None = None
    next_due_at: datetime | None = None
    """The earliest due time of all clocks that run, and of which metric it is."""
    next_metric: Metric | None = None
    team: str = ""
    """Whose internal step is being measured."""


def clocks_of(subject_id: UUID) -> Sequence[ClockView]:
    """Every clock of the subject, judged now; empty where nothing is promised."""
    at, log = now(), standing.events(subject_id)
    return [view(standing.judge(clock, log, at=at)) for clock in standing.clocks(subject_id)]


def clock_of(subject_id: UUID, *, metric: Metric = Metric.RESOLUTION) -> ClockView | None:
    """One clock, judged now."""
    return next((one for one in clocks_of(subject_id) if one.metric is metric), None)


def explain(subject_id: UUID, *, metric: Metric = Metric.RESOLUTION) -> Explanation:
    """The time line that leads to the due time. Raises NotFound where there is no such clock."""
    query = select(SlaClock).where(SlaClock.subject_id == subject_id, SlaClock.metric == metric)
    clock = db.session.scalars(query).first()
    if clock is None:
        raise NotFound("Nothing is promised for this work.")
    judged = standing.judge(clock, standing.events(subject_id), at=now())
    calendar = terms.compiled(clock.calendar_digest)
    cycle = judged.cycle
    return Explanation(
        clock=view(judged),
        intervals=timeline.timeline(cycle, calendar=calendar) if cycle else [],
        zone=calendar.definition.zone,
        calendar_digest=clock.calendar_digest,
        agreement_digest=clock.agreement_digest,
        policy=terms.agreed(clock.agreement_digest).policies[metric],
    )


def split(subject_id: UUID, *, metric: Metric = Metric.RESOLUTION) -> Split:
    """Whose the seconds of the subject's life were, until its end or now."""
    view = clock_of(subject_id, metric=metric)
    return view.state.split if view else Split()


def standings(subject_ids: Sequence[UUID]) -> Mapping[UUID, Standing]:
    """The clocks of a page of subjects in one query, as they were last written."""
    query = select(SlaClock).where(SlaClock.subject_id.in_(subject_ids))
    clocks: dict[UUID, list[SlaClock]] = {}
    for clock in db.session.scalars(query):
        clocks.setdefault(clock.subject_id, []).append(clock)
    return {subject_id: _standing(found) for subject_id, found in clocks.items()}


def _standing(clocks: Sequence[SlaClock]) -> Standing:
    running = [(one.due_at, one) for one in clocks if one.due_at and one.result is None]
    nearest = min(running, key=lambda pair: (pair[0], pair[1].metric), default=None)
    step = next((one for one in clocks if one.metric is Metric.INTERNAL_STEP), None)
    found = Standing(
        next_due_at=nearest[0] if nearest else None,
        next_metric=nearest[1].metric if nearest else None,
        team=step.team if step and step.result is None else "",
    )
    main = next((one for one in clocks if one.metric is Metric.RESOLUTION), None)
    if main is None:
        return found
    return replace(
        found,
        due_at=main.due_at,
        paused_since=main.paused_since,
        remaining_seconds=main.target_seconds - main.elapsed_seconds,
        target_seconds=main.target_seconds,
    )


def preview(
    *,
    service_key: str,
    type_key: str,
    priority: int | None,
    at: datetime,
    promised: Mapping[Metric, Target] | None = None,
) -> datetime | None:
    """When work received at `at` would be due; None where nothing is promised."""
    work = Work(service_key=service_key, type_key=type_key, priority=priority)
    found = terms.find(work, at=at, promised=promised)
    if found is None:
        return None
    policy = agreement(found.agreement.value).policies.get(Metric.RESOLUTION)
    if policy is None:
        return None
    opened = ClockEvent(at=at, kind=Kind.OPENED)
    return evaluate(policy, terms.calendar_of(found.calendar), [opened], at).due_at


def business_days_after(at: datetime, *, days: int) -> datetime:
    """The close of the n-th working day after `at` in the client's calendar.

    A moment outside working days counts from the next one. Raises NotFound for a calendar that
    has not so many working days.
    """
    calendar = terms.calendar_of(terms.client_calendar(at=at))
    close = calendar.business_day_close(instant(at), days, cutoff=None)
    if close is None:
        raise NotFound("The calendar has no working days.")
    return moment(close)


def view(judged: standing.Judged) -> ClockView:
    """What others see of a judged clock."""
    state, cycle = judged.state, judged.cycle
    return ClockView(
        clock_id=judged.clock.id,
        metric=judged.clock.metric,
        state=state,
        progress=progress(state),
        due_at=state.due_at,
        paused_since=timeline.paused_since(cycle, now=judged.at) if cycle else None,
        remaining_seconds=state.remaining_seconds,
        target_seconds=state.target_seconds,
    )
