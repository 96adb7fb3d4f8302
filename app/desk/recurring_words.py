"""How rules of recurring work read, and the form that makes one."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from app.kernel.errors import Invalid
from app.work.rules.periods import Convention, Due, Rhythm, Rule, UnfitRule

E = TypeVar("E", bound=StrEnum)

REGIONS = ("", "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN",
           "ST", "TH")  # fmt: skip


def regions() -> list[tuple[str, str]]:
    """Federal states by their codes."""
    return [(code, code) for code in REGIONS if code]


def rhythms() -> list[tuple[str, str]]:
    """For the form: how often."""
    return [
        (Rhythm.MONTHLY, _("every month")),
        (Rhythm.SEMI_MONTHLY, _("twice a month (1st to 15th, 16th to the end)")),
        (Rhythm.QUARTERLY, _("every quarter")),
        (Rhythm.YEARLY, _("every year")),
    ]


def dues() -> list[tuple[str, str]]:
    """For the form: by when."""
    return [
        (Due.DAY, _("on a day of the month")),
        (Due.DAYS_AFTER, _("some days after the end of the period")),
        (Due.LAST_WORKING_DAY, _("on the last working day")),
        (Due.NTH_WEEKDAY, _("on a certain weekday, e.g. the first Friday")),
        (Due.VAT_ADVANCE, _("VAT advance return (10th of the next month)")),
        (Due.VAT_ADVANCE_EXTENDED, _("VAT advance return with permanent extension")),
        (Due.WAGE_TAX, _("wage tax return (10th of the next month)")),
    ]


def conventions() -> list[tuple[str, str]]:
    """For the form: where the day is no working day."""
    return [
        (Convention.FOLLOWING, _("the next working day")),
        (Convention.PRECEDING, _("the working day before")),
        (Convention.MODIFIED_FOLLOWING, _("the next working day, but still in this month")),
        (Convention.UNCHANGED, _("that day all the same")),
    ]


def weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday in the reader's language."""
    monday = date(2026, 11, 23)
    return [(str(day), format_date(monday.replace(day=23 + day), "EEEE")) for day in range(7)]


def ordinals() -> list[tuple[str, str]]:
    """Which weekday of the month."""
    return [
        ("1", _("the first")),
        ("2", _("the second")),
        ("3", _("the third")),
        ("4", _("the fourth")),
        ("-1", _("the last")),
    ]


def rule_text(rule: Rule) -> str:
    """`every month, on the 10th; opened 7 days ahead`."""
    often = dict(rhythms())[rule.rhythm]
    return _(
        "%(often)s, %(due)s; opened %(days)s days ahead",
        often=often, due=_due_text(rule), days=rule.days_ahead,
    )  # fmt: skip


def _due_text(rule: Rule) -> str:
    if rule.due is Due.DAY:
        return _("on day %(number)s of the month", number=rule.number)
    if rule.due is Due.DAYS_AFTER:
        return _("%(number)s days after the end of the period", number=rule.number)
    if rule.due is Due.NTH_WEEKDAY:
        return f"{dict(ordinals())[str(rule.number)]} {dict(weekdays())[str(rule.weekday)]}"
    return due_title(rule.due)


def due_title(due: Due) -> str:
    """What kind of deadline it is."""
    return dict(dues())[due]


def locale() -> str:
    """The reader's language."""
    return str(get_locale())


def sent_rule(sent: Mapping[str, str]) -> Rule:
    """The form's rule. Raises Invalid with the faulty field."""
    due = _one_of(Due, sent.get("due", ""), "due")
    number = "nth" if due is Due.NTH_WEEKDAY else "number"
    try:
        return Rule(
            rhythm=_one_of(Rhythm, sent.get("rhythm", ""), "rhythm"),
            due=due,
            number=_number(sent, number, 1),
            weekday=_number(sent, "weekday", 0),
            months_after=_number(sent, "months_after", 0),
            convention=_one_of(Convention, sent.get("convention", ""), "convention"),
            days_ahead=_number(sent, "days_ahead", 7),
        )
    except UnfitRule as unfit:
        raise Invalid(fields={unfit.field: [_("This does not fit the rest.")]}) from None


def _one_of(kind: type[E], text: str, field: str) -> E:
    try:
        return kind(text)
    except ValueError:
        raise Invalid(fields={field: [_("Please choose one.")]}) from None


def _number(sent: Mapping[str, str], field: str, default: int) -> int:
    text = sent.get(field, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise Invalid(fields={field: [_("This is not a number.")]}) from None
