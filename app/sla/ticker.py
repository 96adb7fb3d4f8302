"""Find the clocks that want to be looked at, and look: whatever fails does not stop the others."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update

from app.kernel.clock import now
from app.sla import settling, standing
from app.sla.models import SlaClock, SlaTimer
from tenants import registry
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

BATCH = 500
_LEASE = timedelta(minutes=5)
"""A ticker that dies leaves its clocks to the next one after this time."""
_PUSHED_BACK = timedelta(hours=1)


def tick(*, batch: int = BATCH) -> int:
    """Look at every clock whose time has come; how many. Any number of tickers may run at once.

    Works in the provider's scope with no transaction open, and enters each client's in turn.
    """
    looked_at = 0
    while claimed := _claim(batch):
        for tenant_id, clock_ids in claimed.items():
            looked_at += _look(tenant_id, clock_ids)
    return looked_at


def _claim(batch: int) -> dict[int, list[UUID]]:
    """Timers that are due, by client; put off for the length of the lease."""
    moment = now()
    due = (
        select(SlaTimer.tenant_id, SlaTimer.clock_id)
        .where(SlaTimer.next_alert_at <= moment)
        .order_by(SlaTimer.next_alert_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    key = tuple_(SlaTimer.tenant_id, SlaTimer.clock_id)
    statement = (
        update(SlaTimer)
        .where(key.in_(select(due.c.tenant_id, due.c.clock_id)))
        .values(next_alert_at=moment + _LEASE)
        .returning(SlaTimer.tenant_id, SlaTimer.clock_id)
    )
    claimed: dict[int, list[UUID]] = defaultdict(list)
    with transaction():
        for tenant_id, clock_id in db.session.execute(statement):
            claimed[tenant_id].append(clock_id)
    return claimed


def _look(tenant_id: int, clock_ids: list[UUID]) -> int:
    try:
        tenant = registry.by_id(tenant_id)
    except registry.UnknownTenant:
        _disarm(tenant_id)
        return 0
    looked_at = 0
    for clock_id in clock_ids:
        try:
            looked_at += _look_at(tenant, clock_id)
        except Exception:
            log.exception("sla_clock_failed", tenant=tenant.slug, clock_id=str(clock_id))
            _push_back(tenant_id, [clock_id])
    return looked_at


def _look_at(tenant: TenantRef, clock_id: UUID) -> bool:
    """False: somebody is moving the clock this moment, and will arm its timer anew."""
    with tenant_scope(tenant), transaction():
        query = select(SlaClock).where(SlaClock.id == clock_id)
        clock = db.session.scalars(query.with_for_update(skip_locked=True)).first()
        if clock is None:
            return False
        events = standing.events(clock.subject_id)
        settling.settle(standing.judge(clock, events, at=now()))
        return True


def _push_back(tenant_id: int, clock_ids: Iterable[UUID]) -> None:
    with transaction():
        db.session.execute(
            update(SlaTimer)
            .where(SlaTimer.tenant_id == tenant_id, SlaTimer.clock_id.in_(clock_ids))
            .values(next_alert_at=now() + _PUSHED_BACK, failures=SlaTimer.failures + 1)
        )


def _disarm(tenant_id: int) -> None:
    """A client that has left wants to hear of nothing."""
    with transaction():
        db.session.execute(
            update(SlaTimer).where(SlaTimer.tenant_id == tenant_id).values(next_alert_at=None)
        )
