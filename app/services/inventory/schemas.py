"""What a requester fills in with demand and stock, and what the clerk checks."""

from marshmallow import Schema, fields, validate


class InventoryOrder(Schema):
    """The order form."""

    service_level = fields.Integer(
        load_default=95,
        validate=validate.Range(min=50, max=99),
        metadata={
            "label": "Service level (%)",
            "hint": "How often stock shall last to the delivery.",
        },
    )
    holding_rate = fields.Integer(
        load_default=20,
        validate=validate.Range(min=0, max=100),
        metadata={"label": "Holding cost (% of the price a year)"},
    )
    order_cost = fields.Decimal(
        load_default=50,
        places=2,
        as_string=True,
        metadata={"label": "Cost of one order", "widget": "amount"},
    )
    periods_a_year = fields.Integer(
        load_default=12,
        validate=validate.OneOf([12, 52], labels=["Months", "Weeks"]),
        metadata={"label": "What a column holds"},
    )
    newest_first = fields.Boolean(
        load_default=False, metadata={"label": "The newest period stands first"}
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class OrderRow(Schema):
    """An item to be ordered."""

    sku = fields.String(
        required=True, validate=validate.Length(min=1, max=80), metadata={"label": "Article"}
    )
    name = fields.String(load_default="", metadata={"label": "Name"})
    method = fields.String(load_default="", metadata={"label": "Method"})
    forecast = fields.Decimal(
        load_default=0, as_string=True, metadata={"label": "Need per period", "widget": "amount"}
    )
    stock = fields.Decimal(
        load_default=0, as_string=True, metadata={"label": "Stock", "widget": "amount"}
    )
    reorder_point = fields.Integer(load_default=0, metadata={"label": "Reorder point"})
    quantity = fields.Integer(
        required=True, validate=validate.Range(min=0), metadata={"label": "Order quantity"}
    )
    value = fields.Decimal(
        load_default=0,
        places=2,
        as_string=True,
        metadata={"label": "Order value", "widget": "amount"},
    )


class InventoryValues(Schema):
    """The order proposal."""

    items = fields.Integer(required=True, metadata={"label": "Items looked at"})
    orders = fields.List(
        fields.Nested(OrderRow),
        required=True,
        validate=validate.Length(max=500),
        metadata={"label": "Order proposal"},
    )
