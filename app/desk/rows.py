"""The rows of the desk's list as HTML: what a row shows follows from its key alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import g
from markupsafe import Markup

from app.web import pieces
from tenants.context import TenantRef

FRESH_FOR = 20
"""Seconds that a row's remaining time may be old: as long as until the next poll."""


def rows_html(rows: Iterable[Any], *, refs: Mapping[int, TenantRef], at: datetime) -> Markup:
    """The table's rows, for the person who is signed in."""
    reader = (*pieces.reader(), g.actor.may("work:perform"), int(at.timestamp()) // FRESH_FOR)
    made = [_row(row, refs[row.tenant_id], reader) for row in rows]
    return pieces.finished("".join(made))


def _row(row: Any, ref: TenantRef, reader: tuple[object, ...]) -> str:
    key = (
        *reader, ref, row.item_id, row.number, row.title, row.status, row.waiting_for,
        row.priority, row.assignee_name, row.received_at, row.due_at, row.urgent_at, row.is_open,
        row.next_due_at, row.next_metric, row.team,
    )  # fmt: skip
    return pieces.raw("desk/work/_row.html", of=key, make=lambda: {"row": row, "ref": ref})
