"""Clocks in the books, on a real PostgreSQL: two clients with equal keys."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app.kernel.actor import SYSTEM
from app.kernel.errors import Invalid, NotFound
from app.sla import actions, agreeing, queries, ticker
from app.sla.models import (
    SlaAlertEntry,
    SlaClock,
    SlaEvent,
    SlaPolicy,
    SlaTerms,
    SlaTimer,
    WorkingCalendar,
)
from app.sla.rules import wire
from app.sla.rules.agreement import agreement, promised
from app.sla.rules.clock_state import State
from app.sla.rules.policy import BusinessDays, Metric, WorkingTime
from app.sla.rules.progress import Level
from app.sla.rules.refusal import Refused
from tenants.context import TenantRef
from tenants.db import db
from tests.factories.clocks import (
    EIGHT_HOURS,
    HOUR,
    MON_10,
    OFFICE,
    WORK,
    client,
    forget_agreements,
    local,
    of,
    opened,
    provider,
    row,
    standing_events,
    tick,
    told,
)


@pytest.fixture(autouse=True)
def _nothing_agreed(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    forget_agreements(app)


def test_clocks_open_with_what_the_contract_promises(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        assert opened(subject) == local("2026-11-24 10:00")
    with client(app, acme, at=local("2026-11-23 12:00")):
        clocks = {view.metric: view for view in queries.clocks_of(subject)}
        work = clocks[Metric.RESOLUTION]
        assert (work.state.state, work.remaining_seconds) == (State.RUNNING, 6 * HOUR)
        assert (work.progress.level, work.progress.fraction) == (Level.OK, 0.25)
        assert clocks[Metric.FIRST_RESPONSE].due_at == local("2026-11-23 12:00")
        assert queries.standings([subject])[subject].due_at == work.due_at
        assert queries.split(subject).provider == 2 * HOUR


def test_waiting_answering_delivering_in_the_callers_transaction(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject)
    at = local("2026-11-23 11:00")
    with client(app, acme, at=at):
        actions.note(subject_id=subject, kind="provider_message", at=at)
        assert actions.note(subject_id=subject, kind="paused", at=at, cause="client") is None
        assert row(subject).paused_since == at
        assert row(subject).next_alert_at is None
        assert row(subject, Metric.FIRST_RESPONSE).state is State.MET
    # Case 36: the answer came at 13:00 and was worked up at 15:00.
    with client(app, acme, at=local("2026-11-23 15:00")):
        due = actions.note(subject_id=subject, kind="resumed", at=local("2026-11-23 13:00"))
        assert due == local("2026-11-24 12:00")
        line = queries.explain(subject).intervals
        assert [one.because.value for one in line] == [
            "working",
            "waiting_for_client",
            "working",
            "expected",
        ]
    at = local("2026-11-23 16:00")
    with client(app, acme, at=at):
        actions.note(subject_id=subject, kind="resolved", at=at)
    with client(app, acme, at=local("2026-11-25 16:00")):
        ended = row(subject)
        assert (ended.state, ended.elapsed_seconds) == (State.MET, 4 * HOUR)
        assert ended.result is not None
        assert ended.result["split"]["client"] == 2 * HOUR
        assert ended.due_at == local("2026-11-24 12:00")
        assert of(subject) == []


def test_a_rolled_back_action_leaves_no_trace(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()

    def fail() -> None:
        with client(app, acme):
            opened(subject)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with client(app, acme):
        assert queries.clocks_of(subject) == []
        assert standing_events(subject) == 0
    with provider(app):
        assert db.session.scalar(select(func.count()).select_from(SlaTimer)) == 0


def test_case_66_the_most_specific_policy_wins_and_none_is_unmeasured(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    with client(app, acme):
        assert opened(subject, promised=None) is None
        assert queries.clocks_of(subject) == []
        assert standing_events(subject) == 1
        with pytest.raises(NotFound):
            queries.explain(subject)
    with provider(app):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=OFFICE)
        for hours, work in (
            (20, {}),
            (16, {"priority": 3}),
            (12, {"service_key": "accounts_payable"}),
            (4, {"service_key": "accounts_payable", "priority": 3}),
            (6, {"service_key": "accounts_payable", "type_key": "supplier_invoice"}),
            (1, {"service_key": "payroll"}),
        ):
            agreeing.set_policy(
                actor=SYSTEM,
                tenant_id=acme.id,
                work=work,
                valid_from=local("2026-01-01 00:00"),
                agreement=promised({Metric.RESOLUTION: WorkingTime(hours * HOUR)}),
            )
    with client(app, acme):
        for work, hours in (
            ({}, 6),
            ({"priority": 3}, 6),
            ({"type_key": "credit_note", "priority": 3}, 4),
            ({"type_key": "credit_note"}, 12),
            ({"service_key": "it", "type_key": "x", "priority": 3}, 16),
            ({"service_key": "it", "type_key": "x"}, 20),
        ):
            one = uuid4()
            opened(one, **work)
            assert row(one).target_seconds == hours * HOUR


def test_case_58_a_running_clock_keeps_its_terms(app: Flask, acme: TenantRef) -> None:
    before, after = uuid4(), uuid4()
    ten = {Metric.RESOLUTION: WorkingTime(10 * HOUR)}
    with provider(app):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=OFFICE)
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=promised(ten))
    with client(app, acme):
        opened(before)
    at = local("2026-11-23 11:00")
    with provider(app, at=at):
        holiday = OFFICE | {"holidays": ["2026-11-24"]}
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=holiday)
        one = {Metric.RESOLUTION: WorkingTime(HOUR)}
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=promised(one))
    with client(app, acme, at=at):
        assert opened(after, at=at) == local("2026-11-23 12:00")
        assert queries.clocks_of(before)[0].due_at == local("2026-11-24 12:00")
        assert queries.business_days_after(at, days=1) == local("2026-11-25 17:00")
        assert queries.preview(at=at, **WORK) == local("2026-11-23 12:00")


def test_case_90_terms_and_clocks_of_one_client_are_not_the_others(
    app: Flask, acme: TenantRef, bolt: TenantRef
) -> None:
    subject = UUID(int=90)
    two = {Metric.RESOLUTION: WorkingTime(2 * HOUR)}
    with provider(app):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=OFFICE)
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=promised(two))
    try:
        with client(app, acme):
            assert opened(subject) == local("2026-11-23 12:00")
        with client(app, bolt):
            assert opened(subject) == local("2026-11-24 10:00")
            for model in (WorkingCalendar, SlaPolicy):
                assert db.session.scalars(select(model)).all() == []
            clock_ids = set(db.session.scalars(select(SlaTimer.clock_id)))
            assert clock_ids <= set(db.session.scalars(select(SlaClock.id)))
    finally:
        for tenant in (acme, bolt):
            with client(app, tenant):
                for model in (SlaClock,):
                    db.session.execute(delete(model).where(model.subject_id == subject))


def test_definitions_are_checked_before_they_are_kept(app: Flask, acme: TenantRef) -> None:
    closed = {"zone": "Europe/Berlin", "week": {}}
    for wrong in (closed, {"zone": "Nowhere"}, OFFICE | {"holidays": ["soon"]}):
        with pytest.raises(Invalid), provider(app):
            agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=wrong)
    with pytest.raises(NotFound), provider(app):
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=promised(EIGHT_HOURS))
    with pytest.raises(Refused, match="thresholds"):
        agreement({"thresholds": [0]})
    subject = uuid4()
    with client(app, acme):
        opened(subject)
        for wrong_event in ({"kind": "paused"}, {"kind": "target_changed"}, {"kind": "sneezed"}):
            with pytest.raises(Refused):
                actions.note(subject_id=subject, at=MON_10, **wrong_event)


def test_case_65_the_future_is_taken_as_now_and_flagged(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, at=MON_10 + timedelta(days=3))
        event = db.session.scalars(select(SlaEvent).where(SlaEvent.subject_id == subject)).one()
        assert (event.at, event.claimed_at) == (MON_10, MON_10 + timedelta(days=3))


def test_case_64_a_backdated_opening_starts_at_the_receipt(app: Flask, acme: TenantRef) -> None:
    subject, receipt = uuid4(), local("2026-11-20 16:00")
    with client(app, acme):
        opened(subject, at=receipt)
        assert row(subject).started_at == receipt
        event = db.session.scalars(select(SlaEvent).where(SlaEvent.subject_id == subject)).one()
        assert (event.at, event.recorded_at) == (receipt, MON_10)


def test_thresholds_are_told_once_each(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, promised={Metric.RESOLUTION: WorkingTime(4 * HOUR)})
        assert row(subject).next_alert_at == local("2026-11-23 13:00")
    assert tick(app, local("2026-11-23 12:59")) == 0
    assert tick(app, local("2026-11-23 13:00")) == 1
    assert tick(app, local("2026-11-23 13:00")) == 0
    assert tick(app, local("2026-11-23 13:36")) == 1
    assert tick(app, local("2026-11-23 14:00")) == 0
    assert tick(app, local("2026-11-23 14:00:01")) == 1
    assert tick(app, local("2026-12-23 14:00")) == 0
    with client(app, acme):
        assert of(subject) == ["resolution 75", "resolution 90", "resolution SlaBreached"]
        clock = row(subject)
        # Case 74: the due instant, not the time of finding out.
        assert (clock.state, clock.breached_at) == (State.BREACHED, local("2026-11-23 14:00"))


def test_case_73_after_a_pause_of_the_worker_only_the_highest_is_told(
    app: Flask, acme: TenantRef
) -> None:
    warned, late = uuid4(), uuid4()
    with client(app, acme):
        opened(warned, promised={Metric.RESOLUTION: WorkingTime(8 * HOUR)})
        opened(late, promised={Metric.RESOLUTION: WorkingTime(2 * HOUR)})
    assert tick(app, local("2026-11-24 09:30")) == 2
    with client(app, acme):
        assert (of(warned), of(late)) == (["resolution 90"], ["resolution SlaBreached"])
        entries = db.session.execute(
            select(SlaAlertEntry.percent, SlaAlertEntry.is_told)
            .where(SlaAlertEntry.clock_id == row(late).id)
            .order_by(SlaAlertEntry.percent)
        )
        assert [tuple(entry) for entry in entries] == [(75, False), (90, False), (100, True)]


def test_a_late_delivery_is_told_of_though_no_ticker_ran(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, promised={Metric.RESOLUTION: WorkingTime(HOUR)})
    at = local("2026-11-23 12:00")
    with client(app, acme, at=at):
        actions.note(subject_id=subject, kind="resolved", at=at)
    assert tick(app, local("2026-11-24 12:00")) == 0
    with client(app, acme):
        assert of(subject) == ["resolution SlaBreached"]
        assert row(subject).state is State.BREACHED


def test_case_79_and_62_what_has_ended_is_silent(app: Flask, acme: TenantRef) -> None:
    done, cancelled = uuid4(), uuid4()
    at = local("2026-11-23 12:00")
    with client(app, acme):
        opened(done)
        opened(cancelled)
    with client(app, acme, at=at):
        actions.note(subject_id=done, kind="provider_message", at=MON_10)
        actions.note(subject_id=done, kind="resolved", at=at)
        actions.note(subject_id=cancelled, kind="provider_message", at=MON_10)
        actions.note(subject_id=cancelled, kind="cancelled", at=at)
        # A timer that fires between the check and the sending finds an ended clock.
        db.session.execute(update(SlaTimer).values(next_alert_at=at))
    assert tick(app, local("2026-11-30 12:00")) == 4
    with client(app, acme):
        assert of(done) == of(cancelled) == []
        assert row(cancelled).state is State.CANCELLED


def test_case_63_imported_work_has_its_result_and_tells_nobody(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    now = local("2026-12-23 12:00")
    with client(app, acme, at=now):
        opened(subject, is_silent=True)
        actions.note(subject_id=subject, kind="resolved", at=local("2026-11-27 12:00"))
        assert row(subject).state is State.BREACHED
        assert row(subject).next_alert_at is None
        assert of(subject) == []


def test_case_75_two_tickers_tell_once(app: Flask, acme: TenantRef) -> None:
    subjects = [uuid4() for _ in range(20)]
    with client(app, acme):
        for subject in subjects:
            opened(subject, promised={Metric.RESOLUTION: WorkingTime(HOUR)})
    at = local("2026-11-23 12:00")
    with ThreadPoolExecutor(2) as pool:
        looked_at = sum(pool.map(lambda _: tick(app, at), range(2)))
    assert looked_at == 20
    with client(app, acme):
        assert all(of(subject) == ["resolution SlaBreached"] for subject in subjects)


def test_one_bad_clock_does_not_stop_the_others(
    app: Flask, acme: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = uuid4(), uuid4()
    with client(app, acme):
        for subject in (bad, good):
            opened(subject, promised={Metric.RESOLUTION: WorkingTime(HOUR)})
        bad_clock = row(bad).id
    settle: Callable[..., None] = ticker.settling.settle

    def breaking(judged: Any) -> None:
        if any(one.clock.subject_id == bad for one in judged):
            raise ValueError("broken")
        settle(judged)

    monkeypatch.setattr(ticker.settling, "settle", breaking)
    at = local("2026-11-23 12:00")
    assert tick(app, at) == 1
    with provider(app):
        timer = db.session.get(SlaTimer, (acme.id, bad_clock))
        assert timer is not None
        assert (timer.next_alert_at, timer.failures) == (at + timedelta(hours=1), 1)
    with client(app, acme):
        assert (of(bad), of(good)) == ([], ["resolution SlaBreached"])
    monkeypatch.undo()
    assert tick(app, at + timedelta(hours=1)) == 1
    with client(app, acme):
        assert of(bad) == ["resolution SlaBreached"]


def test_the_ticker_passes_over_clocks_in_other_hands_and_clients_that_have_left(
    app: Flask, acme: TenantRef
) -> None:
    held = uuid4()
    with client(app, acme):
        opened(held, promised={Metric.RESOLUTION: WorkingTime(HOUR)})
    at = local("2026-11-23 12:00")
    with provider(app):
        db.session.add(SlaTimer(tenant_id=2**40, clock_id=uuid4(), next_alert_at=at, due_version=1))
    with client(app, acme, at=at), ThreadPoolExecutor(1) as elsewhere:
        actions.note(subject_id=held, kind="internal_note", at=MON_10)
        looked_at = elsewhere.submit(tick, app, at + timedelta(minutes=1)).result()
        assert looked_at == 0
    with provider(app):
        left = db.session.scalars(select(SlaTimer).where(SlaTimer.tenant_id == 2**40)).one()
        assert left.next_alert_at is None


def test_nothing_promised_has_no_preview(app: Flask, acme: TenantRef) -> None:
    with client(app, acme):
        answer = {Metric.FIRST_RESPONSE: WorkingTime(HOUR)}
        assert queries.preview(at=MON_10, **WORK) is None
        assert queries.preview(at=MON_10, promised=answer, **WORK) is None
        due = queries.preview(at=MON_10, promised=EIGHT_HOURS, **WORK)
        assert due == local("2026-11-24 10:00")
        assert queries.clock_of(uuid4()) is None


def test_case_52_a_changed_target_tells_anew(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, promised={Metric.RESOLUTION: WorkingTime(4 * HOUR)})
    tick(app, local("2026-11-23 13:00"))
    at = local("2026-11-23 13:10")
    with client(app, acme, at=at):
        due = actions.note(
            subject_id=subject, kind="target_changed", at=at, target=WorkingTime(8 * HOUR)
        )
        assert due == local("2026-11-24 10:00")
        assert row(subject).due_version == 2
    tick(app, local("2026-11-23 16:00"))
    at = local("2026-11-23 16:10")
    with client(app, acme, at=at):
        actions.note(subject_id=subject, kind="target_changed", at=at, target=WorkingTime(HOUR))
    assert tick(app, local("2026-11-24 16:10")) == 0
    with client(app, acme):
        assert of(subject) == ["resolution 75", "resolution 75", "resolution SlaBreached"]
        assert told()[-1][1]["by_change"] is True


def test_case_87_rebuilding_gives_the_same_rows(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, promised={Metric.RESOLUTION: BusinessDays(1, 15 * HOUR)})
    steps = (
        ("2026-11-23 11:00", "paused", "client"),
        ("2026-11-23 12:00", "paused", "third_party"),
        ("2026-11-24 12:00", "resumed", None),
        ("2026-11-24 15:00", "resolved", None),
        ("2026-11-25 09:00", "reopened", None),
    )
    for moment, kind, cause in steps:
        at = local(moment)
        with client(app, acme, at=at + timedelta(seconds=7)):
            actions.note(subject_id=subject, kind=kind, at=at, cause=cause)
        with client(app, acme, at=at + timedelta(days=20)):
            assert actions.rebuild(subject) == []
    tick(app, local("2026-12-01 09:00"))
    with client(app, acme, at=local("2026-12-23 12:00")):
        assert actions.rebuild(subject) == []
        row(subject).due_at = MON_10
        row(subject).elapsed_seconds = 1
        db.session.flush()
        mended = actions.rebuild(subject)
        assert {one.column for one in mended} == {"due_at", "elapsed_seconds"}
        assert actions.rebuild(subject) == []


def test_events_and_terms_cannot_be_changed_afterwards(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject)
        terms = db.session.get(SlaTerms, row(subject).calendar_digest)
        assert terms is not None
        assert wire.opening_hours(terms.definition).zone == acme.zone
    for model in (SlaEvent, SlaTerms, SlaAlertEntry):
        with pytest.raises(Exception, match="permission denied"), client(app, acme):
            db.session.execute(delete(model))
