"""Forms made from marshmallow schemas: what to show, and what was sent.

A field's metadata says label, hint and widget (English message ids); its validators give the
choices and lengths. A list of nested schemas becomes rows named `rows-0-account`.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale
from babel.numbers import get_group_symbol
from flask_babel import format_date, format_decimal, format_time, get_locale, gettext
from marshmallow import Schema, fields, validate

from app.kernel.numerals import is_open, number_of
from app.web.field_texts import field_text
from app.web.formats import day

MOST_SIDE_BY_SIDE = 4
SPARE_ROWS = 1
"""Empty rows offered below the filled ones."""
_TRUE = frozenset({"1", "true", "on"})
_MINUTE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
"""As services write a time they read."""
_TICKED = (True, "True", "true")
_NOTHING = (None, "", False)
_LONGEST = 30
"""Digits of an amount that are written out; others stand as they were typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field as a template draws it."""

    name: str
    label: str
    hint: str
    widget: str
    """text, textarea, amount, number, date, choice, tick or rows."""
    value: Any
    required: bool
    errors: Sequence[str]
    options: Sequence[tuple[str, str]] = ()
    maxlength: int | None = None
    columns: Sequence[str] = ()
    """Headings of the rows."""
    rows: Sequence[Sequence["FieldView"]] = ()
    place: str = ""
    """Where the value was read, for the clerk."""
    proposed: Any = None
    proposed_rows: Sequence[Sequence[str]] = ()
    """Rows as the computer proposed them, as text."""

    @property
    def shown(self) -> str:
        """The value as a reader of this language writes it; of rows a line each."""
        if self.widget == "rows":
            return "\n".join(self._told(row) for row in self.rows[: len(self.value or ())])
        return _shown(self.value, widget=self.widget, options=self.options)

    @staticmethod
    def _told(row: Sequence["FieldView"]) -> str:
        # Without headings a tick is its own name, or nothing.
        parts = [
            (view.label if view.value in _TICKED else "") if view.widget == "tick" else view.shown
            for view in row
        ]
        return " · ".join(part for part in parts if part)

    @property
    def typed(self) -> str:
        """The value as the input takes it: dates as ISO 8601, amounts as this language writes."""
        return self.shown if self.widget == "amount" else str(self.value)

    @property
    def is_wide(self) -> bool:
        """More columns than stand side by side: each row is then drawn as lines of its own."""
        return len(self.columns) > MOST_SIDE_BY_SIDE

    @property
    def told_rows(self) -> Sequence[Sequence["FieldView"]]:
        """The filled rows, to be read: without the columns in which no row has anything."""
        filled = self.rows[:-SPARE_ROWS]
        columns = enumerate(zip(*filled, strict=True))
        kept = [at for at, column in columns if any(view.value not in _NOTHING for view in column)]
        return [[row[at] for at in kept] for row in filled]

    @property
    def was(self) -> str:
        """What the computer read, where a person has put something else; else empty."""
        if self.proposed in (None, ""):
            return ""
        read = _shown(self.proposed, widget=self.widget, options=self.options)
        return "" if read == self.shown else read

    @property
    def short_place(self) -> str:
        """Where the value was read, in short."""
        return short_place(self.place)


def short_place(place: str) -> str:
    """`BT-27 RegistrationName` for a place in a file that is a long path."""
    term, _, path = place.partition(" ")
    if not path.startswith("/"):
        return place
    return f"{term} {path.rsplit('/', 1)[-1].rpartition(':')[-1]}"


def can_be_written(amount: Decimal) -> bool:
    """Whether it has digits, and not millions of them: anybody may type 1e9999999."""
    return amount.is_finite() and abs(amount.adjusted()) < _LONGEST


def _shown(value: Any, *, widget: str, options: Sequence[tuple[str, str]] = ()) -> str:
    text = "" if value is None else str(value)
    if widget == "amount":
        with suppress(InvalidOperation):
            if can_be_written(amount := Decimal(text)):
                return str(format_decimal(amount, "#,##0.00####"))
    if widget == "tick":
        return str(gettext("Yes") if value in _TICKED else gettext("No"))
    if widget == "date":
        with suppress(ValueError):
            return day(date.fromisoformat(text), zone=UTC, locale=get_locale() or Locale("en"))
    if _MINUTE.match(text):
        with suppress(ValueError):
            at = datetime.fromisoformat(text)
            return f"{format_date(at)}, {format_time(at, 'short', rebase=False)}"
    return dict(options).get(text, text)


def form_fields(
    schema: type[Schema],
    *,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    proposed: Mapping[str, Any] | None = None,
) -> list[FieldView]:
    """The schema's fields in their order, with values, errors and what the computer read."""
    values, errors, proposed = values or {}, errors or {}, proposed or {}
    return [
        _view(name, field, values.get(name), errors.get(name, []), proposed.get(name) or {})
        for name, field in schema().fields.items()
        if not field.dump_only
    ]


def sent_values(schema: type[Schema], form: Mapping[str, str]) -> dict[str, Any]:
    """What the browser sent, in the shape that `schema.load` takes.

    Empty inputs are left out, so that a field's default holds; rows without a value are dropped.
    """
    found: dict[str, Any] = {}
    for name, field in schema().fields.items():
        if _rows(field):
            found[name] = _sent_rows(name, field, form)
        elif isinstance(field, fields.Boolean):
            found[name] = form.get(name, "") in _TRUE
        else:
            text = form.get(name, "").strip().replace("\r\n", "\n")  # as browsers send lines
            if text:
                found[name] = plain_number(text) if _widget(field) == "amount" else text
    return found


def _sent_rows(name: str, field: Any, form: Mapping[str, str]) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,5}})-")
    numbers = sorted({int(m[1]) for key in form if (m := pattern.match(key))})
    nested = type(_nested(field).schema)
    rows = []
    for number in numbers:
        prefix = f"{name}-{number}-"
        part = {k.removeprefix(prefix): v for k, v in form.items() if k.startswith(prefix)}
        row = sent_values(nested, part)
        # A tick alone says nothing: in a spare row none is set, in a cleared one it may be.
        if any(not isinstance(value, bool) for value in row.values()):
            rows.append(row)
    return rows


def _view(
    name: str, field: fields.Field[Any], value: Any, errors: Any, read: Mapping[str, Any]
) -> FieldView:
    metadata = field.metadata
    options, maxlength = _choices(field), _longest(field)
    rows: list[list[FieldView]] = []
    columns: list[str] = []
    proposed_rows: list[list[str]] = []
    if _rows(field):
        nested = type(_nested(field).schema)
        given = list(value or []) + [{}] * SPARE_ROWS
        columns = [view.label for view in form_fields(nested)]
        rows = [
            [
                replace(view, name=f"{name}-{number}-{view.name}")
                for view in form_fields(nested, values=row, errors=_row_errors(errors, number))
            ]
            for number, row in enumerate(given)
        ]
        if (read.get("value") or []) != (value or []):
            # Saving writes out what a default said: only what reads otherwise was changed.
            now_shown = [[view.shown for view in row] for row in rows[:-SPARE_ROWS]]
            proposed_rows = [
                [view.shown for view in form_fields(nested, values=row)]
                for row in read.get("value") or []
            ]
            proposed_rows = [] if proposed_rows == now_shown else proposed_rows
    return FieldView(
        name=name,
        label=gettext(metadata.get("label", name)),
        hint=gettext(metadata["hint"]) if metadata.get("hint") else "",
        widget=_widget(field),
        value=_default(field) if value is None else value,
        required=bool(field.required),
        errors=[field_text(text) for text in errors] if isinstance(errors, list) else [],
        options=options,
        maxlength=maxlength,
        columns=columns,
        rows=rows,
        place=str(read.get("place", "")),
        proposed=read.get("value"),
        proposed_rows=proposed_rows,
    )


def _default(field: fields.Field[Any]) -> Any:
    """What an untouched input shows: a tick that is set where nobody says otherwise."""
    return True if isinstance(field, fields.Boolean) and field.load_default is True else ""


def _row_errors(errors: Any, number: int) -> Mapping[str, Any]:
    return errors.get(number, {}) if isinstance(errors, Mapping) else {}


def _rows(field: Any) -> bool:
    return isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)


def _nested(field: Any) -> fields.Nested:
    nested: fields.Nested = field.inner
    return nested


def _widget(field: Any) -> str:
    if widget := field.metadata.get("widget"):
        return str(widget)
    if _rows(field):
        return "rows"
    if _choices(field):
        return "choice"
    kinds = {
        fields.Boolean: "tick",
        fields.Date: "date",
        fields.Decimal: "amount",
        fields.Integer: "number",
    }
    return next((name for kind, name in kinds.items() if isinstance(field, kind)), "text")


def _choices(field: Any) -> list[tuple[str, str]]:
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            labels = list(rule.labels) or list(rule.choices)
            return [
                (str(choice), gettext(str(label)))
                for choice, label in zip(rule.choices, labels, strict=True)
            ]
    return []


def _longest(field: Any) -> int | None:
    lengths = [
        rule.max for rule in field.validators if isinstance(rule, validate.Length) and rule.max
    ]
    return min(lengths) if lengths else None


def plain_number(text: str) -> str:
    """`1.284,50` and `1,284.50` and `1284,5` as `1284.50`; what is no amount stays as it is.

    What could be two numbers is what the reader's language says: `1.284` groups in German.
    """
    point = get_group_symbol(get_locale() or "en") == ","
    known = ("." if point else ",") if is_open(text) else ""
    number = number_of(text, decimal=known)
    return text if number is None else f"{number:f}"
