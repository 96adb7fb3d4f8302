"""What a requester hands in, and the tickets a clerk works on."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate
from typing_extensions import override

from app.catalogue.form_pieces import WithOpenRows, open_rows
from app.services.customer_service.replies import GAP

KINDS: Final = (
    "complaint", "delivery", "return", "invoice", "fault", "cancellation", "change", "privacy",
    "question",
)  # fmt: skip
KIND_LABELS: Final = (
    "Complaint", "Delivery", "Return", "Invoice", "Fault", "Cancellation", "New details",
    "Personal data", "Question",
)  # fmt: skip
URGENCIES: Final = ("low", "normal", "high", "urgent")
URGENCY_LABELS: Final = ("Low", "Normal", "High", "Urgent")
LANGUAGES: Final = ("de", "en", "other")
LANGUAGE_LABELS: Final = ("German", "English", "Another")
SENDS: Final = ("reply", "none")
SEND_LABELS: Final = ("Reply", "No reply needed")
DIRECTIONS: Final = ("in", "out")
DIRECTION_LABELS: Final = ("Customer", "Company")
HAS_GAP: Final = "The reply still has a gap […]: please fill it in."
IS_EMPTY: Final = "The reply has no words."


def _text(label: str, *, most: int = 200, **more: str) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


def _choice(label: str, keys: tuple[str, ...], labels: tuple[str, ...]) -> fields.String:
    return fields.String(
        load_default=keys[0],
        validate=validate.OneOf(keys, labels=labels),
        metadata={"label": label},
    )


def _fault(row: Mapping[str, Any]) -> ValidationError | None:
    if row["send"] != "reply":
        return None
    if GAP in row["reply"]:
        return ValidationError(HAS_GAP)
    return None if row["reply"].strip() else ValidationError(IS_EMPTY)


class TicketOrder(Schema):
    """The order form."""

    sender = _text("Customer's address")
    subject = _text("Subject")
    received_on = fields.Date(allow_none=True, load_default=None, metadata={"label": "Received on"})
    text = _text(
        "Message",
        most=20_000,
        widget="textarea",
        hint="Or hand in mails as .eml or .mbox, and a table of orders as CSV or XLSX.",
    )
    own = _text(
        "Your own addresses or domains",
        most=500,
        hint="Mails from these are answers; separated by commas.",
    )
    target_hours = fields.Integer(
        load_default=24,
        validate=validate.Range(min=1, max=240),
        metadata={"label": "Hours to the first answer"},
    )


class TicketRow(Schema):
    """One customer's matter with the reply."""

    ticket = fields.Integer(required=True, metadata={"label": "Ticket"})
    urgency = _choice("Urgency", URGENCIES, URGENCY_LABELS)
    kind = _choice("Kind", KINDS, KIND_LABELS)
    customer = _text("Customer")
    subject = _text("Subject")
    send = _choice("What happens", SENDS, SEND_LABELS)
    reply = _text("Reply", most=10_000, widget="textarea")
    question = _text("What the customer wrote", most=4_000, widget="textarea")
    order = _text("Order number", most=60)
    since = _text("Waits since (UTC)", most=20)
    response_hours = fields.Decimal(
        allow_none=True,
        load_default=None,
        places=1,
        as_string=True,
        metadata={"label": "Hours until answered"},
    )
    letters = fields.Integer(load_default=1, metadata={"label": "Mails"})
    language = _choice("Language", LANGUAGES, LANGUAGE_LABELS)
    why = _text("By the words")
    address = _text("Address")
    message_id = _text("Message id", most=500)


class ContactRow(Schema):
    """One mail of the history."""

    ticket = fields.Integer(required=True, metadata={"label": "Ticket"})
    at = _text("Date", most=20)
    direction = _choice("Who wrote", DIRECTIONS, DIRECTION_LABELS)
    person = _text("Person")
    text = _text("Text", most=300)


class TicketValues(WithOpenRows):
    """The tickets and their history."""

    tickets = fields.List(
        fields.Nested(TicketRow),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Tickets"},
    )
    contacts = fields.List(
        fields.Nested(ContactRow),
        load_default=list,
        validate=validate.Length(max=5_000),
        metadata={"label": "Contact history"},
    )
    own = _text("Your own addresses or domains", most=500)

    @override
    def still_open(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Nothing goes to a customer with a gap in it."""
        return open_rows(values, "tickets", "reply", _fault)
