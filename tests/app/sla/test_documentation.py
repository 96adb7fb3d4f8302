"""What docs/sla.md tells a client's lawyer is what the rules say."""

import json
import re
from pathlib import Path

import pytest

from app.sla.rules import wire
from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_events import ClockEvent, Kind
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import BusinessDays, Metric, Policy, WorkingTime
from app.sla.rules.scenario import answer
from tests.factories.promise_book import CALENDAR, berlin

TEXT = (Path(__file__).parents[3] / "docs" / "sla.md").read_text("utf-8")
DAYS = {"Mon": "2026-11-23", "Tue": "2026-11-24", "Fri": "2026-11-27", "Sat": "2026-11-28"}
ROWS = re.findall(r"^\| (\w{3}) (\d\d:\d\d) \| (\d+) h \| (\w{3}) (\d\d:\d\d)", TEXT, re.MULTILINE)


def due(opened: str, target: WorkingTime | BusinessDays) -> object:
    at = berlin(opened)
    policy = Policy(metric=Metric.RESOLUTION, target=target)
    calendar = Calendar(wire.opening_hours(CALENDAR))
    return evaluate(policy, calendar, [ClockEvent(at=at, kind=Kind.OPENED)], at).due_at


def test_the_table_has_its_rows() -> None:
    assert len(ROWS) == 5


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_examples_of_hours(row: tuple[str, ...]) -> None:
    day, time, hours, due_day, due_time = row
    expected = DAYS[due_day] if day not in ("Fri", "Sat") else "2026-11-30"
    found = due(f"{DAYS[day]} {time}", WorkingTime(int(hours) * 3600))
    assert found == berlin(f"{expected} {due_time}")


def test_the_example_of_working_days() -> None:
    target = BusinessDays(2, 15 * 3600)
    assert due("2026-11-23 15:00", target) == berlin("2026-11-25 17:00")
    assert due("2026-11-23 15:00:01", target) == berlin("2026-11-26 17:00")


def test_the_example_of_evaluate() -> None:
    scenario, told = (
        json.loads(re.search(rf"```json {kind}\n(.*?)```", TEXT, re.DOTALL)[1])  # type: ignore[index]
        for kind in ("scenario", "answer")
    )
    found = answer(scenario)
    assert {name: found[name] for name in told} == told
