"""Case 88 and its kin: what holds for every calendar and every life, against a slow reference."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sla.rules import wire
from app.sla.rules.agreement import agreement, agreement_json, digest, promised
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind, in_order, instant
from app.sla.rules.clock_state import ClockState, State
from app.sla.rules.fold import evaluate, shown
from app.sla.rules.life import Life
from app.sla.rules.opening_hours import OpeningHours, Shift
from app.sla.rules.policy import (
    BusinessDays,
    Cause,
    Change,
    Metric,
    Policy,
    Reopen,
    WorkingTime,
)
from app.sla.rules.steps import STEPS
from app.sla.rules.wall_clock import DAY

# Around both changes of summer time, in zones that differ by hours, halves and hemisphere.
STARTS = [datetime(2026, month, 20, tzinfo=UTC) for month in (3, 6, 10, 12)]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
STEP = 1800
"""The grid of the reference: every offset, shift and event lies on it."""

half_hours = st.integers(0, 47).map(lambda n: n * STEP)


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    opens = draw(half_hours)
    return (Shift(opens, opens + draw(st.integers(1, 48 if opens == 0 else 47)) * STEP),)


two_shifts = st.tuples(shifts(), shifts()).map(lambda two: two[0] + two[1])
days = st.one_of(st.just(()), shifts(), two_shifts)
dates = st.integers(0, 20)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    start = draw(st.sampled_from(STARTS)).date()
    return Calendar(
        OpeningHours(
            zone=draw(st.sampled_from(ZONES)),
            week=(draw(shifts()), *draw(st.tuples(*[days] * 6))),
            holidays=frozenset(start + timedelta(days=n) for n in draw(st.sets(dates, max_size=4))),
            overrides={
                start + timedelta(days=n): draw(days) for n in draw(st.sets(dates, max_size=3))
            },
        )
    )


moments = st.builds(
    lambda start, steps: start + timedelta(seconds=steps * STEP),
    st.sampled_from(STARTS),
    st.integers(0, 21 * 48),
)


def is_open(calendar: Calendar, at: int) -> bool:
    """The reference: look at the wall clock, and at every shift that could reach this far."""
    definition = calendar.definition
    zone = ZoneInfo(definition.zone)
    local = datetime.fromtimestamp(at, zone)
    seconds = local.hour * 3600 + local.minute * 60
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        reach = seconds + back * DAY
        if any(shift.opens <= reach < shift.closes for shift in definition.shifts_on(day)):
            return True
    return False


def is_plain(start: int, end: int, calendar: Calendar) -> bool:
    """No change of summer time in or near the span: there, edges are judged by their own test."""
    zone = ZoneInfo(calendar.definition.zone)
    around = range(start - 2 * DAY, end + 2 * DAY, DAY)
    return len({datetime.fromtimestamp(at, zone).utcoffset() for at in around}) == 1


@given(calendars(), moments, st.integers(0, 7 * 48))
@settings(max_examples=150, deadline=None)
def test_between_agrees_with_a_walk_over_the_wall_clock(
    calendar: Calendar, moment: datetime, steps: int
) -> None:
    start = instant(moment)
    end = start + steps * STEP
    if not is_plain(start, end, calendar):
        return
    quarters = range(start, end, 900)
    assert calendar.between(start, end) == 900 * sum(is_open(calendar, at) for at in quarters)


@given(calendars(), moments, st.integers(1, 400 * 3600))
@settings(max_examples=150, deadline=None)
def test_between_is_the_inverse_of_add(calendar: Calendar, moment: datetime, seconds: int) -> None:
    start = instant(moment)
    end = calendar.add(start, seconds)
    assert end is not None
    assert calendar.between(start, end) == seconds
    assert calendar.between(start, end - 1) == seconds - 1


@given(calendars(), moments, st.integers(0, 400 * 3600), dates)
@settings(max_examples=150, deadline=None)
def test_another_holiday_never_makes_a_due_time_earlier(
    calendar: Calendar, moment: datetime, seconds: int, day: int
) -> None:
    plain = calendar.definition
    holiday = (moment + timedelta(days=day)).date()
    fewer = OpeningHours(
        zone=plain.zone,
        week=plain.week,
        holidays=plain.holidays | {holiday},
        overrides=plain.overrides,
    )
    before = calendar.add(instant(moment), seconds)
    after = Calendar(fewer).add(instant(moment), seconds)
    assert before is not None
    assert after is not None
    assert after >= before


targets = st.one_of(
    st.integers(0, 60 * 3600).map(WorkingTime),
    st.builds(BusinessDays, st.integers(0, 5), st.one_of(st.none(), half_hours)),
)


@st.composite
def lives(draw: st.DrawFn) -> list[ClockEvent]:
    at = draw(moments)
    events = [ClockEvent(at=at, kind=Kind.OPENED, by_provider=draw(st.booleans()))]
    for _ in range(draw(st.integers(0, 14))):
        at += timedelta(seconds=draw(st.integers(0, 12)) * STEP)
        kind = draw(st.sampled_from([kind for kind in Kind if kind is not Kind.OPENED]))
        cause = draw(st.sampled_from([*Cause, None]))
        if kind is Kind.PAUSED and cause is None:
            cause = Cause.CLIENT
        target = draw(targets) if kind is Kind.TARGET_CHANGED else None
        events.append(ClockEvent(at=at, kind=kind, cause=cause, target=target))
    return events


policies = st.builds(
    lambda metric, target, reopen, change: Policy(
        metric=metric, target=target, reopen=reopen, change=change
    ),
    st.sampled_from(Metric),
    targets,
    st.sampled_from(Reopen),
    st.sampled_from(Change),
)


@given(policies, calendars(), lives(), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_every_second_is_somebodys_and_elapsed_and_remaining_are_the_target(
    policy: Policy, calendar: Calendar, events: list[ClockEvent], steps: int
) -> None:
    now = events[0].at + timedelta(seconds=steps * STEP)
    shown = evaluate(policy, calendar, events, now)
    for cycle in shown.cycles:
        assert cycle.elapsed_seconds + cycle.remaining_seconds == cycle.target_seconds
        seconds = sum(stretch.end - stretch.start for stretch in cycle.stretches)
        end = instant(cycle.finished_at or now)
        assert seconds <= end - instant(cycle.started_at)
        if cycle.state is State.MET:
            assert cycle.due_at is not None
            assert cycle.finished_at is not None
            assert cycle.finished_at <= cycle.due_at
        if cycle.state is State.PAUSED:
            assert cycle.due_at is None
    split = shown.split
    assert split.provider == sum(cycle.elapsed_seconds for cycle in shown.cycles)


@given(policies, calendars(), lives(), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_the_fold_in_one_go_equals_the_fold_event_by_event(
    policy: Policy, calendar: Calendar, events: list[ClockEvent], steps: int
) -> None:
    now = events[0].at + timedelta(seconds=steps * STEP)
    life = Life(policy, calendar, STEPS[policy.metric])
    for event in in_order(events, now=now):
        life.take(event)
    in_steps = shown(life.cycles(now))
    # Asked many times on the way, and with a calendar that has grown elsewhere first.
    other = Calendar(calendar.definition)
    other.between(0, 1)
    for event in events:
        evaluate(policy, other, events, event.at)
    assert evaluate(policy, other, list(events), now) == in_steps


@given(calendars(), moments, st.integers(1, 40 * 3600), st.integers(0, 96), st.integers(0, 96))
@settings(max_examples=150, deadline=None)
def test_more_pause_never_makes_the_due_time_earlier(
    calendar: Calendar, opened: datetime, seconds: int, first: int, length: int
) -> None:
    policy = Policy(metric=Metric.RESOLUTION, target=WorkingTime(seconds))
    paused_at = opened + timedelta(seconds=first * STEP)

    def due(pause: int) -> ClockState:
        resumed_at = paused_at + timedelta(seconds=pause * STEP)
        events = [
            ClockEvent(at=opened, kind=Kind.OPENED),
            ClockEvent(at=paused_at, kind=Kind.PAUSED, cause=Cause.CLIENT),
            ClockEvent(at=resumed_at, kind=Kind.RESUMED),
        ]
        return evaluate(policy, calendar, events, resumed_at)

    shorter, longer = due(length), due(length + 1)
    assert shorter.due_at is not None
    assert longer.due_at is not None
    assert shorter.due_at <= longer.due_at


@given(calendars(), policies, moments)
@settings(max_examples=150, deadline=None)
def test_terms_read_back_as_they_were_written(
    calendar: Calendar, policy: Policy, moment: datetime
) -> None:
    written = wire.opening_hours_json(calendar.definition)
    again = Calendar(wire.opening_hours(written))
    start = instant(moment)
    assert again.add(start, 40 * 3600) == calendar.add(start, 40 * 3600)
    assert wire.opening_hours_json(again.definition) == written
    terms: dict[str, Any] = agreement_json(promised({policy.metric: policy.target}))
    assert agreement_json(agreement(terms)) == terms
    assert digest(terms) == digest(dict(reversed(terms.items())))
