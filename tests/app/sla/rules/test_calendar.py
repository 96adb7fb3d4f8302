"""Calendar arithmetic: the cases 1 to 25 of the design."""

import csv
import itertools
import os
import time
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.sla import holidays
from app.sla.rules import wire
from app.sla.rules.clock_events import instant, moment
from app.sla.rules.clock_state import State
from app.sla.rules.policy import BusinessDays, WorkingTime
from app.sla.rules.refusal import Refused
from tests.app.sla.rules.office import (
    ALWAYS,
    BERLIN,
    FRI,
    HOUR,
    MON,
    NEXT_MON,
    NEXT_TUE,
    OFFICE,
    OFFICE_WEEK,
    SAT,
    SUN,
    THU,
    TUE,
    WED,
    add,
    between,
    calendar,
    clock,
    entry,
    every_day,
    local,
    policy,
    said,
)

ROOT = Path(__file__).parents[4]
REFERENCE = Path(os.environ.get("KONTOR_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
HOLIDAY_FIXTURES = REFERENCE / "calendar" / "holidays_date-holidays.csv"


def test_case_1_within_a_day() -> None:
    assert add(f"{MON} 10:00", 4) == f"{MON} 14:00"


def test_case_2_due_at_closing_time_is_not_next_morning() -> None:
    assert add(f"{MON} 13:00", 4) == f"{MON} 17:00"


def test_case_3_start_exactly_at_closing_time() -> None:
    assert add(f"{MON} 17:00", 1) == f"{TUE} 10:00"


def test_case_4_nothing_elapses_on_a_saturday() -> None:
    assert between(f"{SAT} 11:00", f"{NEXT_MON} 09:00") == 0
    assert between(f"{SAT} 11:00", f"{NEXT_MON} 09:01") * 60 == 1
    shown = clock(policy(), entry(f"{SAT} 11:00", "opened"), now=f"{NEXT_MON} 09:00")
    assert (shown.state, shown.elapsed_seconds) == (State.RUNNING, 0)


def test_case_5_over_the_weekend() -> None:
    assert add(f"{FRI} 16:00", 8) == f"{NEXT_MON} 16:00"


def test_case_6_target_0_is_due_at_the_first_working_instant() -> None:
    assert add(f"{SAT} 16:00", 0) == f"{NEXT_MON} 09:00"
    assert add(f"{MON} 10:00", 0) == f"{MON} 10:00"
    assert add(f"{MON} 17:00", 0) == f"{TUE} 09:00"


@pytest.mark.parametrize("wrong", [{"hours": -1}, {"seconds": -1}, {"business_days": -1}])
def test_case_6_negative_targets_are_rejected(wrong: dict[str, int]) -> None:
    with pytest.raises(Refused, match="target"):
        wire.target(wrong)
    with pytest.raises(Refused, match="negative"):
        OFFICE.add(0, -1)


def test_case_7_split_shift() -> None:
    split = calendar(every_day(["09:00", "12:00"], ["13:00", "17:00"]))
    assert add(f"{MON} 11:30", 1, to=split) == f"{MON} 13:30"
    assert add(f"{MON} 11:00", 1, to=split) == f"{MON} 12:00"


def test_case_8_around_the_clock_loses_no_second_at_midnight() -> None:
    assert between(f"{MON} 23:59", f"{TUE} 00:01", of=ALWAYS) * 60 == 2
    start = instant(local(f"{MON} 23:59:59"))
    for seconds in range(1, 4):
        assert ALWAYS.add(start, seconds) == start + seconds


def test_case_9_shift_over_midnight_belongs_to_its_start_day() -> None:
    nights = calendar({"fri": [["22:00", "06:00"]]})
    assert between(f"{FRI} 00:00", f"{NEXT_MON} 00:00", of=nights) == 8
    assert add(f"{FRI} 23:00", 5, to=nights) == f"{SAT} 04:00"
    off_on_saturday = calendar({"fri": [["22:00", "06:00"]]}, holidays=[SAT])
    assert between(f"{FRI} 00:00", f"{NEXT_MON} 00:00", of=off_on_saturday) == 8
    off_on_friday = calendar({"fri": [["22:00", "06:00"]]}, holidays=[FRI])
    assert between(f"{FRI} 00:00", f"{NEXT_MON} 00:00", of=off_on_friday) == 0


def test_case_10_a_holiday_is_a_date_in_the_calendars_zone() -> None:
    christmas = calendar(every_day(["00:00", "24:00"]), holidays=["2026-12-25"], zone="Asia/Tokyo")
    # Tokyo's 25th begins at 16:00 of the 24th in Berlin.
    assert between("2026-12-24 00:00", "2026-12-24 16:00", of=christmas) == 16
    assert between("2026-12-24 16:00", "2026-12-25 16:00", of=christmas) == 0
    assert add("2026-12-24 15:00", 2, to=christmas) == "2026-12-25 17:00"


def test_case_11_half_day_replaces_the_days_hours() -> None:
    half = calendar(overrides={"2026-12-24": [["09:00", "13:00"]]}, holidays=["2026-12-25"])
    assert between("2026-12-24 00:00", "2026-12-26 00:00", of=half) == 4
    assert add("2026-12-24 12:00", 2, to=half) == "2026-12-28 10:00"


def test_case_12_extra_working_saturday_and_override_wins_over_holiday() -> None:
    extra = calendar(overrides={SAT: [["10:00", "12:00"]]}, holidays=[SAT, FRI])
    assert add(f"{THU} 16:00", 2, to=extra) == f"{SAT} 11:00"


def test_case_13_the_29_february_exists_in_leap_years_only() -> None:
    leap = calendar(every_day(["00:00", "24:00"]), holidays=["02-29"])
    assert between("2028-02-28 00:00", "2028-03-02 00:00", of=leap) == 48
    assert between("2027-02-28 00:00", "2027-03-02 00:00", of=leap) == 48


@pytest.mark.parametrize("days", [15, 61, 1000, 9000])
def test_case_14_long_closures(days: int) -> None:
    first = date(2026, 11, 23)
    closed = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    long = calendar(every_day(["09:00", "17:00"]), holidays=closed)
    reopened = first + timedelta(days=days)
    assert add(f"{MON} 10:00", 1, to=long) == f"{reopened} 10:00"
    assert long.business_day_close(instant(local(f"{MON} 10:00")), 0, cutoff=None) == instant(
        local(f"{reopened} 17:00")
    )


def test_case_15_without_working_time_nothing_can_be_measured() -> None:
    never = calendar({})
    assert not never.has_working_time
    assert never.add(instant(local(f"{MON} 10:00")), 1) is None
    assert never.business_day_close(instant(local(f"{MON} 10:00")), 1, cutoff=None) is None
    shown = clock(policy(), entry(f"{MON} 10:00", "opened"), now=f"{TUE} 10:00", by=never)
    assert (shown.state, shown.due_at) == (State.UNMEASURABLE, None)
    assert shown.split.closed == 24 * HOUR


def test_case_15_working_time_that_ends_for_ever_is_found_out() -> None:
    once = calendar({}, overrides={MON: [["09:00", "17:00"]]})
    assert add(f"{MON} 09:00", 8, to=once) == f"{MON} 17:00"
    assert once.add(instant(local(f"{MON} 09:00")), 8 * HOUR + 1) is None
    shown = clock(policy(hours=9), entry(f"{MON} 10:00", "opened"), now=f"{TUE} 10:00", by=once)
    assert shown.state is State.UNMEASURABLE
    days = policy(target=BusinessDays(3))
    shown = clock(days, entry(f"{MON} 10:00", "opened"), now=f"{TUE} 10:00", by=once)
    assert shown.state is State.UNMEASURABLE


def test_case_15_business_days_of_a_calendar_without_any() -> None:
    days = policy(target=BusinessDays(1))
    shown = clock(days, entry(f"{MON} 10:00", "opened"), now=f"{TUE} 10:00", by=calendar({}))
    assert (shown.state, shown.due_at, shown.target_seconds) == (State.UNMEASURABLE, None, 0)


def test_case_16_spring_forward() -> None:
    assert add("2026-03-29 01:30", 1, to=ALWAYS) == "2026-03-29 03:30"


def test_case_17_night_shifts_of_the_two_changes() -> None:
    nights = calendar(every_day(["22:00", "06:00"]))
    assert between("2026-03-28 12:00", "2026-03-29 12:00", of=nights) == 7
    assert between("2026-10-24 12:00", "2026-10-25 12:00", of=nights) == 9
    assert between("2026-06-24 12:00", "2026-06-25 12:00", of=nights) == 8


def test_case_17_shift_edges_in_the_hour_that_is_leapt_over_or_comes_twice() -> None:
    early = calendar(every_day(["02:30", "05:00"]))
    assert between("2026-03-29 00:00", "2026-03-29 12:00", of=early) == 2
    late = calendar(every_day(["00:00", "02:30"]))
    assert between("2026-03-29 00:00", "2026-03-29 12:00", of=late) == 2
    gone = calendar(every_day(["02:15", "02:45"]))
    assert between("2026-03-29 00:00", "2026-03-29 12:00", of=gone) == 0
    both = calendar(every_day(["00:00", "02:30"], ["02:30", "05:00"]))
    assert between("2026-10-25 00:00", "2026-10-25 12:00", of=both) == 6


def test_case_18_ambiguous_half_past_two_is_two_instants_in_order() -> None:
    first, second = local("2026-10-25 02:30"), local("2026-10-25 02:30", fold=1)
    assert ALWAYS.between(instant(first), instant(second)) == HOUR
    assert ALWAYS.add(instant(first), HOUR) == instant(second)


def test_case_19_the_same_due_instant_everywhere() -> None:
    start = local(f"{MON} 15:30")
    dues = {
        OFFICE.add(instant(start.astimezone(ZoneInfo(zone))), 4 * HOUR)
        for zone in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")
    }
    assert dues == {instant(local(f"{TUE} 11:30"))}


def test_case_20_a_calendar_is_compiled_from_its_definition_alone() -> None:
    again = wire.opening_hours(wire.opening_hours_json(OFFICE.definition))
    assert again == OFFICE.definition


DAYS = [
    (f"{MON} 14:59", 2, "15:00", f"{WED} 17:00"),
    (f"{MON} 15:00", 2, "15:00", f"{WED} 17:00"),
    (f"{MON} 15:01", 2, "15:00", f"{THU} 17:00"),
    (f"{MON} 15:00:01", 2, "15:00", f"{THU} 17:00"),
    (f"{MON} 07:00", 0, "15:00", f"{MON} 17:00"),
    (f"{SAT} 07:00", 0, "15:00", f"{NEXT_MON} 17:00"),
    (f"{SAT} 07:00", 1, None, f"{NEXT_TUE} 17:00"),
    (f"{MON} 16:59", 1, None, f"{TUE} 17:00"),
    (f"{MON} 17:00", 1, None, f"{TUE} 17:00"),
    (f"{MON} 17:01", 1, None, f"{WED} 17:00"),
]


@pytest.mark.parametrize(("start", "days", "cutoff", "due"), DAYS)
def test_case_21_business_days_with_cutoff(
    start: str, days: int, cutoff: str | None, due: str
) -> None:
    promise = wire.target({"business_days": days, "cutoff": cutoff})
    shown = clock(policy(target=promise), entry(start, "opened"), now=start)
    assert said(shown.due_at) == due
    assert shown.target_seconds == OFFICE.between(instant(local(start)), instant(local(due)))


def test_case_21_pauses_move_the_converted_days() -> None:
    shown = clock(
        policy(target=BusinessDays(1)),
        entry(f"{MON} 10:00", "opened"),
        entry(f"{MON} 11:00", "paused", "client"),
        entry(f"{MON} 13:00", "resumed"),
        now=f"{MON} 13:00",
    )
    assert (said(shown.due_at), shown.target_seconds) == (f"{WED} 11:00", 15 * HOUR)


def test_case_22_days_count_whatever_their_length() -> None:
    short = calendar({**OFFICE_WEEK, "fri": [["09:00", "16:00"]]})
    close = short.business_day_close(instant(local(f"{THU} 10:00")), 2, cutoff=None)
    assert close == instant(local(f"{NEXT_MON} 17:00"))
    assert add(f"{FRI} 09:00", 8, to=short) == f"{NEXT_MON} 10:00"


def test_case_22_many_days_ahead() -> None:
    start = instant(local("2026-01-01 10:00"))
    close = calendar().business_day_close(start, 2000, cutoff=None)
    assert close == instant(local("2033-09-01 17:00"))


def test_case_23_done_in_the_due_second_is_met() -> None:
    events = [entry(f"{MON} 13:00", "opened"), entry(f"{MON} 17:00", "resolved")]
    assert clock(policy(hours=4), *events, now=f"{TUE} 12:00").state is State.MET
    events[1] = entry(f"{MON} 17:00:01", "resolved")
    late = clock(policy(hours=4), *events, now=f"{TUE} 12:00")
    assert (late.state, said(late.breached_at)) == (State.BREACHED, f"{MON} 17:00")


def test_case_24_seconds_are_kept() -> None:
    start = instant(local(f"{FRI} 16:59:59"))
    assert OFFICE.add(start, 3) == instant(local(f"{NEXT_MON} 09:00:02"))
    assert OFFICE.between(start, instant(local(f"{NEXT_MON} 09:00:02"))) == 3


def test_case_25_two_thousand_hours_over_the_years() -> None:
    due = OFFICE.add(instant(local("2026-01-05 09:00")), 2000 * HOUR)
    assert due == instant(local("2026-12-18 17:00"))
    start = instant(local(f"{MON} 10:00"))
    OFFICE.add(start, 20_000 * HOUR)
    clock_started = time.perf_counter()
    for _ in range(100):
        OFFICE.add(start, 2000 * HOUR)
    assert (time.perf_counter() - clock_started) / 100 < 0.005


def test_a_compiled_calendar_answers_the_same_however_it_grew() -> None:
    grown = calendar()
    for year in (2026, 1990, 2060, 2020):
        start = instant(local(f"{year}-05-04 10:00"))
        for hours in (1, 500, 90_000):
            fresh = calendar()
            assert grown.add(start, hours * HOUR) == fresh.add(start, hours * HOUR)
    # Around the edge of what is expanded at first.
    start = instant(local("2026-01-01 00:00"))
    for hours in range(396 * 24, 404 * 24, 5):
        always = calendar(every_day(["00:00", "24:00"]))
        assert always.add(start, hours * HOUR) == start + hours * HOUR
    wide = grown.between(instant(local("1990-01-01 00:00")), instant(local("2060-01-01 00:00")))
    parts = [instant(local(f"{year}-01-01 00:00")) for year in range(1990, 2061)]
    assert wide == sum(calendar().between(a, b) for a, b in itertools.pairwise(parts))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "+01:00"}, "zone"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": 1}, "zone"),
        ({"week": {"monday": []}}, "week"),
        ({"week": {"mon": [["09:00"]]}}, "week.mon"),
        ({"week": {"mon": [["09:00", "25:00"]]}}, "week.mon"),
        ({"week": {"mon": [["9:00", "17:00"]]}}, "week.mon"),
        ({"week": {"mon": [["09:00", "09:00"]]}}, "week.mon"),
        ({"week": {"mon": [["24:00", "09:00"]]}}, "week.mon"),
        ({"holidays": ["2026-02-30"]}, "holidays"),
        ({"holidays": ["02-30"]}, "holidays"),
        ({"holidays": [["x"]]}, "holidays"),
        ({"overrides": {"soon": []}}, "overrides"),
        ({"overrides": []}, "overrides"),
    ],
)
def test_definitions_that_make_no_sense_name_the_field(
    wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        wire.opening_hours({"zone": "Europe/Berlin", "week": {}} | wrong)
    assert refused.value.field == field


def test_targets_read_and_written() -> None:
    assert wire.target({"hours": 0.5}) == WorkingTime(1800)
    for value in ({"seconds": 90}, {"business_days": 2, "cutoff": "15:00"}, {"business_days": 0}):
        assert wire.target_json(wire.target(value)) == value
    for wrong in (
        {},
        {"hours": True},
        {"hours": "8"},
        {"hours": 10**9},
        {"hours": float("nan")},
        {"business_days": 1.5},
        {"business_days": 1, "cutoff": "24:01"},
        {"hours": 0.0001},
    ):
        with pytest.raises(Refused):
            wire.target(wrong)


def test_holidays_of_a_state() -> None:
    berlin = holidays.public_holidays("DE", state="BE", years=[2026])
    assert date(2026, 3, 8) in berlin
    assert date(2026, 3, 8) not in holidays.public_holidays("DE", state="BY", years=[2026])
    assert date(2026, 1, 6) in holidays.public_holidays("DE", state="BY", years=[2026])
    office = holidays.office_hours(country="DE", state="BY", years=range(2026, 2029))
    assert office["holidays"][0] == "2026-01-01"
    assert (
        between(
            "2026-01-05 00:00",
            "2026-01-08 00:00",
            of=calendar(None, **{key: office[key] for key in ("holidays",)}),
        )
        == 16
    )


def test_holidays_of_nowhere_are_refused() -> None:
    for country, state in (("XX", None), ("DE", "XX")):
        with pytest.raises(Refused, match="holidays"):
            holidays.public_holidays(country, state=state, years=[2026])


@pytest.mark.skipif(not HOLIDAY_FIXTURES.exists(), reason="no reference data on this machine")
def test_german_holidays_agree_with_an_independent_list() -> None:
    """Public holidays of every German state, against the fixtures of date-holidays."""
    theirs: dict[tuple[str, int], set[date]] = defaultdict(set)
    with HOLIDAY_FIXTURES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"][:10])
            if row["country"] == "DE" and row["type"] == "public" and len(row["subdiv"]) == 2:
                theirs[row["subdiv"], day.year].add(day)
    assert theirs
    differences = {
        (state, year): days ^ set(holidays.public_holidays("DE", state=state, years=[year]))
        for (state, year), days in theirs.items()
        if 2020 <= year <= 2026
    }
    assert {key: days for key, days in differences.items() if days} == {}


def test_every_case_speaks_berlin_time() -> None:
    assert BERLIN.key == OFFICE.definition.zone
    assert said(moment(0)) == "1970-01-01 01:00"
    assert SUN < NEXT_MON
