"""What a requester fills in with an address plan, and what the clerk checks."""

from typing import Final

from marshmallow import Schema, ValidationError, fields, validate

from app.services.network_records.rules import parse_network

NOT_A_PREFIX: Final = "This is not a network prefix such as 10.20.0.0/16."


def is_prefix(text: str) -> None:
    """A validator: empty, or a network."""
    if text and parse_network(text)[0] is None:
        raise ValidationError(NOT_A_PREFIX)


class NetworkOrder(Schema):
    """The order form."""

    inside = fields.String(
        load_default="",
        validate=is_prefix,
        metadata={"label": "Free prefix wanted inside", "hint": "For example 10.20.0.0/16."},
    )
    length = fields.Integer(
        load_default=24,
        validate=validate.Range(min=1, max=128),
        metadata={"label": "Length of the free prefix"},
    )
    count = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=50),
        metadata={"label": "How many prefixes?"},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class PrefixRow(Schema):
    """A prefix and how full it is."""

    prefix = fields.String(required=True, validate=is_prefix, metadata={"label": "Prefix"})
    vrf = fields.String(load_default="", metadata={"label": "VRF"})
    name = fields.String(load_default="", metadata={"label": "Name"})
    used = fields.Integer(load_default=0, metadata={"label": "Used"})
    size = fields.String(load_default="", metadata={"label": "Usable"})
    share = fields.Decimal(
        load_default=0, as_string=True, metadata={"label": "Used (%)", "widget": "amount"}
    )
    next_free = fields.String(load_default="", metadata={"label": "Next free address"})


class FreeRow(Schema):
    """A prefix that may be given out."""

    prefix = fields.String(required=True, validate=is_prefix, metadata={"label": "Prefix"})
    purpose = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Given to"}
    )


class NetworkValues(Schema):
    """The plan as checked."""

    prefixes = fields.List(
        fields.Nested(PrefixRow),
        required=True,
        validate=validate.Length(min=1, max=5_000),
        metadata={"label": "Prefixes"},
    )
    free = fields.List(
        fields.Nested(FreeRow),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"label": "Free prefixes"},
    )
    devices = fields.Integer(load_default=0, metadata={"label": "Devices"})
