"""What a client says about a table, and what the clerk checks."""

from marshmallow import Schema, fields, validate

KINDS = ("text", "date", "amount", "whole")


class WantedColumn(Schema):
    """What a column has to hold."""

    name = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Column"}
    )
    kind = fields.String(
        load_default="text",
        validate=validate.OneOf(KINDS, labels=["Text", "Date", "Amount", "Whole number"]),
        metadata={"label": "Kind"},
    )
    required = fields.Boolean(load_default=False, metadata={"label": "Must be filled"})
    unique = fields.Boolean(load_default=False, metadata={"label": "Each value once"})


class TableOrder(Schema):
    """The order form."""

    columns = fields.List(
        fields.Nested(WantedColumn),
        load_default=list,
        metadata={
            "label": "Columns",
            "widget": "rows",
            "hint": "Leave empty to keep every column as text.",
        },
    )
    find_duplicates = fields.Boolean(
        load_default=True, metadata={"label": "Find rows that mean the same"}
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class TableValues(Schema):
    """What the report says."""

    rows = fields.Integer(required=True, metadata={"label": "Rows read"})
    clean = fields.Integer(required=True, metadata={"label": "Rows without a fault"})
    faulty = fields.Integer(required=True, metadata={"label": "Rows set aside"})
    duplicates = fields.Integer(load_default=0, metadata={"label": "Probable duplicates"})
    read_as = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "Read as"}
    )
    remark = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Remark to the client", "widget": "textarea"},
    )
