"""Answers, reopening, changes, ends: cases 42-56 and 62-65 of the design."""

import pytest

from app.sla.rules.clock_state import Split, State
from app.sla.rules.policy import WorkingTime
from tests.app.sla.rules.office import (
    FRI,
    HOUR,
    MON,
    NEXT_MON,
    SAT,
    THU,
    TUE,
    WED,
    clock,
    entry,
    policy,
    said,
)

OPENED = entry(f"{MON} 10:00", "opened")
RESOLVED = entry(f"{MON} 12:00", "resolved")
REOPENED = entry(f"{MON} 15:00", "reopened")


def changed(at: str, hours: int) -> object:
    return entry(at, "target_changed", target=WorkingTime(hours * HOUR))


def test_case_42_only_a_persons_public_message_is_an_answer() -> None:
    noise = [entry(f"{MON} 11:00", "internal_note"), entry(f"{MON} 11:30", "automatic_message")]
    answer = entry(f"{MON} 12:00", "provider_message")
    terms = policy("first_response", hours=4)
    assert clock(terms, OPENED, *noise, now=f"{MON} 13:00").state is State.RUNNING
    shown = clock(terms, OPENED, *noise, answer, now=f"{MON} 13:00")
    assert (shown.state, said(shown.finished_at)) == (State.MET, f"{MON} 12:00")
    assert said(shown.due_at) == f"{MON} 14:00"


def test_case_43_answer_and_waiting_in_one_save() -> None:
    both = [entry(f"{MON} 11:00", "provider_message"), entry(f"{MON} 11:00", "paused", "client")]
    response = clock(policy("first_response"), OPENED, *both, now=f"{TUE} 11:00")
    work = clock(policy(), OPENED, *both, now=f"{TUE} 11:00")
    assert (response.state, work.state) == (State.MET, State.PAUSED)


def test_case_44_opened_by_the_provider_owes_no_first_response() -> None:
    opened = entry(f"{MON} 10:00", "opened", by_provider=True)
    shown = clock(policy("first_response"), opened, RESOLVED, now=f"{TUE} 11:00")
    assert (shown.state, shown.cycles, shown.due_at) == (State.NOT_APPLICABLE, (), None)
    assert clock(policy(), opened, now=f"{MON} 11:00").state is State.RUNNING


def test_case_45_next_response_starts_at_the_oldest_unanswered_message() -> None:
    asked = [entry(f"{MON} 11:00", "client_message"), entry(f"{MON} 12:00", "client_message")]
    shown = clock(policy("next_response", hours=2), OPENED, *asked, now=f"{MON} 12:30")
    assert (said(shown.due_at), len(shown.cycles)) == (f"{MON} 13:00", 1)


def test_case_46_no_clock_when_the_provider_spoke_last() -> None:
    terms = policy("next_response", hours=2)
    assert clock(terms, OPENED, now=f"{MON} 12:00").state is State.NOT_APPLICABLE
    talk = [
        entry(f"{MON} 11:00", "client_message"),
        entry(f"{MON} 12:00", "provider_message"),
        entry(f"{MON} 12:30", "provider_message"),
    ]
    assert clock(terms, OPENED, *talk, now=f"{TUE} 16:00").state is State.MET
    again = clock(
        terms,
        OPENED,
        *talk,
        entry(f"{TUE} 9:30".replace(" 9", " 09"), "client_message"),
        now=f"{TUE} 12:00",
    )
    assert [cycle.state for cycle in again.cycles] == [State.MET, State.BREACHED]
    assert again.state is State.BREACHED


@pytest.mark.parametrize(("hours", "state"), [(2, State.MET), (1, State.BREACHED)])
def test_case_47_resolving_without_a_reply_ends_the_response(hours: int, state: State) -> None:
    terms = policy("first_response", hours=hours)
    assert clock(terms, OPENED, RESOLVED, now=f"{TUE} 12:00").state is state


def test_case_49_reopened_in_resume_mode() -> None:
    shown = clock(policy(hours=4), OPENED, RESOLVED, REOPENED, now=f"{MON} 16:00")
    assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{MON} 17:00")
    assert (shown.elapsed_seconds, shown.remaining_seconds) == (3 * HOUR, HOUR)
    assert shown.finished_at is None
    assert shown.split == Split(provider=3 * HOUR)


def test_case_50_reopened_in_new_cycle_mode() -> None:
    terms = policy(hours=4, reopen="new_cycle")
    frozen = clock(terms, OPENED, RESOLVED, now=f"{MON} 13:00").cycles[0]
    shown = clock(terms, OPENED, RESOLVED, REOPENED, now=f"{MON} 16:00")
    assert shown.cycles[0] == frozen
    assert (shown.state, said(shown.due_at)) == (State.RUNNING, f"{TUE} 11:00")
    assert shown.remaining_seconds == 3 * HOUR
    assert shown.split.provider == 3 * HOUR


def test_case_51_first_response_is_never_reopened() -> None:
    terms = policy("first_response", hours=1)
    before = clock(terms, OPENED, RESOLVED, now=f"{FRI} 16:00")
    after = clock(
        terms,
        OPENED,
        RESOLVED,
        REOPENED,
        entry(f"{TUE} 10:00", "provider_message"),
        now=f"{FRI} 16:00",
    )
    assert before == after


def test_reopened_after_a_breach_stays_breached() -> None:
    shown = clock(policy(hours=1), OPENED, RESOLVED, REOPENED, now=f"{MON} 16:00")
    assert (shown.state, said(shown.breached_at)) == (State.BREACHED, f"{MON} 11:00")
    assert shown.finished_at is None


def test_case_52_retroactive_change() -> None:
    terms = policy(hours=8)
    sooner = clock(terms, OPENED, changed(f"{MON} 12:00", 3), now=f"{MON} 12:30")
    assert (sooner.state, said(sooner.due_at)) == (State.RUNNING, f"{MON} 13:00")
    at_once = clock(terms, OPENED, changed(f"{MON} 12:00", 1), now=f"{MON} 12:00")
    assert (at_once.state, said(at_once.breached_at)) == (State.BREACHED, f"{MON} 11:00")
    assert at_once.cycles[-1].breach_by_change
    later = clock(terms, OPENED, changed(f"{MON} 12:00", 3), now=f"{MON} 14:00")
    assert not later.cycles[-1].breach_by_change


def test_case_53_forward_and_reset() -> None:
    forward = clock(
        policy(hours=8, change="forward"), OPENED, changed(f"{MON} 12:00", 2), now=f"{MON} 13:00"
    )
    assert (said(forward.due_at), forward.target_seconds) == (f"{MON} 14:00", 4 * HOUR)
    assert (forward.elapsed_seconds, forward.remaining_seconds) == (3 * HOUR, HOUR)
    reset = clock(
        policy(hours=8, change="reset"), OPENED, changed(f"{MON} 12:00", 2), now=f"{MON} 13:00"
    )
    assert [cycle.state for cycle in reset.cycles] == [State.CANCELLED, State.RUNNING]
    assert (said(reset.due_at), reset.elapsed_seconds) == (f"{MON} 14:00", HOUR)


def test_case_53_changes_while_paused_keep_the_pause() -> None:
    for mode in ("forward", "reset", "retroactive"):
        shown = clock(
            policy(hours=8, change=mode),
            OPENED,
            entry(f"{MON} 11:00", "paused", "client"),
            changed(f"{MON} 12:00", 2),
            now=f"{MON} 13:00",
        )
        assert (shown.state, shown.due_at) == (State.PAUSED, None)
        assert shown.remaining_seconds == (HOUR if mode == "retroactive" else 2 * HOUR)


def test_case_54_a_longer_target_does_not_heal_a_breach() -> None:
    for mode in ("forward", "retroactive"):
        shown = clock(
            policy(hours=1, change=mode),
            OPENED,
            changed(f"{MON} 12:00", 6),
            entry(f"{MON} 13:00", "resolved"),
            now=f"{MON} 14:00",
        )
        assert (shown.state, said(shown.breached_at)) == (State.BREACHED, f"{MON} 11:00")


def test_case_55_earlier_pauses_stay_deducted() -> None:
    shown = clock(
        policy(hours=8),
        OPENED,
        entry(f"{MON} 11:00", "paused", "client"),
        entry(f"{MON} 13:00", "resumed"),
        changed(f"{MON} 14:00", 4),
        now=f"{MON} 14:00",
    )
    assert said(shown.due_at) == f"{MON} 16:00"


def test_a_change_on_a_resolved_item_waits_for_its_reopening() -> None:
    events = [OPENED, RESOLVED, changed(f"{MON} 13:00", 3)]
    assert clock(policy(), *events, now=f"{MON} 14:00").target_seconds == 8 * HOUR
    resumed = clock(policy(), *events, REOPENED, now=f"{MON} 15:00")
    assert (resumed.target_seconds, said(resumed.due_at)) == (3 * HOUR, f"{MON} 16:00")
    anew = clock(policy(reopen="new_cycle"), *events, REOPENED, now=f"{MON} 15:00")
    assert (len(anew.cycles), anew.target_seconds) == (2, 3 * HOUR)
    reset = clock(policy(change="reset"), *events, REOPENED, now=f"{MON} 15:00")
    assert [cycle.state for cycle in reset.cycles] == [State.MET, State.RUNNING]


def test_case_62_cancelled_clocks_are_neither_met_nor_missed() -> None:
    cancelled = entry(f"{MON} 13:00", "cancelled")
    for metric in ("resolution", "first_response"):
        shown = clock(policy(metric), OPENED, cancelled, REOPENED, now=f"{FRI} 13:00")
        assert (shown.state, shown.breached_at) == (State.CANCELLED, None)
        assert shown.elapsed_seconds == 3 * HOUR
        assert not shown.is_open
    breached = clock(policy(hours=1), OPENED, cancelled, now=f"{FRI} 13:00")
    assert (breached.state, said(breached.breached_at)) == (State.CANCELLED, f"{MON} 11:00")
    finished = clock(policy(hours=1), OPENED, RESOLVED, cancelled, now=f"{FRI} 13:00")
    assert finished.state is State.BREACHED
    assert clock(policy(), OPENED, RESOLVED, cancelled, now=f"{FRI} 13:00").state is State.MET


def test_case_63_an_imported_closed_item_has_its_result() -> None:
    shown = clock(policy(), OPENED, RESOLVED, now=f"{THU} 13:00")
    assert (shown.state, shown.is_open) == (State.MET, False)


def test_case_64_backdated_creation_starts_at_the_receipt() -> None:
    shown = clock(policy(), entry(f"{FRI} 15:00", "opened"), now=f"{NEXT_MON} 10:00")
    assert (shown.elapsed_seconds, said(shown.due_at)) == (3 * HOUR, f"{NEXT_MON} 15:00")


def test_case_65_what_lies_in_the_future_has_not_happened() -> None:
    shown = clock(policy(), OPENED, entry(f"{WED} 10:00", "resolved"), now=f"{MON} 11:00")
    assert shown == clock(policy(), OPENED, now=f"{MON} 11:00")
    assert clock(policy(), OPENED, now=f"{MON} 09:00").state is State.NOT_APPLICABLE


def test_a_clock_knows_what_comes_before_its_opening_as_nothing() -> None:
    early = [entry(f"{MON} 09:00", "paused", "client"), entry(f"{MON} 09:30", "resolved")]
    twice = entry(f"{MON} 11:00", "opened")
    plain = clock(policy(), OPENED, now=f"{MON} 12:00")
    assert clock(policy(), *early, OPENED, twice, now=f"{MON} 12:00") == plain


def test_a_message_on_a_resolved_item_stands_still_until_it_is_reopened() -> None:
    thanks = entry(f"{MON} 13:00", "client_message")
    terms = policy("next_response", hours=1)
    standing = clock(terms, OPENED, RESOLVED, thanks, now=f"{THU} 12:00")
    assert (standing.state, standing.due_at) == (State.RUNNING, None)
    runs = clock(terms, OPENED, RESOLVED, thanks, REOPENED, now=f"{MON} 15:30")
    assert (runs.state, said(runs.due_at)) == (State.RUNNING, f"{MON} 16:00")


def test_the_whole_life_is_split_to_the_second() -> None:
    shown = clock(
        policy(hours=100),
        entry(f"{FRI} 16:30", "opened"),
        entry(f"{NEXT_MON} 10:00", "paused", "client"),
        entry(f"{NEXT_MON} 12:00", "resumed"),
        now=f"{NEXT_MON} 13:00",
    )
    assert (
        sum((shown.split.provider, shown.split.client, shown.split.third_party, shown.split.closed))
        == (2 * 24 + 20.5) * HOUR
    )
    assert SAT < NEXT_MON


def test_what_has_no_meaning_changes_nothing() -> None:
    plain = clock(policy(), OPENED, now=f"{MON} 12:00")
    empty = entry(f"{MON} 11:00", "target_changed")
    assert clock(policy(), OPENED, empty, now=f"{MON} 12:00") == plain
    not_resolved = entry(f"{MON} 11:00", "reopened")
    assert clock(policy(), OPENED, not_resolved, now=f"{MON} 12:00") == plain
    silent = clock(policy("next_response"), OPENED, RESOLVED, REOPENED, now=f"{TUE} 12:00")
    assert silent.state is State.NOT_APPLICABLE
