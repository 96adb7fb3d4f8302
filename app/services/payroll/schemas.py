"""What a client says about a payroll month, and what the clerk checks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.form_pieces import execution_day
from app.kernel.law_dates import is_target_day
from app.services.payroll.rules import is_payable

NOT_THE_NET: Final = "Gross less deductions is not the net of an employee."
NOT_THE_PARTS: Final = "The parts of taxes or contributions are not their sum."
NO_ACCOUNT: Final = "An employee's IBAN is not right: wages could not be paid."
OUR_IBAN: Final = "The IBAN is not right."
NO_DAY: Final = "Banks do not settle on this day."
NOT_THE_SUM: Final = "The payslips do not add up to the total."


def _amount(label: str) -> Any:
    return fields.Decimal(
        required=True,
        places=2,
        as_string=True,
        allow_nan=False,
        metadata={"label": label, "widget": "amount"},
    )


def _part(label: str) -> Any:
    return fields.Decimal(
        load_default=Decimal(0),
        places=2,
        as_string=True,
        allow_nan=False,
        metadata={"label": label, "widget": "amount"},
    )


def _text(label: str, most: int, **more: str) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


class PayrollOrder(Schema):
    """The order form; staff list and flow chart come as files."""

    month = fields.String(
        required=True,
        validate=validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$"),
        metadata={"label": "Month", "hint": "For example 2026-11."},
    )
    account_holder = _text("Account holder", 70, hint="Of the account that wages are paid from.")
    iban = _text("IBAN", 42)
    bic = _text("BIC", 11)
    execution_date = execution_day("Leave empty for the month's last day on which banks settle.")
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )

    @validates_schema
    def check_account(self, values: Mapping[str, Any], **_: Any) -> None:
        """A wrong account is said at once."""
        if values.get("iban") and not is_payable(values["iban"]):
            raise ValidationError(OUR_IBAN, "iban")


class PayslipRow(Schema):
    """One employee's month."""

    name = fields.String(required=True, metadata={"label": "Employee"})
    gross = _amount("Gross")
    wage_tax = _part("Wage tax")
    solidarity = _part("Solidarity surcharge")
    church_tax = _part("Church tax")
    tax = _amount("Taxes")
    health = _part("Health insurance")
    care = _part("Care insurance")
    pension = _part("Pension insurance")
    unemployment = _part("Unemployment insurance")
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
    account_holder = _text("Account holder", 70)
    iban = _text("IBAN", 42)
    bic = _text("BIC", 11)
    execution_date = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Day of execution"}
    )

    @validates_schema
    def check_sums(self, values: Mapping[str, Any], **_: Any) -> None:
        """Net and deductions are the gross, and the payslips the total."""
        rows = values.get("payslips") or []
        if any(row["gross"] - row["tax"] - row["contributions"] != row["net"] for row in rows):
            raise ValidationError(NOT_THE_NET, "payslips")
        if any(_parts_differ(row) for row in rows):
            raise ValidationError(NOT_THE_PARTS, "payslips")
        if sum((row["net"] for row in rows), Decimal(0)) != values.get("total", Decimal(0)):
            raise ValidationError(NOT_THE_SUM, "total")

    @validates_schema
    def check_payments(self, values: Mapping[str, Any], **_: Any) -> None:
        """Where wages are paid from an account, every employee can be paid."""
        if not values.get("iban"):
            return
        if not is_payable(values["iban"]):
            raise ValidationError(OUR_IBAN, "iban")
        day = values.get("execution_date")
        if day is None or not is_target_day(day):
            raise ValidationError(NO_DAY, "execution_date")
        if any(
            row["net"] > 0 and not is_payable(row["iban"]) for row in values.get("payslips") or ()
        ):
            raise ValidationError(NO_ACCOUNT, "payslips")


def _parts_differ(row: Mapping[str, Any]) -> bool:
    """Only where the parts are told: they may have been put in by hand as sums."""
    taxes = row["wage_tax"] + row["solidarity"] + row["church_tax"]
    kept = row["health"] + row["care"] + row["pension"] + row["unemployment"]
    return bool((taxes and taxes != row["tax"]) or (kept and kept != row["contributions"]))
