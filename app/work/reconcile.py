"""Prove that the desk's indexes say what the items and document requests themselves say, and mend.

An index is written with each change (index.project, request_index.project), so there is nothing to
find unless a row was changed by hand, restored from another day, or a writer forgot it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.errors import NotFound
from app.work import document_queries, index, request_index
from app.work.document_models import DocumentRequest
from app.work.models import WorkIndex, WorkItem
from app.work.request_models import RequestIndex
from tenants.context import current_tenant
from tenants.db import TenantModel, db


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row of an index that was missing, superfluous or not true."""

    subject_id: UUID
    """The item, or the request for documents."""
    kind: str
    """missing, superfluous or untrue."""
    columns: tuple[str, ...] = ()
    """What was not true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """An index and what it is written from."""

    table: Table
    key: str
    source: type[TenantModel]
    row_of: Callable[[UUID], dict[str, Any] | None]
    """What the row should say; None where there is no such subject."""

    @property
    def key_column(self) -> ColumnElement[UUID]:
        return self.table.c[self.key]

    @property
    def ours(self) -> ColumnElement[bool]:
        """Rows of the client in scope."""
        return self.table.c.tenant_id == current_tenant().id

    @property
    def source_key(self) -> ColumnElement[UUID]:
        return self.source.__table__.c.id


def reconcile(*, mend: bool = True) -> list[Difference]:
    """Compare both indexes of the client in scope with its items and requests; write what is right.

    What is found to differ is locked and looked at again, so that a change under way is not taken
    for an untruth. Runs in the caller's transaction; without `mend` nothing is written.
    """
    found: list[Difference] = []
    for kept in (_ITEMS, _REQUESTS):
        for subject_id in _keys(kept):
            if _difference(kept, subject_id) is None:
                continue
            _lock(kept, subject_id)
            if (difference := _difference(kept, subject_id)) is not None:
                found.append(difference)
                if mend:
                    _mend(kept, difference)
    return found


def _keys(kept: _Index) -> Sequence[UUID]:
    """Everything that either side knows."""
    subjects = db.session.scalars(select(kept.source_key))
    rows = db.session.scalars(select(kept.key_column).where(kept.ours))
    return sorted({*subjects, *rows})


def _item_row(item_id: UUID) -> dict[str, Any] | None:
    item = db.session.get(WorkItem, item_id, populate_existing=True)
    return None if item is None else index.row_of(item)


def _request_row(request_id: UUID) -> dict[str, Any] | None:
    try:
        return request_index.row_of(document_queries.view(request_id, fresh=True))
    except NotFound:
        return None


_ITEMS = _Index(
    table=WorkIndex.__table__,  # type: ignore[arg-type]
    key="item_id",
    source=WorkItem,
    row_of=_item_row,
)
_REQUESTS = _Index(
    table=RequestIndex.__table__,  # type: ignore[arg-type]
    key="request_id",
    source=DocumentRequest,
    row_of=_request_row,
)


def _present(kept: _Index, subject_id: UUID) -> dict[str, Any] | None:
    query = select(kept.table).where(kept.ours, kept.key_column == subject_id)
    row = db.session.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def _difference(kept: _Index, subject_id: UUID) -> Difference | None:
    expected, present = kept.row_of(subject_id), _present(kept, subject_id)
    if expected is None:
        return Difference(subject_id=subject_id, kind="superfluous") if present else None
    if present is None:
        return Difference(subject_id=subject_id, kind="missing")
    columns = tuple(sorted(key for key in present if present[key] != expected.get(key)))
    return Difference(subject_id=subject_id, kind="untrue", columns=columns) if columns else None


def _lock(kept: _Index, subject_id: UUID) -> None:
    query = select(kept.source_key).where(kept.source_key == subject_id)
    db.session.execute(query.with_for_update())


def _mend(kept: _Index, difference: Difference) -> None:
    """Unlike the indexes' own writers also over a row that claims to be newer."""
    expected = kept.row_of(difference.subject_id)
    if expected is None:
        here = (kept.ours, kept.key_column == difference.subject_id)
        db.session.execute(delete(kept.table).where(*here))
        return
    db.session.execute(
        insert(kept.table)
        .values(expected)
        .on_conflict_do_update(index_elements=["tenant_id", kept.key], set_=expected)
    )
