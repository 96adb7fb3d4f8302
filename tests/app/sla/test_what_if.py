"""What-if against direct evaluation of the same events, and without a trace in any books."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event, text

from app.cli.house import House
from app.cli.sla_what_if import command
from app.kernel import clock
from app.sla import standing, what_if
from app.sla.reports import Ending
from app.sla.rules import wire
from app.sla.rules.agreement import agreement
from app.sla.rules.calendar import Calendar
from app.sla.rules.fold import evaluate
from app.sla.rules.policy import Metric
from app.sla.what_if import Draft, Period
from app.sla.what_if_answers import Fees, Tally
from app.sla.what_if_runs import Question, draft_of, fees_of
from config import Settings
from tenants.db import db
from tests.factories import promise_book
from tests.factories.promise_book import CALENDAR, TODAY, Book, berlin

FOUR_HOURS = {"metrics": {"resolution": {"target": {"hours": 4}}}}
TWELVE_HOURS = {"metrics": {"resolution": {"target": {"hours": 12}}}}
LONGER = {**CALENDAR, "week": {**CALENDAR["week"], "mon": [["08:00", "20:00"]]}}
OCTOBER = Period(since=berlin("2026-10-01 00:00"), until=berlin("2026-11-01 00:00"))
CREDITS = {
    "fee_minor": 100_000,
    "currency": "EUR",
    "clauses": [{"name": "late", "metrics": ["resolution"], "percent": "10"}],
    "cap_percent": "15",
}


@pytest.fixture(scope="session")
def book(app: Flask, settings: Settings) -> Book:
    return promise_book.build(app, settings)


@pytest.fixture
def inside(book: Book) -> Iterator[Book]:
    with book.scope("2026-11-23 10:00"):
        yield book


def tally(draft: Draft, *, fees: Fees | None = None) -> dict[str, object]:
    found = Tally(zone="Europe/Berlin")
    for one in what_if.replay(draft, OCTOBER):
        found.add(one)
    return {**found.answer(fees), "differences": found.differences()}


def test_a_shorter_target_breaches_what_was_met(inside: Book) -> None:
    found = tally(Draft(agreement=agreement(FOUR_HOURS)))
    assert (found["subjects"], found["clocks"], found["changed"]) == (6, 6, 1)
    assert found["before"]["resolution"][Ending.MET] == 2
    assert found["after"]["resolution"] == {
        "met": 1, "breached": 2, "open_breached": 1, "excused": 1, "cancelled": 1,
    }  # fmt: skip
    first = found["differences"][0]
    assert first["subject_id"] == str(inside.items["A"])
    assert (first["before"]["endings"], first["after"]["endings"]) == (["met"], ["breached"])
    assert first["after"]["due_at"] == "2026-10-05T11:00:00Z"
    assert first["shift_seconds"] == -4 * 3600


def test_a_longer_target_and_other_hours_agree_with_direct_evaluation(inside: Book) -> None:
    terms, hours = agreement(TWELVE_HOURS), Calendar(wire.opening_hours(LONGER))
    policy = terms.policies[Metric.RESOLUTION]
    found = {
        one.subject_id: one
        for one in what_if.replay(Draft(agreement=terms, calendar=hours), OCTOBER)
    }
    assert set(found) == set(inside.items.values())
    for item_id in inside.items.values():
        direct = evaluate(policy, hours, standing.events(item_id), TODAY)
        after = found[item_id].after
        assert after is not None
        assert (after.state, after.due_at) == (direct.state, direct.due_at)


def test_only_other_hours_keep_every_promise(inside: Book) -> None:
    found = {
        one.subject_id: one
        for one in what_if.replay(Draft(calendar=Calendar(wire.opening_hours(LONGER))), OCTOBER)
    }
    monday = found[inside.items["A"]]
    assert monday.before is not None
    assert monday.after is not None
    assert monday.before.due_at == berlin("2026-10-05 17:00")
    assert monday.after.due_at == berlin("2026-10-05 17:00")
    still_open = found[inside.items["D"]]
    assert still_open.after is not None
    assert still_open.after.due_at == berlin("2026-10-12 17:00")


def test_credits_of_both_sides_are_capped_by_month(inside: Book) -> None:
    question = Question(since=OCTOBER.since, until=OCTOBER.until, credits=CREDITS)
    found = tally(Draft(agreement=agreement(FOUR_HOURS)), fees=fees_of(question))
    assert found["credits"]["months"] == [
        {"month": "2026-10", "before": "150.00", "after": "150.00"}
    ]
    lenient = tally(Draft(agreement=agreement(TWELVE_HOURS)), fees=fees_of(question))
    assert lenient["credits"]["after"] == "100.00", "only D is late under twelve hours"


def test_memory_does_not_grow_with_the_period(
    inside: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "BATCH", 2)
    assert len(list(what_if.replay(Draft(agreement=agreement(FOUR_HOURS)), OCTOBER))) == 6
    few = Tally(zone="Europe/Berlin", shown=2)
    for one in what_if.replay(Draft(agreement=agreement(FOUR_HOURS)), OCTOBER):
        few.add(one)
    assert few.differences()[0]["subject_id"] == str(inside.items["A"])
    assert len(few.differences()) == 2


def test_a_draft_that_makes_no_sense_is_refused_by_name(inside: Book) -> None:
    from app.kernel.errors import Invalid

    bad = {"agreement": {"metrics": {"speed": {}}}, "calendar": {"zone": "Mars", "week": {}}}
    for name, value in bad.items():
        question = Question(since=OCTOBER.since, until=OCTOBER.until, **{name: value})
        with pytest.raises(Invalid) as refused:
            draft_of(question)
        assert list(refused.value.fields) == [name]


def test_the_shell_compares_without_writing(book: Book, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(json.dumps(FOUR_HOURS), "utf-8")
    (tmp_path / "calendar.json").write_text(json.dumps(CALENDAR), "utf-8")
    (tmp_path / "credits.json").write_text(json.dumps(CREDITS), "utf-8")
    (tmp_path / "broken.json").write_text("{", "utf-8")
    house = House()
    house.__dict__.update(app=book.app, settings=settings)
    written: list[str] = []

    def watch(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.split(maxsplit=1)[0].lower() in {"insert", "update", "delete"}:
            written.append(statement)

    def run(*arguments: str) -> str:
        with clock.freeze(TODAY):
            done = CliRunner().invoke(
                command,
                ["--client", "ledger", "--policy", str(tmp_path / "policy.json"),
                 "--from", "2026-10-01", "--to", "2026-10-31", *arguments],
                obj=house,
            )  # fmt: skip
        assert done.exit_code == 0, done.output
        return done.output

    with book.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", watch)
    try:
        told = json.loads(run("--json", "--credits", str(tmp_path / "credits.json")))
        assert told["summary"]["after"]["resolution"]["breached"] == 2
        assert {one["subject_id"] for one in told["differences"]} >= {str(book.items["A"])}
        assert "6 pieces of work" in run("--calendar", str(tmp_path / "calendar.json"))
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", watch)
    assert written == []
    with clock.freeze(TODAY):
        broken = ["--client", "ledger", "--policy", str(tmp_path / "broken.json")]
        refused = CliRunner().invoke(command, broken, obj=house)
    assert (refused.exit_code, "is not JSON" in refused.output) == (1, True)
    assert CliRunner().invoke(command, ["--client", "ledger"], obj=house).exit_code == 2


def test_the_shells_transaction_cannot_write(book: Book) -> None:
    with book.scope("2026-11-23 10:00"):
        db.session.execute(text("set transaction read only"))
        with pytest.raises(Exception, match="read-only transaction"):
            db.session.execute(text("update work_item set title = title"))
        db.session.rollback()
