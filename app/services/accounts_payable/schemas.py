"""What a requester fills in with a supplier invoice, and what the clerk checks and corrects."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from stdnum import iban

from app.services.accounts_payable.accounts import Chart
from app.services.accounts_payable.proposal import CREDIT_NOTE, INVOICE

CHARTS: Final = [str(one) for one in Chart]
WRONG_IBAN: Final = "This IBAN is not valid."
NOT_THE_SUM: Final = "Net and VAT do not add up to this amount."
ROWS_DIFFER: Final = "The booking rows do not add up to the net and VAT above."
DUE_TOO_EARLY: Final = "The due date lies before the date of the invoice."


def _amount(label: str) -> fields.Decimal:
    """An amount of money with two decimals, never a float."""
    return fields.Decimal(
        required=True,
        places=2,
        allow_nan=False,
        as_string=True,
        metadata={"label": label, "widget": "amount"},
    )


class SupplierInvoiceOrder(Schema):
    """The order form."""

    cost_centre = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata={"label": "Cost centre"},
    )
    order_number = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"label": "Order number", "hint": "Your own purchase order, if there is one."},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class BookingRow(Schema):
    """One row of the booking: net and VAT of one rate on one expense account."""

    account = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{4,8}$"),
        metadata={"label": "Account"},
    )
    tax_key = fields.String(
        load_default="", validate=validate.Length(max=4), metadata={"label": "Tax key"}
    )
    rate = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\d{1,2}(\.\d{1,2})?)?$"),
        metadata={"label": "VAT rate"},
    )
    net = _amount("Net")
    tax = _amount("VAT")


class SupplierInvoiceValues(Schema):
    """What is booked and paid. Amounts of a credit note are positive: `kind` gives the sign."""

    kind = fields.String(
        load_default=INVOICE,
        validate=validate.OneOf([INVOICE, CREDIT_NOTE], labels=["Invoice", "Credit note"]),
        metadata={"label": "Kind"},
    )
    supplier_name = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Supplier"}
    )
    supplier_vat_id = fields.String(
        load_default="", validate=validate.Length(max=30), metadata={"label": "VAT id"}
    )
    supplier_tax_number = fields.String(
        load_default="", validate=validate.Length(max=30), metadata={"label": "Tax number"}
    )
    creditor = fields.String(
        load_default="",
        validate=validate.Regexp(r"^\d{0,9}$"),
        metadata={"label": "Creditor account"},
    )
    invoice_number = fields.String(
        required=True,
        validate=validate.Length(min=1, max=100),
        metadata={"label": "Invoice number"},
    )
    issue_date = fields.Date(required=True, metadata={"label": "Invoice date"})
    delivery_date = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Date of supply"}
    )
    due_date = fields.Date(allow_none=True, load_default=None, metadata={"label": "Due date"})
    currency = fields.String(
        load_default="EUR",
        validate=validate.Regexp(r"^[A-Z]{3}$"),
        metadata={"label": "Currency"},
    )
    net = _amount("Net total")
    tax = _amount("VAT total")
    gross = _amount("Gross total")
    payable = _amount("Amount due")
    chart = fields.String(
        load_default=CHARTS[0],
        validate=validate.OneOf(CHARTS),
        metadata={"label": "Chart of accounts"},
    )
    bookings = fields.List(
        fields.Nested(BookingRow),
        load_default=list,
        metadata={"label": "Booking", "widget": "rows"},
    )
    order_number = fields.String(
        load_default="", validate=validate.Length(max=60), metadata={"label": "Order number"}
    )
    cost_centre = fields.String(
        load_default="", validate=validate.Length(max=40), metadata={"label": "Cost centre"}
    )
    payee_name = fields.String(
        load_default="",
        validate=validate.Length(max=140),
        metadata={"label": "Payee", "hint": "Only where it is not the supplier."},
    )
    iban = fields.String(
        load_default="", validate=validate.Length(max=42), metadata={"label": "IBAN"}
    )
    bic = fields.String(
        load_default="", validate=validate.Length(max=11), metadata={"label": "BIC"}
    )
    payment_reference = fields.String(
        load_default="",
        validate=validate.Length(max=140),
        metadata={"label": "Payment reference"},
    )
    discount_percent = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\d{1,2}([.,]\d{1,2})?)?$"),
        metadata={"label": "Cash discount in percent"},
    )
    discount_until = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Cash discount until"}
    )

    @validates_schema
    def check_sums(self, values: Mapping[str, Any], **_: Any) -> None:
        """What does not add up is not handed to a client."""
        net, tax, gross = (values.get(key) for key in ("net", "tax", "gross"))
        if net is not None and tax is not None and gross is not None and net + tax != gross:
            raise ValidationError(NOT_THE_SUM, "gross")
        rows = values.get("bookings") or []
        if rows and net is not None and tax is not None:
            sums = [sum((row[key] for row in rows), Decimal(0)) for key in ("net", "tax")]
            if sums != [net, tax]:
                raise ValidationError(ROWS_DIFFER, "bookings")

    @validates_schema
    def check_payment(self, values: Mapping[str, Any], **_: Any) -> None:
        """Where the money goes, and when."""
        number = values.get("iban") or ""
        if number[:2].isalpha() and not iban.is_valid(number):
            raise ValidationError(WRONG_IBAN, "iban")
        issued, due = values.get("issue_date"), values.get("due_date")
        if isinstance(issued, date) and isinstance(due, date) and due < issued:
            raise ValidationError(DUE_TOO_EARLY, "due_date")
