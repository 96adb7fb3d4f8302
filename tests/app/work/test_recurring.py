"""Recurring work: each period once, whatever the clock does; closed periods stay as they are."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.clients import actions as clients
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.work import queries, recurring_queries
from app.work.actions import closing, handling, recurring
from app.work.actions.closing import PeriodClosed
from app.work.actions.recurring import Agreed
from app.work.recurring_models import EngagementPeriod
from app.work.rules.periods import Due, Rhythm, Rule
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories import portal_town
from tests.factories.portal_town import Town

START = datetime(2026, 8, 20, 7, 0, tzinfo=UTC)
WAGE_TAX = Rule(rhythm=Rhythm.MONTHLY, due=Due.WAGE_TAX, days_ahead=10)
PAYLOAD = {"subject": "Wage tax", "description": "As every month."}


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture(scope="module")
def mill(app: Flask, settings: Settings) -> TenantRef:
    """A client of its own: what is due is opened for all its recurring work at once."""
    opening.open_client(
        settings.database_direct_url, slug="mill", name="Mühle", code="MILL", at=now()
    )
    with app.app_context(), transaction():
        ref = by_slug("mill")
        clients.agree(
            actor=SYSTEM, tenant_id=ref.id, number="V-MILL", valid_from=date(2020, 1, 1),
            services={"general_request": {}, "accounts_payable": {}},
        )  # fmt: skip
    return ref


def agreed(matter: str, rule: Rule = WAGE_TAX, **more: Any) -> Agreed:
    values: dict[str, Any] = {
        "service_key": "general_request", "type_key": "request", "matter": matter,
        "title": f"Title {matter}", "rule": rule, "payload": PAYLOAD,
        "starts_on": date(2026, 8, 1), **more,
    }  # fmt: skip
    return Agreed(**values)


def act(town: Town, mill: TenantRef, deed: Any, **values: Any) -> Any:
    with in_scope(town.app, mill), transaction():
        made = deed(**values)
        return getattr(made, "id", made)


def agree(town: Town, mill: TenantRef, matter: str, rule: Rule = WAGE_TAX, **more: Any) -> UUID:
    made = act(town, mill, recurring.agree, actor=town.anna, agreed=agreed(matter, rule, **more))
    assert isinstance(made, UUID)
    return made


def opened(town: Town, mill: TenantRef, engagement_id: UUID) -> list[str]:
    with in_scope(town.app, mill):
        query = select(EngagementPeriod.period_key).where(
            EngagementPeriod.engagement_id == engagement_id
        )
        return list(db.session.scalars(query.order_by(EngagementPeriod.first_on)))


def test_a_clock_that_jumps_forty_days_opens_exactly_what_was_missed(
    town: Town, mill: TenantRef
) -> None:
    with freeze(START):
        one = agree(town, mill, "jump")
        act(town, mill, recurring.open_due)
    assert opened(town, mill, one) == []  # due on 10 September, opened on 31 August
    with freeze(START + timedelta(days=12)):
        act(town, mill, recurring.open_due)
        act(town, mill, recurring.open_due)
    assert opened(town, mill, one) == ["2026-08"]
    with freeze(START + timedelta(days=12 + 40)):
        act(town, mill, recurring.open_due)
    assert opened(town, mill, one) == ["2026-08", "2026-09"]
    with freeze(START + timedelta(days=400)):
        act(town, mill, recurring.open_due)
    keys = opened(town, mill, one)
    assert len(keys) == len(set(keys)) == 13
    assert keys[-1] == "2027-08"


def test_two_workers_open_each_period_once(town: Town, mill: TenantRef) -> None:
    with freeze(START):
        one = agree(town, mill, "race")

    def work() -> None:
        with freeze(START + timedelta(days=200)):
            act(town, mill, recurring.open_due)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = opened(town, mill, one)
    assert len(keys) == len(set(keys)) == 7


def test_a_new_agreement_opens_no_period_again(town: Town, mill: TenantRef) -> None:
    with freeze(START + timedelta(days=20)):
        one = agree(town, mill, "unique")
        act(town, mill, recurring.open_due)
        act(town, mill, recurring.end, actor=town.anna, engagement_id=one)
        again = agree(town, mill, "unique", starts_on=date(2026, 8, 1))
    with freeze(START + timedelta(days=50)):
        act(town, mill, recurring.open_due)
    assert opened(town, mill, one) == ["2026-08"]
    assert opened(town, mill, again) == ["2026-09"]


def test_the_database_knows_no_second_period(town: Town, mill: TenantRef) -> None:
    with freeze(START + timedelta(days=20)):
        one = agree(town, mill, "database")
        act(town, mill, recurring.open_due)

    def double() -> None:
        query = select(EngagementPeriod).where(EngagementPeriod.engagement_id == one)
        known = db.session.scalars(query).one()
        columns = {column.key: getattr(known, column.key) for column in known.__table__.columns}
        db.session.add(EngagementPeriod(**{**columns, "id": uuid4()}))

    with pytest.raises(IntegrityError):
        act(town, mill, double)


def test_title_promise_and_form_of_a_period(town: Town, mill: TenantRef) -> None:
    with freeze(START + timedelta(days=20)):
        one = agree(town, mill, "promise")
        act(town, mill, recurring.open_due)
    with in_scope(town.app, mill):
        query = select(EngagementPeriod).where(EngagementPeriod.engagement_id == one)
        period = db.session.scalars(query).one()
        item = queries.item(period.item_id)
        assert item.title == "Title promise August 2026"
        assert item.due_at == datetime(2026, 9, 10, 15, 0, tzinfo=UTC)  # 17:00 in Berlin
        assert item.payload["description"] == "As every month."
        assert item.requester_name == "Kontor"


def test_paused_work_catches_up_and_ended_work_does_not(town: Town, mill: TenantRef) -> None:
    with freeze(START):
        rests, ends = agree(town, mill, "rests"), agree(town, mill, "ends")
        act(town, mill, recurring.pause, actor=town.anna, engagement_id=rests, paused=True)
        act(town, mill, recurring.end, actor=town.anna, engagement_id=ends)
    with freeze(START + timedelta(days=75)):
        act(town, mill, recurring.open_due)
        assert opened(town, mill, rests) == opened(town, mill, ends) == []
        act(town, mill, recurring.pause, actor=town.anna, engagement_id=rests, paused=False)
        act(town, mill, recurring.open_due)
    assert opened(town, mill, rests) == ["2026-08", "2026-09", "2026-10"]
    assert opened(town, mill, ends) == []


def test_the_last_day_ends_it(town: Town, mill: TenantRef) -> None:
    with freeze(START):
        one = agree(town, mill, "last", ends_on=date(2026, 9, 30))
    with freeze(START + timedelta(days=300)):
        act(town, mill, recurring.open_due)
    assert opened(town, mill, one) == ["2026-08", "2026-09"]


def test_what_is_refused(town: Town, mill: TenantRef) -> None:
    with pytest.raises(Forbidden):
        act(town, mill, recurring.agree, actor=town.requester, agreed=agreed("x"))
    with pytest.raises(Invalid):
        agree(town, mill, " ")
    with pytest.raises(Invalid):
        agree(town, mill, "payload", payload={})
    with pytest.raises(Invalid, match="begins with a document"):
        agree(town, mill, "paper", service_key="accounts_payable", type_key="supplier_invoice")
    agree(town, mill, "twice")
    with pytest.raises(Conflict, match="already"):
        agree(town, mill, "Twice")


def finished_period(town: Town, mill: TenantRef, matter: str) -> tuple[UUID, UUID]:
    """Period and item, accepted by the client."""
    with freeze(START + timedelta(days=20)):
        one = agree(town, mill, matter)
        act(town, mill, recurring.open_due)
    with in_scope(town.app, mill):
        query = select(EngagementPeriod).where(EngagementPeriod.engagement_id == one)
        period = db.session.scalars(query).one()
        period_id, item_id = period.id, period.item_id
    with pytest.raises(Conflict, match="not accepted yet"):
        act(town, mill, recurring.close_period, actor=town.anna, period_id=period_id)
    act(town, mill, handling.take, actor=town.anna, item_id=item_id)
    with in_scope(town.app, mill), transaction():
        town.deliver(item_id=item_id)
    act(town, mill, closing.accept, actor=SYSTEM, item_id=item_id)
    return period_id, item_id


def test_a_closed_period_is_locked_until_a_lead_opens_it(town: Town, mill: TenantRef) -> None:
    period_id, item_id = finished_period(town, mill, "lock")
    act(town, mill, recurring.close_period, actor=town.anna, period_id=period_id)
    with in_scope(town.app, mill):
        for on, closed in ((date(2026, 8, 31), True), (date(2026, 9, 1), False)):
            assert closed == recurring_queries.is_closed(
                "general_request", "lock", tenant_id=mill.id, on=on
            )
    with pytest.raises(PeriodClosed):
        act(town, mill, closing.complain, actor=SYSTEM, item_id=item_id, reason="Wrong.")
    with pytest.raises(Invalid):
        act(town, mill, recurring.reopen_period, actor=town.anna, period_id=period_id, reason="")
    act(
        town, mill, recurring.reopen_period, actor=town.anna, period_id=period_id,
        reason="The client found a receipt.",
    )  # fmt: skip
    act(town, mill, closing.complain, actor=SYSTEM, item_id=item_id, reason="Wrong.")


def test_the_calendar_shows_planned_and_opened(town: Town, mill: TenantRef) -> None:
    with freeze(START + timedelta(days=20)):
        agree(town, mill, "shown")
        act(town, mill, recurring.open_due)
    with town.app.app_context():
        found = [
            (one.period_key, one.due_on, one.status is not None)
            for one in recurring_queries.calendar(
                clients=[mill.id], since=date(2026, 9, 1), until=date(2026, 11, 30)
            )
            if one.title.startswith("Title shown")
        ]
    assert found == [
        ("2026-08", date(2026, 9, 10), True),
        ("2026-09", date(2026, 10, 12), False),
        ("2026-10", date(2026, 11, 10), False),
    ]


def test_an_ended_contract_is_told_and_stops_nothing_else(town: Town, mill: TenantRef) -> None:
    with freeze(START):
        one = agree(town, mill, "orphan")
    with in_scope(town.app, mill), transaction():
        engagement = recurring_queries.engagement(one, tenant_id=mill.id)
        engagement.service_key = "gone"
    with freeze(START + timedelta(days=30)):
        act(town, mill, recurring.open_due)
    with in_scope(town.app, mill):
        assert recurring_queries.engagement(one, tenant_id=mill.id).trouble
        query = select(func.count()).where(EngagementPeriod.engagement_id == one)
        assert db.session.scalar(query) == 0
