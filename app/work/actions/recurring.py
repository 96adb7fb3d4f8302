"""Agree on recurring work, open its periods when their time comes, close and reopen them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from app.audit import actions as audit
from app.catalogue.service import work_type
from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, KontorError, NotFound
from app.work import queries, recurring_queries
from app.work.actions import orders, promised
from app.work.actions.orders import Order
from app.work.models import WorkItem
from app.work.recurring_models import Engagement, EngagementPeriod
from app.work.rules import FINISHED, Priority
from app.work.rules.periods import (
    STATUTORY,
    Period,
    Rule,
    due_on,
    following,
    opens_on,
    period_of,
    rule_of,
)
from tenants.context import current_tenant
from tenants.db import db

log = structlog.get_logger(__name__)

OPENS_AT = time(6)
"""In the client's zone: the work is there when the first clerk comes."""
DUE_AT = time(17)
_AT_ONCE = 400
"""Periods of one engagement that one run opens at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What shall come back by itself."""

    service_key: str
    type_key: str
    matter: str
    title: str
    rule: Rule
    payload: Mapping[str, Any] = field(default_factory=dict)
    region: str = ""
    priority: Priority = Priority.NORMAL
    starts_on: date
    ends_on: date | None = None


def agree(*, actor: Actor, agreed: Agreed) -> Engagement:
    """Let work come back by itself, from the period on that `starts_on` lies in.

    Raises Forbidden, NotFound (not under contract), Invalid (with the faulty fields), Conflict
    (the client has this already).
    """
    actor.require(Permission.WORK_ASSIGN)
    client, at = current_tenant(), now()
    clients.orderable(agreed.service_key, tenant_id=client.id, on=at.date())
    kind = work_type(agreed.service_key, agreed.type_key)
    if kind.needs_document:
        raise Invalid("This work begins with a document: it cannot open by itself.")
    title, matter = agreed.title.strip(), agreed.matter.strip().lower()
    if not title or not matter:
        missing = "title" if not title else "matter"
        raise Invalid(fields={missing: ["Please fill this in."]})
    payload = orders.checked_payload(kind, agreed.payload)
    if _running(agreed.service_key, matter) is not None:
        raise Conflict("%(client)s has this recurring work already.", client=client.name)
    made = Engagement(
        tenant_id=client.id,
        service_key=agreed.service_key,
        type_key=agreed.type_key,
        matter=matter,
        title=title[:150],
        payload=payload,
        rule=agreed.rule.as_json(),
        region=agreed.region,
        priority=int(agreed.priority),
        next_first_on=period_of(agreed.starts_on, agreed.rule.rhythm).first,
        ends_on=agreed.ends_on,
        created_at=at,
        created_by_name=actor.name,
    )
    db.session.add(made)
    db.session.flush()
    _record(made, actor, "recurring.agreed", rule=made.rule)
    return made


def _running(service_key: str, matter: str) -> Engagement | None:
    query = select(Engagement).where(
        Engagement.tenant_id == current_tenant().id,
        Engagement.service_key == service_key,
        Engagement.matter == matter,
        Engagement.ended_at.is_(None),
    )
    return db.session.scalar(query)


def pause(*, actor: Actor, engagement_id: UUID, paused: bool) -> Engagement:
    """Let it rest, or go on: what was missed meanwhile is opened then, each period once."""
    one = _locked(actor, engagement_id)
    one.paused = paused
    _record(one, actor, "recurring.paused" if paused else "recurring.resumed")
    return one


def end(*, actor: Actor, engagement_id: UUID) -> Engagement:
    """No further period; what is open stays open."""
    one = _locked(actor, engagement_id)
    one.ended_at = now()
    _record(one, actor, "recurring.ended")
    return one


def _locked(actor: Actor, engagement_id: UUID) -> Engagement:
    actor.require(Permission.WORK_ASSIGN)
    query = select(Engagement).where(
        Engagement.id == engagement_id, Engagement.tenant_id == current_tenant().id
    )
    one = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if one is None or one.ended_at is not None:
        raise NotFound("There is no such recurring work.")
    return one


def open_due() -> int:
    """Open every period of the client in scope whose time has come; how many were opened.

    Any number may run at once, and after any downtime: each period is opened exactly once.
    """
    query = (
        select(Engagement)
        .where(
            Engagement.tenant_id == current_tenant().id,
            Engagement.ended_at.is_(None),
            Engagement.paused.is_(False),
        )
        .order_by(Engagement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return sum(_open_periods(one) for one in db.session.scalars(query).all())


def _open_periods(one: Engagement) -> int:
    rule, opened = rule_of(one.rule), 0
    try:
        while opened < _AT_ONCE and (period := _next(one, rule)) is not None:
            if not _is_there(one, period):
                _open(one, rule, period)
            one.next_first_on, one.trouble = following(period).first, ""
            opened += 1
    except KontorError as refusal:
        # The contract has ended, or the form has changed: a lead sees it in the calendar.
        log.warning("engagement_not_opened", engagement=str(one.id), why=str(refusal))
        one.trouble = refusal.text.msgid
    db.session.flush()
    return opened


def _is_there(one: Engagement, period: Period) -> bool:
    """Also where an earlier agreement, ended meanwhile, has opened it."""
    query = select(EngagementPeriod.id).where(
        EngagementPeriod.tenant_id == one.tenant_id,
        EngagementPeriod.service_key == one.service_key,
        EngagementPeriod.matter == one.matter,
        EngagementPeriod.period_key == period.key,
    )
    return db.session.scalar(query) is not None


def _next(one: Engagement, rule: Rule) -> Period | None:
    period = period_of(one.next_first_on, rule.rhythm)
    if one.ends_on is not None and period.first > one.ends_on:
        return None
    holidays = recurring_queries.holidays_of(one.region, period.last.year)
    opens = datetime.combine(
        opens_on(period, rule, holidays=holidays), OPENS_AT, ZoneInfo(current_tenant().zone)
    )
    return period if opens <= now() else None


def _open(one: Engagement, rule: Rule, period: Period) -> None:
    client = current_tenant()
    title = recurring_queries.titled(one, period, locale=client.locale)
    (item,) = orders.open_items(
        actor=SYSTEM,
        order=Order(
            service_key=one.service_key,
            type_key=one.type_key,
            payload=one.payload,
            title=title,
            priority=Priority(one.priority),
            one_item=True,
        ),
    )
    due = due_on(period, rule, holidays=recurring_queries.holidays_of(one.region, period.last.year))
    db.session.add(
        EngagementPeriod(
            tenant_id=client.id,
            engagement_id=one.id,
            service_key=one.service_key,
            matter=one.matter,
            period_key=period.key,
            first_on=period.first,
            last_on=period.last,
            due_on=due,
            title=title,
            opened_at=now(),
            item_id=item.id,
        )
    )
    db.session.flush()
    _promise(item, due, reason=STATUTORY.get(rule.due, title))


def _promise(item: WorkItem, due: date, *, reason: str) -> None:
    """The day agreed on is the promise, unless it has passed or nothing is promised."""
    at = datetime.combine(due, DUE_AT, ZoneInfo(current_tenant().zone)).astimezone(UTC)
    if item.due_at is not None and at > now():
        promised.set_due(actor=SYSTEM, item_id=item.id, due_at=at, reason=reason)


def close_period(*, actor: Actor, period_id: UUID) -> EngagementPeriod:
    """Nothing of this period may be changed any more. Raises Conflict while its work is open."""
    actor.require(Permission.WORK_ASSIGN)
    period = recurring_queries.period(period_id, tenant_id=current_tenant().id)
    if queries.item(period.item_id).status not in FINISHED:
        raise Conflict("%(title)s is not accepted yet.", title=period.title)
    if period.closed_at is None:
        period.closed_at, period.closed_by_name = now(), actor.name
        db.session.flush()
        _record(period, actor, "period.closed")
    return period


def reopen_period(*, actor: Actor, period_id: UUID, reason: str) -> EngagementPeriod:
    """Something has to be changed after all. Raises Invalid without a reason."""
    actor.require(Permission.WORK_ASSIGN)
    if not reason.strip():
        raise Invalid("Please say why.", fields={"reason": ["Please say why."]})
    period = recurring_queries.period(period_id, tenant_id=current_tenant().id)
    period.closed_at, period.closed_by_name = None, ""
    db.session.flush()
    _record(period, actor, "period.reopened", reason=reason.strip())
    return period


def _record(
    about: Engagement | EngagementPeriod, actor: Actor, verb: str, **detail: object
) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        subject_type="engagement" if isinstance(about, Engagement) else "period",
        subject_id=about.id,
        detail={"name": about.title, **detail},
    )
