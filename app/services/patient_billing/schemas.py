"""What a practice sends for a bill, and what the clerk checks and corrects."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.steps import Severity
from app.kernel.text import Text
from app.services.patient_billing.rules import Bill, Line, check, line_of, total_due

WRONG_TOTAL: Final = "The lines come to another total by the fee schedule."
WRONG_LINE: Final = "A line of the bill is not complete: date, number and factor are needed."
DUE_TOO_EARLY: Final = "The bill would be payable before its date."
BROKEN: Final[Mapping[str, Text]] = {
    "PB-NUMBER": Text("A number is not in the fee schedule."),
    "PB-NO-SCHEDULE": Text("There is no fee schedule for the day of a treatment."),
    "PB-FACTOR": Text("A factor has to be above zero."),
    "PB-FACTOR-MOST": Text("A factor is above the most that the fee schedule allows."),
    "PB-REASON": Text("A factor above the threshold needs a reason."),
    "PB-EXCLUDED": Text("Two numbers of one day exclude each other."),
    "PB-ALONE": Text("Number 2 cannot be billed with anything else on the day."),
    "PB-ALONE-OR-EXAMINATION": Text("Number 3 can be billed alone or with an examination only."),
    "PB-SURCHARGE-ALONE": Text("A surcharge needs the service that it is added to."),
    "PB-CEILING": Text("Laboratory numbers of one day are above their ceiling (3541.H)."),
    "PB-COUNT": Text("A count has to be one or more."),
}


def _text(label: str, *, required: bool = False, most: int = 200, **more: str) -> Any:
    metadata = {"label": label, **more}
    if required:
        return fields.String(
            required=True, validate=validate.Length(min=1, max=most), metadata=metadata
        )
    return fields.String(load_default="", validate=validate.Length(max=most), metadata=metadata)


def _day(label: str) -> Any:
    return fields.Date(allow_none=True, load_default=None, metadata={"label": label})


def _agreed() -> Any:
    label = "A written agreement on other fees exists (section 2 GOÄ)"
    return fields.Boolean(load_default=False, metadata={"label": label})


def _decimal(label: str, *, places: int | None = None, **more: Any) -> Any:
    return fields.Decimal(
        places=places,
        allow_nan=False,
        as_string=True,
        metadata={"label": label, "widget": "amount"},
        **more,
    )


class OrderedLine(Schema):
    """A service as the practice writes it down."""

    day = fields.Date(required=True, metadata={"label": "Date of treatment"})
    number = _text("GOÄ number", required=True, most=10)
    factor = _decimal("Factor", load_default=None, allow_none=True)
    count = fields.Integer(load_default=1, metadata={"label": "Count"})
    reason = _text("Reason", most=500)
    time = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\d{1,2}:\d{2})?$"),
        metadata={"label": "Time of day"},
    )


class PatientBillOrder(Schema):
    """The order form."""

    patient = _text("Patient", most=200)
    birth_date = _day("Date of birth")
    street = _text("Street and number")
    town = _text("Postal code and town")
    invoice_number = _text("Invoice number", most=60)
    invoice_date = _day("Invoice date")
    payable_by = _day("Payable by")
    diagnosis = _text("Diagnosis", most=1000, widget="textarea")
    fees_agreed = _agreed()
    positions = fields.List(
        fields.Nested(OrderedLine),
        load_default=list,
        metadata={
            "label": "Services",
            "widget": "rows",
            "hint": "Or hand in a list as CSV or XLSX, or a finished bill as FHIR (JSON).",
        },
    )


class BilledLine(OrderedLine):
    """A line with its text and amount by the fee schedule."""

    factor = _decimal("Factor", required=True)
    service = _text("Service", most=300)
    amount = _decimal("Amount", places=2, load_default=Decimal(0))


class PatientBillValues(Schema):
    """The bill as it is handed over."""

    patient = _text("Patient", required=True)
    birth_date = _day("Date of birth")
    street = _text("Street and number")
    town = _text("Postal code and town")
    invoice_number = _text("Invoice number", required=True, most=60)
    invoice_date = fields.Date(required=True, metadata={"label": "Invoice date"})
    payable_by = _day("Payable by")
    diagnosis = _text("Diagnosis", most=1000, widget="textarea")
    fees_agreed = _agreed()
    positions = fields.List(
        fields.Nested(BilledLine),
        required=True,
        validate=validate.Length(min=1),
        metadata={"label": "Services", "widget": "rows"},
    )
    total = _decimal("Total", places=2, required=True)

    @validates_schema
    def check_bill(self, values: Mapping[str, Any], **_: Any) -> None:
        """What breaks the fee schedule is not handed to a patient."""
        lines = _lines(values.get("positions") or ())
        bill = Bill(lines=tuple(lines), fees_agreed=bool(values.get("fees_agreed")))
        for found in check(bill, today=date.max):
            if found["severity"] == Severity.ERROR and found["code"] in BROKEN:
                raise ValidationError(BROKEN[found["code"]].msgid, "positions")
        total = values.get("total")
        if lines and total is not None and total_due(lines) != total:
            raise ValidationError(WRONG_TOTAL, "total")

    @validates_schema
    def check_days(self, values: Mapping[str, Any], **_: Any) -> None:
        """It cannot be payable before it is written."""
        issued, due = values.get("invoice_date"), values.get("payable_by")
        if isinstance(issued, date) and isinstance(due, date) and due < issued:
            raise ValidationError(DUE_TOO_EARLY, "payable_by")


def _lines(rows: Any) -> list[Line]:
    try:
        return [line_of(row, place=str(number)) for number, row in enumerate(rows, start=1)]
    except (ValueError, ArithmeticError):
        raise ValidationError(WRONG_LINE, "positions") from None
