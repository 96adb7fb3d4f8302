"""What a requester fills in with the three papers, and what the clerk checks."""

from marshmallow import Schema, fields, validate


def _amount(label: str) -> fields.Decimal:
    return fields.Decimal(
        allow_none=True,
        load_default=None,
        as_string=True,
        metadata={"label": label, "widget": "amount"},
    )


def _percent(label: str) -> fields.Decimal:
    return fields.Decimal(
        load_default=0,
        validate=validate.Range(min=0, max=100),
        as_string=True,
        metadata={"label": label, "widget": "amount"},
    )


class ProcurementOrder(Schema):
    """The order form."""

    quantity_tolerance = _percent("Tolerance of quantity (%)")
    price_tolerance = _percent("Tolerance of price (%)")
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class MatchRow(Schema):
    """A line of the order, and what came and is billed."""

    line = fields.String(load_default="", metadata={"label": "Line"})
    item = fields.String(load_default="", metadata={"label": "Article"})
    name = fields.String(load_default="", metadata={"label": "Name"})
    ordered = _amount("Ordered")
    delivered = _amount("Delivered")
    invoiced = _amount("Billed")
    price_ordered = _amount("Price ordered")
    price_invoiced = _amount("Price billed")
    difference = _amount("Billed too much")
    settled = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "Settled how?"}
    )


class ProcurementValues(Schema):
    """The comparison."""

    order_number = fields.String(load_default="", metadata={"label": "Order number"})
    seller = fields.String(load_default="", metadata={"label": "Supplier"})
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(["ok", "deviation"], labels=["May be paid", "Deviations"]),
        metadata={"label": "Verdict"},
    )
    difference = _amount("Billed too much")
    lines = fields.List(
        fields.Nested(MatchRow),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Lines"},
    )
