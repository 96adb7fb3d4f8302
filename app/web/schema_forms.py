"""Forms made from marshmallow schemas: what to show, and what was sent.

A field's metadata says label, hint and widget (English message ids); its validators give the
choices and lengths. A list of nested schemas becomes rows named `rows-0-account`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, fields, validate

SPARE_ROWS = 1
"""Empty rows offered below the filled ones."""
_TRUE = frozenset({"1", "true", "on"})


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
            text = form.get(name, "").strip()
            if text:
                found[name] = _plain_number(text) if _widget(field) == "amount" else text
    return found


def _sent_rows(name: str, field: Any, form: Mapping[str, str]) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-")
    numbers = sorted({int(m[1]) for key in form if (m := pattern.match(key))})
    nested = type(_nested(field).schema)
    rows = []
    for number in numbers:
        prefix = f"{name}-{number}-"
        part = {k.removeprefix(prefix): v for k, v in form.items() if k.startswith(prefix)}
        row = sent_values(nested, part)
        if row:
            rows.append(row)
    return rows


def _view(
    name: str, field: fields.Field[Any], value: Any, errors: Any, read: Mapping[str, Any]
) -> FieldView:
    metadata = field.metadata
    options, maxlength = _choices(field), _longest(field)
    rows: list[list[FieldView]] = []
    columns: list[str] = []
    if _rows(field):
        nested = type(_nested(field).schema)
        given = list(value or []) + [{}] * SPARE_ROWS
        columns = [view.label for view in form_fields(nested)]
        rows = [
            [
                _renamed(view, f"{name}-{number}-{view.name}")
                for view in form_fields(nested, values=row, errors=_row_errors(errors, number))
            ]
            for number, row in enumerate(given)
        ]
    return FieldView(
        name=name,
        label=gettext(metadata.get("label", name)),
        hint=gettext(metadata["hint"]) if metadata.get("hint") else "",
        widget=_widget(field),
        value="" if value is None else value,
        required=bool(field.required),
        errors=[gettext(str(text)) for text in errors] if isinstance(errors, list) else [],
        options=options,
        maxlength=maxlength,
        columns=columns,
        rows=rows,
        place=str(read.get("place", "")),
        proposed=read.get("value"),
    )


def _row_errors(errors: Any, number: int) -> Mapping[str, Any]:
    return errors.get(number, {}) if isinstance(errors, Mapping) else {}


def _renamed(view: FieldView, name: str) -> FieldView:
    return replace(view, name=name)


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


def _plain_number(text: str) -> str:
    """`1.284,50` and `1,284.50` and `1284,5` as `1284.50`; what is no amount stays as it is.

    The last of comma and point is the decimal sign; one sign followed by three digits only is
    taken as decimal as well, because the amount is echoed back formatted for the person to see.
    """
    bare = text.replace("\u00a0", "").replace(" ", "").replace("€", "")
    if not re.fullmatch(r"[+-]?[\d.,]+", bare):
        return text
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point:
        return bare.replace(".", "").replace(",", ".")
    if point > comma and comma != -1:
        return bare.replace(",", "")
    return bare
