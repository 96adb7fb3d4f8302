"""Rows of a result in the portal: no column in which nothing stands."""

from flask import Flask
from flask_babel import force_locale
from marshmallow import Schema, fields

from app.portal.shown import tables


class Line(Schema):
    """A row of three."""

    name = fields.String(metadata={"label": "Name"})
    reason = fields.String(metadata={"label": "Reason"})
    amount = fields.Decimal(metadata={"label": "Amount", "widget": "amount"})


class Bill(Schema):
    """Rows, and other rows that there are none of."""

    lines = fields.List(fields.Nested(Line), metadata={"label": "Lines", "widget": "rows"})
    others = fields.List(fields.Nested(Line), metadata={"label": "Others", "widget": "rows"})


def test_columns_without_anything_are_left_out(app: Flask) -> None:
    rows = [
        {"name": "Visit", "reason": "", "amount": "10.72"},
        {"name": "Blood", "reason": None, "amount": "4.02"},
    ]
    with app.test_request_context(), force_locale("en"):
        (found,) = tables(Bill, {"lines": rows, "others": []})
        assert list(found.columns) == ["Name", "Amount"]
        assert found.rows[1] == [("Blood", False), ("4.02", True)]
        (whole,) = tables(Bill, {"lines": [*rows, {"reason": "late"}]})
        assert list(whole.columns) == ["Name", "Reason", "Amount"]
