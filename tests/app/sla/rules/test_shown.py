"""What people see of a clock: thresholds, progress, the explained line."""

import itertools
from datetime import timedelta

from app.sla.rules.alerts import BREACH, crossings
from app.sla.rules.clock_state import State
from app.sla.rules.policy import WorkingTime
from app.sla.rules.progress import Level, progress, progress_by_due
from app.sla.rules.timeline import Because, paused_since, timeline
from tests.app.sla.rules.office import HOUR, MON, OFFICE, TUE, clock, entry, local, policy, said

OPENED = entry(f"{MON} 10:00", "opened")


def crossed(*events: object, now: str, **terms: object) -> list[tuple[int, str]]:
    shown = clock(policy(**terms), *events, now=now)
    found = crossings(shown.cycles[-1], thresholds=(75, 90, 50), calendar=OFFICE)
    return [(crossing.percent, said(crossing.at)) for crossing in found]


def test_thresholds_of_a_running_clock() -> None:
    assert crossed(OPENED, now=f"{MON} 10:00", hours=4) == [
        (50, f"{MON} 12:00"),
        (75, f"{MON} 13:00"),
        (90, f"{MON} 13:36"),
        (BREACH, f"{MON} 14:00"),
    ]


def test_case_76_pauses_move_thresholds_and_a_paused_clock_has_no_future() -> None:
    pause = entry(f"{MON} 12:30", "paused", "client")
    assert crossed(OPENED, pause, now=f"{MON} 12:45", hours=4) == [(50, f"{MON} 12:00")]
    resumed = entry(f"{MON} 13:30", "resumed")
    assert crossed(OPENED, pause, resumed, now=f"{MON} 14:00", hours=4)[1:] == [
        (75, f"{MON} 14:00"),
        (90, f"{MON} 14:36"),
        (BREACH, f"{MON} 15:00"),
    ]


def test_thresholds_of_a_forward_change_count_from_the_change() -> None:
    changed = entry(f"{MON} 12:00", "target_changed", target=WorkingTime(2 * HOUR))
    assert crossed(OPENED, changed, now=f"{MON} 12:30", change="forward")[0] == (
        50,
        f"{MON} 13:00",
    )


def test_case_74_the_breach_is_the_second_after_the_due_time() -> None:
    shown = clock(policy(hours=1), OPENED, now=f"{TUE} 15:00")
    last = crossings(shown.cycles[-1], thresholds=(), calendar=OFFICE)[-1]
    assert shown.breached_at == local(f"{MON} 11:00")
    assert last.at - shown.breached_at == timedelta(seconds=1)


def test_progress_by_level() -> None:
    at = {
        f"{MON} 12:59": Level.OK,
        f"{MON} 13:00": Level.WARN,
        f"{MON} 13:36": Level.CRIT,
        f"{MON} 14:00": Level.CRIT,
        f"{MON} 14:00:01": Level.LATE,
    }
    for now, level in at.items():
        assert progress(clock(policy(hours=4), OPENED, now=now)).level is level
    late = progress(clock(policy(hours=4), OPENED, now=f"{MON} 15:00"))
    assert (late.fraction, late.remaining_seconds) == (1.0, -HOUR)
    pause = entry(f"{MON} 11:00", "paused", "client")
    paused = progress(clock(policy(hours=4), OPENED, pause, now=f"{TUE} 15:00"))
    assert (paused.level, paused.fraction, paused.remaining_seconds) == (
        Level.PAUSED,
        0.25,
        3 * HOUR,
    )
    done = entry(f"{MON} 13:50", "resolved")
    assert progress(clock(policy(hours=4), OPENED, done, now=f"{TUE} 15:00")).level is Level.OK
    gone = entry(f"{MON} 11:00", "cancelled")
    assert progress(clock(policy(hours=4), OPENED, gone, now=f"{TUE} 15:00")).level is Level.NONE
    assert progress(clock(policy(hours=0), OPENED, now=f"{MON} 10:00")).fraction == 1.0


def test_progress_of_a_long_list() -> None:
    start, due = local(f"{MON} 10:00"), local(f"{MON} 14:00")
    half = progress_by_due(started_at=start, due_at=due, now=local(f"{MON} 12:00"))
    assert (half.fraction, half.level, half.remaining_seconds) == (0.5, Level.OK, 2 * HOUR)
    late = progress_by_due(started_at=start, due_at=due, now=local(f"{MON} 15:00"))
    assert (late.fraction, late.level) == (1.0, Level.LATE)
    for is_paused, level in ((True, Level.PAUSED), (False, Level.NONE)):
        shown = progress_by_due(started_at=start, due_at=None, now=due, is_paused=is_paused)
        assert shown.level is level


def test_the_line_that_explains_a_due_time() -> None:
    shown = clock(
        policy(hours=8),
        OPENED,
        entry(f"{MON} 11:00", "paused", "third_party"),
        entry(f"{MON} 11:30", "paused", "client"),
        entry(f"{MON} 12:00", "resumed"),
        entry(f"{MON} 12:30", "resumed"),
        entry(f"{MON} 13:00", "resolved"),
        entry(f"{MON} 14:00", "reopened"),
        now=f"{MON} 15:00",
    )
    line = timeline(shown.cycles[-1], calendar=OFFICE)
    assert [(one.because, said(one.start)[-5:], one.open_seconds) for one in line] == [
        (Because.WORKING, "10:00", HOUR),
        (Because.WAITING_FOR_THIRD_PARTY, "11:00", HOUR / 2),
        (Because.WAITING_FOR_CLIENT, "11:30", HOUR / 2),
        (Because.WORKING, "12:00", HOUR),
        (Because.RESOLVED, "13:00", 0),
        (Because.WORKING, "14:00", HOUR),
        (Because.EXPECTED, "15:00", 5 * HOUR),
    ]
    assert all(one.end == two.start for one, two in itertools.pairwise(line))
    assert (line[-1].end, line[-1].closed_seconds) == (shown.due_at, 16 * HOUR)
    assert sum(one.open_seconds for one in line if one.counts) == shown.target_seconds
    assert shown.state is State.RUNNING


def test_since_when_a_clock_stands_still() -> None:
    pauses = [
        entry(f"{MON} 11:00", "paused", "third_party"),
        entry(f"{MON} 12:00", "paused", "client"),
    ]
    for now, since in ((f"{MON} 11:00", "11:00"), (f"{TUE} 12:00", "11:00")):
        shown = clock(policy(), OPENED, *pauses, now=now)
        assert said(paused_since(shown.cycles[-1], now=local(now)))[-5:] == since
    at_once = clock(policy(), OPENED, entry(f"{MON} 10:00", "paused", "client"), now=f"{MON} 11:00")
    assert said(paused_since(at_once.cycles[-1], now=local(f"{MON} 11:00"))) == f"{MON} 10:00"
    running = clock(policy(), OPENED, now=f"{MON} 11:00")
    assert paused_since(running.cycles[-1], now=local(f"{MON} 11:00")) is None


def test_the_line_joins_what_a_changed_target_parts() -> None:
    changed = entry(f"{MON} 11:00", "target_changed", target=WorkingTime(HOUR))
    shown = clock(policy(hours=8), OPENED, changed, now=f"{MON} 12:00")
    line = timeline(shown.cycles[-1], calendar=OFFICE)
    assert [(said(one.start)[-5:], said(one.end)[-5:]) for one in line] == [("10:00", "12:00")]
    fresh = clock(policy(hours=8), OPENED, now=f"{MON} 10:00")
    assert [one.because for one in timeline(fresh.cycles[-1], calendar=OFFICE)] == [
        Because.EXPECTED
    ]
    nothing = clock(policy(hours=0), OPENED, now=f"{MON} 10:00")
    assert timeline(nothing.cycles[-1], calendar=OFFICE) == []
