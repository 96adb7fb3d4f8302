"""Teams, subcontractors, parents and children: cases 68-72 of the design."""

import itertools
from dataclasses import replace

from app.sla.rules.clock_state import Split, State
from app.sla.rules.policy import CLIENT_SIDE, Cause
from app.sla.rules.timeline import Because, timeline
from tests.app.sla.rules.office import HOUR, MON, OFFICE, TUE, WED, clock, entry, policy, said

OPENED = entry(f"{MON} 10:00", "opened")
TAKEN = entry(f"{MON} 10:00", "step_started", team="entry")
HANDED = entry(f"{MON} 13:00", "step_started", team="check")
OLA = policy("internal_step", hours=2)


def test_case_68_a_hand_over_ends_one_teams_step_and_starts_the_others() -> None:
    done = entry(f"{MON} 14:30", "resolved")
    shown = clock(OLA, OPENED, TAKEN, HANDED, done, now=f"{TUE} 10:00")
    assert [(cycle.team, cycle.state) for cycle in shown.cycles] == [
        ("entry", State.BREACHED),
        ("check", State.MET),
    ]
    assert [said(cycle.due_at) for cycle in shown.cycles] == [f"{MON} 12:00", f"{MON} 15:00"]
    promise = clock(policy(hours=8), OPENED, TAKEN, HANDED, now=f"{MON} 14:00")
    assert promise == clock(policy(hours=8), OPENED, now=f"{MON} 14:00")


def test_case_68_between_two_steps_no_team_has_the_item() -> None:
    assert clock(OLA, OPENED, now=f"{TUE} 10:00").state is State.NOT_APPLICABLE
    ended = entry(f"{MON} 11:00", "step_ended")
    shown = clock(OLA, OPENED, TAKEN, ended, HANDED, now=f"{MON} 14:00")
    assert [cycle.elapsed_seconds for cycle in shown.cycles] == [HOUR, HOUR]
    assert shown.split == Split(provider=2 * HOUR)
    anew = [entry(f"{MON} 14:00", "resolved"), entry(f"{TUE} 10:00", "reopened")]
    after = clock(OLA, OPENED, TAKEN, *anew, now=f"{WED} 10:00")
    assert (after.state, len(after.cycles)) == (State.BREACHED, 1)
    again = entry(f"{TUE} 11:00", "step_started", team="entry")
    assert len(clock(OLA, OPENED, TAKEN, *anew, again, now=f"{WED} 10:00").cycles) == 2


SENT = entry(f"{MON} 11:00", "subcontractor_started")
BACK = entry(f"{MON} 14:00", "subcontractor_ended")


def test_case_69_a_subcontractor_pauses_the_step_and_starts_its_own_clock() -> None:
    step = clock(OLA, OPENED, TAKEN, SENT, now=f"{MON} 13:00")
    assert (step.state, step.elapsed_seconds) == (State.PAUSED, HOUR)
    after = clock(OLA, OPENED, TAKEN, SENT, BACK, now=f"{MON} 14:30")
    assert (after.state, said(after.due_at)) == (State.RUNNING, f"{MON} 15:00")
    # For both sides of the contract the time stays the provider's.
    assert after.split == Split(provider=4.5 * HOUR)
    assert [part.because for part in timeline(after.cycles[0], calendar=OFFICE)][:2] == [
        Because.WORKING,
        Because.WAITING_WITHIN,
    ]
    theirs = policy("subcontractor", hours=2)
    assert clock(theirs, OPENED, now=f"{MON} 13:00").state is State.NOT_APPLICABLE
    late = clock(theirs, OPENED, SENT, BACK, now=f"{TUE} 13:00")
    assert (late.state, said(late.breached_at)) == (State.BREACHED, f"{MON} 13:00")
    promise = clock(policy(hours=8), OPENED, SENT, now=f"{MON} 13:00")
    assert promise == clock(policy(hours=8), OPENED, now=f"{MON} 13:00")


def test_case_69_unless_agreed() -> None:
    agreed = replace(policy(hours=8), pauses=CLIENT_SIDE | {Cause.SUBCONTRACTOR})
    shown = clock(agreed, OPENED, SENT, now=f"{MON} 13:00")
    assert (shown.state, shown.elapsed_seconds) == (State.PAUSED, HOUR)
    # Whoever resumes the client's pause does not bring the subcontractor back.
    asked = [entry(f"{MON} 12:00", "paused", "client"), entry(f"{MON} 12:30", "resumed")]
    assert clock(agreed, OPENED, SENT, *asked, now=f"{MON} 13:00").state is State.PAUSED
    assert clock(agreed, OPENED, SENT, *asked, BACK, now=f"{MON} 15:00").state is State.RUNNING
    # Sent away on a resolved item, nothing waits for it.
    done = [entry(f"{MON} 10:30", "resolved"), SENT, entry(f"{MON} 12:00", "reopened")]
    assert clock(agreed, OPENED, *done, now=f"{MON} 13:00").state is State.RUNNING


def test_case_70_a_childs_pause_is_the_parents_only_where_it_blocks() -> None:
    child = [OPENED, entry(f"{MON} 11:00", "paused", "client")]
    assert clock(policy(hours=8), *child, now=f"{MON} 13:00").state is State.PAUSED
    parent = clock(policy(hours=8), OPENED, now=f"{MON} 13:00")
    assert parent.state is State.RUNNING
    # Marked as blocking: the same pause stands in the parent's own log.
    blocked = clock(policy(hours=8), OPENED, child[1], now=f"{MON} 13:00")
    assert blocked.state is State.PAUSED


def test_case_71_a_parent_is_not_met_before_it_is_resolved_after_its_children() -> None:
    children = [entry(f"{MON} 12:00", "resolved"), entry(f"{TUE} 12:00", "resolved")]
    waiting = clock(policy(hours=8), OPENED, now=f"{TUE} 11:00")
    assert (waiting.state, waiting.finished_at) == (State.BREACHED, None)
    # The end of the last mandatory child is the earliest that its log can hold.
    ended = max(children, key=lambda event: event.at)
    shown = clock(policy(hours=8), OPENED, ended, now=f"{WED} 11:00")
    assert (shown.state, shown.finished_at) == (State.BREACHED, ended.at)


def test_case_72_rework_goes_on_with_the_promise_and_is_a_step_of_its_own() -> None:
    rejected = entry(f"{MON} 14:00", "step_started", team="entry")
    again = entry(f"{MON} 15:00", "step_started", team="check")
    steps = [OPENED, TAKEN, HANDED, rejected, again]
    promise = clock(policy(hours=8), *steps, now=f"{MON} 16:00")
    assert (promise.state, said(promise.due_at)) == (State.RUNNING, f"{TUE} 10:00")
    teams = [cycle.team for cycle in clock(OLA, *steps, now=f"{MON} 16:00").cycles]
    assert teams == ["entry", "check", "entry", "check"]
    failures = sum(pair == ("check", "entry") for pair in itertools.pairwise(teams))
    assert failures == 1


def test_a_target_that_changes_within_a_step_keeps_its_team() -> None:
    reset = policy("internal_step", hours=2, change="reset")
    changed = entry(f"{MON} 11:00", "target_changed", target=policy(hours=4).target)
    shown = clock(reset, OPENED, TAKEN, changed, now=f"{MON} 12:00")
    assert [(cycle.team, cycle.state) for cycle in shown.cycles] == [
        ("entry", State.CANCELLED),
        ("entry", State.RUNNING),
    ]
