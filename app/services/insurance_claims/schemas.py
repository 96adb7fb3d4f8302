"""What a practice orders for a bill and its insurer, and what the clerk checks and decides."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.form_pieces import federal_state

INSURANCES: Final = ("private", "statutory")
INSURANCE_LABELS: Final = ("Private (VVG)", "Statutory (SGB V)")
REQUESTS: Final = ("bill", "approval")
REQUEST_LABELS: Final = ("A bill to be refunded", "Approval before a treatment")
EXPERTS: Final = ("none", "medical", "dental")
EXPERT_LABELS: Final = ("None", "Medical service", "Dental expert")
CAUSES: Final = (
    "none", "tariff", "deductible", "factor", "necessity", "exclusion", "ceiling", "double",
    "document", "unknown", "unanswered", "overpaid",
)  # fmt: skip
CAUSE_LABELS: Final = (
    "Paid in full", "Tariff", "Deductible", "Factor", "Not necessary", "Not beside another",
    "Ceiling", "Paid before", "Document missing", "No reason", "Not answered", "Paid too much",
)  # fmt: skip
DECISIONS: Final = ("open", "accept", "object", "supply")
DECISION_LABELS: Final = ("To be decided", "Accept", "Object", "Hand in later")
UNDECIDED: Final = "A line is not decided yet."
WRONG_BILLED: Final = "The lines come to another billed total."
WRONG_PAID: Final = "The lines come to another paid total."
WRONG_OBJECTED: Final = "The lines objected to come to another amount."
NOT_MORE: Final = "Nobody objects to a line for which the tariff was paid."


def _text(label: str, *, most: int = 200, required: bool = False, **more: str) -> fields.String:
    length = validate.Length(min=1 if required else 0, max=most)
    if required:
        return fields.String(required=True, validate=length, metadata={"label": label, **more})
    return fields.String(load_default="", validate=length, metadata={"label": label, **more})


def _day(label: str, **more: str) -> fields.Date:
    return fields.Date(allow_none=True, load_default=None, metadata={"label": label, **more})


def _amount(label: str, *, places: int | None = 2, **more: Any) -> fields.Decimal:
    return fields.Decimal(
        places=places,
        allow_nan=False,
        as_string=True,
        metadata={"label": label, "widget": "amount"},
        **more,
    )


def _choice(label: str, keys: tuple[str, ...], labels: tuple[str, ...]) -> fields.String:
    return fields.String(
        load_default=keys[0],
        validate=validate.OneOf(keys, labels=labels),
        metadata={"label": label},
    )


class ClaimedLine(Schema):
    """A line of the bill, and what was paid for it."""

    day = _day("Date of treatment")
    number = _text("Number", most=20)
    service = _text("Service")
    billed = _amount("Billed", required=True, validate=validate.Range(min=0, max=1_000_000))
    paid = _amount(
        "Paid", allow_none=True, load_default=None, validate=validate.Range(min=0, max=1_000_000)
    )
    reason = _text("Reason of the insurer", most=300)


class _Case(Schema):
    """What order and values have in common."""

    insurance = _choice("Insurance", INSURANCES, INSURANCE_LABELS)
    request = _choice("What is claimed", REQUESTS, REQUEST_LABELS)
    patient = _text("Insured person")
    birth_date = _day("Date of birth")
    insurer = _text("Insurer")
    insurer_street = _text("Street and number")
    insurer_town = _text("Postal code and town")
    policy_number = _text("Policy number", most=60)
    bill_number = _text("Bill number", most=60)
    bill_date = _day("Bill date")
    diagnosis = _text("Diagnosis", most=1000, widget="textarea")
    submitted_on = _day("Received by the insurer on")
    decided_on = _day("Decided on", hint="The date of the insurer's statement.")


class ClaimOrder(_Case):
    """The order form."""

    percent = _amount(
        "Cover (%)",
        places=None,
        allow_none=True,
        load_default=None,
        validate=validate.Range(min=0, max=100),
    )
    deductible = _amount(
        "Deductible left this year",
        allow_none=True,
        load_default=None,
        validate=validate.Range(min=0, max=1_000_000),
    )
    expert = _choice("Expert opinion", EXPERTS, EXPERT_LABELS)
    urgent = fields.Boolean(load_default=False, metadata={"label": "The treatment is urgent"})
    instructed = fields.Boolean(
        load_default=True,
        metadata={"label": "The decision says how to object (statutory insurers)"},
    )
    state = federal_state()
    lines = fields.List(
        fields.Nested(ClaimedLine),
        load_default=list,
        metadata={
            "label": "Lines",
            "widget": "rows",
            "hint": "Or hand in policy, bill and statement as CSV, XLSX or FHIR (JSON).",
        },
    )


class ClaimLine(ClaimedLine):
    """A line with what the tariff gives, the cause of the difference and what is done about it."""

    expected = _amount("By the tariff", load_default=Decimal(0))
    paid = _amount("Paid", load_default=Decimal(0))
    cause = _choice("Cause", CAUSES, CAUSE_LABELS)
    decision = _choice("Decision", DECISIONS, DECISION_LABELS)


class ClaimValues(_Case):
    """The case as it goes to the insurer."""

    patient = _text("Insured person", required=True)
    insurer = _text("Insurer", required=True)
    policy_number = _text("Policy number", most=60, required=True)
    bill_number = _text("Bill number", most=60, required=True)
    bill_date = fields.Date(required=True, metadata={"label": "Bill date"})
    percent = _amount("Cover (%)", places=None, load_default=Decimal(100))
    deductible = _amount("Deductible left this year", load_default=Decimal(0))
    answered = fields.Boolean(load_default=False, metadata={"label": "The insurer has answered"})
    due_on = _day("Deadline")
    due_law = _text("Law", most=60)
    barred_after = _day("Not barred before the end of")
    lines = fields.List(
        fields.Nested(ClaimLine),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Lines", "widget": "rows"},
    )
    billed_total = _amount("Billed in total", required=True)
    paid_total = _amount("Paid in total", required=True)
    objected_total = _amount("Objected to", required=True)
    argument = _text("What we say about it", most=5_000, widget="textarea")

    @validates_schema
    def check_lines(self, values: Mapping[str, Any], **_: Any) -> None:
        """Every line is decided, and the sums are those of the lines."""
        lines = values.get("lines") or []
        if any(one["decision"] == "open" for one in lines):
            raise ValidationError(UNDECIDED, "lines")
        if _differs(values, "billed_total", [one["billed"] for one in lines]):
            raise ValidationError(WRONG_BILLED, "billed_total")
        if _differs(values, "paid_total", [one["paid"] for one in lines]):
            raise ValidationError(WRONG_PAID, "paid_total")
        if _differs(values, "objected_total", objected_amounts(lines)):
            raise ValidationError(WRONG_OBJECTED, "objected_total")
        if any(amount <= 0 for amount in objected_amounts(lines)):
            raise ValidationError(NOT_MORE, "lines")


def objected_amounts(lines: list[Mapping[str, Any]]) -> list[Decimal]:
    """What is still asked for, line by line that is objected to."""
    return [one["expected"] - one["paid"] for one in lines if one["decision"] == "object"]


def _differs(values: Mapping[str, Any], key: str, amounts: list[Decimal]) -> bool:
    return key in values and sum(amounts, Decimal(0)) != values[key]
