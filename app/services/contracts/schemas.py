"""What a requester fills in with a register of contracts, and what the clerk checks."""

from marshmallow import Schema, fields, validate

from app.catalogue.form_pieces import federal_state


class ContractsOrder(Schema):
    """The order form."""

    state = federal_state()
    remind_days = fields.Integer(
        load_default=30,
        validate=validate.Range(min=1, max=365),
        metadata={"label": "Remind how many days before?"},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class DeadlineRow(Schema):
    """One contract and its days."""

    contract = fields.String(
        required=True, validate=validate.Length(min=1, max=120), metadata={"label": "Contract"}
    )
    partner = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Partner"}
    )
    ends_on = fields.Date(required=True, metadata={"label": "Can end on"})
    last_notice = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Notice received by"}
    )
    safe_day = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Working day before"}
    )
    post_by = fields.Date(allow_none=True, load_default=None, metadata={"label": "Post letter by"})
    at_stake = fields.Decimal(
        allow_none=True,
        load_default=None,
        places=2,
        as_string=True,
        metadata={"label": "Cost of renewal", "widget": "amount"},
    )


class ContractsValues(Schema):
    """The watched deadlines."""

    as_of = fields.Date(required=True, metadata={"label": "As of"})
    remind_days = fields.Integer(
        load_default=30,
        validate=validate.Range(min=1, max=365),
        metadata={"label": "Remind how many days before?"},
    )
    deadlines = fields.List(
        fields.Nested(DeadlineRow),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Deadlines"},
    )
