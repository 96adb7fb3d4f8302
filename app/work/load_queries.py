"""Who at the desk holds how much, from the provider's index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select

from app.work.models import WorkIndex
from app.work.rules import WorkStatus
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person holds."""

    open: int = 0
    waiting: int = 0
    late: int = 0
    soon: int = 0
    """Due within a day."""


def loads(*, at: datetime) -> Mapping[UUID | None, Load]:
    """Account → load; None: what nobody holds."""
    runs = WorkIndex.paused_since.is_(None)
    query = (
        select(
            WorkIndex.assignee_id,
            func.count(),
            func.count().filter(WorkIndex.status == WorkStatus.WAITING),
            func.count().filter(WorkIndex.due_at < at, runs),
            func.count().filter(
                and_(WorkIndex.due_at >= at, WorkIndex.due_at < at + timedelta(days=1), runs)
            ),
        )
        .where(WorkIndex.is_open)
        .group_by(WorkIndex.assignee_id)
    )
    return {
        who: Load(open=count, waiting=waiting, late=late, soon=soon)
        for who, count, waiting, late, soon in db.session.execute(query)
    }


def held_by(
    account_id: UUID | None,
    *,
    clients: frozenset[int] | None = None,
    hidden_services: frozenset[str] = frozenset(),
    limit: int = 100,
) -> Sequence[WorkIndex]:
    """What somebody (None: nobody) holds of these clients, the most urgent first."""
    query = select(WorkIndex).where(WorkIndex.is_open)
    if clients is not None:
        query = query.where(WorkIndex.tenant_id.in_(clients))
    if hidden_services:
        query = query.where(WorkIndex.service_key.not_in(hidden_services))
    held = WorkIndex.assignee_id == account_id
    query = query.where(held if account_id else WorkIndex.assignee_id.is_(None))
    ordered = query.order_by(WorkIndex.urgent_at, WorkIndex.item_id)
    return db.session.scalars(ordered.limit(limit)).all()
