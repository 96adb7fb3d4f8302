"""The desk's list over all clients, projected from the item in its own transaction."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.work import promises
from app.work.models import Participation, WorkIndex, WorkItem
from app.work.rules import OPEN, Priority
from tenants.context import current_tenant
from tenants.db import db

_KEYS = ("tenant_id", "item_id")


def project(item: WorkItem) -> None:
    """Write the item's row of the index; the same item again gives the same row.

    A row of a newer version is left alone, so that a late writer cannot turn it back.
    """
    row = row_of(item)
    statement = insert(WorkIndex).values(row)
    changes = {key: statement.excluded[key] for key in row if key not in _KEYS}
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=_KEYS,
            set_=changes,
            where=WorkIndex.version <= statement.excluded.version,
        )
    )


def row_of(item: WorkItem) -> dict[str, Any]:
    """What the index should say of the item."""
    tenant = current_tenant()
    clock = promises.standing(item.id)
    return {
        "tenant_id": tenant.id,
        "item_id": item.id,
        "number": number_of(item),
        "service_key": item.service_key,
        "type_key": item.type_key,
        "title": item.title,
        "status": item.status,
        "waiting_for": item.waiting_for,
        "priority": item.priority,
        "assignee_id": item.assignee_id,
        "assignee_name": item.assignee_name,
        "received_at": item.received_at,
        "due_at": item.due_at,
        "urgent_at": urgent_at(item),
        "paused_since": clock.paused_since if clock else None,
        "remaining_seconds": clock.remaining_seconds if clock else None,
        "target_seconds": clock.target_seconds if clock else None,
        "is_open": item.status in OPEN,
        "accept_by": item.accept_by,
        "worker_ids": [str(worker) for worker in workers_of(item.id)],
        "version": item.version,
    }


def number_of(item: WorkItem) -> str:
    """The number people use: `ACME-1042`."""
    return f"{current_tenant().code}-{item.number}"


def urgent_at(item: WorkItem) -> Any:
    """The moment by which the item wants to be begun (rules.urgency as a moment)."""
    due = item.due_at or item.received_at + timedelta(days=7)
    return due - timedelta(days=item.priority - int(Priority.NORMAL))


def workers_of(item_id: UUID) -> list[UUID]:
    """Everybody of the provider who touched the item."""
    query = select(Participation.account_id).where(Participation.item_id == item_id)
    return sorted(db.session.scalars(query))
