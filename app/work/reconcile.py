"""Prove that the desk's index says of every item what the item itself says, and mend it.

The index is written with each change (index.project), so there is nothing to find unless a row was
changed by hand, restored from another day, or a writer forgot it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.work import index
from app.work.models import WorkIndex, WorkItem
from tenants.context import current_tenant
from tenants.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row of the index that was missing, superfluous or not true."""

    item_id: UUID
    kind: str
    """missing, superfluous or untrue."""
    columns: tuple[str, ...] = ()
    """What was not true."""


def reconcile(*, mend: bool = True) -> list[Difference]:
    """Compare the whole index of the client in scope with its items; write what is right.

    Items that are found to differ are locked and looked at again, so that a change under way is
    not taken for an untruth. Runs in the caller's transaction; without `mend` nothing is written.
    """
    found: list[Difference] = []
    for item_id in _keys():
        if _difference(item_id) is None:
            continue
        _lock(item_id)
        if (difference := _difference(item_id)) is not None:
            found.append(difference)
            if mend:
                _mend(difference)
    return found


def _keys() -> Sequence[UUID]:
    """Every item that either side knows."""
    items = db.session.scalars(select(WorkItem.id))
    rows = db.session.scalars(
        select(WorkIndex.item_id).where(WorkIndex.tenant_id == current_tenant().id)
    )
    return sorted({*items, *rows})


def _expected(item_id: UUID) -> dict[str, Any] | None:
    item = db.session.get(WorkItem, item_id, populate_existing=True)
    return None if item is None else index.row_of(item)


def _present(item_id: UUID) -> dict[str, Any] | None:
    table = WorkIndex.__table__
    row = (
        db.session.execute(
            select(table).where(
                table.c.tenant_id == current_tenant().id, table.c.item_id == item_id
            )
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else dict(row)


def _difference(item_id: UUID) -> Difference | None:
    expected, present = _expected(item_id), _present(item_id)
    if expected is None:
        return Difference(item_id=item_id, kind="superfluous") if present else None
    if present is None:
        return Difference(item_id=item_id, kind="missing")
    columns = tuple(sorted(key for key in present if present[key] != expected.get(key)))
    return Difference(item_id=item_id, kind="untrue", columns=columns) if columns else None


def _lock(item_id: UUID) -> None:
    db.session.execute(select(WorkItem.id).where(WorkItem.id == item_id).with_for_update())


def _mend(difference: Difference) -> None:
    """Unlike index.project also over a row that claims to be newer."""
    expected = _expected(difference.item_id)
    if expected is None:
        db.session.execute(
            delete(WorkIndex).where(
                WorkIndex.tenant_id == current_tenant().id,
                WorkIndex.item_id == difference.item_id,
            )
        )
        return
    db.session.execute(
        insert(WorkIndex)
        .values(expected)
        .on_conflict_do_update(index_elements=["tenant_id", "item_id"], set_=expected)
    )
