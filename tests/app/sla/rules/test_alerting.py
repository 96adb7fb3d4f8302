"""Who is told when: cases 73, 74, 76-78 and 80-82 of the design, as far as they are pure."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.sla.rules.agreement import Agreement, Recipient, agreement, agreement_json
from app.sla.rules.alerts import BREACH, Crossing, crossings
from app.sla.rules.policy import BusinessDays, Cause, MaxPause, Metric, Then, WorkingTime
from app.sla.rules.quiet_hours import QuietHours
from app.sla.rules.refusal import Refused
from tests.app.sla.rules.office import (
    BERLIN,
    HOUR,
    MON,
    OFFICE,
    TUE,
    clock,
    entry,
    local,
    policy,
    said,
)

OPENED = entry(f"{MON} 10:00", "opened")
ALL = (50, 75, 90, 150, 200)


def crossed(*events: Any, now: str, **terms: Any) -> list[Crossing]:
    shown = clock(policy(**terms), *events, now=now)
    return crossings(shown.cycles[-1], thresholds=ALL, calendar=OFFICE)


def percents(found: list[Crossing]) -> list[int]:
    return [one.percent for one in found]


def test_case_73_what_was_passed_while_nobody_looked_is_known_in_order() -> None:
    found = crossed(OPENED, now=f"{MON} 13:45", hours=4)
    passed = [one for one in found if one.at <= local(f"{MON} 13:45")]
    assert percents(passed) == [50, 75, 90]
    assert max(passed).percent == 90


def test_case_77_moved_later_what_was_not_sent_is_armed_anew() -> None:
    pause = [entry(f"{MON} 12:30", "paused", "client"), entry(f"{MON} 14:30", "resumed")]
    before = crossed(OPENED, now=f"{MON} 12:30", hours=4)
    after = crossed(OPENED, *pause, now=f"{MON} 14:30", hours=4)
    assert before[0] == after[0]
    assert [said(one.at) for one in after[:3]] == [f"{MON} 12:00", f"{MON} 15:00", f"{MON} 15:36"]


def test_case_78_escalation_goes_on_after_the_breach_in_order() -> None:
    found = crossed(OPENED, now=f"{TUE} 10:00", hours=4)
    assert percents(found) == [50, 75, 90, BREACH, 150, 200]
    assert [said(one.at) for one in found[4:]] == [f"{MON} 16:00", f"{TUE} 10:00"]
    ahead = crossed(OPENED, now=f"{MON} 15:00", hours=4)
    assert ahead == found
    # A breached clock that stands still has no further future.
    paused = entry(f"{MON} 15:00", "paused", "client")
    assert percents(crossed(OPENED, paused, now=f"{TUE} 16:00", hours=4)) == [50, 75, 90, BREACH]


def test_case_78_after_a_change_and_a_reopening_levels_count_from_there() -> None:
    changed = entry(f"{MON} 12:00", "target_changed", target=WorkingTime(2 * HOUR))
    at_once = crossed(OPENED, changed, now=f"{MON} 12:00", change="forward")
    assert said(at_once[0].at) == f"{MON} 13:00"
    stopped = [entry(f"{MON} 11:00", "resolved"), entry(f"{MON} 15:00", "reopened")]
    assert said(crossed(OPENED, *stopped, now=f"{MON} 15:00", hours=4)[0].at) == f"{MON} 16:00"


QUIET = QuietHours(20 * HOUR, 7 * HOUR)


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (f"{MON} 19:59:59", f"{MON} 19:59"),
        (f"{MON} 20:00", f"{TUE} 07:00"),
        (f"{TUE} 03:00", f"{TUE} 07:00"),
        (f"{TUE} 06:59:59", f"{TUE} 07:00"),
        (f"{TUE} 07:00", f"{TUE} 07:00"),
        ("2026-03-28 22:00", "2026-03-29 07:00"),
        ("2026-10-24 22:00", "2026-10-25 07:00"),
    ],
)
def test_case_80_quiet_hours_delay_the_message(at: str, sent: str) -> None:
    assert said(QUIET.send_at(local(at), zone=BERLIN)) == sent


def test_case_80_quiet_hours_within_a_day_and_in_another_zone() -> None:
    noon = QuietHours(12 * HOUR, 14 * HOUR)
    assert said(noon.send_at(local(f"{MON} 12:30"), zone=BERLIN)) == f"{MON} 14:00"
    assert said(noon.send_at(local(f"{MON} 20:30"), zone=BERLIN)) == f"{MON} 20:30"
    tokyo = ZoneInfo("Asia/Tokyo")
    assert said(QUIET.send_at(local(f"{MON} 20:30"), zone=tokyo)) == f"{MON} 23:00"
    for wrong in ((8 * HOUR, 8 * HOUR), (0, 24 * HOUR), (-1, 5)):
        with pytest.raises(Refused, match="quiet_hours"):
            QuietHours(*wrong)


def test_case_81_somebody_is_told_of_every_level() -> None:
    silent = agreement({"thresholds": [{"percent": 50, "tell": []}], "fallback": "admin"})
    for percent in (50, BREACH):
        assert silent.told_at(percent) == (Recipient.ADMIN,)
    usual = Agreement()
    assert usual.told_at(75) == (Recipient.ASSIGNEE,)
    assert usual.told_at(BREACH) == (Recipient.ASSIGNEE, Recipient.TEAM_LEAD)


WRITTEN: dict[str, Any] = {
    "metrics": {
        "resolution": {
            "target": {"business_days": 2, "cutoff": "15:00"},
            "reopen": "new_cycle",
            "change": "forward",
            "pauses": ["client", "subcontractor"],
            "max_pause": {"business_days": 10, "then": "resume"},
        },
        "internal_step": {
            "target": {"seconds": 3600},
            "reopen": "resume",
            "change": "retroactive",
            "pauses": [],
            "max_pause": None,
        },
    },
    "thresholds": [
        {"percent": 75, "tell": ["assignee"]},
        {"percent": 150, "tell": ["team_lead", "admin", "team"]},
    ],
    "quiet_hours": {"from": "20:00", "to": "07:00"},
    "fallback": "admin",
}


def test_an_agreement_is_read_and_written_back() -> None:
    terms = agreement(WRITTEN)
    assert agreement_json(terms) == WRITTEN
    promise = terms.policies[Metric.RESOLUTION]
    assert promise.pauses == {Cause.CLIENT, Cause.SUBCONTRACTOR}
    assert promise.max_pause == MaxPause(BusinessDays(10), Then.RESUME)
    assert terms.quiet_hours == QUIET
    assert terms.thresholds == (75, 150)


def test_thresholds_may_be_plain_numbers() -> None:
    terms = agreement({"thresholds": [150, 50, 90]})
    assert [(one.percent, one.tell) for one in terms.alerts] == [
        (50, (Recipient.ASSIGNEE,)),
        (90, (Recipient.ASSIGNEE, Recipient.TEAM_LEAD)),
        (150, (Recipient.TEAM_LEAD, Recipient.ADMIN)),
    ]
    assert agreement({"thresholds": None}) == agreement({}) == Agreement()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ([], "agreement"),
        ({"thresholds": 75}, "thresholds"),
        ({"thresholds": [75, 75]}, "thresholds"),
        ({"thresholds": [1001]}, "thresholds[0].percent"),
        ({"thresholds": [75, {"percent": "90"}]}, "thresholds[1].percent"),
        ({"thresholds": [{"percent": 75, "tell": ["neighbour"]}]}, "thresholds[0].tell"),
        ({"quiet_hours": {"from": "20:00"}}, "quiet_hours.to"),
        ({"quiet_hours": {"from": "20:00", "to": "20:00"}}, "quiet_hours"),
        ({"fallback": "nobody"}, "fallback"),
        ({"metrics": {"speed": {}}}, "metrics"),
        ({"metrics": {"resolution": {}}}, "metrics.resolution.target"),
        ({"metrics": {"resolution": {"target": {"hours": -1}}}}, "metrics.resolution.target.hours"),
        (
            {"metrics": {"resolution": {"target": {"hours": 1}, "pauses": ["rain"]}}},
            "metrics.resolution.pauses",
        ),
        (
            {"metrics": {"resolution": {"target": {"hours": 1}, "max_pause": {"hours": "x"}}}},
            "metrics.resolution.max_pause.hours",
        ),
        (
            {
                "metrics": {
                    "resolution": {
                        "target": {"hours": 1},
                        "max_pause": {"hours": 1, "then": "wait"},
                    }
                }
            },
            "metrics.resolution.max_pause.then",
        ),
    ],
)
def test_an_agreement_that_makes_no_sense_names_the_field(wrong: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        agreement(wrong)
    assert refused.value.field == field
