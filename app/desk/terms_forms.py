"""The editor of terms: from a version to what stands in the inputs, and back from what was sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import zip_longest
from typing import Any, TypeVar

from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.billing.actions.contracts import Conditions
from app.billing.rules.kinds import Collection, LineKind, PriceModel, VatTreatment
from app.billing.rules.rounding import price_of
from app.billing.rules.terms import TermsLine, Tier
from app.kernel.errors import Invalid
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.kernel.text import Text
from app.web.schema_forms import plain_number

Choice = TypeVar("Choice", bound=StrEnum)
SPARE_ROWS, FIRST_ROWS = 3, 6
MOST_ROWS = 60
_LONGEST = 15
"""Digits before the point, less one: no price and no quantity has more."""
_TIER = re.compile(r"^\s*([\d.,]*)\s*:\s*([\d.,]+)\s*$")
COLUMNS = (
    "key", "kind", "service_key", "role", "title", "amount", "price_model", "unit_price", "tiers",
    "included", "roll_over", "vat_percent",
)  # fmt: skip


def shown_conditions(conditions: Conditions, valid_from: date) -> dict[str, Any]:
    """What stands in the inputs before anybody has typed."""
    return {
        "valid_from": valid_from.isoformat(),
        "currency": conditions.currency,
        "terms_days": conditions.terms_days,
        "billing_day": conditions.billing_day,
        "zone": conditions.zone,
        "vat_treatment": conditions.vat_treatment.value,
        "vat_percent": shown(conditions.vat_percent),
        "collection": conditions.collection.value,
        "reminder_days": ", ".join(str(day) for day in conditions.dunning.get("reminder_days", ())),
        "read_only_days": conditions.dunning.get("read_only_days", ""),
        "credit_cap": shown(Decimal(cap)) if (cap := conditions.credits.get("cap_percent")) else "",
    }


def shown_lines(lines: Sequence[TermsLine], currency: str) -> list[dict[str, str]]:
    """A row for each line, and some empty ones."""
    rows = [_row(line, currency) for line in lines]
    spare = max(SPARE_ROWS, FIRST_ROWS - len(rows))
    return [*rows, *[dict.fromkeys(COLUMNS, "") for _ in range(spare)]]


def _row(line: TermsLine, currency: str) -> dict[str, str]:
    return {
        "key": line.key,
        "kind": line.kind.value,
        "service_key": line.service_key,
        "role": line.role,
        "title": line.title,
        "amount": shown(price_of(line.amount_minor, currency)) if line.amount_minor else "",
        "price_model": line.price_model.value,
        "unit_price": shown(line.unit_price) if line.unit_price else "",
        "tiers": "; ".join(f"{shown(tier.up_to)}: {shown(tier.price)}" for tier in line.tiers),
        "included": shown(line.included) if line.included else "",
        "roll_over": "1" if line.roll_over else "",
        "vat_percent": shown(line.vat_percent),
    }


def differences(
    sent: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    saved: Mapping[str, Any],
    saved_rows: Sequence[Mapping[str, str]],
) -> list[tuple[str, str, str]]:
    """Field, typed, saved; a line by its number, with everything in it."""
    found = [
        (name, sent.get(name, ""), str(value))
        for name, value in saved.items()
        if sent.get(name, "") != str(value)
    ]
    pairs = zip_longest(map(_in_words, rows), map(_in_words, saved_rows), fillvalue="")
    lines = [
        (_("Line %(number)s", number=number), mine, theirs)
        for number, (mine, theirs) in enumerate(pairs, 1)
        if mine != theirs
    ]
    return [
        (name, mine or "\N{EN DASH}", theirs or "\N{EN DASH}")
        for name, mine, theirs in found + lines
    ]


def _in_words(row: Mapping[str, str]) -> str:
    # An empty row has a way of pricing all the same: the first of the list.
    if not row["kind"]:
        return ""
    return " · ".join(row[name] for name in COLUMNS if name != "key" and row[name])


def plain(value: Decimal | None) -> str:
    """A number as it is kept: a point, no zeros at the end."""
    return "" if value is None else f"{value.normalize():f}"


def shown(value: Decimal | None) -> str:
    """A number as the reader types it: the sign of the language, no groups, no zeros at the end."""
    return "" if value is None else str(format_decimal(value, "0.##########"))


def sent_lines(sent: MultiDict[str, str]) -> list[dict[str, str]]:
    """The rows as they were typed, the empty ones at the end too."""
    # The rate of the whole version has the plain name.
    lists = {
        name: sent.getlist("vat_percent_line" if name == "vat_percent" else name)
        for name in COLUMNS
    }
    count = min(max((len(values) for values in lists.values()), default=0), MOST_ROWS)
    return [
        {name: values[number] if number < len(values) else "" for name, values in lists.items()}
        for number in range(count)
    ]


def conditions_of(
    sent: Mapping[str, str], *, credits_: Mapping[str, Any]
) -> tuple[date, Conditions]:
    """What was typed. Raises Invalid naming the fields."""
    return day(sent.get("valid_from", ""), "valid_from"), Conditions(
        currency=sent.get("currency", "").strip(),
        terms_days=whole(sent.get("terms_days", ""), "terms_days"),
        billing_day=whole(sent.get("billing_day", ""), "billing_day"),
        zone=sent.get("zone", "") or "Europe/Berlin",
        vat_treatment=one_of(VatTreatment, sent.get("vat_treatment", "standard"), "vat_treatment"),
        vat_percent=number(sent.get("vat_percent") or "0", "vat_percent"),
        collection=one_of(Collection, sent.get("collection", "send_invoice"), "collection"),
        dunning=_dunning(sent),
        credits=credits_,
    )


def _dunning(sent: Mapping[str, str]) -> dict[str, Any]:
    """When is reminded; nothing typed for the portal: it is never locked."""
    reminders = re.split(r"[,; ]+", sent.get("reminder_days", "").strip())
    plan: dict[str, Any] = {
        "reminder_days": [whole(text, "reminder_days") for text in reminders if text]
    }
    if sent.get("read_only_days", "").strip():
        plan["read_only_days"] = whole(sent["read_only_days"], "read_only_days")
    return plan


def lines_of(rows: Sequence[Mapping[str, str]], currency: str) -> list[TermsLine]:
    """The rows that say what they are. Raises Invalid."""
    return [_line(row, currency) for row in rows if row.get("kind")]


def _line(row: Mapping[str, str], currency: str) -> TermsLine:
    kind = one_of(LineKind, row["kind"], "lines")
    amount = number(row["amount"] or "0", "lines")
    key = row["key"] or "-".join(part for part in (kind, row["service_key"], row["role"]) if part)
    if kind is LineKind.RETAINER and not row["key"]:
        key = f"{kind}-{new_id().hex[-6:]}"
    return TermsLine(
        id=new_id(),
        key=key,
        kind=kind,
        service_key=row["service_key"],
        role=row["role"].strip(),
        title=row["title"].strip(),
        amount_minor=Money.of(amount, currency).minor,
        price_model=one_of(PriceModel, row["price_model"] or "flat", "lines"),
        unit_price=number(row["unit_price"] or "0", "lines"),
        tiers=tuple(_tiers(row["tiers"])),
        included=number(row["included"] or "0", "lines"),
        roll_over=bool(row["roll_over"]),
        vat_percent=number(row["vat_percent"], "lines") if row["vat_percent"] else None,
    )


def _tiers(text: str) -> list[Tier]:
    """`100: 1.20; 250: 0.90; : 0.70`: up to how many units which price."""
    found = []
    for part in filter(str.strip, text.split(";")):
        match = _TIER.match(part)
        if match is None:
            raise Invalid(fields={"lines": [Text("Tiers are written as 100: 1.20; : 0.90")]})
        up_to, price = match.groups()
        found.append(
            Tier(up_to=number(up_to, "lines") if up_to else None, price=number(price, "lines"))
        )
    return found


def one_of(choices: type[Choice], text: str, name: str) -> Choice:
    """One of what was offered. Raises Invalid."""
    try:
        return choices(text)
    except ValueError:
        raise Invalid(fields={name: [Text("This choice is not offered.")]}) from None


def number(text: str, name: str) -> Decimal:
    """A decimal number as the reader's language writes it. Raises Invalid."""
    try:
        value = Decimal(plain_number(text.strip()))
    except InvalidOperation:
        raise Invalid(fields={name: [Text("Please give a number.")]}) from None
    if not value.is_finite() or value.adjusted() > _LONGEST:
        raise Invalid(fields={name: [Text("Please give a number.")]})
    return value


def whole(text: str, name: str) -> int:
    """A whole number. Raises Invalid."""
    value = number(text, name)
    if value != value.to_integral_value():
        raise Invalid(fields={name: [Text("Please give a whole number.")]})
    return int(value)


def day(text: str, name: str) -> date:
    """A day. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={name: [Text("Please give a day.")]}) from None
