"""What a requester says with a hand-over, and what the clerk checks."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.books.datev.rules import year_start

CHARTS: Final = ["SKR03", "SKR04"]
BACKWARDS: Final = "The period ends before it begins."
ACROSS: Final = "A batch of DATEV lies within one fiscal year."


class _Period(Schema):
    """What both order and result say of period and recipient."""

    since = fields.Date(required=True, metadata={"label": "From"})
    until = fields.Date(required=True, metadata={"label": "To"})
    adviser = fields.Integer(
        required=True,
        validate=validate.Range(min=1001, max=9_999_999),
        metadata={"label": "Adviser number", "hint": "Your tax adviser's number at DATEV."},
    )
    client = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=99_999),
        metadata={"label": "Client number", "hint": "Yours at the tax adviser."},
    )
    chart = fields.String(
        load_default=CHARTS[0],
        validate=validate.OneOf(CHARTS),
        metadata={"label": "Chart of accounts"},
    )
    account_length = fields.Integer(
        load_default=4,
        validate=validate.Range(min=4, max=8),
        metadata={"label": "Digits of ledger accounts"},
    )

    @validates_schema
    def check_period(self, values: Mapping[str, Any], **_: Any) -> None:
        """A period has its end after its beginning."""
        since, until = values.get("since"), values.get("until")
        if since is not None and until is not None and until < since:
            raise ValidationError(BACKWARDS, "until")


class HandoverOrder(_Period):
    """The order form."""

    first_month = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=12),
        metadata={"label": "First month of the fiscal year"},
    )
    name = fields.String(
        load_default="",
        validate=validate.Length(max=30),
        metadata={"label": "Name of the batch"},
    )

    @validates_schema
    def check_one_year(self, values: Mapping[str, Any], **_: Any) -> None:
        """Said before anything is gathered: DATEV takes no batch across two years."""
        since, until = values.get("since"), values.get("until")
        first = values.get("first_month")
        if since is None or until is None or first is None:
            return
        if year_start(until, first_month=first) > year_start(since, first_month=first):
            raise ValidationError(ACROSS, "until")


class SumRow(Schema):
    """Sums of one account."""

    account = fields.String(required=True, metadata={"label": "Account"})
    debit = fields.String(load_default="", metadata={"label": "Debit", "widget": "amount"})
    credit = fields.String(load_default="", metadata={"label": "Credit", "widget": "amount"})


class Handover(_Period):
    """What is handed over."""

    year_start = fields.Date(required=True, metadata={"label": "Fiscal year begins on"})
    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=30),
        metadata={"label": "Name of the batch"},
    )
    locked = fields.Boolean(
        load_default=False, metadata={"label": "Locked: the adviser cannot change it"}
    )
    count = fields.Integer(
        required=True, validate=validate.Range(min=1), metadata={"label": "Number of bookings"}
    )
    total = fields.Decimal(
        required=True,
        places=2,
        allow_nan=False,
        as_string=True,
        metadata={"label": "Control sum", "widget": "amount"},
    )
    sums = fields.List(
        fields.Nested(SumRow),
        load_default=list,
        metadata={"label": "Sums of accounts", "widget": "rows"},
    )

    @validates_schema
    def check_year(self, values: Mapping[str, Any], **_: Any) -> None:
        """DATEV takes no batch across two years."""
        begins, until = values.get("year_start"), values.get("until")
        if begins is None or until is None:
            return
        if until >= date(begins.year + 1, begins.month, 1):
            raise ValidationError(ACROSS, "until")
