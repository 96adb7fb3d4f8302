"""What a requester fills in about people and their leave, and what the clerk checks."""

from typing import Final

from marshmallow import Schema, fields, validate

from app.catalogue.form_pieces import federal_state

DUTIES: Final = (
    *("contract", "data_sheet", "immediate_notice", "terms_first_day", "terms_seventh_day"),
    *("terms_month", "insurance", "probation_talk", "probation_end", "leave_waiting"),
    "protection",
)
DUTY_LABELS: Final = (
    "Contract signed by both",
    "Personal data, tax id and insurance number are there",
    "Immediate notice to the social insurance",
    "Written terms: parties, pay, hours",
    "Written terms: begin, place, work, probation",
    "Written terms: all others",
    "Registered with the social insurance",
    "Talk before the end of the probation",
    "Last day of the probation",
    "Full leave may be taken",
    "Protection against dismissal begins",
)


def _note() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=2_000),
        metadata={"label": "Note to our team", "widget": "textarea"},
    )


def _days(label: str) -> fields.Decimal:
    return fields.Decimal(
        load_default=0, as_string=True, metadata={"label": label, "widget": "amount"}
    )


class LeaveOrder(Schema):
    """The order form of the balances."""

    year = fields.Integer(
        required=True, validate=validate.Range(min=2000, max=2100), metadata={"label": "Year"}
    )
    state = federal_state()
    note = _note()


class BalanceRow(Schema):
    """One person's year."""

    person = fields.String(
        required=True, validate=validate.Length(min=1, max=120), metadata={"label": "Person"}
    )
    entitled = _days("Entitled")
    carried_over = _days("Carried over")
    expired = _days("Expired")
    taken = _days("Taken")
    left = _days("Left")
    sick = _days("Sick")


class AbsenceRow(Schema):
    """One absence as counted."""

    person = fields.String(
        required=True, validate=validate.Length(min=1, max=120), metadata={"label": "Person"}
    )
    kind = fields.String(
        load_default="leave",
        validate=validate.OneOf(
            ["leave", "sick", "other"], labels=["Leave", "Sick", "Other absence"]
        ),
        metadata={"label": "Kind"},
    )
    first = fields.Date(required=True, metadata={"label": "First day"})
    last = fields.Date(required=True, metadata={"label": "Last day"})
    days = _days("Working days")


class LeaveValues(Schema):
    """Balances and absences."""

    year = fields.Integer(required=True, metadata={"label": "Year"})
    balances = fields.List(
        fields.Nested(BalanceRow),
        required=True,
        validate=validate.Length(min=1, max=2_000),
        metadata={"label": "Balances"},
    )
    absences = fields.List(
        fields.Nested(AbsenceRow),
        load_default=list,
        validate=validate.Length(max=5_000),
        metadata={"label": "Absences"},
    )


class OnboardingOrder(Schema):
    """The order form of a new colleague."""

    person = fields.String(
        required=True, validate=validate.Length(min=1, max=120), metadata={"label": "Person"}
    )
    start = fields.Date(required=True, metadata={"label": "First day"})
    state = federal_state()
    probation_months = fields.Integer(
        load_default=6,
        validate=validate.Range(min=0, max=6),
        metadata={"label": "Probation in months", "hint": "Six at most (§ 622 (3) BGB)."},
    )
    immediate_notice = fields.Boolean(
        load_default=False,
        metadata={"label": "Trade with immediate notice (building, catering, cleaning, haulage)"},
    )
    benefits = fields.Decimal(
        load_default=0,
        places=2,
        as_string=True,
        metadata={"label": "Benefits in kind a month", "widget": "amount"},
    )
    note = _note()


class DutyRow(Schema):
    """One thing to be done."""

    what = fields.String(
        required=True,
        validate=validate.OneOf(DUTIES, labels=DUTY_LABELS),
        metadata={"label": "Duty"},
    )
    until = fields.Date(required=True, metadata={"label": "Due on"})
    done = fields.Boolean(load_default=False, metadata={"label": "Done"})


class OnboardingValues(Schema):
    """The list of a new colleague."""

    person = fields.String(required=True, metadata={"label": "Person"})
    duties = fields.List(
        fields.Nested(DutyRow),
        required=True,
        validate=validate.Length(min=1, max=50),
        metadata={"label": "Duties"},
    )
