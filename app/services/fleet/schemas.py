"""What a requester fills in with a list of vehicles, and what the clerk checks."""

from typing import Final

from marshmallow import Schema, fields, validate

DUTIES: Final = ("main", "safety", "uvv", "tachograph", "licence", "service")
DUTY_LABELS: Final = (
    "Main inspection (HU)",
    "Safety inspection (SP)",
    "Accident prevention check (UVV)",
    "Tachograph check",
    "Driving licence check",
    "Maintenance by the maker's plan",
)


class FleetOrder(Schema):
    """The order form."""

    months = fields.Integer(
        load_default=12,
        validate=validate.Range(min=1, max=36),
        metadata={"label": "How many months ahead?"},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class DueRow(Schema):
    """One vehicle's next day for one duty."""

    plate = fields.String(
        required=True, validate=validate.Length(min=1, max=20), metadata={"label": "Number plate"}
    )
    what = fields.String(
        required=True,
        validate=validate.OneOf(DUTIES, labels=DUTY_LABELS),
        metadata={"label": "Duty"},
    )
    due_on = fields.Date(required=True, metadata={"label": "Due on"})
    workshop = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Appointment with"}
    )


class FleetValues(Schema):
    """What is due."""

    as_of = fields.Date(required=True, metadata={"label": "As of"})
    vehicles = fields.Integer(
        required=True, validate=validate.Range(min=1), metadata={"label": "Vehicles"}
    )
    dues = fields.List(
        fields.Nested(DueRow),
        load_default=list,
        validate=validate.Length(max=5_000),
        metadata={"label": "Due list"},
    )
