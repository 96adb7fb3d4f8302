"""What a requester fills in, and what the clerk answers."""

from marshmallow import Schema, fields, validate


class GeneralRequest(Schema):
    """The order form."""

    subject = fields.String(
        required=True,
        validate=validate.Length(min=3, max=200),
        metadata={"label": "Subject"},
    )
    description = fields.String(
        required=True,
        validate=validate.Length(min=3, max=10_000),
        metadata={"label": "What may we do for you?", "widget": "textarea"},
    )
    wanted_by = fields.Date(
        allow_none=True,
        load_default=None,
        metadata={"label": "Wanted by", "hint": "Leave empty if there is no date."},
    )


class GeneralAnswer(Schema):
    """The result the clerk writes down."""

    result = fields.String(
        load_default="",
        validate=validate.Length(max=10_000),
        metadata={"label": "Result", "widget": "textarea"},
    )
