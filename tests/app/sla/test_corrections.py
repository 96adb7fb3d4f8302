"""Promises corrected by people and moved by what happens to work: on a real PostgreSQL."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.identity.permissions import STAFF_PERMISSIONS, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.ids import new_id
from app.sla import actions, agreeing, queries
from app.sla.events import CorrectionKind
from app.sla.models import SlaCorrection, SlaEvent
from app.sla.noting import Entry
from app.sla.rules.agreement import agreement
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Cause, Metric, WorkingTime
from app.sla.terms import Work
from tenants.context import TenantRef
from tenants.db import db
from tests.factories.clocks import (
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
    tick,
)

FOUR_HOURS = {Metric.RESOLUTION: WorkingTime(4 * HOUR)}


@pytest.fixture(autouse=True)
def _nothing_agreed(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    forget_agreements(app)


def somebody(role: StaffRole) -> Actor:
    permissions = STAFF_PERMISSIONS[role]
    return Actor(id=new_id(), name="Lea Lead", side=Side.PROVIDER, permissions=permissions)


LEAD = somebody(StaffRole.TEAM_LEAD)


def corrections(subject_id: UUID) -> list[SlaCorrection]:
    query = select(SlaCorrection).where(SlaCorrection.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(SlaCorrection.id)))


def verbs(subject_id: UUID) -> list[str]:
    query = select(AuditEntry.verb).where(AuditEntry.subject_id == str(subject_id))
    return list(db.session.scalars(query.order_by(AuditEntry.seq)))


def agree(
    app: Flask, tenant: TenantRef, *, at: datetime = MON_10, work: Any = None, **metrics: Any
) -> UUID:
    """The next version of the policy for such work; hours, or the metric's JSON."""
    terms: dict[str, Any] = {"thresholds": metrics.pop("thresholds", [75, 90])}
    terms["metrics"] = {
        name: value if isinstance(value, dict) else {"target": {"hours": value}}
        for name, value in metrics.items()
    }
    with provider(app, at=at):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=tenant.id, definition=OFFICE)
        return agreeing.set_policy(
            actor=SYSTEM, tenant_id=tenant.id, agreement=agreement(terms), work=work, valid_from=at
        )


def rebuilds(subject_id: UUID) -> bool:
    return actions.rebuild(subject_id) == []


def test_case_39_a_backdated_pause_excuses_the_breach_and_keeps_it(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject, promised=FOUR_HOURS)
    tick(app, local("2026-11-23 16:00"))
    with client(app, acme, at=local("2026-11-23 16:10")):
        assert row(subject).state is State.BREACHED
        pause = {
            "subject_id": subject,
            "since": local("2026-11-23 11:00"),
            "until": local("2026-11-23 15:00"),
            "cause": Cause.CLIENT,
        }
        with pytest.raises(Forbidden):
            actions.pause_backdated(actor=somebody(StaffRole.OPERATOR), reason="x", **pause)
        with pytest.raises(Invalid):
            actions.pause_backdated(actor=LEAD, reason=" ", **pause)
        for wrong in ({"since": local("2026-11-20 11:00")}, {"until": local("2026-11-30 11:00")}):
            with pytest.raises(Invalid):
                actions.pause_backdated(actor=LEAD, reason="x", **pause | wrong)
        with pytest.raises(NotFound):
            actions.pause_backdated(actor=LEAD, reason="x", **pause | {"subject_id": uuid4()})
        due = actions.pause_backdated(actor=LEAD, reason="They were closed.", **pause)
        assert due == local("2026-11-24 10:00")
        clock = row(subject)
        assert (clock.state, clock.breached_at) == (State.RUNNING, None)
        assert (clock.excused, clock.original_breached_at) == (True, local("2026-11-23 14:00"))
        kept = corrections(subject)[0]
        assert kept.kind is CorrectionKind.PAUSED_AFTERWARDS
        assert (kept.actor_name, kept.reason) == ("Lea Lead", "They were closed.")
        assert kept.before["state"] == "breached"
        assert (kept.after["state"], kept.after["excused"]) == ("running", True)
    with client(app, acme, at=local("2026-11-23 16:20")):
        assert verbs(subject) == ["sla.paused_afterwards"]
        assert rebuilds(subject)


def test_a_backdated_pause_without_an_end_lasts(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    with client(app, acme):
        opened(subject)
    with client(app, acme, at=local("2026-11-23 12:00")):
        since = local("2026-11-23 11:00")
        due = actions.pause_backdated(
            actor=LEAD, subject_id=subject, since=since, until=None, cause=Cause.CLIENT, reason="x"
        )
        assert due is None
        assert row(subject).paused_since == since


def test_excusing_a_breach_shows_it_apart(app: Flask, acme: TenantRef) -> None:
    subject, metric = uuid4(), Metric.RESOLUTION
    with client(app, acme):
        opened(subject, promised=FOUR_HOURS)
        with pytest.raises(Conflict):
            actions.excuse(actor=LEAD, subject_id=subject, metric=metric, reason="x")
        with pytest.raises(NotFound):
            actions.excuse(actor=LEAD, subject_id=subject, metric=Metric.NEXT_RESPONSE, reason="x")
    at = local("2026-11-23 16:00")
    with client(app, acme, at=at):
        with pytest.raises(Invalid):
            actions.excuse(actor=LEAD, subject_id=subject, metric=metric, reason="")
        actions.excuse(actor=LEAD, subject_id=subject, metric=metric, reason="Strike")
        clock = row(subject)
        assert clock.excused
        assert clock.original_breached_at == local("2026-11-23 14:00")
        with pytest.raises(Conflict):
            actions.excuse(actor=LEAD, subject_id=subject, metric=metric, reason="again")
        event = db.session.scalars(
            select(SlaEvent).where(SlaEvent.subject_id == subject, SlaEvent.number == 2)
        ).one()
        assert (event.actor_name, event.reason) == ("Lea Lead", "Strike")
        assert rebuilds(subject)


def test_case_67_a_due_time_by_hand_is_kept_and_the_original_shown(
    app: Flask, acme: TenantRef
) -> None:
    subject, by_hand = uuid4(), local("2026-11-26 12:00")
    with client(app, acme):
        opened(subject, promised=FOUR_HOURS)
        with pytest.raises(Forbidden):
            actions.set_due(
                actor=somebody(StaffRole.OPERATOR), subject_id=subject, due_at=by_hand, reason="x"
            )
        with pytest.raises(Invalid):
            actions.set_due(actor=LEAD, subject_id=subject, due_at=by_hand, reason="")
        early = local("2026-11-20 12:00")
        with pytest.raises(Invalid):
            actions.set_due(actor=LEAD, subject_id=subject, due_at=early, reason="x")
        due = actions.set_due(actor=LEAD, subject_id=subject, due_at=by_hand, reason="Agreed")
        assert due == by_hand
        clock = row(subject)
        assert (clock.due_version, clock.original_due_at) == (2, local("2026-11-23 14:00"))
        kept = corrections(subject)[0]
        assert datetime.fromisoformat(kept.before["due_at"]) == local("2026-11-23 14:00")
        assert queries.explain(subject).clock.due_at == by_hand
    tick(app, local("2026-11-24 16:00"))
    with client(app, acme, at=local("2026-11-24 16:00")):
        assert "resolution SlaBreached" not in of(subject)
        assert row(subject).due_at == by_hand
        actions.note(subject_id=subject, kind="resolved", at=local("2026-11-24 16:00"))
        assert row(subject).state is State.MET
        with pytest.raises(Conflict):
            actions.set_due(actor=LEAD, subject_id=subject, due_at=by_hand, reason="late")
        assert rebuilds(subject)


def test_case_40_a_cause_that_no_longer_pauses_counts_from_the_change_on(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    agree(app, acme, at=MON_10, resolution=8)
    with client(app, acme):
        opened(subject)
    at = local("2026-11-23 11:00")
    with client(app, acme, at=at):
        actions.note(subject_id=subject, kind="paused", at=at, cause="third_party")
    at = local("2026-11-23 13:00")
    strict = {"target": {"hours": 8}, "pauses": ["client"]}
    agree(app, acme, at=at, resolution=strict)
    with client(app, acme, at=at):
        assert row(subject).state is State.PAUSED
        due = actions.migrate(actor=LEAD, subject_id=subject, work=Work(**WORK), reason="New terms")
        # Two hours were paused before the change; from the change on the clock runs.
        assert due == local("2026-11-24 12:00")
        assert row(subject).state is State.RUNNING
        assert rebuilds(subject)


def test_case_57_a_metric_that_the_new_policy_lacks_is_cancelled_and_silent(
    app: Flask, acme: TenantRef
) -> None:
    subject, response = uuid4(), Metric.FIRST_RESPONSE
    agree(app, acme, resolution=8, first_response=2)
    with client(app, acme):
        opened(subject)
    at = local("2026-11-23 11:00")
    agree(app, acme, at=at, resolution=8)
    with client(app, acme, at=at):
        actions.migrate(actor=LEAD, subject_id=subject, work=Work(**WORK), reason="x")
        assert (row(subject, response).state, row(subject, response).next_alert_at) == (
            State.CANCELLED,
            None,
        )
    tick(app, local("2026-11-23 16:00"))
    with client(app, acme):
        assert not [told for told in of(subject) if told.startswith("first_response")]


def test_case_58_migrating_is_explicit_and_a_metric_may_join(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    agree(app, acme, resolution=8, first_response=2)
    with client(app, acme):
        opened(subject)
    at = local("2026-11-23 11:00")
    agree(app, acme, at=at, resolution=4, next_response=1)
    with client(app, acme, at=at):
        assert row(subject).due_at == local("2026-11-24 10:00")
        due = actions.migrate(actor=LEAD, subject_id=subject, work=Work(**WORK), reason="x")
        assert due == local("2026-11-23 14:00")
        assert row(subject, Metric.FIRST_RESPONSE).state is State.CANCELLED
        assert row(subject, Metric.FIRST_RESPONSE).next_alert_at is None
        assert row(subject, Metric.NEXT_RESPONSE).state is State.NOT_APPLICABLE
        assert row(subject).due_version == 2
        again = actions.migrate(actor=LEAD, subject_id=subject, work=Work(**WORK), reason="x")
        assert again == due
        assert row(subject).due_version == 2
        assert [one.kind for one in corrections(subject)].count(CorrectionKind.POLICY_CHANGED) >= 1
        actions.note(subject_id=subject, kind="client_message", at=at)
        assert row(subject, Metric.NEXT_RESPONSE).due_at == local("2026-11-23 12:00")
        assert rebuilds(subject)


def test_case_52_to_55_another_priority_retargets_running_clocks(
    app: Flask, acme: TenantRef
) -> None:
    high = {**WORK, "priority": 3}
    agree(app, acme, resolution=8)
    for mode, due in (
        ("retroactive", "2026-11-23 13:00"),
        ("forward", "2026-11-23 15:00"),
        ("reset", "2026-11-23 15:00"),
    ):
        subject = uuid4()
        urgent = {"target": {"hours": 2}, "change": mode}
        agree(app, acme, work={"priority": 3}, resolution=urgent)
        with client(app, acme):
            opened(subject)
        at = local("2026-11-23 11:00")
        with client(app, acme, at=at):
            entries = [
                Entry(kind="paused", at=at, cause="client"),
                Entry(kind="resumed", at=at.replace(hour=12)),
            ]
            actions.note_all(subject_id=subject, entries=entries[:1])
        with client(app, acme, at=local("2026-11-23 12:00")):
            actions.note_all(subject_id=subject, entries=entries[1:])
        with client(app, acme, at=local("2026-11-23 13:00")):
            moved = actions.migrate(actor=LEAD, subject_id=subject, work=Work(**high))
            assert moved == local(due), mode
            assert row(subject).cycle == (2 if mode == "reset" else 1)
            assert rebuilds(subject)


def test_case_54_a_breach_stays_when_the_priority_is_lowered(app: Flask, acme: TenantRef) -> None:
    subject = uuid4()
    agree(app, acme, resolution=40)
    agree(app, acme, work={"priority": 3}, resolution=1)
    with client(app, acme):
        opened(subject, priority=3)
    with client(app, acme, at=local("2026-11-23 12:00")):
        actions.migrate(actor=LEAD, subject_id=subject, work=Work(**WORK))
        assert row(subject).state is State.BREACHED
        assert row(subject).breached_at == local("2026-11-23 11:00")


def test_case_56_moved_work_is_neither_met_nor_missed_and_begins_anew(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    agree(app, acme, work={"service_key": "accounts_payable"}, resolution=1, first_response=1)
    agree(app, acme, work={"service_key": "payroll"}, resolution=8)
    with client(app, acme):
        opened(subject)
    at = local("2026-11-23 12:00")
    with client(app, acme, at=at):
        other = Work(service_key="payroll", type_key="run", priority=1)
        due = actions.move(subject_id=subject, work=other)
        assert due == local("2026-11-24 12:00")
        moved = row(subject)
        assert (moved.cycle, moved.state, moved.service_key) == (2, State.RUNNING, "payroll")
        assert row(subject, Metric.FIRST_RESPONSE).state is State.CANCELLED
        first = queries.clocks_of(subject)[-1].state.cycles[0]
        assert first.state is State.CANCELLED
        assert rebuilds(subject)
        nothing = Work(service_key="none", type_key="none", priority=None)
        assert actions.move(subject_id=subject, work=nothing) is None
        assert row(subject).state is State.CANCELLED


def test_case_61_the_survivor_of_a_merge_keeps_the_earliest_start(
    app: Flask, acme: TenantRef
) -> None:
    older, survivor = uuid4(), uuid4()
    with client(app, acme):
        opened(older, promised=FOUR_HOURS)
    at = local("2026-11-23 12:00")
    with client(app, acme, at=at):
        assert opened(survivor, at=at, promised=FOUR_HOURS) == local("2026-11-23 16:00")
        due = actions.merge(duplicate_id=older, survivor_id=survivor)
        assert due == local("2026-11-23 14:00")
        assert row(survivor).started_at == MON_10
        assert row(older).state is State.CANCELLED
        younger = uuid4()
        opened(younger, at=at, promised=FOUR_HOURS)
        assert actions.merge(duplicate_id=younger, survivor_id=survivor) == due
        assert rebuilds(survivor)
        assert rebuilds(older)
    tick(app, local("2026-11-23 18:00"))
    with client(app, acme):
        assert (of(older), of(younger)) == ([], [])


def test_case_68_a_hand_over_ends_one_teams_step_and_begins_the_next(
    app: Flask, acme: TenantRef
) -> None:
    subject, step = uuid4(), Metric.INTERNAL_STEP
    agree(app, acme, resolution=8, internal_step=2)
    with client(app, acme):
        due = opened(subject)
        assert row(subject, step).state is State.NOT_APPLICABLE
        assert actions.begin_step(subject_id=subject, team="a", at=MON_10) == due
        assert row(subject, step).due_at == local("2026-11-23 12:00")
    at = local("2026-11-23 13:00")
    with client(app, acme, at=at):
        assert actions.begin_step(subject_id=subject, team="b", at=at) == due
        clock = row(subject, step)
        assert (clock.cycle, clock.due_at) == (2, local("2026-11-23 15:00"))
        states = [c.state for c in queries.clock_of(subject, metric=step).state.cycles]  # type: ignore[union-attr]
        assert states == [State.BREACHED, State.RUNNING]
        assert row(subject).state is State.RUNNING
        assert rebuilds(subject)


def test_case_69_a_subcontractor_pauses_the_team_and_not_the_promise(
    app: Flask, acme: TenantRef
) -> None:
    subject = uuid4()
    step, sub = Metric.INTERNAL_STEP, Metric.SUBCONTRACTOR
    agree(app, acme, resolution=8, internal_step=2, subcontractor=4)
    with client(app, acme):
        opened(subject)
        actions.begin_step(subject_id=subject, team="a", at=MON_10)
    at = local("2026-11-23 11:00")
    with client(app, acme, at=at):
        due = actions.begin_subcontracting(subject_id=subject, at=at)
        assert due == local("2026-11-24 10:00")
        assert row(subject, step).state is State.PAUSED
        assert row(subject, sub).due_at == local("2026-11-23 15:00")
    at = local("2026-11-23 14:00")
    with client(app, acme, at=at):
        actions.end_subcontracting(subject_id=subject, at=at)
        assert row(subject, sub).state is State.MET
        assert row(subject, step).due_at == local("2026-11-23 15:00")
        assert row(subject).state is State.RUNNING
        assert rebuilds(subject)


def test_case_70_a_childs_pause_is_its_own_unless_it_blocks(app: Flask, acme: TenantRef) -> None:
    parent, child, blocking = uuid4(), uuid4(), uuid4()
    with client(app, acme):
        for subject in (parent, child, blocking):
            opened(subject)
    at = local("2026-11-23 11:00")
    with client(app, acme, at=at):
        actions.note(subject_id=child, kind="paused", at=at, cause="client")
        assert (row(child).state, row(parent).state) == (State.PAUSED, State.RUNNING)
        for subject in (blocking, parent):
            actions.note(subject_id=subject, kind="paused", at=at, cause="client")
        assert (row(blocking).state, row(parent).state) == (State.PAUSED, State.PAUSED)
