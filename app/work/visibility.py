"""How much of a client's work one of its people sees: the orders of one's own, of the department.

One door for every face. While a visitor is limited, each query of the session is narrowed before
it leaves: items, and whatever has an item (`item_id`, `subject_id`), files, documents asked for. A
query past the ORM on such a table is refused, and a new table is narrowed by itself.

For everybody of a client, machines too, files that the work made are there from its delivery on.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Uuid, and_, event, false, or_, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors

from app.documents.models import Document
from app.identity.permissions import Sight
from app.identity.person import Position
from app.identity.queries import Member
from app.work.document_models import DocumentRequest, RequestedDocument
from app.work.models import ItemDocument, WorkItem
from app.work.recurring_models import Engagement
from app.work.rules import WorkStatus
from tenants.db import ProviderModel, TenantModel, TenantSession

_DELIVERED = (WorkStatus.DELIVERED, WorkStatus.ACCEPTED)
_OF_AN_ITEM = ("item_id", "subject_id")


@dataclass(frozen=True)
class Limit:
    """Whose orders are shown: this person's, and if named this department's."""

    account_id: UUID
    department: str = ""

    def shows(self, item: WorkItem) -> bool:
        """Whether this item is among them."""
        same = bool(self.department) and item.department == self.department
        return same or item.requester_id == self.account_id

    @cached_property
    def options(self) -> tuple[Any, ...]:
        """What every query gets while this limit holds."""
        items = WorkItem.__table__.alias("seen_item")
        seen = select(items.c.id).where(self._condition(items.c))
        files = ItemDocument.__table__.alias("seen_file")
        of_seen = select(files.c.document_id).where(files.c.item_id.in_(seen))
        asked = DocumentRequest.__table__.alias("seen_request")
        return (
            _narrowed(WorkItem, self._condition(WorkItem)),
            _narrowed(
                Document, or_(Document.author_id == self.account_id, Document.id.in_(of_seen))
            ),
            _narrowed(
                RequestedDocument,
                RequestedDocument.request_id.in_(
                    select(asked.c.id).where(asked.c.item_id.in_(seen))
                ),
            ),
            # What was agreed for the company as a whole was ordered by nobody.
            _narrowed(Engagement, false()),
            *(_narrowed(model, column.in_(seen)) for model, column in _of_items()),
        )

    def _condition(self, columns: Any) -> ColumnElement[bool]:
        own: ColumnElement[bool] = columns.requester_id == self.account_id
        return or_(own, columns.department == self.department) if self.department else own


def _narrowed(model: Any, condition: ColumnElement[bool]) -> Any:
    return with_loader_criteria(model, and_(condition), include_aliases=True)


def _of_items() -> Iterator[tuple[Any, Any]]:
    for base in (TenantModel, ProviderModel):
        for mapper in base.registry.mappers:
            table = mapper.local_table
            if isinstance(table, Table) and (column := _item_column(table)) is not None:
                yield mapper.class_, getattr(mapper.class_, column)


def _item_column(table: Table) -> str | None:
    return next(
        (n for n in _OF_AN_ITEM if n in table.c and isinstance(table.c[n].type, Uuid)), None
    )


_limit: ContextVar[Limit | None] = ContextVar("limit", default=None)


def begin(limit: Limit | None) -> Token[Limit | None]:
    """From now on only what the limit shows is there, until `end`."""
    return _limit.set(limit)


def end(token: Token[Limit | None]) -> None:
    """As it was before."""
    _limit.reset(token)


@contextmanager
def limited(limit: Limit | None) -> Iterator[None]:
    """Only what the limit shows is there."""
    token = begin(limit)
    try:
        yield
    finally:
        end(token)


def limit_of(account_id: UUID, person: Position | Member) -> Limit | None:
    """What this person's sight comes to; None: sees all."""
    if person.sees_all:
        return None
    by_department = person.sight is Sight.DEPARTMENT
    return Limit(account_id, person.department if by_department else "")


_outside: ContextVar[bool] = ContextVar("outside", default=False)


def begin_outside() -> Token[bool]:
    """Who asks is the client: from now on what nobody has delivered is not there."""
    return _outside.set(True)


def end_outside(token: Token[bool]) -> None:
    """As it was before."""
    _outside.reset(token)


@cache
def _delivered_only() -> tuple[Any, ...]:
    links, items = ItemDocument.__table__.alias("made"), WorkItem.__table__.alias("made_by")
    of_it = links.c.document_id == Document.id
    theirs = (
        select(links.c.item_id)
        .join(items, items.c.id == links.c.item_id)
        .where(of_it, or_(links.c.is_result.is_(False), items.c.status.in_(_DELIVERED)))
    )
    made = select(links.c.item_id).where(of_it, links.c.is_result)
    return (_narrowed(Document, or_(theirs.exists(), ~made.exists())),)


class PastTheLimit(RuntimeError):
    """A query that cannot be narrowed, for somebody who must not see all."""


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    limit = _limit.get()
    if state.is_column_load or state.is_insert:
        return
    if _outside.get() and state.is_orm_statement:
        state.statement = state.statement.options(*_delivered_only())
    if limit is None:
        return
    if not state.is_orm_statement and _guarded(
        visitors.iterate(cast("Select[Any]", state.statement))
    ):
        raise PastTheLimit
    state.statement = state.statement.options(*limit.options)


def _guarded(parts: Iterable[Any]) -> bool:
    return any(
        isinstance(part, Table) and (part.name == "work_item" or _item_column(part) is not None)
        for part in parts
    )
