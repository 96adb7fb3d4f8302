"""What a requester fills in for a payment run, and what the clerk checks and corrects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.form_pieces import execution_day
from app.services.payments.rules import (
    RECURRING,
    SEQUENCES,
    Fault,
    debit_faults,
    iban_fault,
    run_faults,
    total,
)
from app.services.payments.texts import TEXTS, finding_text

NOT_THE_SUM: Final = "The payments do not add up to this amount."
NOT_THE_COUNT: Final = "This is not the number of payments."


def _text(label: str, most: int, **more: Any) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


class _Order(Schema):
    """What both kinds of run ask for."""

    account_holder = fields.String(
        load_default="",
        validate=validate.Length(max=70),
        metadata={"label": "Account holder", "hint": "Leave empty if it is your company."},
    )
    iban = fields.String(
        required=True,
        validate=validate.Length(max=42),
        metadata={"label": "IBAN", "hint": "Of the account that the bank books on."},
    )
    bic = _text("BIC", 11)
    execution_date = execution_day("Leave empty for the next day on which banks settle.")

    @validates_schema
    def check_account(self, values: Mapping[str, Any], **_: Any) -> None:
        """A wrong account is said at once."""
        if code := iban_fault(values.get("iban") or ""):
            raise ValidationError({"iban": [TEXTS[code]]})


class TransferOrder(_Order):
    """The order form of a run of credit transfers."""

    from_books = fields.Boolean(
        load_default=True,
        metadata={
            "label": "Pay supplier invoices that are due",
            "hint": "Invoices that you accepted here and that were not paid yet.",
        },
    )
    due_until = fields.Date(
        allow_none=True,
        load_default=None,
        metadata={"label": "Due until", "hint": "Leave empty for the day of execution."},
    )
    take_discount = fields.Boolean(
        load_default=True, metadata={"label": "Take cash discount while it lasts"}
    )


class DebitOrder(_Order):
    """The order form of a run of direct debits."""

    execution_date = execution_day(
        "Leave empty for the first possible day: a banking day's notice is needed."
    )

    creditor_id = fields.String(
        required=True, validate=validate.Length(max=35), metadata={"label": "Creditor identifier"}
    )


class PaymentRow(Schema):
    """One payment."""

    name = fields.String(required=True, metadata={"label": "Name"})
    iban = fields.String(required=True, metadata={"label": "IBAN"})
    amount = fields.Decimal(
        required=True,
        allow_nan=False,
        as_string=True,
        metadata={"label": "Amount", "widget": "amount"},
    )
    purpose = _text("Purpose", 140)
    end_to_end_id = fields.String(
        required=True, validate=validate.Length(min=1), metadata={"label": "End-to-end reference"}
    )
    bic = _text("BIC", 11)
    street = _text("Street", 70)
    building = _text("House number", 16)
    postcode = _text("Postcode", 16)
    town = _text("Town", 35)
    country = _text("Country", 2)


class DebitRow(PaymentRow):
    """One direct debit."""

    mandate_id = _text("Mandate reference", 35)
    mandate_date = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Mandate signed on"}
    )
    sequence = fields.String(
        load_default=RECURRING,
        validate=validate.OneOf(list(SEQUENCES), labels=["First", "Recurring", "Once", "Last"]),
        metadata={"label": "Sequence"},
    )


class _Run(Schema):
    """What both kinds of run have."""

    account_holder = fields.String(
        required=True,
        validate=validate.Length(min=1, max=70),
        metadata={"label": "Account holder"},
    )
    iban = fields.String(required=True, metadata={"label": "IBAN"})
    bic = _text("BIC", 11)
    execution_date = fields.Date(required=True, metadata={"label": "Day of execution"})
    one_booking = fields.Boolean(
        load_default=True, metadata={"label": "One booking on the statement for all"}
    )
    count = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=9_999),
        metadata={"label": "Number of payments"},
    )
    total = fields.Decimal(
        required=True,
        places=2,
        allow_nan=False,
        as_string=True,
        metadata={"label": "Control sum", "widget": "amount"},
    )

    @validates_schema
    def check_sums(self, values: Mapping[str, Any], **_: Any) -> None:
        """Number and sum were checked by hand: who changes a row has to say the new ones."""
        rows = values.get("payments") or []
        if values.get("count") is not None and values["count"] != len(rows):
            raise ValidationError(NOT_THE_COUNT, "count")
        if values.get("total") is not None and values["total"] != total(rows):
            raise ValidationError(NOT_THE_SUM, "total")

    @validates_schema
    def check_payments(self, values: Mapping[str, Any], **_: Any) -> None:
        """What the bank would refuse does not leave the house."""
        _refuse(run_faults(values, today=None))


class TransferRun(_Run):
    """What is paid."""

    payments = fields.List(
        fields.Nested(PaymentRow),
        load_default=list,
        metadata={"label": "Payments", "widget": "rows"},
    )


class DebitRun(_Run):
    """What is collected."""

    creditor_id = fields.String(required=True, metadata={"label": "Creditor identifier"})
    scheme = fields.String(
        load_default="CORE",
        validate=validate.OneOf(["CORE", "B2B"]),
        metadata={"label": "Scheme"},
    )
    payments = fields.List(
        fields.Nested(DebitRow),
        load_default=list,
        metadata={"label": "Direct debits", "widget": "rows"},
    )

    @validates_schema
    def check_mandates(self, values: Mapping[str, Any], **_: Any) -> None:
        """Without a mandate nothing is collected."""
        _refuse(debit_faults(values, today=None))


LABELS: Final[Mapping[str, str]] = {
    name: field.metadata["label"]
    for schema in (DebitRun, DebitRow)
    for name, field in schema().fields.items()
}
"""What each value is called, where no file has a heading for it."""


def _refuse(faults: Iterable[Fault]) -> None:
    """Faults as marshmallow says them: by field, by row and field in rows."""
    top: dict[str, Any] = defaultdict(list)
    rows: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        said = finding_text(fault.code, fault.params)
        place = top if fault.row is None else rows[fault.row]
        place[fault.name].append(said)
    if rows:
        top["payments"] = {number: dict(found) for number, found in rows.items()}
    if top:
        raise ValidationError(dict(top))
