"""One request as the client sees it, gathered in the client's scope."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from babel import Locale
from babel.numbers import format_decimal
from flask_babel import get_locale
from marshmallow import Schema

from app.audit import queries as audit
from app.catalogue.service import work_type
from app.documents.rules import PICTURE
from app.kernel.actor import Side
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.messages import conversation
from app.portal.words import Deed, Row, Stop, deeds, road
from app.sla import explaining
from app.sla.rules.policy import Metric
from app.web.formats import day
from app.web.schema_forms import FieldView, can_be_written, form_fields
from app.work import document_queries, portal_queries, queries
from app.work.rules import OPEN, WorkStatus

_DELIVERED = frozenset({WorkStatus.DELIVERED, WorkStatus.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message, or a file that was added after the order."""

    at: datetime
    who: str
    ours: bool
    """Of the client's side."""
    body: str = ""
    file: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a value that has several."""

    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[tuple[str, bool]]]
    """Text, and whether it is a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One request as the portal shows it."""

    row: Row
    road: Sequence[Stop]
    ordered: Sequence[tuple[str, str]]
    files: Sequence[Any]
    results: Sequence[Any]
    values: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    talk: Sequence[Said]
    history: Sequence[Deed]
    why: Sequence[Any]
    """The time line of the promise (app.sla.queries.Explanation)."""
    asked: Sequence[Any]
    """What documents we asked for (document_queries.RequestView)."""
    how_far: tuple[int, int] | None
    """Of the computer's reading: done, of how much."""
    origin: Row | None
    reworks: Sequence[Row]

    @property
    def item(self) -> Any:
        """The work item."""
        return self.row.item

    @property
    def pictures(self) -> list[Any]:
        """Results that are looked at, the same drawing once."""
        seen = {one.sha256: one for one in self.results if one.media_type == PICTURE}
        return list(seen.values())

    @property
    def is_late(self) -> bool:
        """The promise has passed and the work is not with the client yet."""
        due_at = self.row.promised
        return self.item.status in OPEN and due_at is not None and due_at < now()

    @property
    def was_late(self) -> bool:
        """It was delivered after the promise."""
        due_at, delivered_at = self.row.promised, self.item.delivered_at
        return bool(due_at and delivered_at and delivered_at > due_at)

    @property
    def is_open(self) -> bool:
        """With the provider."""
        return self.item.status in OPEN

    @property
    def has_result(self) -> bool:
        """The result is with the client."""
        return self.item.status in _DELIVERED

    @property
    def version(self) -> str:
        """Changes when something of it does, and each minute while a promise runs."""
        minute = now().strftime("%Y%m%d%H%M") if self.is_open else ""
        said = (len(self.talk), len(self.history), self.how_far)
        state = (self.item.version, *said, minute, str(get_locale()))
        return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def shown(item_id: UUID) -> Shown:
    """Gather it. Raises NotFound."""
    item = queries.item(item_id)
    files = queries.documents(item.id, results=False)
    ordered, values, tables = _filled(item)
    origin = queries.item(item.rework_of_id) if item.rework_of_id else None
    trail = audit.history(subject_type="work_item", subject_id=item.id, limit=200)
    return Shown(
        row=Row(item),
        road=road(item),
        ordered=ordered,
        files=[file for file in files if not _came_later(file, item)],
        results=queries.results(item) if item.status in _DELIVERED else [],
        values=values,
        tables=tables,
        talk=_talk(item, [file for file in files if _came_later(file, item)]),
        history=deeds(trail),
        why=explaining.clocks(item.id, metrics=[Metric.RESOLUTION]),
        asked=document_queries.of_item(item.id),
        how_far=queries.how_far_checked(item),
        origin=Row(origin) if origin else None,
        reworks=[Row(one) for one in portal_queries.rework_of(item.id)],
    )


def _filled(item: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[Table]]:
    """What was ordered, and after delivery what came of it."""
    try:
        kind = work_type(item.service_key, item.type_key)
    except NotFound:
        return [(key, str(value)) for key, value in item.payload.items() if value], [], []
    ordered = _facts(kind.form, item.payload)
    if kind.values is None or item.status not in _DELIVERED:
        return ordered, [], []
    return ordered, _facts(kind.values, item.values), tables(kind.values, item.values)


def _facts(schema: type[Schema], values: dict[str, Any]) -> list[tuple[str, str]]:
    views = form_fields(schema, values=values)
    return [(view.label, text) for view in views if view.widget != "rows" and (text := _text(view))]


def tables(schema: type[Schema], values: dict[str, Any]) -> list[Table]:
    """Each value that has rows, without the columns in which nothing stands."""
    views = [view for view in form_fields(schema, values=values) if view.widget == "rows"]
    return [
        Table(
            label=view.label,
            columns=[cell.label for cell in told[0]],
            rows=[[(_text(cell), cell.widget == "amount") for cell in row] for row in told],
        )
        for view in views
        if (told := [row for row in view.told_rows if any(cell.value for cell in row)])
    ]


def _text(view: FieldView) -> str:
    """The value as the reader writes it; empty where there is none."""
    value, locale = view.value, get_locale() or Locale("en")
    if value in ("", None, False):
        return ""
    if view.widget == "amount":
        return _amount(str(value), locale)
    if view.widget == "date":
        try:
            return day(date.fromisoformat(str(value)), zone=UTC, locale=locale)
        except ValueError:
            return str(value)
    return "✓" if value is True else view.shown


def _amount(text: str, locale: Locale) -> str:
    with suppress(InvalidOperation):
        if can_be_written(amount := Decimal(text)):
            return str(format_decimal(amount, "#,##0.00##", locale=locale))
    return text


def _came_later(file: Any, item: Any) -> bool:
    # Keys are time-ordered (UUID version 7): the order's own files were stored before the item.
    return bool(file.id > item.id)


def _talk(item: Any, files: Sequence[Any]) -> list[Said]:
    """Messages and later files in their order; the provider's notes are not among them."""
    told = [
        Said(
            at=message.at,
            who=message.author_name,
            ours=message.author_side is not Side.PROVIDER,
            body=message.body,
        )
        for message in conversation.of_subject(item.id, with_internal=False)
    ]
    added = [
        Said(
            at=file.created_at,
            who=file.author_name,
            ours=file.author_side is not Side.PROVIDER,
            file=file,
        )
        for file in files
    ]
    return sorted([*told, *added], key=lambda said: said.at)
