"""The desk's list over all clients, projected from the item in its own transaction."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Update, bindparam, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm.attributes import set_committed_value

from app.work import promises
from app.work.models import Participation, WorkIndex, WorkItem
from app.work.promises import Standing
from app.work.rules import OPEN, Priority, WorkStatus
from tenants.context import current_tenant
from tenants.db import db

UNPROMISED, STANDING = timedelta(days=7), timedelta(days=90)
"""When work wants to be begun that has no due time, and work that waits for somebody else."""
_KEYS = ("tenant_id", "item_id")


def project(item: WorkItem) -> None:
    """Write the item's row of the index; the same item again gives the same row.

    A row of a newer version is left alone, so that a late writer cannot turn it back.
    """
    row = row_of(item)
    db.session.connection().execute(_projection(tuple(row)), row)


@cache
def _projection(names: tuple[str, ...]) -> Insert:
    # Made once: thirty columns take longer to put together than to write.
    table = cast("Table", WorkIndex.__table__)
    statement = insert(table).values({name: bindparam(name) for name in names})
    changes = {name: statement.excluded[name] for name in names if name not in _KEYS}
    return statement.on_conflict_do_update(
        index_elements=_KEYS,
        set_=changes,
        where=table.c.version <= statement.excluded.version,
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
        **_promise_columns(item, clock),
        "is_open": item.status in OPEN,
        "accept_by": item.accept_by,
        "worker_ids": [str(worker) for worker in workers_of(item.id)],
        "version": item.version,
    }


def number_of(item: WorkItem) -> str:
    """The number people use: `ACME-1042`."""
    return f"{current_tenant().code}-{item.number}"


def urgent_at(item: WorkItem) -> Any:
    """The moment by which the item wants to be begun (rules.urgency as a moment).

    While somebody else has the word and the clock stands, nobody here can do anything: last.
    """
    stands = item.status is WorkStatus.WAITING and item.due_at is None
    due = item.due_at or item.received_at + (STANDING if stands else UNPROMISED)
    return due - timedelta(days=item.priority - int(Priority.NORMAL))


def workers_of(item_id: UUID) -> list[UUID]:
    """Everybody of the provider who touched the item."""
    query = select(Participation.account_id).where(Participation.item_id == item_id)
    return sorted(db.session.scalars(query))


def follow_clocks(item_ids: Sequence[UUID]) -> None:
    """Bring due times of items and their rows in step with the clocks, many at once.

    The items' versions stay: nobody's open page is refused because a holiday was added.
    """
    query = select(WorkItem).where(WorkItem.id.in_(item_ids)).order_by(WorkItem.id)
    items = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).all()
    clocks = promises.standings([item.id for item in items])
    moved = [item for item in items if item.status in OPEN and item.id in clocks]
    if not moved:
        return
    _many(
        update(WorkItem.__table__).where(WorkItem.__table__.c.id == bindparam("key")),  # type: ignore[arg-type]
        [{"key": item.id, "due_at": clocks[item.id].due_at} for item in moved],
    )
    for item in moved:
        set_committed_value(item, "due_at", clocks[item.id].due_at)
    row = WorkIndex.__table__.c
    _many(
        update(WorkIndex.__table__).where(  # type: ignore[arg-type]
            row.tenant_id == current_tenant().id, row.item_id == bindparam("key")
        ),
        [{"key": item.id, **_promise_columns(item, clocks[item.id])} for item in moved],
    )


def _many(statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows, past the ORM: it would count the items' versions up."""
    names = [name for name in rows[0] if name != "key"]
    db.session.connection().execute(
        statement.values({name: bindparam(f"new_{name}") for name in names}),
        [{"key": row["key"], **{f"new_{name}": row[name] for name in names}} for row in rows],
    )


def _promise_columns(item: WorkItem, clock: Standing | None) -> dict[str, Any]:
    return {
        "due_at": item.due_at,
        "urgent_at": urgent_at(item),
        "paused_since": clock.paused_since if clock else None,
        "remaining_seconds": clock.remaining_seconds if clock else None,
        "target_seconds": clock.target_seconds if clock else None,
        "next_due_at": clock.next_due_at if clock else None,
        "next_metric": (clock.next_metric or "") if clock else "",
        "team": clock.team if clock else "",
        "is_measured": clock is not None,
    }
