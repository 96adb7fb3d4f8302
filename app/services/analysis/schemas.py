"""The question, and the answer a clerk checks."""

from typing import Final

from marshmallow import Schema, fields, validate

from app.services.analysis.rules import MEASURES, PERIODS

MEASURE_LABELS: Final = ("Sum", "Count", "Mean", "Median", "Least", "Most")
PERIOD_LABELS: Final = ("As it stands", "By month", "By quarter", "By year")


class Question(Schema):
    """The order form."""

    question = fields.String(
        required=True,
        validate=validate.Length(min=3, max=300),
        metadata={"label": "Your question", "hint": "It becomes the heading of the report."},
    )
    by = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80),
        metadata={"label": "Group by column"},
    )
    period = fields.String(
        load_default="none",
        validate=validate.OneOf(PERIODS, labels=PERIOD_LABELS),
        metadata={"label": "Dates", "hint": "If the column holds dates."},
    )
    value = fields.String(
        load_default="",
        validate=validate.Length(max=80),
        metadata={"label": "Column with the figures", "hint": "Empty: rows are counted."},
    )
    measure = fields.String(
        load_default="sum",
        validate=validate.OneOf(MEASURES, labels=MEASURE_LABELS),
        metadata={"label": "Figure"},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class GroupRow(Schema):
    """One group."""

    label = fields.String(required=True, metadata={"label": "Group"})
    value = fields.Decimal(
        required=True, as_string=True, metadata={"label": "Figure", "widget": "amount"}
    )
    rows = fields.Integer(load_default=0, metadata={"label": "Rows"})
    share = fields.Decimal(
        load_default=0, as_string=True, metadata={"label": "Share (%)", "widget": "amount"}
    )


class Report(Schema):
    """The answer."""

    question = fields.String(required=True, metadata={"label": "Your question"})
    total = fields.Decimal(
        required=True, as_string=True, metadata={"label": "Total", "widget": "amount"}
    )
    used = fields.Integer(required=True, metadata={"label": "Rows used"})
    summary = fields.String(
        load_default="",
        validate=validate.Length(max=3_000),
        metadata={"label": "What it means", "widget": "textarea"},
    )
    groups = fields.List(
        fields.Nested(GroupRow),
        required=True,
        validate=validate.Length(min=1, max=500),
        metadata={"label": "Groups"},
    )
