"""The desk's reads over all clients, from the provider's narrow index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from app.work.models import WorkIndex
from app.work.rules import WaitingFor, WorkStatus
from app.work.rules.choosing import title_query
from tenants.db import among, db, not_among

_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
CRITICAL = timedelta(hours=4)
"""Due within this time counts as critical."""


class View(StrEnum):
    """The desk's own lists."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    CRITICAL = "critical"
    REVIEW = "review"
    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What somebody wants to see. `clients` restricts an operator; None means every client."""

    view: View = View.OPEN
    operator_id: UUID | None = None
    clients: frozenset[int] | None = None
    tenant_id: int | None = None
    service_key: str = ""
    hidden_services: frozenset[str] = frozenset()
    """Services this operator may not see."""
    status: WorkStatus | None = None
    priority: int | None = None
    words: str = ""
    is_critical: bool = False
    """Of these only what is due soon or late."""

    @property
    def is_narrowed(self) -> bool:
        """Whether more was chosen than a view."""
        chosen = (self.tenant_id, self.service_key, self.status, self.priority, self.words)
        return any(part not in {None, ""} for part in chosen)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of the page before."""

    urgent_at: datetime
    item_id: UUID


def page(
    wanted: Filter, *, at: datetime, after: Cursor | None = None, limit: int = 25
) -> Sequence[Row[Any]]:
    """The most urgent first: plain rows, for entities take longer to make than to read."""
    query = select(*_ROW).where(*_conditions(wanted, until=at + CRITICAL))
    if after is not None:
        query = query.where(
            tuple_(WorkIndex.urgent_at, WorkIndex.item_id) > tuple_(after.urgent_at, after.item_id)
        )
    query = query.order_by(WorkIndex.urgent_at, WorkIndex.item_id).limit(limit)
    return db.session.execute(query).all()


_ROW = [getattr(WorkIndex, name) for name in WorkIndex.__table__.c.keys()]  # noqa: SIM118 - no dict


def counts(
    wanted: Sequence[Filter],
    *,
    at: datetime,
    most: int = 1000,
    beside: Sequence[ScalarSelect[int]] = (),
) -> list[int]:
    """Several counts in one round trip, and those of other rooms that a page shows beside them.

    Counting stops at `most`, so that a number costs the same always.
    """
    if not wanted and not beside:
        return []
    statement = _counting(tuple(wanted), tuple(beside), most)
    return list(db.session.execute(statement, {_UNTIL.key: at + CRITICAL}).one())


_UNTIL: BindParameter[datetime] = bindparam("critical_until", type_=DateTime(timezone=True))


@lru_cache(maxsize=256)
def _counting(
    wanted: tuple[Filter, ...], beside: tuple[ScalarSelect[int], ...], most: int
) -> Select[Any]:
    # Putting it together takes longer than counting.
    columns = []
    for one in wanted:
        inner = select(literal(1)).where(*_conditions(one, until=_UNTIL)).limit(most).subquery()
        columns.append(select(func.count()).select_from(inner).scalar_subquery())
    return select(*columns, *beside)


def load_by_client(*, clients: frozenset[int] | None, at: datetime) -> dict[int, tuple[int, int]]:
    """Client → how many items are open, and how many of them are late."""
    query = (
        select(
            WorkIndex.tenant_id,
            func.count(),
            func.count().filter(WorkIndex.due_at < at, WorkIndex.paused_since.is_(None)),
        )
        .where(WorkIndex.is_open)
        .group_by(WorkIndex.tenant_id)
    )
    if clients is not None:
        query = query.where(among(WorkIndex.tenant_id, clients))
    return {tenant_id: (open_, late) for tenant_id, open_, late in db.session.execute(query)}


def one(*, tenant_id: int, item_id: UUID) -> WorkIndex | None:
    """The index row of an item."""
    return db.session.get(WorkIndex, (tenant_id, item_id))


def chosen(
    keys: Sequence[tuple[int, UUID]],
    *,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
) -> Sequence[Row[Any]]:
    """Those of the named items (client, item) that may be seen, the most urgent first.

    Plain rows: they are looked at while one client after the other is visited.
    """
    query = select(*(getattr(WorkIndex, name) for name in _TOLD)).where(
        tuple_(WorkIndex.tenant_id, WorkIndex.item_id).in_(keys), *_seen(hidden_services)
    )
    if clients is not None:
        query = query.where(among(WorkIndex.tenant_id, clients))
    return db.session.execute(query.order_by(WorkIndex.urgent_at, WorkIndex.item_id)).all()


_TOLD = (
    "tenant_id", "item_id", "number", "title", "status", "waiting_for", "priority", "assignee_name"
)  # fmt: skip


def find(
    words: str,
    *,
    clients: frozenset[int] | None,
    hidden_services: frozenset[str] = frozenset(),
    limit: int = 8,
) -> Sequence[WorkIndex]:
    """By number or title, for the palette: open and finished work, newest first."""
    query = select(WorkIndex).where(_matches(words)).order_by(WorkIndex.item_id.desc())
    query = query.where(*_seen(hidden_services))
    if clients is not None:
        query = query.where(among(WorkIndex.tenant_id, clients))
    return db.session.scalars(query.limit(limit)).all()


def overdue_for_acceptance(*, at: datetime, limit: int = 500) -> list[tuple[int, UUID]]:
    """Client and item of delivered work whose time to complain is over."""
    query = (
        select(WorkIndex.tenant_id, WorkIndex.item_id)
        .where(WorkIndex.status == WorkStatus.DELIVERED, WorkIndex.accept_by <= at)
        .order_by(WorkIndex.accept_by)
        .limit(limit)
    )
    return [(tenant_id, item_id) for tenant_id, item_id in db.session.execute(query)]


def _conditions(wanted: Filter, *, until: Any) -> list[ColumnElement[bool]]:
    conditions = _view(wanted, until=until)
    if wanted.is_critical:
        conditions += _critical(until)
    if wanted.clients is not None:
        conditions.append(among(WorkIndex.tenant_id, wanted.clients))
    if wanted.tenant_id is not None:
        conditions.append(WorkIndex.tenant_id == wanted.tenant_id)
    conditions += _seen(wanted.hidden_services)
    if wanted.service_key:
        conditions.append(WorkIndex.service_key == wanted.service_key)
    if wanted.status is not None:
        conditions.append(WorkIndex.status == wanted.status)
    if wanted.priority is not None:
        conditions.append(WorkIndex.priority == wanted.priority)
    if wanted.words:
        conditions.append(_matches(wanted.words))
    return conditions


def _view(wanted: Filter, *, until: Any) -> list[ColumnElement[bool]]:  # noqa: PLR0911 - one a view
    # Only what is asked for is made: a page counts six of them.
    match wanted.view:
        case View.MINE:
            return [_is_open(), WorkIndex.assignee_id == wanted.operator_id]
        case View.UNASSIGNED:
            return [WorkIndex.status == WorkStatus.NEW, WorkIndex.assignee_id.is_(None)]
        case View.CRITICAL:
            return _critical(until)
        case View.REVIEW:
            return [WorkIndex.status == WorkStatus.REVIEW]
        case View.WAITING:
            return [_is_open(), WorkIndex.waiting_for == WaitingFor.CLIENT]
        case View.OPEN:
            return [_is_open()]
        case View.DONE:
            return [~WorkIndex.is_open]


def _seen(hidden_services: frozenset[str]) -> list[ColumnElement[bool]]:
    return [not_among(WorkIndex.service_key, hidden_services)] if hidden_services else []


def _is_open() -> ColumnElement[bool]:
    # The bare column: `is_open IS true` would not find the indexes made `where is_open`.
    column: ColumnElement[bool] = WorkIndex.is_open.expression
    return column


def _critical(until: Any) -> list[ColumnElement[bool]]:
    return [_is_open(), WorkIndex.due_at <= until, WorkIndex.paused_since.is_(None)]


def is_critical(row: Any, *, at: datetime) -> bool:
    """The same of a row at hand."""
    due = row.is_open and row.due_at is not None and row.paused_since is None
    return bool(due and row.due_at <= at + CRITICAL)


def _matches(words: str) -> ColumnElement[bool]:
    """The number, or a title with words that begin so: both have an index."""
    typed = title_query(words)
    numbered = WorkIndex.number == words.strip().upper()
    if not typed:
        return numbered
    titled = func.to_tsvector(_SIMPLE, WorkIndex.title).op("@@")(func.to_tsquery(_SIMPLE, typed))
    return or_(numbered, titled)
