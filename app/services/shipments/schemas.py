"""What a requester fills in for shipments to be followed, and what the clerk checks."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.services.shipments.rules import PROBLEMS, Step
from app.services.shipments.texts import PROBLEM_WORDS, STEPS


def _text(label: str, most: int, **more: Any) -> Any:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


class ShipmentsOrder(Schema):
    """The order form."""

    quiet_days = fields.Integer(
        load_default=2,
        validate=validate.Range(min=1, max=60),
        metadata={"label": "Days without movement until we ask the carrier"},
    )
    note = _text("Note to our team", 2_000, widget="textarea")


class ShipmentRow(Schema):
    """One unit and where it is."""

    unit = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"label": "Shipping unit (SSCC)"},
    )
    despatch = _text("Despatch advice", 60)
    order = _text("Order number", 60)
    receiver = _text("Receiver", 120)
    expected_on = fields.Date(allow_none=True, load_default=None, metadata={"label": "Expected on"})
    status = fields.String(
        required=True,
        validate=validate.OneOf(
            [str(one) for one in Step], labels=[STEPS[one].msgid for one in Step]
        ),
        metadata={"label": "Status"},
    )
    last = _text("Last report", 40)
    place = _text("Place", 80)
    problem = fields.String(
        load_default="",
        validate=validate.OneOf(
            ["", *PROBLEMS],
            labels=["No exception", *(PROBLEM_WORDS[one].msgid for one in PROBLEMS)],
        ),
        metadata={"label": "Exception"},
    )
    done = _text("What was done", 200)


class ShipmentsValues(Schema):
    """The list of what is on its way."""

    as_of = fields.Date(required=True, metadata={"label": "As of"})
    delivered = fields.Integer(load_default=0, metadata={"label": "Delivered"})
    open = fields.Integer(load_default=0, metadata={"label": "On the way"})
    exceptions = fields.Integer(load_default=0, metadata={"label": "Exceptions"})
    shipments = fields.List(
        fields.Nested(ShipmentRow),
        required=True,
        validate=validate.Length(min=1, max=5_000),
        metadata={"label": "Shipping units", "widget": "rows"},
    )
