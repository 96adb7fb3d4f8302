"""Clocks of two clients at given times: what the tests of promises begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import delete, func, select, text

from app.jobs.models import Fact
from app.kernel import clock as time
from app.sla import actions, ticker
from app.sla.models import SlaClock, SlaEvent, SlaTimer
from app.sla.rules.policy import Metric, WorkingTime
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
EIGHT_HOURS = {
    Metric.FIRST_RESPONSE: WorkingTime(2 * HOUR),
    Metric.RESOLUTION: WorkingTime(8 * HOUR),
}
WORK = {"service_key": "accounts_payable", "type_key": "supplier_invoice", "priority": 1}
OFFICE = {
    "zone": "Europe/Berlin",
    "week": {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")},
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


MON_10 = local("2026-11-23 10:00")


@contextmanager
def client(app: Flask, tenant: TenantRef, *, at: datetime = MON_10) -> Iterator[None]:
    """One transaction of the client's at that time."""
    with app.app_context(), time.freeze(at), tenant_scope(tenant), transaction():
        yield


@contextmanager
def provider(app: Flask, *, at: datetime = MON_10) -> Iterator[None]:
    with app.app_context(), time.freeze(at), transaction():
        yield


def opened(subject_id: UUID, *, at: datetime = MON_10, **more: Any) -> datetime | None:
    return actions.open_clocks(
        subject_id=subject_id, opened_at=at, **({"promised": EIGHT_HOURS} | WORK | more)
    )


def row(subject_id: UUID, metric: Metric = Metric.RESOLUTION) -> SlaClock:
    return db.session.scalars(
        select(SlaClock).where(SlaClock.subject_id == subject_id, SlaClock.metric == metric)
    ).one()


def told() -> list[tuple[str, dict[str, Any]]]:
    """The facts about promises, oldest first."""
    facts = db.session.scalars(
        select(Fact).where(Fact.name.in_(("SlaAlert", "SlaBreached"))).order_by(Fact.id)
    )
    return [(fact.name, fact.payload) for fact in facts]


def of(subject_id: UUID) -> list[str]:
    return [
        f"{payload['metric']} {payload.get('percent', name)}"
        for name, payload in told()
        if payload["subject_id"] == str(subject_id)
    ]


def tick(app: Flask, at: datetime) -> int:
    with app.app_context(), time.freeze(at):
        return ticker.tick()


def standing_events(subject_id: UUID) -> int:
    query = select(func.count()).select_from(SlaEvent).where(SlaEvent.subject_id == subject_id)
    return db.session.scalar(query) or 0


def forget_agreements(app: Flask) -> None:
    """Nothing is agreed with anybody, no clock is watched."""
    with app.app_context(), transaction():
        for name in ("sla_policy_version", "sla_policy", "calendar_version", "calendar"):
            db.session.execute(text(f"delete from provider.{name}"))
        db.session.execute(delete(SlaTimer))
