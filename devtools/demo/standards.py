"""Time noted beside work, some of it approved; delivered work sampled and scored."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.quality import actions as quality
from app.quality import queries as samples
from app.quality.rules import ErrorClass, Plan
from app.work import time_queries
from app.work.actions import blind, timing
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

_NOTED = (("0:25", "Belege geprüft"), ("0:40", "Rückruf beim Lieferanten"), ("1:10", "Abstimmung"))
_FOUND: tuple[tuple[dict[ErrorClass, int], str], ...] = (
    ({}, ""),
    ({ErrorClass.MINOR: 1}, "Die Notiz zum Vorgang fehlt."),
    ({ErrorClass.MAJOR: 1}, "Falsche Kostenstelle."),
)


def keep(ref: TenantRef, staff: dict[str, Actor], *, until: datetime) -> None:
    """For one client: three times, a budget, and every delivered piece looked at by chance."""
    with freeze(until - timedelta(hours=20)), tenant_scope(ref), transaction():
        _note_times(staff)
        done = (WorkStatus.DELIVERED, WorkStatus.ACCEPTED)
        for item_id in db.session.scalars(select(WorkItem.id).where(WorkItem.status.in_(done))):
            quality.draw(item_id)
    with freeze(until - timedelta(hours=4)), transaction():
        _agree(ref, staff["sabine"])
    only = frozenset({ref.id})
    with freeze(until - timedelta(hours=2)), transaction():
        first = time_queries.to_approve(clients=only)[0]
        timing.approve(actor=staff["lena"], time_id=first.id)
        drawn = [
            one
            for one in samples.samples(scored=False, clients=only)
            if one.operator_id != staff["lena"].id
        ]
        for sample, (errors, remark) in zip(drawn, _FOUND, strict=False):
            quality.score(actor=staff["lena"], sample_id=sample.id, errors=errors, remark=remark)


def _note_times(staff: dict[str, Actor]) -> None:
    working = select(WorkItem.id).where(WorkItem.status == WorkStatus.IN_PROGRESS)
    for number, item_id in enumerate(db.session.scalars(working.limit(2)).all()):
        for typed, text in _NOTED[number:]:
            timing.enter(actor=staff["anna"], item_id=item_id, typed=typed, text=text)
        timing.plan(actor=staff["lena"], item_id=item_id, typed="2:00")


def _agree(ref: TenantRef, admin: Actor) -> None:
    """How closely this client's work is looked at, what is entered twice, how time is rounded."""
    plan = Plan(amount=Decimal(5000), new_operator_items=5, random_percent=20)
    quality.look_closer(actor=admin, tenant_id=ref.id, wanted=plan)
    blind.agree(actor=admin, tenant_id=ref.id, service_keys={"accounts_payable"})
    timing.agree_rounding(actor=admin, tenant_id=ref.id, step_minutes=6, up=True)
