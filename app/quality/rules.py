"""Which delivered work is looked at, and what errors weigh: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

PASS_MARK = 80
"""Points of 100 from which work was right."""


class Reason(StrEnum):
    """Why this piece was drawn, the first that holds."""

    AMOUNT = "amount"
    NEW_OPERATOR = "new_operator"
    CLIENT = "client"
    RANDOM = "random"


class ErrorClass(StrEnum):
    """How bad an error is."""

    CRITICAL = "critical"
    """Wrong money, wrong party, a broken law or secret."""
    MAJOR = "major"
    MINOR = "minor"


WEIGHTS: Mapping[ErrorClass, int] = {
    ErrorClass.CRITICAL: 100,
    ErrorClass.MAJOR: 25,
    ErrorClass.MINOR: 5,
}
"""Points that one error of a class costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How closely a client's work is looked at."""

    amount: Decimal = Decimal(10_000)
    """Work on so much money or more is always looked at."""
    new_operator_items: int = 10
    """So many of an operator's first pieces for the client are always looked at."""
    every: bool = False
    """All of the client's work."""
    random_percent: int = 10


def drawn(
    plan: Plan, *, item_id: UUID, amount: Decimal | None, delivered_before: int
) -> Reason | None:
    """Why the piece is drawn, or None. The same piece always gives the same answer."""
    if amount is not None and abs(amount) >= plan.amount:
        return Reason.AMOUNT
    if delivered_before < plan.new_operator_items:
        return Reason.NEW_OPERATOR
    if plan.every:
        return Reason.CLIENT
    number = int.from_bytes(sha256(item_id.bytes).digest()[:4], "big")
    return Reason.RANDOM if number % 100 < plan.random_percent else None


def points(errors: Mapping[ErrorClass, int]) -> int:
    """Points of 100 that are left."""
    lost = sum(WEIGHTS[kind] * count for kind, count in errors.items())
    return max(0, 100 - lost)
