"""What a requester fills in for each kind of work, and what the clerk checks."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate
from typing_extensions import override

from app.catalogue.form_pieces import WithOpenRows, federal_state, open_rows
from app.services.compliance.screening import CUTOFF

NOT_DECIDED: Final = "Please decide: is this another person, or the listed one?"
RECORDS: Final = ("books", "voucher", "letter", "payroll", "working_time", "application")
RECORD_LABELS: Final = (
    "Books and accounts",
    "Voucher",
    "Business letter",
    "Payroll account",
    "Working time",
    "Application",
)
STATES_OF_RECORDS: Final = ("keep", "delete", "hold")
STATE_LABELS: Final = ("Keep", "May be deleted", "On hold")
DECISIONS: Final = ("open", "other", "same")
DECISION_LABELS: Final = ("To be decided", "Another person", "The listed person")
REQUESTS: Final = ("access", "erasure", "rectification", "portability", "objection", "breach")
REQUEST_LABELS: Final = (
    "Access (Art. 15)",
    "Erasure (Art. 17)",
    "Rectification (Art. 16)",
    "Portability (Art. 20)",
    "Objection (Art. 21)",
    "Data breach (Art. 33)",
)


def _note() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class ScreeningOrder(Schema):
    """Names against a list."""

    cutoff = fields.Integer(
        load_default=CUTOFF,
        validate=validate.Range(min=70, max=100),
        metadata={"label": "Alike from (%)", "hint": "Lower finds more, also by chance."},
    )
    note = _note()


class HitRow(Schema):
    """A name and the listed one it is like."""

    name = fields.String(required=True, metadata={"label": "Name"})
    listed = fields.String(required=True, metadata={"label": "On the list"})
    reference = fields.String(load_default="", metadata={"label": "Reference"})
    score = fields.Integer(load_default=0, metadata={"label": "Alike (%)"})
    decision = fields.String(
        load_default="open",
        validate=validate.OneOf(DECISIONS, labels=DECISION_LABELS),
        metadata={"label": "Decision"},
    )
    reason = fields.String(
        load_default="", validate=validate.Length(max=300), metadata={"label": "Reason"}
    )


def _undecided(hit: Mapping[str, Any]) -> ValidationError | None:
    return ValidationError(NOT_DECIDED) if hit["decision"] == "open" else None


class ScreeningValues(WithOpenRows):
    """What was screened and found."""

    screened = fields.Integer(required=True, metadata={"label": "Names screened"})
    listed = fields.Integer(required=True, metadata={"label": "Names on the list"})
    screened_on = fields.Date(required=True, metadata={"label": "Screened on"})
    hits = fields.List(
        fields.Nested(HitRow),
        load_default=list,
        validate=validate.Length(max=1_000),
        metadata={"label": "Hits"},
    )

    @override
    def still_open(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A likeness that nobody looked at does not leave the house."""
        return open_rows(values, "hits", "decision", _undecided)


class RetentionOrder(Schema):
    """Records and their age."""

    note = _note()


class RecordRow(Schema):
    """A record and until when it is kept."""

    record = fields.String(
        required=True, validate=validate.Length(min=1, max=160), metadata={"label": "Document"}
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(RECORDS, labels=RECORD_LABELS),
        metadata={"label": "Kind"},
    )
    made_on = fields.Date(required=True, metadata={"label": "Made on"})
    until = fields.Date(required=True, metadata={"label": "Keep until"})
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES_OF_RECORDS, labels=STATE_LABELS),
        metadata={"label": "State"},
    )
    law = fields.String(load_default="", metadata={"label": "Law"})


class RetentionValues(Schema):
    """The list of records."""

    records = fields.List(
        fields.Nested(RecordRow),
        required=True,
        validate=validate.Length(min=1, max=5_000),
        metadata={"label": "Records"},
    )


class RequestOrder(Schema):
    """A request of a person, or a breach."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(REQUESTS, labels=REQUEST_LABELS),
        metadata={"label": "Kind"},
    )
    received_on = fields.Date(required=True, metadata={"label": "Received on"})
    received_at = fields.String(
        load_default="09:00",
        validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$"),
        metadata={"label": "Time", "hint": "Counts for a breach only: 14:30."},
    )
    state = federal_state()
    subject = fields.String(
        load_default="",
        validate=validate.Length(max=160),
        metadata={"label": "Our reference", "hint": "No names, please."},
    )
    note = _note()


class RequestValues(Schema):
    """The deadlines."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(REQUESTS, labels=REQUEST_LABELS),
        metadata={"label": "Kind"},
    )
    due_on = fields.Date(required=True, metadata={"label": "Due on"})
    due_at = fields.String(load_default="", metadata={"label": "Time"})
    longest = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "If extended, at the latest"}
    )
    measures = fields.String(
        load_default="",
        validate=validate.Length(max=5_000),
        metadata={"label": "What was done", "widget": "textarea"},
    )


class RegisterOrder(Schema):
    """Processing activities."""

    note = _note()


class ActivityRow(Schema):
    """One processing activity (Art. 30)."""

    activity = fields.String(
        required=True, validate=validate.Length(min=1, max=160), metadata={"label": "Activity"}
    )
    purpose = fields.String(load_default="", metadata={"label": "Purpose"})
    persons = fields.String(load_default="", metadata={"label": "Persons and data"})
    recipients = fields.String(load_default="", metadata={"label": "Recipients"})
    third_country = fields.String(load_default="", metadata={"label": "Third country"})
    erasure = fields.String(load_default="", metadata={"label": "Erasure"})
    measures = fields.String(load_default="", metadata={"label": "Measures"})


class RegisterValues(Schema):
    """The register."""

    activities = fields.List(
        fields.Nested(ActivityRow),
        required=True,
        validate=validate.Length(min=1, max=1_000),
        metadata={"label": "Activities"},
    )
