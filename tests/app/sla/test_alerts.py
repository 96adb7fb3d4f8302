"""Who hears of a promise, when and how often: real database, real mails, real tickers."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from app.clients import actions as clients
from app.clients.models import Contract, ContractService
from app.identity.models import Account, StaffPosition
from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    STAFF_PERMISSIONS,
    ClientRole,
    StaffRole,
)
from app.jobs.models import Job
from app.kernel import clock as time
from app.kernel.actor import SYSTEM, Actor, Side
from app.messages import mail, mail_text
from app.messages.mail_models import Mail
from app.sla import actions, agreeing, notices, recalculation, standing
from app.sla.events import PausedTooLong
from app.sla.models import SlaAlertEntry, SlaPolicy, SlaTimer
from app.sla.notice_models import DeskNotice, SlaNotice
from app.sla.rules.agreement import agreement
from app.sla.rules.policy import Metric
from app.staffing import actions as staffing
from app.work import subscribers, telling
from app.work.actions import handling, orders, promised, talking
from app.work.actions.orders import Order
from app.work.models import WorkIndex, WorkItem
from app.work.rules import Priority, WorkStatus
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.models import Tenant
from tests.factories.clocks import (
    MON_10,
    OFFICE,
    client,
    forget_agreements,
    local,
    of,
    provider,
    row,
    tick,
)
from tests.factories.people import TestPerson, a_person

OURS = select(Tenant.id).where(Tenant.slug.in_(("acme", "bolt")))
"""Other tests count the jobs and mails of their own clients."""


@pytest.fixture(autouse=True)
def _nothing_agreed(app: Flask, acme: TenantRef, bolt: TenantRef) -> Iterator[None]:
    forget_agreements(app)
    with app.app_context(), transaction():
        told = select(SlaNotice.id).where(SlaNotice.tenant_id.in_(OURS))
        db.session.execute(delete(DeskNotice).where(DeskNotice.notice_id.in_(told)))
        for model in (SlaNotice, Mail, Job):
            db.session.execute(delete(model).where(model.tenant_id.in_(OURS)))
    yield
    # Other tests order by contracts of their own, at other prices.
    with app.app_context(), transaction():
        mine = select(Contract.id).where(Contract.number.startswith("SLA-"))
        db.session.execute(delete(ContractService).where(ContractService.contract_id.in_(mine)))
        db.session.execute(delete(Contract).where(Contract.number.startswith("SLA-")))


@pytest.fixture
def clerk(app: Flask) -> TestPerson:
    return a_person(app, name="Carla Clerk", locale="de", roles={StaffRole.OPERATOR})


def agree(
    app: Flask, tenant: TenantRef, *, hours: int = 4, at: datetime = MON_10, **more: Any
) -> None:
    """The client's policy; outside working hours nothing is counted."""
    terms = {
        "metrics": {"resolution": {"target": {"hours": hours}, **more.pop("resolution", {})}},
        "thresholds": [
            {"percent": 75, "tell": ["assignee"]},
            {"percent": 100, "tell": ["assignee"]},
        ],
        **more,
    }
    with provider(app, at=at):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=tenant.id, definition=OFFICE)
        agreeing.set_policy(
            actor=SYSTEM, tenant_id=tenant.id, agreement=agreement(terms), valid_from=at
        )


def actor_of(person: TestPerson, role: StaffRole = StaffRole.OPERATOR) -> Actor:
    permissions = STAFF_PERMISSIONS[role]
    return Actor(id=person.id, name="Carla Clerk", side=Side.PROVIDER, permissions=permissions)


def order(app: Flask, tenant: TenantRef, *, to: TestPerson | None, at: datetime = MON_10) -> UUID:
    """An item ordered then, with somebody who has taken it."""
    with provider(app, at=at):
        clients.agree(
            actor=SYSTEM,
            tenant_id=tenant.id,
            number=f"SLA-{uuid4()}",
            valid_from=date(2020, 1, 1),
            services={"general_request": {}},
        )
    requester = Actor(
        id=uuid4(),
        name="Rita",
        side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )
    wanted = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Chairs", "description": "Eight."},
    )
    with client(app, tenant, at=at):
        item = orders.open_items(actor=requester, order=wanted)[0]
        if to is not None:
            handling.take(actor=actor_of(to), item_id=item.id)
        return item.id


def tell(app: Flask, at: datetime) -> int:
    """A look at the clocks, and a round of telling."""
    tick(app, at)
    with app.app_context(), time.freeze(at):
        return telling.tell()


def mails(app: Flask) -> Sequence[Mail]:
    with app.app_context(), transaction():
        found = db.session.scalars(
            select(Mail).where(Mail.tenant_id.in_(OURS)).order_by(Mail.id)
        ).all()
        db.session.expunge_all()
        return [one for one in found if one.template.startswith("sla_")]


def unread(app: Flask, person: TestPerson) -> Sequence[notices.Notice]:
    with app.app_context(), transaction():
        return notices.unread(person.id)


def notice_rows(app: Flask) -> list[SlaNotice]:
    with app.app_context(), transaction():
        found = list(
            db.session.scalars(
                select(SlaNotice).where(SlaNotice.tenant_id.in_(OURS)).order_by(SlaNotice.id)
            )
        )
        db.session.expunge_all()
        return found


def test_an_alert_comes_by_mail_in_ones_language_and_in_the_desk(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme)
    item_id = order(app, acme, to=clerk)
    assert tell(app, local("2026-11-23 12:00")) == 0
    assert tell(app, local("2026-11-23 13:00")) == 1
    assert tell(app, local("2026-11-23 13:00")) == 0
    sent = mails(app)
    assert [(one.recipient, one.template, one.locale) for one in sent] == [
        (clerk.email, "sla_alert", "de")
    ]
    with app.app_context():
        text = mail.text_of(sent[0])
    assert "75 %" in text.subject
    assert f"/desk/c/acme/items/{item_id}" in text.text
    assert "23.11.2026 14:00" in text.text
    mine = unread(app, clerk)
    assert [(one.percent, one.item_id, one.metric) for one in mine] == [
        (75, item_id, Metric.RESOLUTION)
    ]
    with provider(app):
        assert db.session.scalar(select(notices.unread_count(clerk.id))) == 1
        assert notices.mark_read(account_id=uuid4(), notice_id=mine[0].id) == 0
        assert notices.mark_read(account_id=clerk.id, notice_id=mine[0].id) == 1
        assert db.session.scalar(select(notices.unread_count(clerk.id))) == 0
    assert tell(app, local("2026-11-23 15:00")) == 1
    assert [one.template for one in mails(app)] == ["sla_alert", "sla_breached"]
    with provider(app):
        assert notices.mark_read(account_id=clerk.id) == 1


def test_case_73_only_the_highest_warning_is_told_and_the_others_are_on_record(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    thresholds = [{"percent": p, "tell": ["assignee"]} for p in (50, 75, 90, 100)]
    agree(app, acme, thresholds=thresholds)
    first, second = order(app, acme, to=clerk), order(app, acme, to=clerk)
    assert tell(app, local("2026-11-23 13:40")) == 2
    assert {one.params["percent"] for one in mails(app)} == {90}
    assert tell(app, local("2026-11-23 17:00")) == 2
    assert [one.params["percent"] for one in mails(app)] == [90, 90, 100, 100]
    with client(app, acme):
        for item_id in (first, second):
            query = select(SlaAlertEntry.percent, SlaAlertEntry.is_told).where(
                SlaAlertEntry.clock_id == row(item_id).id
            )
            entries = sorted(tuple(one) for one in db.session.execute(query))
            assert entries == [(50, False), (75, False), (90, True), (100, True)]


def test_case_76_the_thresholds_of_two_clocks_are_separate(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    with provider(app):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=OFFICE)
        terms = {
            "metrics": {
                "resolution": {"target": {"hours": 4}},
                "first_response": {"target": {"hours": 4}},
            },
            "thresholds": [75],
        }
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=agreement(terms))
    item_id = order(app, acme, to=clerk)
    assert tell(app, local("2026-11-23 13:00")) == 2
    with client(app, acme):
        assert sorted(of(item_id)) == ["first_response 75", "resolution 75"]


def test_case_78_escalations_come_in_their_order_each_once(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    levels = [{"percent": p, "tell": ["assignee"]} for p in (75, 100, 125, 150)]
    agree(app, acme, thresholds=levels)
    item_id = order(app, acme, to=clerk)
    for moment in ("13:00", "14:01", "15:00", "15:30", "16:00", "16:30"):
        tell(app, local(f"2026-11-23 {moment}"))
    assert [one.params["percent"] for one in mails(app)] == [75, 100, 125, 150]
    with client(app, acme):
        assert row(item_id).next_alert_at is None
    # All passed at once, after a night without a worker: no warning, but every level.
    late = order(app, acme, to=clerk)
    tell(app, local("2026-11-24 12:00"))
    told = [one.params["percent"] for one in mails(app) if str(late) in one.params["path"]]
    assert told == [100, 125, 150]


def test_case_78_a_level_that_is_passed_at_creation_fires_once(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme, at=local("2026-11-16 10:00"))
    at = local("2026-11-23 10:00")
    wanted = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Late", "description": "Eight."},
        received_at=local("2026-11-20 10:00"),
    )
    order(app, acme, to=clerk, at=at)
    with client(app, acme, at=at):
        item_id = orders.open_items(actor=SYSTEM, order=wanted)[0].id
        assert of(item_id) == ["resolution SlaBreached"]
    tell(app, at)
    tell(app, at + timedelta(minutes=1))
    with client(app, acme, at=at):
        assert of(item_id) == ["resolution SlaBreached"]


def test_case_79_completion_between_check_and_send_drops_the_alert(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme)
    done, waits = order(app, acme, to=clerk), order(app, acme, to=clerk)
    at = local("2026-11-23 13:00")
    assert tick(app, at) == 2
    with client(app, acme, at=at):
        talking.ask_client(actor=actor_of(clerk), item_id=waits, body="Which colour?")
        actions.note(subject_id=done, kind="resolved", at=at)
    with app.app_context(), time.freeze(at):
        assert telling.tell() == 2
    assert mails(app) == []
    assert unread(app, clerk) == []
    assert {one.dropped_because for one in notice_rows(app)} == {"done", "waits"}


def test_case_80_quiet_hours_delay_the_message_and_not_the_record(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    night = OFFICE | {"week": {day: [["00:00", "24:00"]] for day in OFFICE["week"]}}
    agree(app, acme, quiet_hours={"from": "20:00", "to": "07:00"})
    with provider(app):
        agreeing.set_calendar(actor=SYSTEM, tenant_id=acme.id, definition=night)
    at = local("2026-11-23 20:00")
    item_id = order(app, acme, to=clerk, at=at)
    assert tell(app, local("2026-11-23 23:00")) == 0
    with client(app, acme):
        assert of(item_id) == ["resolution 75"]
        entry = db.session.scalars(
            select(SlaAlertEntry).where(SlaAlertEntry.clock_id == row(item_id).id)
        ).one()
        assert entry.at == local("2026-11-23 23:00")
    assert mails(app) == []
    assert tell(app, local("2026-11-24 06:59")) == 0
    assert tell(app, local("2026-11-24 07:00")) == 2
    # By then the item is late as well: the warning is dropped by nothing, it still runs.
    assert [one.params["percent"] for one in mails(app)] == [75, 100]


@pytest.fixture
def positions_restored(app: Flask) -> Iterator[None]:
    """For tests that need a house without others: everybody gets the position back."""
    columns = StaffPosition.__table__
    with app.app_context():
        before = [dict(row) for row in db.session.execute(select(columns)).mappings()]
    yield
    with app.app_context(), transaction():
        db.session.execute(delete(StaffPosition))
        db.session.execute(insert(StaffPosition), before)


@pytest.mark.usefixtures("positions_restored")
def test_case_81_the_absent_are_replaced_and_nobody_is_never_told(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme, fallback="team_lead")
    with app.app_context(), transaction():
        db.session.execute(delete(StaffPosition).where(StaffPosition.account_id != clerk.id))
    lead = a_person(app, name="Lea Lead", locale="en", roles={StaffRole.TEAM_LEAD})
    stand_in = a_person(app, name="Sam Stand-in", roles={StaffRole.OPERATOR})
    order(app, acme, to=clerk)
    with provider(app):
        staffing.set_absence(
            actor=SYSTEM,
            account_id=clerk.id,
            starts_on=date(2026, 11, 23),
            ends_on=date(2026, 11, 23),
            substitute_id=stand_in.id,
        )
    tell(app, local("2026-11-23 13:00"))
    assert [one.instead_of for one in unread(app, stand_in)] == ["Carla Clerk"]
    assert "Carla Clerk" in mails(app)[0].params["instead_of"]
    # Without a substitute, and for work that nobody has taken: the fallback group.
    order(app, acme, to=None, at=local("2026-11-24 09:00"))
    with provider(app):
        disable(clerk.id)
    order(app, acme, to=None, at=local("2026-11-24 09:00"))
    tell(app, local("2026-11-24 12:00"))
    assert len(unread(app, lead)) == 3
    assert unread(app, clerk) == []
    # The lead is away too, and there is no admin: still somebody hears of it.
    with provider(app):
        staffing.set_absence(
            actor=SYSTEM,
            account_id=lead.id,
            starts_on=date(2026, 11, 25),
            ends_on=date(2026, 11, 30),
            substitute_id=None,
        )
    order(app, acme, to=None, at=local("2026-11-25 09:00"))
    tell(app, local("2026-11-25 12:00"))
    # Besides the new warning the two items of yesterday are late by now.
    assert len(unread(app, lead)) == 6


def disable(account_id: UUID) -> None:
    db.session.execute(
        update(Account).where(Account.id == account_id).values(disabled_at=time.now())
    )


@pytest.mark.usefixtures("positions_restored")
def test_without_anybody_to_tell_the_notice_waits_and_is_not_lost(
    app: Flask, acme: TenantRef
) -> None:
    agree(app, acme)
    with app.app_context(), transaction():
        db.session.execute(delete(StaffPosition))
    order(app, acme, to=None)
    at = local("2026-11-23 13:00")
    assert tell(app, at) == 0
    [waiting] = notice_rows(app)
    assert (waiting.settled_at, waiting.send_after) == (None, at + timedelta(hours=1))
    lead = a_person(app, name="Lea Lead", roles={StaffRole.TEAM_LEAD})
    assert tell(app, at + timedelta(minutes=59)) == 0
    assert tell(app, at + timedelta(minutes=60)) == 1
    assert len(unread(app, lead)) == 1


def test_case_82_changed_settings_hold_for_thresholds_to_come(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme, hours=8)
    item_id = order(app, acme, to=clerk)
    at = local("2026-11-23 15:00")
    lead = a_person(app, name="Lea Lead", roles={StaffRole.TEAM_LEAD})
    changed = [
        {"percent": 50, "tell": ["assignee"]},
        {"percent": 70, "tell": ["team_lead"]},
        {"percent": 100, "tell": ["assignee"]},
    ]
    agree(app, acme, hours=1, at=at, thresholds=changed)
    with client(app, acme, at=at):
        assert row(item_id).next_alert_at == local("2026-11-23 16:00")
        policy_id = db.session.scalars(select(SlaPolicy.id)).one()
        rearm = recalculation.Order(
            what=recalculation.What.ALERTS,
            key=str(policy_id),
            actor_id=None,
            actor_name="Kontor",
            reason="thresholds",
        )
        recalculation.carry_out(rearm, run_id=uuid4(), commit=lambda **_: None)
        clock = row(item_id)
        # The promise is that of before, 50 % was passed unheard, 70 % is to come.
        assert clock.due_at == local("2026-11-24 10:00")
        assert clock.next_alert_at == local("2026-11-23 15:36")
    tell(app, local("2026-11-23 16:30"))
    assert [one.percent for one in unread(app, lead)] == [70]
    assert unread(app, clerk) == []


def test_changed_thresholds_enqueue_the_arming_and_unchanged_ones_do_not(
    app: Flask, acme: TenantRef
) -> None:
    ours = (Job.kind == recalculation.JOB, Job.tenant_id == acme.id)
    agree(app, acme)
    agree(app, acme, hours=5)
    with provider(app):
        assert db.session.scalars(select(Job).where(*ours)).all() == []
    agree(app, acme, hours=5, fallback="admin")
    with provider(app):
        [waiting] = db.session.scalars(select(Job).where(*ours)).all()
        assert waiting.args["what"] == "alerts"
        db.session.execute(delete(Job).where(*ours))


def test_case_75_two_tickers_and_two_tellers_tell_once(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme)
    for _ in range(10):
        order(app, acme, to=clerk)
    at = local("2026-11-23 13:00")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: tell(app, at), range(2)))
    tell(app, at)
    assert len(mails(app)) == len(unread(app, clerk)) == 10


def test_case_77_a_sent_threshold_fires_again_for_a_new_due_time_only(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme)
    item_id = order(app, acme, to=clerk)
    lead = actor_of(clerk, StaffRole.TEAM_LEAD)
    tell(app, local("2026-11-23 13:00"))
    at = local("2026-11-23 13:10")
    with client(app, acme, at=at):
        talking.ask_client(actor=actor_of(clerk), item_id=item_id, body="Which?")
    at = local("2026-11-23 15:10")
    with client(app, acme, at=at):
        talking.resume(actor=actor_of(clerk), item_id=item_id)
        assert row(item_id).due_at == local("2026-11-23 16:00")
        # 75 % is told already: what is next is the breach.
        assert row(item_id).next_alert_at == local("2026-11-23 16:00:01")
        promised.set_due(
            actor=lead, item_id=item_id, due_at=local("2026-11-24 15:00"), reason="Agreed"
        )
        assert db.session.get_one(WorkItem, item_id).due_at == local("2026-11-24 15:00")
    tell(app, local("2026-11-24 14:30"))
    with client(app, acme):
        assert of(item_id) == ["resolution 75", "resolution 75"]


def test_case_41_a_pause_that_lasts_too_long_is_ended_or_escalated(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    for then in ("resume", "escalate"):
        limit = {"max_pause": {"hours": 2, "then": then}}
        agree(app, acme, hours=8, resolution=limit)
        item_id = order(app, acme, to=clerk)
        at = local("2026-11-23 11:00")
        with client(app, acme, at=at):
            talking.ask_client(actor=actor_of(clerk), item_id=item_id, body="Which?")
            assert row(item_id).next_alert_at == local("2026-11-23 13:00")
        at = local("2026-11-23 14:00")
        tell(app, at)
        with client(app, acme, at=at):
            fact = PausedTooLong(
                subject_id=item_id,
                clock_id=row(item_id).id,
                metric="resolution",
                cycle=1,
                limit_at=local("2026-11-23 13:00"),
                then=then,
            )
            subscribers.end_the_pause(fact)
            item = db.session.get_one(WorkItem, item_id)
            if then == "resume":
                assert item.status is WorkStatus.IN_PROGRESS
                assert item.due_at == local("2026-11-24 12:00")
            else:
                assert item.status is WorkStatus.WAITING
                assert row(item_id).due_at is None
        assert any(
            one.template == "sla_paused_long" and str(item_id) in one.params["path"]
            for one in mails(app)
        ) is (then == "escalate")
        tell(app, at + timedelta(minutes=1))
        with app.app_context(), transaction():
            db.session.execute(delete(Job).where(Job.tenant_id.in_(OURS)))


def test_priority_of_an_item_moves_its_clock_and_the_desks_row(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme, hours=8)
    with provider(app):
        terms = agreement({"metrics": {"resolution": {"target": {"hours": 2}}}})
        agreeing.set_policy(actor=SYSTEM, tenant_id=acme.id, agreement=terms, work={"priority": 3})
    item_id = order(app, acme, to=clerk)
    lead = actor_of(clerk, StaffRole.TEAM_LEAD)
    at = local("2026-11-23 11:00")
    with client(app, acme, at=at):
        item = promised.set_priority(actor=lead, item_id=item_id, priority=Priority.URGENT)
        assert item.due_at == local("2026-11-23 12:00")
        assert db.session.get_one(WorkIndex, (acme.id, item_id)).due_at == item.due_at


def test_one_bad_clock_of_many_waits_and_the_others_are_told(
    app: Flask, acme: TenantRef, clerk: TestPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(app, acme)
    bad, *good = [order(app, acme, to=clerk) for _ in range(4)]
    judge = standing.judge

    def breaking(clock: Any, log: Any, *, at: datetime) -> Any:
        if clock.subject_id == bad:
            raise ValueError("broken")
        return judge(clock, log, at=at)

    monkeypatch.setattr(standing, "judge", breaking)
    at = local("2026-11-23 13:00")
    assert tick(app, at) == 3
    monkeypatch.undo()
    with client(app, acme, at=at):
        assert all(of(item_id) == ["resolution 75"] for item_id in good)
        assert of(bad) == []
        timer = db.session.get_one(SlaTimer, (acme.id, row(bad).id))
        assert (timer.next_alert_at, timer.failures) == (at + timedelta(hours=1), 1)


def test_every_mail_of_promises_can_be_read_in_both_languages(app: Flask) -> None:
    for template in ("sla_alert", "sla_breached", "sla_paused_long"):
        for locale in ("de", "en"):
            for metric in Metric:
                text = mail_text.compose(
                    template,
                    locale=locale,
                    params={
                        "path": "/desk/",
                        "number": "ACME-1",
                        "title": "Chairs",
                        "client": "Acme",
                        "metric": metric.value,
                        "percent": 150,
                        "due": "23.11.2026 14:00",
                        "instead_of": "Carla",
                    },
                    base_url="https://kontor.example",
                    provider_name="Kontor",
                )
                assert "ACME-1" in text.subject
                assert "Carla" in text.text


def test_one_notice_that_cannot_be_told_waits_and_the_others_are_told(
    app: Flask, acme: TenantRef, clerk: TestPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(app, acme)
    bad, *good = [order(app, acme, to=clerk) for _ in range(3)]
    send = mail.send

    def breaking(**given: Any) -> UUID:
        if str(bad) in given["params"]["path"]:
            raise ValueError("broken")
        return send(**given)

    monkeypatch.setattr(telling.mail, "send", breaking)
    at = local("2026-11-23 13:00")
    assert tell(app, at) == 2
    assert {one.item_id for one in unread(app, clerk)} == set(good)
    monkeypatch.undo()
    assert tell(app, at + timedelta(minutes=59)) == 0
    assert tell(app, at + timedelta(minutes=60)) == 1
    assert bad in {one.item_id for one in unread(app, clerk)}


def test_case_74_the_breach_is_that_of_the_due_time_and_not_of_the_job(
    app: Flask, acme: TenantRef, clerk: TestPerson
) -> None:
    agree(app, acme)
    item_id = order(app, acme, to=clerk)
    tell(app, local("2026-11-25 09:00"))
    with client(app, acme):
        assert row(item_id).breached_at == local("2026-11-23 14:00")
        assert row(item_id).evaluated_at == local("2026-11-25 09:00")
    assert [one.at for one in notice_rows(app)] == [local("2026-11-23 14:00:01")]
