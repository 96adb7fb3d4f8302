"""What a requester hands in, and what the clerk checks."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate
from typing_extensions import override

from app.catalogue.form_pieces import WithOpenRows, open_rows

YES_NO: Final = ("yes", "no")
YES_NO_LABELS: Final = ("Yes", "No")
DECISIONS: Final = ("open", "keep", "revoke")
DECISION_LABELS: Final = ("To be decided", "Keeps access", "Access revoked")

STILL_OPEN: Final = "Please decide: does this account keep its access, or was it revoked?"


def _note() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


class CertificatesOrder(Schema):
    """The order form."""

    hosts = fields.String(
        load_default="",
        validate=validate.Length(max=5_000),
        metadata={
            "label": "Hosts",
            "hint": "One a line: is there a certificate for each?",
            "widget": "textarea",
        },
    )
    note = _note()


class CertificateRow(Schema):
    """A certificate and its last day."""

    name = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Name"}
    )
    issuer = fields.String(load_default="", metadata={"label": "Issuer"})
    ends_on = fields.Date(required=True, metadata={"label": "Valid until"})
    days_left = fields.Integer(load_default=0, metadata={"label": "Days left"})
    key = fields.String(load_default="", metadata={"label": "Key"})
    renewed = fields.String(
        load_default="", validate=validate.Length(max=120), metadata={"label": "Renewal by"}
    )


class CertificatesValues(Schema):
    """The certificates."""

    as_of = fields.Date(required=True, metadata={"label": "As of"})
    certificates = fields.List(
        fields.Nested(CertificateRow),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Certificates"},
    )


class ReachabilityOrder(Schema):
    """The order form."""

    targets = fields.String(
        required=True,
        validate=validate.Length(min=1, max=5_000),
        metadata={
            "label": "Hosts",
            "hint": "One a line: https://shop.example/, shop.example or mail.example:25.",
            "widget": "textarea",
        },
    )
    note = _note()


def _yes_or_no(label: str, default: str) -> fields.String:
    """Told in either case: that a host was not reached is what the list is for."""
    return fields.String(
        load_default=default,
        validate=validate.OneOf(("", *YES_NO), labels=("", *YES_NO_LABELS)),
        metadata={"label": label},
    )


class CheckRow(Schema):
    """A host and what was seen."""

    target = fields.String(
        required=True, validate=validate.Length(min=1, max=300), metadata={"label": "Host"}
    )
    kind = fields.String(load_default="", metadata={"label": "Kind"})
    reached = _yes_or_no("Reached", "no")
    status = fields.Integer(allow_none=True, load_default=None, metadata={"label": "HTTP status"})
    milliseconds = fields.Integer(
        allow_none=True, load_default=None, metadata={"label": "Milliseconds"}
    )
    ends_on = fields.Date(
        allow_none=True, load_default=None, metadata={"label": "Certificate until"}
    )
    trusted = _yes_or_no("Certificate trusted", "")
    done = fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"label": "What was done"}
    )


class ReachabilityValues(Schema):
    """The hosts."""

    as_of = fields.Date(required=True, metadata={"label": "As of"})
    checks = fields.List(
        fields.Nested(CheckRow),
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"label": "Hosts"},
    )


class AccessOrder(Schema):
    """The order form."""

    note = _note()


class AccessRow(Schema):
    """An account and what is decided of it."""

    user = fields.String(
        required=True, validate=validate.Length(min=1, max=120), metadata={"label": "User"}
    )
    system = fields.String(load_default="", metadata={"label": "System"})
    role = fields.String(load_default="", metadata={"label": "Role"})
    last_login = fields.Date(allow_none=True, load_default=None, metadata={"label": "Last sign-in"})
    decision = fields.String(
        load_default="open",
        validate=validate.OneOf(DECISIONS, labels=DECISION_LABELS),
        metadata={"label": "Decision"},
    )


def _undecided(row: Mapping[str, Any]) -> ValidationError | None:
    return ValidationError(STILL_OPEN) if row["decision"] == "open" else None


class AccessValues(WithOpenRows):
    """The accounts that are looked at: each is decided before the client relies on it."""

    accounts = fields.Integer(required=True, metadata={"label": "Accounts"})
    doubtful = fields.List(
        fields.Nested(AccessRow),
        load_default=list,
        validate=validate.Length(max=2_000),
        metadata={"label": "Doubtful accounts"},
    )

    @override
    def still_open(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A review that leaves an account open is none."""
        return open_rows(values, "doubtful", "decision", _undecided)
