"""What a requester says of the mail, and what the clerk checks: the register."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from app.services.mailroom.kinds import Kind
from app.services.mailroom.texts import DEPARTMENTS, KINDS, Department

_DAY: Final = "Date of the letter"


def _text(label: str, most: int, **more: Any) -> Any:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


def _day(label: str) -> Any:
    return fields.Date(allow_none=True, load_default=None, metadata={"label": label})


class MailroomOrder(Schema):
    """The order form."""

    received_on = fields.Date(
        allow_none=True,
        load_default=None,
        metadata={"label": "Received on", "hint": "Leave empty for today."},
    )
    note = _text("Note to our team", 2_000, widget="textarea")


class LetterRow(Schema):
    """One letter."""

    letter = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Letter"}
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(
            [str(one) for one in Kind], labels=[KINDS[one].msgid for one in Kind]
        ),
        metadata={"label": "Kind"},
    )
    why = _text("Why", 200)
    sender = _text("Sender", 120)
    subject = _text("Subject", 200)
    dated = _day(_DAY)
    number = _text("Number", 60)
    amount = fields.Decimal(
        allow_none=True,
        load_default=None,
        as_string=True,
        allow_nan=False,
        metadata={"label": "Amount", "widget": "amount"},
    )
    deadline = _day("Deadline")
    department = fields.String(
        load_default=str(Department.MANAGEMENT),
        validate=validate.OneOf(
            [str(one) for one in Department], labels=[DEPARTMENTS[one].msgid for one in Department]
        ),
        metadata={"label": "Department"},
    )
    service = _text("Service", 120)


class MailroomValues(Schema):
    """The register of a day's mail."""

    received_on = fields.Date(required=True, metadata={"label": "Received on"})
    letters = fields.List(
        fields.Nested(LetterRow),
        required=True,
        validate=validate.Length(min=1, max=1_000),
        metadata={"label": "Letters", "widget": "rows"},
    )
