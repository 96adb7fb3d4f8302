"""The exchange format: what goes in, what comes out, what is refused and where."""

import json
from typing import Any

import pytest

from app.sla.rules.agreement import agreement
from app.sla.rules.calendar import Calendar
from app.sla.rules.opening_hours import OpeningHours, Shift
from app.sla.rules.policy import BusinessDays
from app.sla.rules.refusal import Refused
from app.sla.rules.scenario import answer, answers
from tests.app.sla.rules.office import OFFICE_WEEK

SCENARIO: dict[str, Any] = {
    "calendar": {
        "zone": "Europe/Berlin",
        "week": OFFICE_WEEK,
        "holidays": ["2026-12-25"],
        "overrides": {"2026-12-24": [["09:00", "13:00"]]},
    },
    "policy": {"metric": "resolution", "target": {"hours": 8}, "reopen": "new_cycle"},
    "events": [
        {"at": "2026-11-23T09:00:00+01:00", "by": "client", "type": "opened"},
        {"at": "2026-11-23T10:00:00Z", "type": "paused", "cause": "client"},
        {"at": "2026-11-23T07:00:00-05:00", "type": "resumed"},
        {"at": "2026-11-23T12:30:00Z", "type": "target_changed", "target": {"hours": 6}},
        {"at": "2026-11-23T13:00:00Z", "type": "resolved"},
    ],
    "now": "2026-11-24T09:00:00Z",
}


def test_a_scenario_is_answered() -> None:
    cycle = {
        "state": "met",
        "due_at": "2026-11-23T16:00:00Z",
        "finished_at": "2026-11-23T13:00:00Z",
        "breached_at": None,
        "elapsed_seconds": 3 * 3600,
        "remaining_seconds": 3 * 3600,
    }
    split = {"provider": 3 * 3600, "client": 2 * 3600, "third_party": 0, "closed": 0}
    assert answer(SCENARIO) == cycle | {
        "cycles": [cycle | {"started_at": "2026-11-23T08:00:00Z", "target_seconds": 6 * 3600}],
        "split_seconds": split,
    }


def test_an_answer_not_owed() -> None:
    opened = {"at": "2026-11-23T09:00:00+01:00", "by": "provider", "type": "opened"}
    policy = {"metric": "first_response", "target": {"business_days": 1}}
    shown = answer(SCENARIO | {"policy": policy, "events": [opened]})
    assert (shown["state"], shown["due_at"], shown["cycles"]) == ("not_applicable", None, [])


def _event(**wrong: Any) -> dict[str, Any]:
    return SCENARIO | {"events": [SCENARIO["events"][0] | wrong]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ([], "scenario"),
        ({}, "calendar"),
        (SCENARIO | {"events": None}, "events"),
        (SCENARIO | {"now": 5}, "now"),
        (SCENARIO | {"now": "tomorrow"}, "now"),
        (SCENARIO | {"now": "2026-11-24T09:00:00"}, "now"),
        (SCENARIO | {"policy": {"metric": "speed"}}, "policy.metric"),
        (SCENARIO | {"policy": {"metric": "resolution"}}, "policy.target"),
        (_event(type="vanished"), "events[0].type"),
        (_event(type="paused"), "events[0].cause"),
        (_event(type="paused", cause="weather"), "events[0].cause"),
        (_event(type="target_changed"), "events[0].target"),
        (_event(at="2026-11-24"), "events[0].at"),
    ],
)
def test_what_cannot_be_read_names_the_field(wrong: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        answer(wrong)
    assert refused.value.field == field


def test_values_that_make_no_sense_are_refused_wherever_they_come_from() -> None:
    with pytest.raises(Refused, match="shift"):
        Shift(9 * 3600, 9 * 3600)
    with pytest.raises(Refused, match="seven days"):
        OpeningHours("UTC", ((),))
    with pytest.raises(Refused, match="time of day"):
        BusinessDays(1, 90_000)
    with pytest.raises(Refused, match="thresholds"):
        agreement({"thresholds": [0]})


def test_a_calendar_ends_with_the_years_it_can_count() -> None:
    calendar = Calendar(OpeningHours("UTC", ((Shift(0, 1),),) + ((),) * 6))
    start = 1000 * 365 * 86_400  # in the year 2969
    assert calendar.add(start, 10) is not None
    assert calendar.add(start, 10_000) is None
    assert calendar.business_day_close(start, 10, cutoff=None) is not None
    assert calendar.business_day_close(start, 10_000, cutoff=None) is None
    assert calendar.add(start * 2, 1) is None


def test_scenarios_follow_each_other_in_a_file() -> None:
    one = json.dumps(SCENARIO)
    both = f"\ufeff{one}\n\n{json.dumps(SCENARIO, indent=1)} {one}\n".encode()
    assert [json.loads(line) for line in answers(both)] == [answer(SCENARIO)] * 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "scenario: there is none"),
        (b"\xff", "scenario: is not UTF-8"),
        (b"{]", "scenario: is not JSON"),
        (b"[" * 100_000, "scenario: is nested too deep"),
        (b'{"now": ' + b"1" * 5000 + b"}", "scenario: has a number"),
        (b'{"now": NaN}', "scenario: NaN is no number"),
        (b'{"now": 1, "now": 2}', "'now': is given twice"),
        (b"{}", "calendar: is missing"),
        (b'{"calendar": {"week": {}}}', "calendar.zone: is missing"),
        (b"{}\n{}", "line 1: calendar: is missing"),
        (json.dumps(SCENARIO).encode() + b"\n\n{}", "line 3: calendar: is missing"),
        (json.dumps(SCENARIO | {"now": "1899-01-01T00:00:00Z"}).encode(), "now: lies outside"),
        (json.dumps(SCENARIO | {"policy": {"metric": "x\n" * 99}}).encode(), "policy.metric: 'x"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_line(content: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        list(answers(content))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_a_subcontractor_is_not_the_cause_of_a_pause() -> None:
    event = SCENARIO["events"][0] | {"type": "paused", "cause": "subcontractor"}
    with pytest.raises(Refused, match="cause"):
        answer(SCENARIO | {"events": [event]})
