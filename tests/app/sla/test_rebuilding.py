"""Rows are proved from their events, whatever was done to them; closed results stay closed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, event, select, update

from app.cli.house import House
from app.cli.main import main
from app.sla import actions, rebuilding, recalculation, terms, zone_rules
from app.sla.models import SlaClock, SlaTimer
from app.sla.rules import calendar as calendars
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, tenant_engine
from tenants.scope import tenant_scope
from tests.factories.clocks import EIGHT_HOURS, MON_10, WORK, client, forget_agreements, local, row


@pytest.fixture(autouse=True)
def _nothing_agreed(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    forget_agreements(app)


@pytest.fixture
def house(app: Flask, settings: Settings) -> House:
    house = House()
    vars(house).update(app=app, settings=settings)
    return house


def kontor(house: House, *words: str) -> Result:
    return CliRunner().invoke(main, words, obj=house)


def lives(app: Flask, tenant: TenantRef) -> list[UUID]:
    """Subjects that have seen a good deal."""
    subjects = [uuid4() for _ in range(6)]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("2026-11-23 11:00", {"kind": "provider_message"}),
        ("2026-11-23 12:00", {"kind": "paused", "cause": "client"}),
        ("2026-11-23 15:00", {"kind": "resumed"}),
        ("2026-11-24 15:00", {"kind": "resolved"}),
        ("2026-11-25 09:00", {"kind": "reopened"}),
        ("2026-11-25 10:00", {"kind": "cancelled"}),
    ]
    with client(app, tenant):
        for subject in subjects:
            actions.open_clocks(subject_id=subject, opened_at=MON_10, promised=EIGHT_HOURS, **WORK)
    for number, (moment, step) in enumerate(steps):
        at = local(moment)
        with client(app, tenant, at=at + timedelta(seconds=3)):
            for subject in subjects[number:]:
                actions.note(subject_id=subject, at=at, **step)
    return subjects


def test_case_87_the_shell_rebuilds_and_finds_nothing(
    app: Flask, acme: TenantRef, house: House
) -> None:
    lives(app, acme)
    kontor(house, "sla", "rebuild", "--client", "acme")
    for _ in range(2):
        done = kontor(house, "sla", "rebuild", "--client", "acme")
        assert done.exit_code == 0, done.output
        assert " 0 differences." in done.output


def test_case_87_what_somebody_changed_by_hand_is_found_named_and_mended(
    app: Flask, acme: TenantRef, house: House
) -> None:
    subjects = lives(app, acme)
    kontor(house, "sla", "rebuild", "--client", "acme")
    with client(app, acme):
        row(subjects[2]).due_at = MON_10
        clock_id = row(subjects[3]).id
        db.session.execute(delete(SlaTimer).where(SlaTimer.clock_id == clock_id))
        db.session.execute(
            update(SlaClock).where(SlaClock.id == clock_id).values(next_alert_at=None)
        )
    found = kontor(house, "sla", "rebuild", "--client", "acme")
    assert found.exit_code == 1
    assert "due_at" in found.output
    assert kontor(house, "sla", "rebuild", "--client", "acme").exit_code == 0
    assert kontor(house, "sla", "rebuild", "--client", "nobody").exit_code == 1
    assert kontor(house, "sla", "rebuild", "--json").exit_code in {0, 1}


def test_rebuilding_goes_in_batches(app: Flask, acme: TenantRef) -> None:
    lives(app, acme)
    with app.app_context(), tenant_scope(acme):
        batches = list(rebuilding.rebuild_client(at_once=4))
    assert len(batches) > 1
    assert all(batch.subjects <= 4 for batch in batches)


@pytest.fixture
def other_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Berlin takes London's hour, and everybody has installed the new edition."""
    known = calendars.zone_info

    def changed(name: str) -> ZoneInfo:
        return known("Europe/London" if name == "Europe/Berlin" else name)

    monkeypatch.setattr(calendars, "zone_info", changed)
    monkeypatch.setattr(zone_rules, "edition", lambda: "2027z")
    monkeypatch.setattr(terms, "_calendars", {})
    yield
    monkeypatch.undo()


def test_case_20_new_rules_of_a_zone_move_open_dues_and_no_closed_result(
    app: Flask, acme: TenantRef, request: pytest.FixtureRequest
) -> None:
    still_open, closed = uuid4(), uuid4()
    with client(app, acme):
        for subject in (still_open, closed):
            actions.open_clocks(subject_id=subject, opened_at=MON_10, promised=EIGHT_HOURS, **WORK)
    at = local("2026-11-23 12:00")
    with client(app, acme, at=at):
        actions.note(subject_id=closed, kind="resolved", at=at)
        frozen = row(closed).result
    request.getfixturevalue("other_rules")
    order = recalculation.Order(
        what=recalculation.What.ZONES, key="", actor_id=None, actor_name="Kontor", reason="2027z"
    )
    with client(app, acme, at=at):
        recalculation.carry_out(order, run_id=uuid4(), commit=lambda **_: None)
        # 10:00 in Berlin is 09:00 now: the office has just opened when the work came in.
        assert row(still_open).due_at == local("2026-11-23 18:00")
        assert actions.rebuild(still_open) == []
        assert actions.rebuild(closed) == []
        assert row(closed).result == frozen
        assert (row(closed).state, row(closed).due_at) == (State.MET, local("2026-11-24 10:00"))


def test_what_a_deed_costs_in_statements(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    counted: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.append(statement)

    with client(app, acme):
        actions.open_clocks(subject_id=uuid4(), opened_at=MON_10, promised=EIGHT_HOURS, **WORK)
        engine = tenant_engine(acme)
        event.listen(engine, "before_cursor_execute", count)
        try:
            actions.open_clocks(subject_id=subject, opened_at=MON_10, promised=EIGHT_HOURS, **WORK)
            opening = len(counted)
            counted.clear()
            actions.note(subject_id=subject, kind="provider_message", at=MON_10)
            noting = len(counted)
        finally:
            event.remove(engine, "before_cursor_execute", count)
    # Policy, calendar, terms; event, clocks, timers.
    assert opening <= 6
    # Clocks, log; event, thresholds on record, outcomes, clocks, timers.
    assert noting <= 7
    with client(app, acme):
        assert set(
            db.session.scalars(select(SlaClock.metric).where(SlaClock.subject_id == subject))
        ) == set(EIGHT_HOURS)
        assert row(subject, Metric.FIRST_RESPONSE).state is State.MET
