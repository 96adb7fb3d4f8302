"""Pauses: the cases 26 to 38 of the design."""

import pytest

from app.sla.rules.clock_state import Split, State
from tests.app.sla.rules.office import (
    FRI,
    HOUR,
    MON,
    NEXT_MON,
    THU,
    TUE,
    WED,
    clock,
    entry,
    policy,
    said,
)

OPENED = entry(f"{MON} 10:00", "opened")


def test_case_26_a_pause_inside_the_hours_moves_the_due_time_by_as_much() -> None:
    shown = clock(
        policy(hours=4),
        OPENED,
        entry(f"{MON} 11:00:07", "paused", "client"),
        entry(f"{MON} 12:30:10", "resumed"),
        now=f"{MON} 13:00",
    )
    assert shown.due_at == entry(f"{MON} 15:30:03", "opened").at


def test_case_27_a_pause_over_the_weekend_moves_it_by_the_working_time() -> None:
    opened = entry(f"{FRI} 15:00", "opened")
    pause = [entry(f"{FRI} 16:00", "paused", "client"), entry(f"{NEXT_MON} 10:00", "resumed")]
    plain = clock(policy(hours=4), opened, now=f"{FRI} 15:30")
    paused = clock(policy(hours=4), opened, *pause, now=f"{NEXT_MON} 10:00")
    assert (said(plain.due_at), said(paused.due_at)) == (f"{NEXT_MON} 11:00", f"{NEXT_MON} 13:00")


def test_case_28_a_pause_outside_the_hours_moves_nothing() -> None:
    shown = clock(
        policy(),
        OPENED,
        entry(f"{MON} 17:00", "paused", "client"),
        entry(f"{TUE} 09:00", "resumed"),
        now=f"{TUE} 09:30",
    )
    assert said(shown.due_at) == f"{TUE} 10:00"
    assert shown.split.client == 0


def test_case_29_from_one_pause_into_another_is_one_interval() -> None:
    shown = clock(
        policy(),
        OPENED,
        entry(f"{MON} 11:00", "paused", "client"),
        entry(f"{MON} 12:00", "paused", "third_party"),
        entry(f"{MON} 12:00", "resumed", "client"),
        entry(f"{MON} 13:00", "resumed"),
        now=f"{MON} 14:00",
    )
    assert said(shown.due_at) == f"{TUE} 12:00"
    assert shown.split == Split(provider=2 * HOUR, client=HOUR, third_party=HOUR, closed=0)


def test_case_30_two_causes_are_a_union_and_the_client_wins() -> None:
    events = [
        OPENED,
        entry(f"{MON} 11:00", "paused", "third_party"),
        entry(f"{MON} 12:00", "paused", "client"),
        entry(f"{MON} 13:00", "resumed", "third_party"),
        entry(f"{MON} 14:00", "resumed", "client"),
    ]
    shown = clock(policy(), *events, now=f"{MON} 15:00")
    assert shown.split == Split(provider=2 * HOUR, client=2 * HOUR, third_party=HOUR, closed=0)
    assert said(shown.due_at) == f"{TUE} 13:00"
    still = clock(policy(), *events[:4], now=f"{MON} 13:30")
    assert still.state is State.PAUSED


def test_case_30_resumed_without_a_cause_ends_all() -> None:
    shown = clock(
        policy(),
        OPENED,
        entry(f"{MON} 11:00", "paused", "third_party"),
        entry(f"{MON} 11:00", "paused", "client"),
        entry(f"{MON} 12:00", "resumed"),
        now=f"{MON} 13:00",
    )
    assert shown.state is State.RUNNING


def test_case_31_resolved_while_paused_closes_the_pause_before_judging() -> None:
    shown = clock(
        policy(hours=2),
        OPENED,
        entry(f"{MON} 11:00", "paused", "client"),
        entry(f"{WED} 11:00", "resolved"),
        now=f"{THU} 11:00",
    )
    assert (shown.state, shown.elapsed_seconds) == (State.MET, HOUR)
    assert said(shown.due_at) == f"{WED} 12:00"
    assert said(shown.finished_at) == f"{WED} 11:00"


def test_case_32_created_paused() -> None:
    shown = clock(policy(), OPENED, entry(f"{MON} 10:00", "paused", "client"), now=f"{MON} 12:00")
    assert (shown.state, shown.elapsed_seconds, shown.due_at) == (State.PAUSED, 0, None)


def test_case_33_a_paused_clock_shows_what_remains_and_no_due_time() -> None:
    shown = clock(policy(), OPENED, entry(f"{MON} 12:00", "paused", "client"), now=f"{FRI} 12:00")
    assert (shown.state, shown.due_at, shown.breached_at) == (State.PAUSED, None, None)
    assert shown.remaining_seconds == 6 * HOUR


def test_case_34_a_breach_stays_and_its_overrun_stops() -> None:
    shown = clock(
        policy(hours=2),
        OPENED,
        entry(f"{MON} 13:00", "paused", "client"),
        now=f"{FRI} 12:00",
    )
    assert (shown.state, said(shown.breached_at)) == (State.BREACHED, f"{MON} 12:00")
    assert (shown.remaining_seconds, said(shown.due_at)) == (-HOUR, f"{MON} 12:00")


@pytest.mark.parametrize(
    ("metric", "state"), [("first_response", State.RUNNING), ("resolution", State.PAUSED)]
)
def test_case_35_pausing_depends_on_the_metric(metric: str, state: State) -> None:
    pause = entry(f"{MON} 11:00", "paused", "client")
    assert clock(policy(metric), OPENED, pause, now=f"{MON} 12:00").state is state


def test_case_35_the_providers_own_pause_stops_nothing() -> None:
    pause = entry(f"{MON} 11:00", "paused", "provider")
    shown = clock(policy(), OPENED, pause, now=f"{MON} 12:00")
    assert (shown.state, shown.elapsed_seconds) == (State.RUNNING, 2 * HOUR)


def test_case_36_the_receipt_resumes_not_the_processing() -> None:
    # Noted at 15:00, with the time at which the answer had arrived.
    events = [OPENED, entry(f"{MON} 11:00", "paused", "client"), entry(f"{MON} 12:00", "resumed")]
    assert said(clock(policy(hours=4), *events, now=f"{MON} 15:00").due_at) == f"{MON} 15:00"


def test_case_37_automatic_messages_do_nothing() -> None:
    pause = entry(f"{MON} 11:00", "paused", "client")
    reply = entry(f"{MON} 12:00", "automatic_message")
    for metric, state in (("resolution", State.PAUSED), ("first_response", State.RUNNING)):
        assert clock(policy(metric), OPENED, pause, reply, now=f"{MON} 13:00").state is state


def test_case_38_upload_does_not_resume_acceptance_does() -> None:
    request = entry(f"{MON} 11:00", "paused", "client")
    upload = entry(f"{MON} 12:00", "client_message")
    accepted = entry(f"{MON} 14:00", "resumed", "client")
    assert clock(policy(), OPENED, request, upload, now=f"{MON} 13:00").state is State.PAUSED
    shown = clock(policy(), OPENED, request, upload, accepted, now=f"{MON} 14:00")
    assert said(shown.due_at) == f"{TUE} 13:00"


def test_a_pause_that_begins_at_the_due_time_comes_too_late() -> None:
    pause = entry(f"{MON} 12:00", "paused", "client")
    at_due = clock(policy(hours=2), OPENED, pause, now=f"{MON} 12:00")
    assert (at_due.state, at_due.due_at) == (State.PAUSED, None)
    assert clock(policy(hours=2), OPENED, pause, now=f"{MON} 12:00:01").state is State.BREACHED


def test_a_target_of_0_waits_for_a_working_unpaused_instant() -> None:
    opened = entry(f"{FRI} 18:00", "opened")
    plain = clock(policy(hours=0), opened, now=f"{FRI} 19:00")
    assert said(plain.due_at) == f"{NEXT_MON} 09:00"
    assert clock(policy(hours=0), opened, now=f"{NEXT_MON} 09:00").state is State.RUNNING
    assert clock(policy(hours=0), opened, now=f"{NEXT_MON} 09:00:01").state is State.BREACHED
    pause = [entry(f"{FRI} 18:00", "paused", "client"), entry(f"{NEXT_MON} 11:00", "resumed")]
    paused = clock(policy(hours=0), opened, *pause, now=f"{NEXT_MON} 11:00")
    assert (paused.state, said(paused.due_at)) == (State.RUNNING, f"{NEXT_MON} 11:00")


def test_on_a_resolved_item_pauses_and_a_further_end_change_nothing() -> None:
    events = [OPENED, entry(f"{MON} 12:00", "resolved")]
    noise = [
        entry(f"{MON} 13:00", "paused", "client"),
        entry(f"{MON} 14:00", "resumed"),
        entry(f"{MON} 15:00", "resolved"),
        entry(f"{MON} 15:30", "paused", "client"),
    ]
    quiet = clock(policy(), *events, now=f"{TUE} 12:00")
    assert clock(policy(), *events, *noise, now=f"{TUE} 12:00") == quiet
    reopened = clock(
        policy(), *events, *noise, entry(f"{MON} 16:00", "reopened"), now=f"{MON} 16:30"
    )
    assert reopened.state is State.RUNNING
