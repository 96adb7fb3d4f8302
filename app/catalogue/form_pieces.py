"""Pieces that several services' forms share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.kernel.law_dates import STATE_TITLES, STATES


def federal_state() -> fields.String:
    """Whose public holidays count."""
    return fields.String(
        load_default="BE",
        validate=validate.OneOf(STATES, labels=STATE_TITLES),
        metadata={"label": "Federal state", "hint": "Its public holidays count."},
    )


def execution_day(hint: str) -> fields.Date:
    """When a bank carries out an order; `hint` says what holds where it is left empty."""
    return fields.Date(
        allow_none=True,
        load_default=None,
        metadata={"label": "Day of execution", "hint": hint},
    )


def refuse_rows(
    values: Mapping[str, Any],
    name: str,
    column: str,
    fault: Callable[[Mapping[str, Any]], ValidationError | None],
) -> None:
    """Raises ValidationError beside each cell of the rows `name` that has a fault."""
    rows: Sequence[Mapping[str, Any]] = values.get(name) or ()
    faulty = {at: {column: one.messages} for at, row in enumerate(rows) if (one := fault(row))}
    if faulty:
        raise ValidationError({name: faulty})
