"""Find the clocks that want to be looked at, and look: whatever fails does not stop the others.

Timers are claimed for all clients at once, the clocks of each client looked at in one transaction:
read, judged, told of and armed anew in a handful of statements.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import text, update

from app.kernel.clock import now
from app.sla import settling, standing
from app.sla.models import SlaClock, SlaTimer
from tenants import registry
from tenants.context import TenantRef, TenantState
from tenants.db import db, transaction
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

BATCH = 10_000
"""Much at once: the clocks of one client then come together."""
_LEASE = timedelta(minutes=5)
"""A ticker that dies leaves its clocks to the next one after this time."""
_AT_ONCE = 500
"""Clocks of one client in a transaction: whoever moves one of them waits no longer than that."""
_PUSHED_BACK = timedelta(hours=1)
# By place: a batch of many thousands must not be looked for in the whole table again.
_CLAIM = text(
    "update provider.sla_timer set next_alert_at = :until where ctid = any(array("
    " select ctid from provider.sla_timer where next_alert_at <= :at"
    " order by next_alert_at limit :batch for update skip locked))"
    " returning tenant_id, clock_id"
)


def tick(*, batch: int = BATCH) -> int:
    """Look at every clock whose time has come; how many. Any number of tickers may run at once.

    Works in the provider's scope with no transaction open, and enters each client's in turn.
    """
    looked_at = 0
    while claimed := _claim(batch):
        clients = registry.by_ids(list(claimed))
        for tenant_id, clock_ids in claimed.items():
            client = clients.get(tenant_id)
            if client is None:
                _disarm(tenant_id)
            elif client.state is not TenantState.READY:
                _put_off(tenant_id, clock_ids, failures=0)
            else:
                for first in range(0, len(clock_ids), _AT_ONCE):
                    looked_at += _look(client, clock_ids[first : first + _AT_ONCE])
    return looked_at


def _claim(batch: int) -> dict[int, list[UUID]]:
    """Timers that are due, by client; put off for the length of the lease."""
    moment = now()
    claimed: dict[int, list[UUID]] = defaultdict(list)
    with transaction():
        found = db.session.execute(_CLAIM, {"at": moment, "until": moment + _LEASE, "batch": batch})
        for tenant_id, clock_id in found:
            claimed[tenant_id].append(clock_id)
    return claimed


def _look(client: TenantRef, clock_ids: Sequence[UUID]) -> int:
    """All in one transaction; where that fails one by one, and only what is broken waits."""
    try:
        with tenant_scope(client), transaction():
            return _look_at(clock_ids)
    except Exception:
        if len(clock_ids) == 1:
            log.exception("sla_clock_failed", tenant=client.slug, clock_id=str(clock_ids[0]))
            _put_off(client.id, clock_ids, failures=1)
            return 0
    return sum(_look(client, [clock_id]) for clock_id in clock_ids)


def _look_at(clock_ids: Sequence[UUID]) -> int:
    """How many; somebody who is moving a clock this moment will arm its timer anew."""
    clocks = standing.select_clocks(SlaClock.id.in_(clock_ids), lock=True, skip_locked=True)
    if clocks:
        logs = standing.logs({clock.subject_id for clock in clocks})
        settling.settle(standing.judge_all(clocks, logs, at=now()))
    return len(clocks)


def _put_off(tenant_id: int, clock_ids: Collection[UUID], *, failures: int) -> None:
    with transaction():
        db.session.execute(
            update(SlaTimer)
            .where(SlaTimer.tenant_id == tenant_id, SlaTimer.clock_id.in_(clock_ids))
            .values(next_alert_at=now() + _PUSHED_BACK, failures=SlaTimer.failures + failures)
        )


def _disarm(tenant_id: int) -> None:
    """A client that has left wants to hear of nothing."""
    with transaction():
        db.session.execute(
            update(SlaTimer).where(SlaTimer.tenant_id == tenant_id).values(next_alert_at=None)
        )
