"""What is noted late, agreed anew, set by hand: cases 39-41, 48, 56-61 and 67 of the design."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.sla.rules.agreement import agreement
from app.sla.rules.alerts import crossings
from app.sla.rules.clock_events import ClockEvent
from app.sla.rules.clock_state import ClockState, Split, State
from app.sla.rules.policy import BusinessDays, Cause, MaxPause, Metric, Policy, Then, WorkingTime
from app.sla.rules.timeline import timeline
from tests.app.sla.rules.office import (
    FRI,
    HOUR,
    MON,
    OFFICE,
    OFFICE_WEEK,
    SAT,
    SUN,
    THU,
    TUE,
    WED,
    calendar,
    clock,
    entry,
    local,
    policy,
    said,
)

OPENED = entry(f"{MON} 10:00", "opened")
RESOLVED = entry(f"{MON} 12:00", "resolved")


def noted(event: ClockEvent, at: str) -> ClockEvent:
    """The same event, written down later."""
    return replace(event, recorded_at=local(at))


def late_pause(at: str = f"{TUE} 09:30") -> list[ClockEvent]:
    """Nobody noted on Monday that the client was asked at 11:00 and answered at 15:00."""
    return [
        noted(entry(f"{MON} 11:00", "paused", "client"), at),
        noted(entry(f"{MON} 15:00", "resumed", "client"), at),
    ]


def test_case_39_a_backdated_pause_excuses_the_breach_and_keeps_the_original() -> None:
    opened = noted(OPENED, f"{MON} 10:00")
    done = noted(entry(f"{MON} 16:00", "resolved"), f"{MON} 16:00")
    before = clock(policy(hours=4), opened, done, now=f"{TUE} 09:00")
    assert (before.state, said(before.breached_at)) == (State.BREACHED, f"{MON} 14:00")
    after = clock(policy(hours=4), opened, done, *late_pause(), now=f"{TUE} 10:00")
    assert (after.state, after.breached_at) == (State.MET, None)
    cycle = after.cycles[-1]
    assert cycle.excused
    assert said(cycle.original_breached_at) == f"{MON} 14:00"
    assert after.split == Split(provider=2 * HOUR, client=4 * HOUR)


def test_case_39_nothing_is_excused_that_was_no_breach() -> None:
    opened = noted(OPENED, f"{MON} 10:00")
    in_time = clock(policy(hours=40), opened, *late_pause(), now=f"{TUE} 10:00")
    assert not in_time.cycles[-1].excused
    assert in_time.cycles[-1].original_breached_at is None
    # Noted late, but before the clock was late by what was known.
    early = late_pause(f"{MON} 13:00")[:1]
    asked = clock(policy(hours=4), opened, *early, now=f"{MON} 13:30")
    assert (asked.state, asked.cycles[-1].excused) == (State.PAUSED, False)


def test_case_39_a_breach_that_only_moves_stays_one() -> None:
    opened = noted(OPENED, f"{MON} 10:00")
    moved = clock(policy(hours=2), opened, *late_pause(), now=f"{TUE} 12:00")
    cycle = moved.cycles[-1]
    assert (moved.state, said(moved.breached_at)) == (State.BREACHED, f"{MON} 16:00")
    assert (cycle.excused, said(cycle.original_breached_at)) == (False, f"{MON} 12:00")


def test_case_39_a_breach_is_excused_by_somebody_and_shown_apart() -> None:
    excused = entry(f"{TUE} 09:00", "excused", metric=Metric.RESOLUTION)
    shown = clock(policy(hours=4), OPENED, excused, now=f"{TUE} 10:00")
    cycle = shown.cycles[-1]
    assert (shown.state, said(shown.breached_at)) == (State.BREACHED, f"{MON} 14:00")
    assert (cycle.excused, cycle.original_breached_at) == (True, shown.breached_at)
    answer = clock(policy("first_response", hours=4), OPENED, excused, now=f"{TUE} 10:00")
    assert not answer.cycles[-1].excused
    all_of_them = replace(excused, metric=None)
    answer = clock(policy("first_response", hours=4), OPENED, all_of_them, now=f"{TUE} 10:00")
    assert answer.cycles[-1].excused
    too_soon = entry(f"{MON} 11:00", "excused")
    assert not clock(policy(hours=4), OPENED, too_soon, now=f"{TUE} 10:00").cycles[-1].excused


def test_case_39_a_cancelled_items_breach_can_be_excused() -> None:
    gone = entry(f"{MON} 16:00", "cancelled")
    excused = entry(f"{TUE} 09:00", "excused")
    shown = clock(policy(hours=4), OPENED, gone, excused, now=f"{TUE} 10:00")
    assert (shown.state, shown.cycles[-1].excused) == (State.CANCELLED, True)


def under(new: Policy, at: str) -> ClockEvent:
    """Other terms from then on."""
    return entry(at, "policy_changed", policies={new.metric: new})


def test_case_40_a_pause_taken_out_of_the_policy_applies_from_the_change_on() -> None:
    asked = entry(f"{MON} 11:00", "paused", "third_party")
    only_client = replace(policy(), pauses=frozenset({Cause.CLIENT}))
    shown = clock(policy(), OPENED, asked, under(only_client, f"{MON} 13:00"), now=f"{MON} 14:00")
    assert (shown.state, shown.elapsed_seconds) == (State.RUNNING, 2 * HOUR)
    assert shown.split == Split(provider=2 * HOUR, third_party=2 * HOUR)
    assert said(shown.due_at) == f"{TUE} 12:00"


def test_case_40_a_pause_put_into_the_policy_applies_from_the_change_on() -> None:
    never = replace(policy(), pauses=frozenset())
    asked = entry(f"{MON} 11:00", "paused", "client")
    shown = clock(never, OPENED, asked, under(policy(), f"{MON} 13:00"), now=f"{MON} 14:00")
    assert (shown.state, shown.elapsed_seconds) == (State.PAUSED, 3 * HOUR)


def limited(limit: WorkingTime | BusinessDays, then: Then) -> Policy:
    return replace(policy(hours=80), max_pause=MaxPause(limit, then))


PAUSED = entry(f"{MON} 11:00", "paused", "client")


@pytest.mark.parametrize(
    ("limit", "ends"),
    [(WorkingTime(8 * HOUR), f"{TUE} 11:00"), (BusinessDays(1), f"{TUE} 17:00")],
)
def test_case_41_after_the_longest_pause_the_clock_runs_again(
    limit: WorkingTime | BusinessDays, ends: str
) -> None:
    terms = limited(limit, Then.RESUME)
    waits = clock(terms, OPENED, PAUSED, now=f"{TUE} 10:59")
    assert (waits.state, said(waits.cycles[-1].pause_limit_at)) == (State.PAUSED, ends)
    runs = clock(terms, OPENED, PAUSED, now=f"{WED} 11:00")
    assert (runs.state, runs.cycles[-1].pause_limit_at) == (State.RUNNING, None)
    paused = OFFICE.between(int(PAUSED.at.timestamp()), int(local(ends).timestamp()))
    assert runs.split.client == paused
    # The answer comes too late to count, and a new pause is one of its own.
    answered = entry(f"{WED} 10:00", "resumed")
    assert clock(terms, OPENED, PAUSED, answered, now=f"{WED} 11:00") == runs
    again = entry(f"{WED} 11:00", "paused", "client")
    assert clock(terms, OPENED, PAUSED, again, now=f"{WED} 12:00").state is State.PAUSED


def test_case_41_one_pause_of_several_causes_has_one_limit() -> None:
    terms = limited(WorkingTime(2 * HOUR), Then.RESUME)
    more = [
        entry(f"{MON} 12:00", "paused", "third_party"),
        entry(f"{MON} 12:30", "resumed", "client"),
    ]
    shown = clock(terms, OPENED, PAUSED, *more, now=f"{MON} 14:00")
    assert shown.split == Split(provider=2 * HOUR, client=1.5 * HOUR, third_party=0.5 * HOUR)


def test_case_41_or_it_escalates_and_stands() -> None:
    terms = limited(WorkingTime(HOUR), Then.ESCALATE)
    shown = clock(terms, OPENED, PAUSED, now=f"{FRI} 11:00")
    assert (shown.state, said(shown.cycles[-1].pause_limit_at)) == (State.PAUSED, f"{MON} 12:00")
    resumed = entry(f"{FRI} 12:00", "resumed")
    after = clock(terms, OPENED, PAUSED, resumed, now=f"{FRI} 13:00")
    assert (after.state, after.cycles[-1].pause_limit_at) == (State.RUNNING, None)
    resolved = entry(f"{FRI} 12:00", "resolved")
    done = clock(terms, OPENED, PAUSED, resolved, now=f"{FRI} 13:00")
    assert done.cycles[-1].pause_limit_at is None


def test_case_41_a_limit_agreed_during_a_pause_counts_from_then_on() -> None:
    terms = limited(WorkingTime(HOUR), Then.RESUME)
    changed = under(terms, f"{MON} 15:00")
    shown = clock(policy(), OPENED, PAUSED, changed, now=f"{MON} 17:00")
    assert shown.split == Split(provider=2 * HOUR, client=5 * HOUR)


@pytest.mark.parametrize("channel", ["mail", "portal", "api", "phone"])
def test_case_48_any_channel_counts_the_same(channel: str) -> None:
    answer = entry(f"{MON} 11:00", "provider_message")
    if channel == "phone":  # told at eleven, noted at three
        answer = noted(answer, f"{MON} 15:00")
    shown = clock(policy("first_response", hours=2), OPENED, answer, now=f"{MON} 16:00")
    assert (shown.state, said(shown.finished_at)) == (State.MET, f"{MON} 11:00")
    assert shown.cycles[-1].excused is (channel == "phone")


def test_case_56_moved_to_another_client_old_clocks_are_cancelled() -> None:
    moved = entry(f"{MON} 15:00", "moved")
    for metric, breached_at in (("resolution", None), ("first_response", f"{MON} 14:00")):
        hours = 8 if breached_at is None else 4
        shown = clock(policy(metric, hours=hours), OPENED, moved, RESOLVED_LATE, now=f"{FRI} 12:00")
        assert (shown.state, shown.finished_at, len(shown.cycles)) == (State.CANCELLED, None, 1)
        assert (shown.breached_at and said(shown.breached_at)) == breached_at


RESOLVED_LATE = entry(f"{THU} 12:00", "resolved")


def test_case_56_moved_to_another_service_new_ones_start_by_its_promise() -> None:
    moved = entry(f"{MON} 15:00", "moved", policies={Metric.RESOLUTION: policy(hours=3)})
    shown = clock(policy(hours=2), OPENED, moved, now=f"{MON} 16:00")
    assert [cycle.state for cycle in shown.cycles] == [State.CANCELLED, State.RUNNING]
    assert (said(shown.due_at), shown.breached_at) == (f"{TUE} 10:00", None)
    # An answer that was given is given.
    answered = entry(f"{MON} 11:00", "provider_message")
    both = {metric: policy(metric.value) for metric in (Metric.RESOLUTION, Metric.FIRST_RESPONSE)}
    moved = entry(f"{MON} 15:00", "moved", policies=both)
    first = clock(policy("first_response"), OPENED, answered, moved, now=f"{TUE} 16:00")
    assert (first.state, len(first.cycles)) == (State.MET, 1)


def test_case_57_a_metric_missing_in_the_new_policy_is_cancelled() -> None:
    only_work = under(policy(hours=8), f"{MON} 11:00")
    answer = clock(policy("first_response", hours=4), OPENED, only_work, now=f"{FRI} 12:00")
    assert (answer.state, answer.breached_at, answer.is_open) == (State.CANCELLED, None, False)
    assert answer.elapsed_seconds == HOUR
    assert clock(policy(hours=8), OPENED, only_work, now=f"{MON} 12:00") == clock(
        policy(hours=8), OPENED, now=f"{MON} 12:00"
    )


@pytest.mark.parametrize(
    ("change", "due"),
    [("retroactive", f"{MON} 15:00"), ("forward", f"{MON} 17:00"), ("reset", f"{MON} 17:00")],
)
def test_case_58_a_running_clock_takes_a_new_version_only_when_migrated(
    change: str, due: str
) -> None:
    newer = under(policy(hours=5, change=change), f"{MON} 12:00")
    kept = clock(policy(hours=8), OPENED, now=f"{MON} 13:00")
    assert said(kept.due_at) == f"{TUE} 10:00"
    migrated = clock(policy(hours=8), OPENED, newer, now=f"{MON} 13:00")
    assert said(migrated.due_at) == due


def test_case_58_the_new_version_holds_for_what_starts_later() -> None:
    newer = under(policy(hours=2, reopen="new_cycle"), f"{MON} 13:00")
    reopened = entry(f"{MON} 14:00", "reopened")
    shown = clock(policy(hours=8), OPENED, RESOLVED, newer, reopened, now=f"{MON} 14:30")
    assert said(shown.due_at) == f"{MON} 16:00"


def test_cases_20_and_59_a_late_holiday_moves_open_dues_by_the_same_events() -> None:
    with_holiday = calendar(OFFICE_WEEK, holidays=[TUE])
    shown = clock(policy(hours=8), OPENED, now=f"{MON} 13:00", by=with_holiday)
    assert said(shown.due_at) == f"{WED} 10:00"
    done = clock(policy(hours=8), OPENED, RESOLVED, now=f"{FRI} 13:00", by=with_holiday)
    assert (done.state, done.elapsed_seconds) == (State.MET, 2 * HOUR)


def test_case_60_a_contract_that_ends_cancels_or_runs_off() -> None:
    ended = entry(f"{MON} 12:00", "policy_changed", policies={})
    cancelled = clock(policy(hours=4), OPENED, ended, now=f"{FRI} 12:00")
    assert (cancelled.state, cancelled.breached_at) == (State.CANCELLED, None)
    assert not crossings(cancelled.cycles[-1], thresholds=(100,), calendar=OFFICE)[1:]
    runs_off = clock(policy(hours=4), OPENED, now=f"{FRI} 12:00")
    assert runs_off.state is State.BREACHED


def test_case_61_merged_the_survivor_keeps_the_earliest_start() -> None:
    duplicate = [entry(f"{MON} 09:00", "opened"), entry(f"{MON} 14:00", "merged")]
    gone = clock(policy(hours=4), *duplicate, now=f"{FRI} 12:00")
    assert (gone.state, said(gone.breached_at)) == (State.CANCELLED, f"{MON} 13:00")
    assert gone.elapsed_seconds == 5 * HOUR
    opened_before = noted(duplicate[0], f"{MON} 14:00")
    survivor = clock(policy(hours=8), OPENED, opened_before, now=f"{MON} 15:00")
    assert said(survivor.cycles[0].started_at) == f"{MON} 09:00"
    assert (said(survivor.due_at), len(survivor.cycles)) == (f"{MON} 17:00", 1)


def due_by_hand(at: str, due: str | None) -> ClockEvent:
    return entry(at, "due_set", due_at=None if due is None else local(due))


def test_case_67_a_due_time_by_hand_is_kept_and_the_original_shown() -> None:
    by_hand = due_by_hand(f"{MON} 11:00", f"{SAT} 12:00")
    for by in (OFFICE, calendar(OFFICE_WEEK, holidays=[TUE, WED])):
        shown = clock(policy(hours=8), OPENED, by_hand, now=f"{MON} 13:00", by=by)
        assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{SAT} 12:00")
    assert said(clock(policy(), OPENED, by_hand, now=f"{MON} 13:00").cycles[0].original_due_at) == (
        f"{TUE} 10:00"
    )
    assert shown.elapsed_seconds + shown.remaining_seconds == shown.target_seconds
    assert clock(policy(hours=8), OPENED, by_hand, now=f"{SAT} 12:00").state is State.RUNNING
    late = clock(policy(hours=8), OPENED, by_hand, now=f"{SAT} 12:00:01")
    assert (late.state, said(late.breached_at)) == (State.BREACHED, f"{SAT} 12:00")
    changed = entry(f"{MON} 12:00", "target_changed", target=WorkingTime(HOUR))
    kept = clock(policy(hours=8), OPENED, by_hand, changed, now=f"{MON} 13:00")
    assert (kept.state, said(kept.due_at)) == (State.RUNNING, f"{SAT} 12:00")
    assert said(kept.cycles[-1].original_due_at) == f"{MON} 11:00"


def test_case_67_later_pauses_move_it_earlier_ones_do_not() -> None:
    pause = [entry(f"{TUE} 10:00", "paused", "client"), entry(f"{TUE} 12:00", "resumed")]
    for set_at, due in ((f"{MON} 11:00", f"{FRI} 17:00"), (f"{TUE} 13:00", f"{FRI} 15:00")):
        by_hand = due_by_hand(set_at, f"{FRI} 15:00")
        shown = clock(policy(hours=8), OPENED, by_hand, *pause, now=f"{WED} 13:00")
        assert said(shown.due_at) == due
    paused = clock(
        policy(), OPENED, due_by_hand(f"{MON} 11:00", f"{TUE} 15:00"), pause[0], now=f"{SUN} 10:00"
    )
    assert (paused.state, paused.due_at, paused.breached_at) == (State.PAUSED, None, None)
    by_hand = due_by_hand(f"{MON} 11:00", f"{TUE} 15:00")
    resolved = entry(f"{WED} 10:00", "resolved")
    done = clock(policy(), OPENED, by_hand, pause[0], resolved, now=f"{SUN} 10:00")
    # Eight working hours were spent waiting.
    assert (done.state, said(done.due_at)) == (State.MET, f"{WED} 15:00")


def test_case_67_a_night_in_a_pause_does_not_breach() -> None:
    by_hand = due_by_hand(f"{MON} 11:00", f"{SAT} 12:00")
    paused = entry(f"{FRI} 18:00", "paused", "client")
    waiting = clock(policy(), OPENED, by_hand, paused, now=f"{SUN} 12:00")
    assert (waiting.state, waiting.breached_at) == (State.PAUSED, None)
    resumed = entry(f"{SUN} 12:00", "resumed")
    runs = clock(policy(), OPENED, by_hand, paused, resumed, now=f"{SUN} 13:00")
    assert (runs.state, said(runs.breached_at)) == (State.BREACHED, f"{SUN} 12:00")


def test_case_67_set_into_the_past_it_is_late_by_the_change_and_can_be_taken_back() -> None:
    past = due_by_hand(f"{TUE} 09:30", f"{MON} 16:00")
    shown = clock(policy(hours=20), OPENED, past, now=f"{TUE} 10:00")
    assert (shown.state, said(shown.breached_at)) == (State.BREACHED, f"{MON} 16:00")
    assert shown.cycles[-1].breach_by_change
    back = [due_by_hand(f"{MON} 11:00", f"{FRI} 12:00"), due_by_hand(f"{MON} 12:00", None)]
    plain = clock(policy(), OPENED, *back, now=f"{MON} 13:00")
    assert (said(plain.due_at), plain.cycles[-1].original_due_at) == (f"{TUE} 10:00", None)


def test_case_67_it_belongs_to_one_metric_and_to_the_running_cycle() -> None:
    by_hand = due_by_hand(f"{MON} 11:00", f"{FRI} 12:00")
    answer = clock(policy("first_response", hours=4), OPENED, by_hand, now=f"{MON} 12:00")
    assert said(answer.due_at) == f"{MON} 14:00"
    too_late = due_by_hand(f"{MON} 13:00", f"{FRI} 12:00")
    done = clock(policy(), OPENED, RESOLVED, too_late, now=f"{MON} 14:00")
    assert done == clock(policy(), OPENED, RESOLVED, now=f"{MON} 14:00")
    reopened = [RESOLVED, entry(f"{MON} 15:00", "reopened")]
    goes_on = clock(policy(), OPENED, by_hand, *reopened, now=f"{MON} 16:00")
    assert said(goes_on.due_at) == f"{FRI} 15:00"


def test_case_67_the_line_that_explains_it_ends_there() -> None:
    by_hand = due_by_hand(f"{MON} 11:00", f"{FRI} 12:00")
    shown: ClockState = clock(policy(), OPENED, by_hand, now=f"{MON} 13:00")
    line = timeline(shown.cycles[-1], calendar=OFFICE)
    assert said(line[-1].end) == f"{FRI} 12:00"
    found: Any = crossings(shown.cycles[-1], thresholds=(50, 150), calendar=OFFICE)
    assert [one.percent for one in found] == [50, 100, 150]
    assert found[1].at - timedelta(seconds=1) == shown.due_at


def test_case_82_alerts_are_read_apart_from_promises() -> None:
    promise = {"metrics": {"resolution": {"target": {"hours": 8}}}}
    before, after = (
        agreement(promise | {"thresholds": given}) for given in ([75, 90], [{"percent": 50}])
    )
    assert before.policies == after.policies
    assert (before.thresholds, after.thresholds) == ((75, 90), (50,))
