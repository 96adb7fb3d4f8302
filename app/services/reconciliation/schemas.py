"""What a requester says with a statement, and what the clerk decides about its lines."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from app.services.reconciliation.journal import Chart

CHARTS: Final = [str(one) for one in Chart]
ACCOUNT: Final = r"^(\d{4,9})?$"


def _text(label: str, **more: Any) -> fields.String:
    return fields.String(load_default="", metadata={"label": label, **more})


class StatementOrder(Schema):
    """The order form."""

    chart = fields.String(
        load_default=CHARTS[0],
        validate=validate.OneOf(CHARTS),
        metadata={"label": "Chart of accounts"},
    )
    bank_account = fields.String(
        load_default="",
        validate=validate.Regexp(ACCOUNT),
        metadata={"label": "Account of the bank in the ledger", "hint": "For example 1200."},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class StatementRow(Schema):
    """One statement and its proof."""

    account = _text("Bank account")
    number = _text("Statement")
    opening = _text("Opening balance", widget="amount")
    movement = _text("Movements", widget="amount")
    closing = _text("Closing balance", widget="amount")


class DoubtfulRow(Schema):
    """A line that a person decides about."""

    line = fields.Integer(required=True, metadata={"label": "Row"})
    booked_on = _text("Booked on", widget="date")
    amount = _text("Amount", widget="amount")
    party = _text("Name")
    purpose = _text("Purpose")
    proposal = _text("Proposal")
    take = fields.Boolean(load_default=False, metadata={"label": "Take it"})
    account = fields.String(
        load_default="",
        validate=validate.Regexp(ACCOUNT),
        metadata={"label": "Account"},
    )


class Reconciliation(Schema):
    """What is booked."""

    chart = fields.String(
        load_default=CHARTS[0],
        validate=validate.OneOf(CHARTS),
        metadata={"label": "Chart of accounts"},
    )
    bank_account = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{4,9}$"),
        metadata={"label": "Account of the bank in the ledger"},
    )
    count = fields.Integer(load_default=0, metadata={"label": "Lines"})
    matched = fields.Integer(load_default=0, metadata={"label": "Matched surely"})
    statements = fields.List(
        fields.Nested(StatementRow),
        load_default=list,
        metadata={"label": "Statements", "widget": "rows"},
    )
    doubtful = fields.List(
        fields.Nested(DoubtfulRow),
        load_default=list,
        metadata={
            "label": "Lines to decide",
            "hint": "Take the proposal, or name an account; anything else waits in clearing.",
            "widget": "rows",
        },
    )
