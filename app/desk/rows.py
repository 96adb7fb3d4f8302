"""The rows of the desk's list as HTML, each made once for everybody who sees it alike.

A list that twenty people poll every twenty seconds is nearly the same for all of them, and making
its rows was half of what a page cost. What a row shows follows from the values in its key alone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from flask import current_app, g
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from tenants.context import TenantRef

FRESH_FOR = 20
"""Seconds that a row's remaining time may be old: as long as until the next poll."""
_MOST = 20_000
_made: dict[tuple[object, ...], str] = {}
# Every page has a nonce of its own; nobody outside this process can write this in a title.
_NONCE = f"nonce-{token_hex(16)}"


def rows_html(
    rows: Iterable[Any], *, refs: Mapping[int, TenantRef], at: datetime, nonce: str
) -> Markup:
    """The table's rows, for the person who is signed in."""
    reader = (str(get_locale()), str(get_timezone()), g.actor.may("work:perform"))
    moment = int(at.timestamp()) // FRESH_FOR
    made = "".join(_row(row, refs[row.tenant_id], reader, moment) for row in rows)
    return Markup(made.replace(_NONCE, nonce))  # noqa: S704  made by templates, which escape


def _row(row: Any, ref: TenantRef, reader: tuple[object, ...], moment: int) -> str:
    key = (
        *reader, moment, ref, row.item_id, row.number, row.title, row.status, row.waiting_for,
        row.priority, row.assignee_name, row.received_at, row.due_at, row.urgent_at, row.is_open,
        row.next_due_at, row.next_metric, row.team,
    )  # fmt: skip
    html = _made.get(key)
    if html is None:
        if len(_made) >= _MOST:
            _made.clear()
        template = current_app.jinja_env.get_template("desk/work/_row.html")
        html = _made[key] = template.render(row=row, ref=ref, nonce=_NONCE)
    return html
