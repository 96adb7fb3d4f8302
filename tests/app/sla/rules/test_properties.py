"""Case 88 and its kin: what holds for every calendar and every life, against a slow reference."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sla.rules import event_wire, policy_wire, wire
from app.sla.rules.agreement import agreement, agreement_json, digest, promised
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, in_order, instant
from app.sla.rules.clock_state import ClockState, Cycle, State
from app.sla.rules.fold import evaluate, shown
from app.sla.rules.life import Life
from app.sla.rules.policy import (
    BusinessDays,
    Cause,
    Change,
    MaxPause,
    Metric,
    Policy,
    Reopen,
    Then,
    WorkingTime,
)
from app.sla.rules.steps import STEPS
from tests.app.sla.rules import many_calendars as many
from tests.app.sla.rules.slow_reference import QUARTER, Facts, Reference

often = settings(max_examples=2000, deadline=None)
calendars = st.integers(0, many.HOW_MANY - 1)
quarters = st.integers(0, many.SPAN * 96)
# What belongs together, and what can happen on its own.
PHRASES = [
    (Kind.PAUSED, Kind.RESUMED),
    (Kind.PAUSED, Kind.PAUSED, Kind.RESUMED),
    (Kind.PAUSED, Kind.TARGET_CHANGED, Kind.RESUMED),
    (Kind.PAUSED, Kind.RESOLVED, Kind.REOPENED),
    (Kind.RESOLVED, Kind.REOPENED),
    (Kind.RESOLVED, Kind.TARGET_CHANGED, Kind.REOPENED),
    (Kind.RESOLVED, Kind.PAUSED, Kind.REOPENED),
    (Kind.CLIENT_MESSAGE, Kind.PROVIDER_MESSAGE),
    (Kind.RESOLVED, Kind.CLIENT_MESSAGE, Kind.REOPENED),
    (Kind.SUBCONTRACTOR_STARTED, Kind.SUBCONTRACTOR_ENDED),
    (Kind.SUBCONTRACTOR_STARTED, Kind.PAUSED, Kind.RESUMED, Kind.SUBCONTRACTOR_ENDED),
    (Kind.STEP_STARTED, Kind.PAUSED, Kind.RESUMED, Kind.STEP_ENDED),
    (Kind.STEP_STARTED, Kind.STEP_STARTED),
    (Kind.TARGET_CHANGED,),
    (Kind.TARGET_CHANGED, Kind.TARGET_CHANGED),
    (Kind.AUTOMATIC_MESSAGE, Kind.INTERNAL_NOTE),
    (Kind.CANCELLED,),
]
Phrases = Sequence[tuple[Kind, ...]]
PAUSING = [Cause.CLIENT, Cause.THIRD_PARTY, Cause.PROVIDER]

working_times = st.one_of(
    st.sampled_from([0, QUARTER, 3600, 2 * 3600, 8 * 3600]),
    st.integers(0, 8 * 3600),
    st.integers(0, 60 * 3600),
).map(WorkingTime)
targets = st.one_of(
    working_times,
    st.builds(
        BusinessDays,
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(0, 95).map(lambda n: n * QUARTER)),
    ),
)
policies = st.builds(
    Policy,
    metric=st.sampled_from([Metric.RESOLUTION, Metric.RESOLUTION, *Metric]),
    target=targets,
    reopen=st.sampled_from(Reopen),
    change=st.sampled_from(Change),
)


@st.composite
def lives(draw: st.DrawFn, phrases: Phrases = PHRASES) -> list[ClockEvent]:
    """What happens to an item; in the zones' own days, on the grid of quarters."""
    at = many.start_of(0) + timedelta(seconds=draw(st.integers(0, 7 * 96)) * QUARTER)
    events = [ClockEvent(at=at, kind=Kind.OPENED, by_provider=draw(st.integers(0, 5)) == 0)]
    gaps = st.one_of(st.integers(0, 8), st.integers(0, 150))
    said = draw(st.lists(st.sampled_from(phrases), min_size=1, max_size=6))
    for kind in itertools.chain.from_iterable(said):
        at += timedelta(seconds=draw(gaps) * QUARTER)
        cause = draw(st.sampled_from(PAUSING)) if kind is Kind.PAUSED else None
        if kind is Kind.RESUMED:
            cause = draw(st.sampled_from([None, *PAUSING]))
        target = draw(targets) if kind is Kind.TARGET_CHANGED else None
        events.append(ClockEvent(at=at, kind=kind, cause=cause, target=target))
    return events


def placed(events: Sequence[ClockEvent], number: int) -> list[ClockEvent]:
    """The same life in the days of that calendar."""
    by = many.start_of(number) - many.start_of(0)
    return [replace(event, at=event.at + by) for event in events]


@given(calendars, quarters, st.integers(0, 21 * 96))
@often
def test_between_agrees_with_a_walk_over_the_wall_clock(
    number: int, first: int, steps: int
) -> None:
    start = instant(many.start_of(number)) + first * QUARTER
    end = start + steps * QUARTER
    assert many.compiled(number).between(start, end) == many.hours(number).worked(start, end)


@given(calendars, quarters, st.integers(1, 400 * 3600))
@often
def test_between_is_the_inverse_of_add(number: int, first: int, seconds: int) -> None:
    calendar = many.compiled(number)
    start = instant(many.start_of(number)) + first * QUARTER
    end = calendar.add(start, seconds)
    assert end is not None
    assert calendar.between(start, end) == seconds
    assert calendar.between(start, end - 1) == seconds - 1


@given(calendars, quarters, targets, st.integers(0, many.SPAN))
@often
def test_case_88_another_holiday_never_makes_a_due_time_earlier(
    number: int, first: int, target: WorkingTime | BusinessDays, day: int
) -> None:
    plain = many.definition(number)
    start = many.start_of(number) + timedelta(seconds=first * QUARTER)
    holiday = (many.start_of(number) + timedelta(days=day)).date()
    fewer = replace(
        plain,
        holidays=plain.holidays | {holiday},
        overrides={when: shifts for when, shifts in plain.overrides.items() if when != holiday},
    )
    if isinstance(target, BusinessDays) and not many.closes_in_order(number):
        return
    opened = [ClockEvent(at=start, kind=Kind.OPENED)]
    policy = Policy(metric=Metric.RESOLUTION, target=target)
    before = evaluate(policy, many.compiled(number), opened, start).due_at
    after = evaluate(policy, Calendar(fewer), opened, start).due_at
    assert before is not None
    assert after is not None
    assert after >= before


WITHOUT_PAUSES = [
    (Kind.RESOLVED, Kind.REOPENED), (Kind.RESOLVED, Kind.TARGET_CHANGED, Kind.REOPENED),
    (Kind.TARGET_CHANGED,), (Kind.INTERNAL_NOTE,), (Kind.CLIENT_MESSAGE, Kind.PROVIDER_MESSAGE),
    (Kind.STEP_STARTED, Kind.STEP_ENDED),
]  # fmt: skip


@given(
    policies, calendars, lives(WITHOUT_PAUSES), quarters, st.integers(1, 300), st.integers(0, 2000)
)
@often
def test_case_88_more_pause_never_makes_the_due_time_earlier(
    policy: Policy, number: int, life: list[ClockEvent], first: int, length: int, steps: int
) -> None:
    events = placed(life, number)
    begins = many.start_of(number) + timedelta(seconds=first * QUARTER)
    ends = begins + timedelta(seconds=length * QUARTER)
    # A pause that nothing else in this life ends or begins.
    pause = [
        ClockEvent(at=begins, kind=Kind.PAUSED, cause=Cause.THIRD_PARTY),
        ClockEvent(at=ends, kind=Kind.RESUMED, cause=Cause.THIRD_PARTY),
    ]
    now = events[0].at + timedelta(seconds=steps * QUARTER)
    plain = evaluate(policy, many.compiled(number), events, now)
    paused = evaluate(policy, many.compiled(number), [*events, *pause], now)
    assert len(plain.cycles) == len(paused.cycles)
    for one, other in zip(plain.cycles, paused.cycles, strict=True):
        if (
            one.due_at is not None
            and other.due_at is not None
            and one.started_at == other.started_at
        ):
            assert one.due_at <= other.due_at


@given(policies, calendars, lives(), st.integers(0, 1200))
@often
def test_case_88_every_second_is_somebodys_and_elapsed_and_remaining_are_the_target(
    policy: Policy, number: int, life: list[ClockEvent], steps: int
) -> None:
    events = placed(life, number)
    now = events[0].at + timedelta(seconds=steps * QUARTER)
    state = evaluate(policy, many.compiled(number), events, now)
    gone = resolved_seconds(events, now)
    for cycle in state.cycles:
        assert cycle.elapsed_seconds + cycle.remaining_seconds == cycle.target_seconds
        if cycle.state is State.MET:
            assert cycle.due_at is not None
            assert cycle.finished_at is not None
            assert cycle.finished_at <= cycle.due_at
        if cycle.state is State.PAUSED:
            assert cycle.due_at is None
        if cycle.state is State.RUNNING and cycle.due_at is not None:
            calendar = many.compiled(number)
            ahead = calendar.between(cycle.judged_to, instant(cycle.due_at))
            assert ahead == max(cycle.remaining_seconds, 0)
    split = state.split
    whole = split.provider + split.client + split.third_party + split.closed
    assert whole == sum(lifetime(cycle, events, now) for cycle in state.cycles) - sum(
        gone(cycle, now) for cycle in state.cycles
    )


def lifetime(cycle: Cycle, events: Sequence[ClockEvent], now: datetime) -> int:
    """From the start to the end, or now."""
    end = now
    if cycle.finished_at is not None:
        end = cycle.finished_at
    elif cycle.state is State.CANCELLED:
        end = next(
            event.at
            for event in events
            if event.kind in (Kind.CANCELLED, Kind.TARGET_CHANGED)
            and instant(event.at) == cycle.judged_to
        )
    return instant(end) - instant(cycle.started_at)


def resolved_seconds(events: Sequence[ClockEvent], now: datetime) -> Any:
    """How many seconds of a cycle lay in resolved stretches."""
    stretches: list[list[datetime]] = []
    is_resolved = False
    for event in events:
        if event.at > now:
            break
        if event.kind is Kind.RESOLVED and not is_resolved:
            stretches.append([event.at, now])
        elif event.kind is Kind.REOPENED and is_resolved:
            stretches[-1][1] = event.at
        else:
            continue
        is_resolved = event.kind is Kind.RESOLVED

    def of(cycle: Cycle, now: datetime) -> int:
        start, end = cycle.started_at, cycle.finished_at or now
        if cycle.state is State.CANCELLED:
            end = start + timedelta(seconds=cycle.judged_to - instant(start))
        overlaps = [(max(start, begins), min(end, ends)) for begins, ends in stretches]
        return sum(instant(b) - instant(a) for a, b in overlaps if a < b)

    return of


@given(policies, calendars, lives(), st.integers(0, 1200))
@often
def test_the_fold_in_one_go_equals_the_fold_event_by_event(
    policy: Policy, number: int, life: list[ClockEvent], steps: int
) -> None:
    events = placed(life, number)
    now = events[0].at + timedelta(seconds=steps * QUARTER)
    calendar = many.compiled(number)
    one_by_one = Life(policy, calendar, STEPS[policy.metric])
    for position, event in enumerate(in_order(events, now=now)):
        one_by_one.take(event)
        # Asked on the way, by what is known so far.
        assert isinstance(evaluate(policy, calendar, events[: position + 1], event.at), ClockState)
    assert evaluate(policy, calendar, events, now) == shown(one_by_one.cycles(now))


@given(policies, calendars, lives(), st.integers(0, 1200))
@settings(max_examples=2500, deadline=None)
def test_a_slow_walk_through_every_quarter_comes_to_the_same(
    policy: Policy, number: int, life: list[ClockEvent], steps: int
) -> None:
    events = placed(life, number)
    now = events[0].at + timedelta(seconds=steps * QUARTER)
    state = evaluate(policy, many.compiled(number), events, now)
    reference = Reference(policy, many.hours(number))
    reference.walk([event for event in events if event.at <= now], instant(now))
    expected = list(reference.facts(instant(now)))
    assert len(state.cycles) == len(expected)
    for cycle, theirs in zip(state.cycles, expected, strict=True):
        assert facts(cycle, due_is_known=theirs[1] is not None) == theirs
    assert {
        "provider": state.split.provider,
        "client": state.split.client,
        "third_party": state.split.third_party,
        "closed": state.split.closed,
    } == reference.split


def facts(cycle: Cycle, *, due_is_known: bool) -> Facts:
    """A cycle as the reference tells it; it projects no due time of what was cancelled."""

    def seconds(at: datetime | None) -> int | None:
        return None if at is None else instant(at)

    due = seconds(cycle.due_at)
    if cycle.state is State.CANCELLED and not due_is_known:
        due = None
    return (
        cycle.state.value, due, cycle.elapsed_seconds, cycle.remaining_seconds,
        seconds(cycle.breached_at), seconds(cycle.finished_at),
    )  # fmt: skip


any_policies = st.builds(
    Policy,
    metric=st.sampled_from([Metric.RESOLUTION, Metric.RESOLUTION, *Metric]),
    target=targets,
    reopen=st.sampled_from(Reopen),
    change=st.sampled_from(Change),
    pauses=st.frozensets(st.sampled_from(Cause)),
    max_pause=st.one_of(
        st.none(),
        st.builds(
            MaxPause,
            st.one_of(working_times, st.builds(BusinessDays, st.integers(0, 9))),
            st.sampled_from(Then),
        ),
    ),
)


@given(calendars, any_policies, lives())
@often
def test_what_is_written_reads_back(number: int, policy: Policy, life: list[ClockEvent]) -> None:
    definition = many.definition(number)
    written = wire.opening_hours_json(definition)
    assert wire.opening_hours_json(wire.opening_hours(written)) == written
    assert Calendar(wire.opening_hours(written)).definition.overrides == {
        day: tuple(sorted(shifts)) for day, shifts in definition.overrides.items()
    }
    assert policy_wire.policies(policy_wire.policies_json({policy.metric: policy})) == {
        policy.metric: policy
    }
    for event in life:
        more = replace(event, policies={policy.metric: policy}, team="a", recorded_at=event.at)
        assert event_wire.clock_event(event_wire.clock_event_json(more)) == more
    terms: dict[str, Any] = agreement_json(promised({policy.metric: policy.target}))
    assert agreement_json(agreement(terms)) == terms
    assert digest(terms) == digest(dict(reversed(terms.items())))
