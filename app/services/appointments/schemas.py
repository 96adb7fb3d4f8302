"""What a requester fills in with calendars, and what the clerk checks."""

from typing import Final

from marshmallow import Schema, ValidationError, fields, validate

from app.catalogue.form_pieces import federal_state
from app.services.appointments.rules import parse_hours

NOT_HOURS: Final = "Please write times such as 08:00-12:00, 14:00-17:00."


def are_hours(text: str) -> None:
    """A validator of opening hours."""
    try:
        parse_hours(text)
    except ValueError:
        raise ValidationError(NOT_HOURS) from None


class AppointmentsOrder(Schema):
    """The order form."""

    first = fields.Date(required=True, metadata={"label": "From"})
    weeks = fields.Integer(
        load_default=2, validate=validate.Range(min=1, max=12), metadata={"label": "Weeks"}
    )
    hours = fields.String(
        load_default="08:00-12:00, 14:00-17:00",
        validate=[validate.Length(max=100), are_hours],
        metadata={
            "label": "Opening hours",
            "hint": "Monday to Friday; where empty 08:00-12:00, 14:00-17:00.",
        },
    )
    minutes = fields.Integer(
        load_default=20,
        validate=validate.Range(min=5, max=480),
        metadata={"label": "Minutes of an appointment"},
    )
    buffer = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=120),
        metadata={"label": "Minutes between two"},
    )
    state = federal_state()
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class SlotRow(Schema):
    """A free time of a calendar."""

    calendar = fields.String(required=True, metadata={"label": "Calendar"})
    day = fields.Date(required=True, metadata={"label": "Day"})
    begin = fields.String(
        required=True, validate=validate.Regexp(r"^\d\d:\d\d$"), metadata={"label": "From"}
    )
    end = fields.String(
        required=True, validate=validate.Regexp(r"^\d\d:\d\d$"), metadata={"label": "Until"}
    )
    given_to = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"label": "Reference"},
    )


class AppointmentsValues(Schema):
    """What is free."""

    taken = fields.Integer(required=True, metadata={"label": "Appointments"})
    free_minutes = fields.Integer(required=True, metadata={"label": "Free minutes"})
    slots = fields.List(
        fields.Nested(SlotRow),
        load_default=list,
        validate=validate.Length(max=1_000),
        metadata={"label": "Free appointments"},
    )
