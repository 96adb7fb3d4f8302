"""A colleague was quicker: who did what when, both values, and nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel import Locale
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _
from marshmallow import Schema

from app.audit import queries as audit
from app.desk.histories import history_lines
from app.web.formats import clock
from app.web.schema_forms import FieldView, form_fields

Row = tuple[str, str, str]
"""Field, mine, theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicting:
    """What the conflict box of a page says."""

    text: str
    rows: Sequence[Row]


def conflicting(item_id: UUID, rows: Sequence[Row]) -> Conflicting:
    """Tell it by the last deed on the item: "Lena Voss corrected 2 values at 14:31"."""
    entries = audit.history(subject_type="work_item", subject_id=item_id, limit=1)
    text = _("A colleague has changed this in the meantime.")
    if lines := history_lines(entries):
        last = lines[-1]
        time = clock(last.at, zone=get_timezone(), locale=get_locale() or Locale("en"))
        text = _(
            "In the meantime, at %(time)s: %(who)s %(what)s.",
            time=time,
            who=last.who,
            what=last.what,
        )
    return Conflicting(text=text, rows=rows)


def differences(
    schema: type[Schema], *, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Row]:
    """The fields in which what was sent differs from what is saved."""
    pairs = zip(form_fields(schema, values=mine), form_fields(schema, values=theirs), strict=True)
    return [
        (own.label, _text(own), _text(other)) for own, other in pairs if _text(own) != _text(other)
    ]


def _text(view: FieldView) -> str:
    if view.widget != "rows":
        return view.shown or "\N{EN DASH}"
    lines = [" · ".join(cell.shown for cell in row if cell.value) for row in view.rows]
    return "; ".join(line for line in lines if line) or "\N{EN DASH}"
