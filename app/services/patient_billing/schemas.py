"""What a practice sends for a bill, and what the clerk checks and corrects."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from app.books.ibans import is_iban
from app.catalogue.steps import Severity
from app.services.patient_billing.rules import Bill, Line, check, line_of, total_due
from app.services.patient_billing.texts import finding_text

WRONG_LINE: Final = "A line of the bill is not complete: date, number and factor are needed."
DUE_TOO_EARLY: Final = "The bill would be payable before its date."
NO_IBAN: Final = "This IBAN is not valid: its length, bank code or check digits are wrong."


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


def _iban() -> Any:
    return fields.String(
        load_default="",
        validate=[validate.Length(max=42), _is_account],
        metadata={"label": "IBAN", "hint": "Where patients pay to: it stands on the bill."},
    )


def _is_account(number: str) -> None:
    if number and not is_iban(number):
        raise ValidationError(NO_IBAN)


class _Practice(Schema):
    """Who bills, as it stands on the bill beside the name."""

    practice_street = _text("Practice: street and number")
    practice_town = _text("Practice: postal code and town")
    iban = _iban()


class _Ordered(Schema):
    """What was done for whom, as the practice writes it down."""

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


class PatientBillOrder(_Practice, _Ordered):
    """The order form: the last base stands first."""


class BilledLine(OrderedLine):
    """A line with its text and amount by the fee schedule."""

    factor = _decimal("Factor", required=True)
    service = _text("Service", most=300)
    amount = _decimal("Amount", places=2, load_default=Decimal(0))

    class Meta:
        """What is read first stands first."""

        fields = ("day", "number", "factor", "count", "amount", "service", "reason", "time")

    @pre_load
    def work_out(self, row: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        """What is left empty goes by the schedule."""
        try:
            line = line_of(row, place="")
        except (ValueError, ArithmeticError):
            return row
        told = {"service": line.listed.service if line.listed else "", "amount": str(line.due)}
        return {**row, **{key: text for key, text in told.items() if row.get(key) in (None, "")}}


class _Billed(Schema):
    """What was done for whom, and what it comes to."""

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
        metadata={
            "label": "Services",
            "widget": "rows",
            "hint": "Amounts and a total that are left empty go by the fee schedule.",
        },
    )
    total = _decimal("Total", places=2, load_default=Decimal(0))

    @pre_load
    def add_up(self, values: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        """A total that is left empty is that of the lines."""
        if values.get("total") not in (None, ""):
            return values
        try:
            lines = _lines(values.get("positions") or ())
        except ValidationError:
            return values
        return {**values, "total": str(total_due(lines))}

    @validates_schema
    def check_bill(self, values: Mapping[str, Any], **_: Any) -> None:
        """What breaks the fee schedule is not handed to a patient."""
        lines = _lines(values.get("positions") or ())
        bill = Bill(lines=tuple(lines), fees_agreed=bool(values.get("fees_agreed")))
        broken = [one for one in check(bill, today=date.max) if one["severity"] == Severity.ERROR]
        if broken:
            told = [finding_text(one["code"], one["params"]) for one in broken]
            raise ValidationError({"positions": told})
        total, expected = values.get("total"), total_due(lines)
        if lines and total is not None and expected != total:
            told = [finding_text("PB-TOTAL", {"found": str(total), "expected": str(expected)})]
            raise ValidationError({"total": told})

    @validates_schema
    def check_days(self, values: Mapping[str, Any], **_: Any) -> None:
        """It cannot be payable before it is written."""
        issued, due = values.get("invoice_date"), values.get("payable_by")
        if isinstance(issued, date) and isinstance(due, date) and due < issued:
            raise ValidationError(DUE_TOO_EARLY, "payable_by")


class PatientBillValues(_Practice, _Billed):
    """The bill as it is handed over."""


def _lines(rows: Any) -> list[Line]:
    try:
        return [line_of(row, place=str(number)) for number, row in enumerate(rows, start=1)]
    except (ValueError, ArithmeticError):
        raise ValidationError(WRONG_LINE, "positions") from None
