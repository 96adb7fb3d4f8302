"""Pieces that several services' forms share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

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


class WithOpenRows(Schema):
    """Values with rows that a person decides one by one: they may be saved half decided, and are
    not handed over before each is.
    """

    def still_open(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Faults of loaded values as marshmallow writes them; none where all is decided."""
        raise NotImplementedError


def open_rows(
    values: Mapping[str, Any],
    name: str,
    column: str,
    fault: Callable[[Mapping[str, Any]], ValidationError | None],
) -> Mapping[str, Any]:
    """What `still_open` gives: a fault beside each cell of the rows `name` that has one."""
    rows: Sequence[Mapping[str, Any]] = values.get(name) or ()
    faulty = {at: {column: one.messages} for at, row in enumerate(rows) if (one := fault(row))}
    return {name: faulty} if faulty else {}
