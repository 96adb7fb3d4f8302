"""The portal's reads inside one client's scope: what waits for the client, and how it went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from app.documents.models import Document
from app.work.document_queries import item_is_blocked, item_misses_documents
from app.work.models import ItemDocument, WorkItem
from app.work.rules import OPEN, WaitingFor, WorkStatus
from tenants.context import current_tenant
from tenants.db import db

S = WorkStatus
_ASKED = and_(
    WorkItem.status == S.WAITING, WorkItem.waiting_for == WaitingFor.CLIENT, ~item_is_blocked()
)
_WANTS = and_(WorkItem.status.in_(OPEN), item_misses_documents())
"""Documents that were asked for, and are not there: what was handed in waits for the provider."""
_WAITS = or_(_ASKED, _WANTS, WorkItem.status == S.DELIVERED)
_LATE = and_(WorkItem.due_at.is_not(None), WorkItem.delivered_at > WorkItem.due_at)


class Shelf(StrEnum):
    """How a client sorts its requests."""

    ALL = "all"
    OPEN = "open"
    YOURS = "yours"
    """A question to answer or a result to accept."""
    DELIVERED = "delivered"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for."""

    shelf: Shelf = Shelf.ALL
    service_key: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the client's work stands."""

    total: int
    open: int
    new_since: int
    """Ordered since the moment asked for."""
    waiting: int
    oldest_waiting: WorkItem | None
    delivered: int
    """Within the days asked for."""
    on_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was delivered in a month of the client's calendar."""

    year: int
    month: int
    on_time: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """A file and the request it belongs to."""

    document: Document
    item: WorkItem
    is_result: bool


def requests(wanted: Wanted, *, before: UUID | None = None, limit: int = 25) -> Sequence[WorkItem]:
    """Newest first; `before` is the last id of the page before (keys are time-ordered)."""
    query = select(WorkItem).where(*_conditions(wanted)).order_by(WorkItem.id.desc())
    if before is not None:
        query = query.where(WorkItem.id < before)
    return db.session.scalars(query.limit(limit)).all()


def shelf_counts(wanted: Wanted) -> dict[Shelf, int]:
    """How many requests each shelf would show with the same words and service."""
    shelves = list(Shelf)
    columns = [func.count().filter(true(), *_on(shelf)) for shelf in shelves]
    query = select(*columns).select_from(WorkItem).where(*_worded(wanted))
    return dict(zip(shelves, db.session.execute(query).one(), strict=True))


def services_used() -> Sequence[str]:
    """The services this client ever ordered from, by key."""
    query = select(WorkItem.service_key).distinct().order_by(WorkItem.service_key)
    return db.session.scalars(query).all()


def waiting(limit: int = 6) -> Sequence[WorkItem]:
    """What waits for the client besides documents, questions first, the oldest first."""
    query = select(WorkItem).where(_WAITS, ~_WANTS).order_by(WorkItem.status.desc(), WorkItem.id)
    return db.session.scalars(query.limit(limit)).all()


def waiting_count() -> int:
    """How many requests wait for the client."""
    return db.session.scalar(select(func.count()).select_from(WorkItem).where(_WAITS)) or 0


def figures(*, at: datetime, new_since: datetime, days: int = 30) -> Figures:
    """The cards of the client's home, in one round trip and one look at the oldest."""
    recent = WorkItem.delivered_at >= at - timedelta(days=days)
    query = select(
        func.count(),
        func.count().filter(WorkItem.status.in_(OPEN)),
        func.count().filter(WorkItem.received_at >= new_since),
        func.count().filter(_WAITS),
        func.count().filter(recent),
        func.count().filter(recent, ~_LATE | WorkItem.due_at.is_(None)),
    ).select_from(WorkItem)
    total, is_open, new, waits, delivered, on_time = db.session.execute(query).one()
    oldest = select(WorkItem).where(_WAITS).order_by(WorkItem.id).limit(1)
    return Figures(
        total=total,
        open=is_open,
        new_since=new,
        waiting=waits,
        oldest_waiting=db.session.scalar(oldest) if waits else None,
        delivered=delivered,
        on_time=on_time,
    )


def delivered_by_month(*, since: datetime, zone: str) -> Sequence[Month]:
    """Months of the client's zone in which something was delivered, the oldest first."""
    month = func.date_trunc("month", func.timezone(zone, WorkItem.delivered_at)).label("month")
    late = func.sum(case((_LATE, 1), else_=0))
    query = (
        select(month, func.count(), late)
        .where(WorkItem.delivered_at >= since)
        .group_by(month)
        .order_by(month)
    )
    return [
        Month(year=first.year, month=first.month, on_time=count - int(too_late), late=int(too_late))
        for first, count, too_late in db.session.execute(query)
    ]


def last_clerk() -> str:
    """Who of the provider worked for this client last; empty where nobody has yet."""
    query = (
        select(WorkItem.clerk_name)
        .where(WorkItem.clerk_name != "")
        .order_by(WorkItem.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def items_by_id(item_ids: Collection[UUID]) -> dict[UUID, WorkItem]:
    """Those of the given items that exist."""
    rows = db.session.scalars(select(WorkItem).where(WorkItem.id.in_(item_ids)))
    return {row.id: row for row in rows}


def rework_of(item_id: UUID) -> Sequence[WorkItem]:
    """The items opened because of a complaint about this one."""
    query = select(WorkItem).where(WorkItem.rework_of_id == item_id).order_by(WorkItem.id)
    return db.session.scalars(query).all()


def filed_documents(
    *,
    words: str = "",
    results: bool | None = None,
    service_key: str = "",
    period: tuple[datetime, datetime] | None = None,
    before: UUID | None = None,
    limit: int = 25,
) -> Sequence[FiledDocument]:
    """Files that belong to a request, newest first; what is only in a draft is its author's.

    `period`: stored within [from, until).
    """
    query = (
        select(Document, WorkItem, ItemDocument.is_result)
        .join(ItemDocument, ItemDocument.document_id == Document.id)
        .join(WorkItem, WorkItem.id == ItemDocument.item_id)
        # One row for a file, also where a rework carries the files of its origin on.
        .ext(distinct_on(Document.id))
        .order_by(Document.id.desc(), WorkItem.id)
    )
    if words:
        query = query.where(Document.name.icontains(words, autoescape=True))
    if results is not None:
        query = query.where(ItemDocument.is_result.is_(results))
    if service_key:
        query = query.where(WorkItem.service_key == service_key)
    if period is not None:
        query = query.where(Document.created_at >= period[0], Document.created_at < period[1])
    if before is not None:
        query = query.where(Document.id < before)
    return [
        FiledDocument(document=document, item=item, is_result=is_result)
        for document, item, is_result in db.session.execute(query.limit(limit))
    ]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [*_on(wanted.shelf), *_worded(wanted)]


def _on(shelf: Shelf) -> list[ColumnElement[bool]]:
    conditions: dict[Shelf, list[ColumnElement[bool]]] = {
        Shelf.ALL: [],
        Shelf.OPEN: [WorkItem.status.in_(OPEN)],
        Shelf.YOURS: [_WAITS],
        Shelf.DELIVERED: [WorkItem.status == S.DELIVERED],
        Shelf.DONE: [WorkItem.status == S.ACCEPTED],
        Shelf.CANCELLED: [WorkItem.status == S.CANCELLED],
    }
    return conditions[shelf]


def _worded(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.service_key:
        conditions.append(WorkItem.service_key == wanted.service_key)
    words = wanted.words.strip()
    if words:
        digits = words.upper().removeprefix(current_tenant().code + "-")
        named = WorkItem.title.icontains(words, autoescape=True)
        if digits.isdecimal() and len(digits) < 10:
            named = or_(named, WorkItem.number == int(digits))
        conditions.append(named)
    return conditions
