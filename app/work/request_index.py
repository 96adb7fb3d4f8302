"""The desk's list of requests for documents: written with each change, read over all clients."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from app.work import document_queries
from app.work.document_queries import RequestView
from app.work.models import WorkIndex
from app.work.request_models import RequestIndex
from tenants.context import current_tenant
from tenants.db import db

_KEYS = ("tenant_id", "request_id")


def project(request_id: UUID) -> None:
    """Write the request's row; in the client's scope, after the change is flushed."""
    row = row_of(document_queries.view(request_id))
    changes = {key: value for key, value in row.items() if key not in _KEYS}
    statement = insert(RequestIndex).values(row)
    db.session.execute(statement.on_conflict_do_update(index_elements=_KEYS, set_=changes))


def row_of(view: RequestView) -> dict[str, Any]:
    """What the request's row says; none of the words that lie sealed."""
    request = view.request
    handed_in = [one.row.handed_in_at for one in view.asked if one.row.handed_in_at]
    return {
        "tenant_id": current_tenant().id,
        "request_id": request.id,
        "item_id": request.item_id,
        "wanted": len(view.asked),
        "missing": view.missing,
        "to_judge": view.to_judge,
        "blocking": request.blocking,
        "due_at": request.due_at,
        "asked_at": request.created_at,
        "asked_by": request.created_by_name,
        "handed_in_at": max(handed_in, default=None),
        "reminders_sent": request.reminders_sent,
        "reminded_at": request.reminded_at,
        "is_open": request.closed_at is None,
    }


class Shelf(StrEnum):
    """How the desk sorts what clients are asked for."""

    REVIEW = "review"
    """Something was handed in and waits for a word of ours."""
    OVERDUE = "overdue"
    """Something is missing, and the deadline has passed."""
    WAITING = "waiting"
    """Something is missing."""
    OPEN = "open"


def page(
    shelf: Shelf,
    *,
    at: datetime,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
    limit: int = 100,
) -> Sequence[Row[RequestIndex, WorkIndex]]:
    """Request and its item's row: what waits for us first, then what is due first."""
    query = (
        select(RequestIndex, WorkIndex)
        .join(WorkIndex, _same_item())
        .where(*_seen(clients, hidden_services), _on(shelf, at))
        .order_by(
            (RequestIndex.to_judge > 0).desc(),
            RequestIndex.due_at.asc().nulls_last(),
            RequestIndex.asked_at,
        )
        .limit(limit)
    )
    return db.session.execute(query).all()


def counts(
    *,
    at: datetime,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
) -> dict[Shelf, int]:
    """How many lie on each shelf, in one statement."""
    columns = [func.count().filter(_on(shelf, at)) for shelf in Shelf]
    query = (
        select(*columns)
        .select_from(RequestIndex)
        .join(WorkIndex, _same_item())
        .where(*_seen(clients, hidden_services))
    )
    return dict(zip(Shelf, db.session.execute(query).one(), strict=True))


def _same_item() -> ColumnElement[bool]:
    return and_(
        WorkIndex.tenant_id == RequestIndex.tenant_id, WorkIndex.item_id == RequestIndex.item_id
    )


def _seen(
    clients: frozenset[int] | None, hidden_services: frozenset[str]
) -> list[ColumnElement[bool]]:
    # The bare columns: `is_open IS true` would not find the indexes made `where is_open`.
    seen = [RequestIndex.is_open.expression, WorkIndex.is_open.expression]
    if clients is not None:
        seen.append(RequestIndex.tenant_id.in_(clients))
    if hidden_services:
        seen.append(WorkIndex.service_key.not_in(hidden_services))
    return seen


def _on(shelf: Shelf, at: datetime) -> ColumnElement[bool]:
    match shelf:
        case Shelf.REVIEW:
            return RequestIndex.to_judge > 0
        case Shelf.OVERDUE:
            return and_(RequestIndex.missing > 0, RequestIndex.due_at < at)
        case Shelf.WAITING:
            return RequestIndex.missing > 0
        case Shelf.OPEN:
            return RequestIndex.wanted >= 0
