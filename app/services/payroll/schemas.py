"""What a client says about a payroll month, and what the clerk checks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

NOT_THE_NET: Final = "Gross less deductions is not the net of an employee."
NOT_THE_SUM: Final = "The payslips do not add up to the total."


def _amount(label: str) -> Any:
    return fields.Decimal(
        required=True,
        places=2,
        as_string=True,
        allow_nan=False,
        metadata={"label": label, "widget": "amount"},
    )


class PayrollOrder(Schema):
    """The order form; staff list and flow chart come as files."""

    month = fields.String(
        required=True,
        validate=validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$"),
        metadata={"label": "Month", "hint": "For example 2026-11."},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class PayslipRow(Schema):
    """One employee's month."""

    name = fields.String(required=True, metadata={"label": "Employee"})
    gross = _amount("Gross")
    tax = _amount("Taxes")
    contributions = _amount("Contributions")
    net = _amount("Net")
    iban = fields.String(load_default="", metadata={"label": "IBAN"})


class PayrollValues(Schema):
    """The run as it is handed over."""

    month = fields.String(required=True, metadata={"label": "Month"})
    payslips = fields.List(
        fields.Nested(PayslipRow), required=True, metadata={"label": "Payslips", "widget": "rows"}
    )
    total = _amount("Net total")

    @validates_schema
    def check_sums(self, values: Mapping[str, Any], **_: Any) -> None:
        """Net and deductions are the gross, and the payslips the total."""
        rows = values.get("payslips") or []
        if any(row["gross"] - row["tax"] - row["contributions"] != row["net"] for row in rows):
            raise ValidationError(NOT_THE_NET, "payslips")
        if sum((row["net"] for row in rows), Decimal(0)) != values.get("total", Decimal(0)):
            raise ValidationError(NOT_THE_SUM, "total")
