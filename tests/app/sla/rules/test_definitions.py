"""The definitions of the contract, sentence by sentence, where no case asks."""

from datetime import timedelta

import pytest

from app.sla.rules.clock_state import ClockState, Split, State
from app.sla.rules.policy import BusinessDays, WorkingTime
from tests.app.sla.rules.office import (
    FRI,
    HOUR,
    MON,
    NEXT_MON,
    OFFICE_WEEK,
    SAT,
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
REOPENED = entry(f"{MON} 15:00", "reopened")
PAUSED = entry(f"{MON} 11:00", "paused", "client")


def test_parts_of_a_second_are_cut_off() -> None:
    part = timedelta(milliseconds=999)
    opened = entry(f"{MON} 10:00", "opened")
    late = clock(policy(hours=4), opened, now=f"{MON} 14:00")
    assert late.state is State.RUNNING
    done = entry(f"{MON} 14:00", "resolved")
    for event in (opened, done):
        object.__setattr__(event, "at", event.at + part)
    shown = clock(policy(hours=4), opened, done, now=f"{TUE} 10:00")
    assert (shown.state, shown.elapsed_seconds) == (State.MET, 4 * HOUR)
    assert (said(shown.due_at), shown.finished_at) == (f"{MON} 14:00", local(f"{MON} 14:00"))


def test_events_of_one_instant_happen_in_the_order_given() -> None:
    at = f"{MON} 12:00"
    pause, resume = entry(at, "paused", "client"), entry(at, "resumed")
    assert clock(policy(), OPENED, pause, resume, now=f"{MON} 13:00").state is State.RUNNING
    assert clock(policy(), OPENED, resume, pause, now=f"{MON} 13:00").state is State.PAUSED
    ask, tell = entry(at, "client_message"), entry(at, "provider_message")
    terms = policy("next_response")
    assert clock(terms, OPENED, ask, tell, now=f"{MON} 13:00").state is State.MET
    assert clock(terms, OPENED, tell, ask, now=f"{MON} 13:00").state is State.RUNNING


def test_the_order_of_input_matters_for_equal_times_only() -> None:
    events = [OPENED, PAUSED, entry(f"{MON} 12:00", "resumed"), entry(f"{MON} 13:00", "resolved")]
    forward, backward = (
        clock(policy(), *given, now=f"{TUE} 10:00") for given in (events, events[::-1])
    )
    assert forward == backward


def test_what_comes_before_the_opening() -> None:
    before = entry(f"{MON} 09:00", "provider_message")
    answer = clock(policy("first_response", hours=2), before, OPENED, now=f"{MON} 11:00")
    assert answer.state is State.RUNNING
    asked = entry(f"{MON} 09:30", "client_message")
    open_question = clock(policy("next_response", hours=2), asked, OPENED, now=f"{MON} 11:00")
    assert said(open_question.due_at) == f"{MON} 11:30"
    assert clock(policy(), PAUSED, now=f"{MON} 12:00") == ClockState()
    agreed = entry(f"{MON} 09:00", "target_changed", target=WorkingTime(3 * HOUR))
    shown = clock(policy(hours=8), agreed, OPENED, now=f"{MON} 11:00")
    assert said(shown.due_at) == f"{MON} 13:00", "the target of the day it was opened"


def test_a_pause_at_the_instant_of_the_end_is_no_pause() -> None:
    at = f"{MON} 12:00"
    for pair in (
        [entry(at, "paused", "client"), RESOLVED],
        [RESOLVED, entry(at, "paused", "client")],
    ):
        shown = clock(policy(hours=4), OPENED, *pair, now=f"{TUE} 10:00")
        assert (shown.state, said(shown.due_at)) == (State.MET, f"{MON} 14:00")
        assert shown.split == Split(provider=2 * HOUR)


def test_target_0_with_a_pause_and_with_a_resolved_stretch() -> None:
    at_once = entry(f"{MON} 10:00", "paused", "client")
    resumed = entry(f"{MON} 17:00", "resumed")
    shown = clock(policy(hours=0), OPENED, at_once, resumed, now=f"{MON} 18:00")
    assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{TUE} 09:00")
    night = entry(f"{MON} 18:00", "opened")
    done, again = entry(f"{MON} 19:00", "resolved"), entry(f"{TUE} 11:00", "reopened")
    met = clock(policy(hours=0), night, done, now=f"{TUE} 12:00")
    assert (met.state, said(met.due_at)) == (State.MET, f"{TUE} 09:00")
    shown = clock(policy(hours=0), night, done, again, now=f"{TUE} 11:00")
    assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{TUE} 11:00")
    by_provider = entry(f"{MON} 10:00", "paused", "provider")
    uncounted = clock(policy(hours=0), OPENED, by_provider, now=f"{MON} 10:00")
    assert said(uncounted.due_at) == f"{MON} 10:00"


@pytest.mark.parametrize("start", [f"{SAT} 12:00", f"{MON} 18:00"])
def test_business_days_that_start_closed_or_paused(start: str) -> None:
    opened = entry(start, "opened")
    paused = entry(start, "paused", "client")
    resumed = entry(f"{NEXT_MON} 11:00", "resumed")
    shown = clock(policy(target=BusinessDays(1)), opened, paused, resumed, now=f"{NEXT_MON} 12:00")
    plain = clock(policy(target=BusinessDays(1)), opened, now=start)
    # The promise is so many working seconds from the start, whoever held them.
    assert shown.target_seconds == plain.target_seconds == 16 * HOUR
    assert (shown.elapsed_seconds, shown.remaining_seconds) == (HOUR, 15 * HOUR)


def test_breached_then_paused_then_resolved() -> None:
    events = [OPENED, entry(f"{MON} 13:00", "paused", "client"), entry(f"{WED} 12:00", "resolved")]
    shown = clock(policy(hours=2), *events, now=f"{THU} 12:00")
    assert (shown.state, said(shown.due_at)) == (State.BREACHED, f"{MON} 12:00")
    assert said(shown.breached_at) == f"{MON} 12:00"
    assert (said(shown.finished_at), shown.elapsed_seconds) == (f"{WED} 12:00", 3 * HOUR)
    assert shown.split == Split(provider=3 * HOUR, client=15 * HOUR, closed=32 * HOUR)


@pytest.mark.parametrize("change", ["retroactive", "forward", "reset"])
def test_a_target_changed_after_the_breach_and_in_a_pause(change: str) -> None:
    terms = policy(hours=1, change=change)
    events = [
        OPENED,
        entry(f"{MON} 12:00", "paused", "client"),
        entry(f"{MON} 13:00", "target_changed", target=WorkingTime(6 * HOUR)),
    ]
    shown = clock(terms, *events, now=f"{MON} 14:00")
    assert said(shown.cycles[0].breached_at) == f"{MON} 11:00"
    if change == "reset":
        assert [cycle.state for cycle in shown.cycles] == [State.CANCELLED, State.PAUSED]
        assert (shown.due_at, shown.breached_at) == (None, None)
        assert (shown.elapsed_seconds, shown.remaining_seconds) == (0, 6 * HOUR)
    else:
        assert shown.state is State.BREACHED
        assert shown.target_seconds == (6 if change == "retroactive" else 8) * HOUR


@pytest.mark.parametrize("change", ["retroactive", "forward", "reset"])
def test_a_changed_target_without_an_open_question_holds_for_the_next(change: str) -> None:
    terms = policy("next_response", hours=1, change=change)
    changed = entry(f"{MON} 11:00", "target_changed", target=WorkingTime(3 * HOUR))
    assert clock(terms, OPENED, changed, now=f"{MON} 12:00").state is State.NOT_APPLICABLE
    asked = entry(f"{MON} 12:00", "client_message")
    shown = clock(terms, OPENED, changed, asked, now=f"{MON} 13:00")
    assert (len(shown.cycles), said(shown.due_at)) == (1, f"{MON} 15:00")


@pytest.mark.parametrize(
    ("cause", "state"),
    [("client", State.PAUSED), ("third_party", State.PAUSED), (None, State.RUNNING)],
)
def test_resumed_ends_one_cause_or_all(cause: str | None, state: State) -> None:
    other = entry(f"{MON} 11:30", "paused", "third_party")
    resumed = entry(f"{MON} 12:00", "resumed", cause)
    shown = clock(policy(), OPENED, PAUSED, other, resumed, now=f"{MON} 13:00")
    assert shown.state is state
    provider = entry(f"{MON} 12:00", "resumed", "provider")
    assert clock(policy(), OPENED, PAUSED, provider, now=f"{MON} 13:00").state is State.PAUSED


def test_cancelled_keeps_a_breach_and_stops_counting() -> None:
    gone = entry(f"{MON} 13:00", "cancelled")
    for hours, breached in ((2, f"{MON} 12:00"), (8, None)):
        shown = clock(policy(hours=hours), OPENED, gone, now=f"{FRI} 10:00")
        assert (shown.state, shown.finished_at) == (State.CANCELLED, None)
        assert (shown.breached_at and said(shown.breached_at)) == breached
        assert (shown.elapsed_seconds, shown.split) == (3 * HOUR, Split(provider=3 * HOUR))
    anew = clock(
        policy(hours=1, reopen="new_cycle"), OPENED, RESOLVED, REOPENED,
        entry(f"{MON} 16:30", "cancelled"), now=f"{FRI} 10:00",
    )  # fmt: skip
    assert [cycle.state for cycle in anew.cycles] == [State.BREACHED, State.CANCELLED]
    assert said(anew.cycles[1].breached_at) == f"{MON} 16:00"


def test_in_a_calendar_without_working_time_nothing_is_ever_due() -> None:
    never = calendar({})
    for events in ([], [PAUSED], [RESOLVED], [RESOLVED, REOPENED]):
        shown = clock(policy(), OPENED, *events, now=f"{TUE} 10:00", by=never)
        assert (shown.due_at, shown.breached_at) == (None, None)
        assert shown.state is State.UNMEASURABLE
    whole = 24 * HOUR
    assert clock(policy(), OPENED, now=f"{TUE} 10:00", by=never).split == Split(closed=whole)


def test_a_target_that_could_not_be_reckoned_may_be_followed_by_one_that_can() -> None:
    once = calendar({}, overrides={MON: [["09:00", "17:00"]]})
    changed = entry(f"{MON} 11:00", "target_changed", target=WorkingTime(2 * HOUR))
    days = policy(target=BusinessDays(3))
    assert clock(days, OPENED, now=f"{MON} 11:00", by=once).state is State.UNMEASURABLE
    shown = clock(days, OPENED, changed, now=f"{MON} 11:30", by=once)
    assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{MON} 12:00")


def test_a_days_own_hours_win_over_its_holiday() -> None:
    both = calendar(OFFICE_WEEK, holidays=[TUE], overrides={TUE: [["10:00", "11:00"]]})
    shown = clock(policy(hours=8), OPENED, now=f"{MON} 10:00", by=both)
    assert said(shown.due_at) == f"{TUE} 11:00"
    closed = calendar(OFFICE_WEEK, overrides={TUE: []})
    shown = clock(policy(hours=8), OPENED, now=f"{MON} 10:00", by=closed)
    assert said(shown.due_at) == f"{WED} 10:00"
