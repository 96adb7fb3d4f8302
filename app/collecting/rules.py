"""States, amounts as Stripe writes them, which event is whose, and when what is dunned."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.kernel.errors import Conflict
from app.kernel.money import Money

MOST_ITEMS = 250
"""Positions of an invoice at Stripe."""
KEY_LIVES = timedelta(hours=23)
"""Stripe forgets a key after 24 hours."""
_NO_DIGITS_HERE_TWO_THERE = frozenset({"ISK", "UGX"})
"""ISO 4217 gives them no minor unit; Stripe wants two noughts."""
_LAST_DIGIT_NOUGHT = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


class CallState(StrEnum):
    """intended → done | unknown → (again) | spent | refused."""

    INTENDED = "intended"
    DONE = "done"
    UNKNOWN = "unknown"
    SPENT = "spent"
    """The key is of no use any more: the next version asks anew, after looking for the object."""
    REFUSED = "refused"


class PushState(StrEnum):
    """How far an invoice is at Stripe."""

    WAITING = "waiting"
    PUSHED = "pushed"
    BLOCKED = "blocked"
    """A person has to look."""


class EventState(StrEnum):
    """received → applied | ignored | quarantined → received (replayed)."""

    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


class DunningKind(StrEnum):
    """What is done about an overdue invoice, in this order."""

    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    READ_ONLY = "read_only"


HANDLED = frozenset(
    {
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired",
        "setup_intent.succeeded", "setup_intent.setup_failed", "mandate.updated",
        "payment_method.attached", "payment_method.detached",
        "payment_method.automatically_updated", "customer.updated", "customer.deleted",
        "invoice.created", "invoice.finalized", "invoice.finalization_failed", "invoice.paid",
        "invoice.payment_failed", "invoice.payment_action_required", "invoice.overdue",
        "invoice.overpaid", "invoice.voided", "invoice.marked_uncollectible",
        "invoice_payment.paid", "payment_intent.processing", "payment_intent.partially_funded",
        "payment_intent.payment_failed", "refund.created", "refund.updated", "refund.failed",
        "credit_note.created", "credit_note.voided", "charge.dispute.created",
        "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated", "customer_cash_balance_transaction.created",
        "payout.paid", "payout.failed",
    }
)  # fmt: skip
"""One event per effect: `invoice.paid`, and not `invoice.payment_succeeded` as well."""


def at_stripe(money: Money) -> int:
    """The amount as Stripe writes it. Raises Conflict for one that it cannot write."""
    if money.currency in _NO_DIGITS_HERE_TWO_THERE:
        return money.minor * 100
    if money.currency in _LAST_DIGIT_NOUGHT and money.minor % 10:
        raise Conflict(
            "Stripe takes amounts in %(currency)s only with a nought at the end.",
            currency=money.currency,
        )
    return money.minor


def from_stripe(amount: int, currency: str) -> Money:
    """An amount of Stripe's in our minor units. Raises Conflict for a part of one."""
    code = currency.upper()
    if code not in _NO_DIGITS_HERE_TWO_THERE:
        return Money(amount, code)
    if amount % 100:
        raise Conflict("This amount is no whole %(currency)s.", currency=code)
    return Money(amount // 100, code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A position at Stripe."""

    description: str
    minor: int


def positions(lines: Sequence[Item], taxes: Sequence[Item]) -> Sequence[Item]:
    """The lines and each tax as an item of its own; grouped where there would be too many.

    Grouped by description first, then all in one: the sum is the same.
    """
    room = MOST_ITEMS - len(taxes)
    if len(lines) <= room:
        return [*lines, *taxes]
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.description] = sums.get(line.description, 0) + line.minor
    grouped = [Item(description=name, minor=minor) for name, minor in sums.items()]
    if len(grouped) > room:
        total = sum(line.minor for line in lines)
        grouped = [Item(description=lines[0].description, minor=total)]
    return [*grouped, *taxes]


def fingerprint(values: Mapping[str, Any]) -> str:
    """What tells one set of parameters from another."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def object_kind(event_type: str) -> str:
    """The kind of object an event is about: `charge.dispute.created` is about a `dispute`."""
    if event_type.startswith("charge.dispute."):
        return "dispute"
    return event_type.rpartition(".")[0]


def dunning_due(
    *, plan: Mapping[str, Any], due_on: date, today: date
) -> Sequence[tuple[DunningKind, date]]:
    """The steps whose day has come, each with that day.

    `plan`: `{"reminder_days": [3, 14], "read_only_days": 30}`, days after the due day; without
    `read_only_days` the portal stays open.
    """
    reminders = list(plan.get("reminder_days", ()))[:2]
    steps = list(zip((DunningKind.REMINDER_1, DunningKind.REMINDER_2), reminders, strict=False))
    if plan.get("read_only_days") is not None:
        steps.append((DunningKind.READ_ONLY, plan["read_only_days"]))
    days = [(kind, due_on + timedelta(days=int(after))) for kind, after in steps]
    return [(kind, day) for kind, day in days if day <= today]
